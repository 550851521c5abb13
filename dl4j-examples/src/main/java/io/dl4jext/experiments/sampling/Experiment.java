package io.dl4jext.experiments.sampling;

import io.dl4jext.experiments.cli.Numbers;
import io.dl4jext.experiments.cli.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The trainings of one experiment and what they gave so far: those that are only measured, and those that count.
 */
final class Experiment {

    private final Training training;
    private final ResultFiles files;
    private final Progress progress;
    private final int total;
    private final List<Run> measured = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();

    /** @param total how many trainings there will be */
    Experiment(Training training, ResultFiles files, Progress progress, int total) {
        this.training = training;
        this.files = files;
        this.progress = progress;
        this.total = total;
    }

    /** Trains under the Fisher listener, for the plane; its time does not count. */
    void measure(Scheduled policy, long seed) throws IOException {
        String name = policy.name() + " seed " + seed + ", measured";
        progress.started(name);
        Run run = training.measured(policy, seed, progress);
        measured.add(run);
        files.add(run);
        files.addMeasurements(run);
        finished(name, run);
    }

    /** Trains for the table. */
    void run(Policy policy, long seed) throws IOException {
        String name = policy.name() + " seed " + seed;
        progress.started(name);
        Run run = training.run(policy, seed, progress);
        boolean first = runs.stream().noneMatch(earlier -> earlier.policy() == policy);
        runs.add(run);
        files.add(run);
        if (run.measured() && first) {
            files.addMeasurements(run);
        }
        finished(name, run);
    }

    private void finished(String name, Run run) {
        progress.finished(name + ": "
                + (run.diverged()
                        ? "diverged"
                        : "test error " + String.format(Locale.ROOT, "%.2f", 100 * run.testError()) + " %")
                + (run.measured()
                        ? ", C_K " + Numbers.significant(run.history().averageConditionNumber()) + ", L_K "
                                + Numbers.significant(run.history().cumulativeEnergy())
                        : "")
                + String.format(Locale.ROOT, ", %.1f s", run.seconds()) + " (" + (measured.size() + runs.size())
                + " of " + total + ")");
    }

    /** The trainings of {@link #measure}. */
    List<Run> measured() {
        return measured;
    }

    /** One measured training of each policy: the first. */
    List<Run> travelled() {
        List<Run> all = new ArrayList<>(measured);
        all.addAll(runs);
        Map<String, Run> first = new LinkedHashMap<>();
        all.stream()
                .filter(Run::measured)
                .forEach(run -> first.putIfAbsent(run.policy().name(), run));
        return new ArrayList<>(first.values());
    }

    Comparison comparison() {
        List<Policy> policies = runs.stream().map(Run::policy).distinct().collect(Collectors.toList());
        return new Comparison(
                policies.stream().map(policy -> Result.of(policy, runs)).collect(Collectors.toList()));
    }
}
