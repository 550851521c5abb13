package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * That a measure is as claimed beside the best of several settings, where the runs do not tell which is the best: beside
 * each that may be. Reproduced where that is shown of every one, not reproduced where the contrary is: the largest
 * p-value is that of all, and no correction is due. Where it is shown of one and refuted of another it hangs on which is
 * taken for the best, and is not testable here.
 */
public final class AgainstEach extends Question {

    private final String best;
    private final List<Difference> rivals;

    /**
     * A claim of the best of some.
     *
     * @param best what each of them may be, such as "the best constant size"
     * @param rivals the difference to each, one at least, in an order for a reader; their own claims are not told
     */
    public AgainstEach(Claim claim, String best, List<Difference> rivals) {
        super(claim);
        if (rivals.isEmpty()) {
            throw new IllegalArgumentException(claim.text() + ": expected a difference at least, got none");
        }
        this.best = best;
        this.rivals = List.copyOf(rivals);
    }

    /** What is said of the first, where no test can be made of any, or where something was not run. */
    @Override
    Finding beforehand() {
        List<Optional<Finding>> early = rivals.stream()
                .map(rival -> Optional.ofNullable(rival.beforehand()))
                .collect(Collectors.toList());
        Optional<Finding> missing = early.stream()
                .flatMap(Optional::stream)
                .filter(finding -> finding.verdict() == Verdict.NOT_RUN)
                .findFirst();
        return missing.or(() -> early.stream().allMatch(Optional::isPresent) ? early.get(0) : Optional.empty())
                .map(finding -> Finding.of(claim(), finding.verdict(), finding.reason(), finding.statistics()))
                .orElse(null);
    }

    @Override
    double shown() {
        return largest(Question::shown);
    }

    @Override
    double refuted() {
        return largest(Question::refuted);
    }

    /** Of all; 1 where no test can be made of one of them. */
    private double largest(ToDoubleFunction<Question> p) {
        return rivals.stream()
                .mapToDouble(rival -> rival.beforehand() == null ? p.applyAsDouble(rival) : 1)
                .max()
                .getAsDouble();
    }

    @Override
    Finding decide(double shown, double refuted) {
        if (rivals.size() == 1) {
            Finding only = rivals.get(0).decide(shown, refuted);
            return Finding.of(claim(), only.verdict(), only.reason(), only.statistics());
        }
        List<Finding> alone = Question.alone(rivals);
        String means = rivals.stream().map(Difference::mean).collect(Collectors.joining(", "));
        String statistics = "against each of " + rivals.size() + ", the largest p: claim p " + Numbers.p(shown)
                + ", contrary p " + Numbers.p(refuted) + "; each alone: "
                + alone.stream().map(Finding::statistics).collect(Collectors.joining("; "));
        if (isSmall(shown)) {
            return Finding.of(claim(), Verdict.REPRODUCED, means, statistics);
        }
        if (isSmall(refuted)) {
            return Finding.of(claim(), Verdict.NOT_REPRODUCED, means, statistics);
        }
        boolean hangs = is(Verdict.REPRODUCED, alone) && is(Verdict.NOT_REPRODUCED, alone);
        return Finding.notTestable(
                claim(),
                (hangs ? "it hangs on which is " + best : "not decided against each that may be " + best) + ": "
                        + means,
                statistics);
    }

    private static boolean is(Verdict verdict, List<Finding> findings) {
        return findings.stream().anyMatch(finding -> finding.verdict() == verdict);
    }
}
