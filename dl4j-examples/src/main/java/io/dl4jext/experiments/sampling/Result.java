package io.dl4jext.experiments.sampling;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What a policy gave, over the seeds. */
final class Result {

    private final Policy policy;
    private final List<Run> runs;

    /** @param runs the policy's own, one a seed */
    private Result(Policy policy, List<Run> runs) {
        this.policy = policy;
        this.runs = runs;
    }

    static Result of(Policy policy, List<Run> runs) {
        return new Result(
                policy,
                runs.stream()
                        .filter(run -> run.policy().name().equals(policy.name()))
                        .collect(Collectors.toList()));
    }

    Policy policy() {
        return policy;
    }

    String name() {
        return policy.name();
    }

    int count() {
        return runs.size();
    }

    long diverged() {
        return runs.stream().filter(Run::diverged).count();
    }

    double[] testErrors() {
        return values(Run::testError);
    }

    /** NaN if any run diverged. */
    double meanError() {
        return mean(testErrors());
    }

    /** The standard deviation over the seeds (divided by n − 1); 0 with one seed. */
    double deviation() {
        double[] errors = testErrors();
        double mean = mean(errors);
        double squares = Arrays.stream(errors).map(e -> (e - mean) * (e - mean)).sum();
        return errors.length == 1 ? 0 : Math.sqrt(squares / (errors.length - 1));
    }

    double meanIterations() {
        return mean(values(Run::iterations));
    }

    double meanSize() {
        return mean(values(Run::meanSize));
    }

    /** The median of the training times; NaN if any run diverged, as that one was cut short. */
    double seconds() {
        double[] sorted = values(Run::seconds);
        Arrays.sort(sorted);
        int n = sorted.length;
        return diverged() > 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    private double[] values(ToDoubleFunction<Run> value) {
        return runs.stream().mapToDouble(value).toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }
}
