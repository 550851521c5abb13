package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Significance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * That of many pairs one is the closer one more often than each of others. Reproduced where the sign test shows it
 * against every one: the largest p-value is that of all; not reproduced where it shows the contrary against one, the
 * smallest p-value corrected by Bonferroni.
 */
public final class Closer extends Question {

    private final Map<String, int[]> others = new LinkedHashMap<>();
    private final String measured;
    private final String missing;

    /**
     * A comparison.
     *
     * @param measured other numbers that go with it
     * @param missing what it needs, for whoever reads that it was not run
     */
    public Closer(Claim claim, String measured, String missing) {
        super(claim);
        this.measured = measured;
        this.missing = missing;
    }

    /** In how many pairs it is closer than another, and in how many the other is. */
    public Closer against(String other, int closer, int farther) {
        others.put(other, new int[] {closer, farther});
        return this;
    }

    @Override
    Finding beforehand() {
        return others.isEmpty() ? Finding.notRun(claim(), List.of(missing)) : null;
    }

    @Override
    double shown() {
        return others.values().stream()
                .mapToDouble(pairs -> Significance.sign(pairs[0], pairs[1]))
                .max()
                .orElse(1);
    }

    @Override
    double refuted() {
        double least = others.values().stream()
                .mapToDouble(pairs -> Significance.sign(pairs[1], pairs[0]))
                .min()
                .orElse(1);
        return Math.min(1, others.size() * least);
    }

    @Override
    Finding decide(double shown, double refuted) {
        String statistics = others.entrySet().stream()
                        .map(other -> "closer than " + other.getKey() + " with " + other.getValue()[0] + " of "
                                + (other.getValue()[0] + other.getValue()[1]))
                        .collect(Collectors.joining(", "))
                + "; sign tests, one-sided: claim p " + Numbers.p(shown) + ", contrary p " + Numbers.p(refuted);
        if (isSmall(shown)) {
            return Finding.of(claim(), Verdict.REPRODUCED, measured, statistics);
        }
        return isSmall(refuted)
                ? Finding.of(claim(), Verdict.NOT_REPRODUCED, measured, statistics)
                : Finding.notTestable(claim(), "not decided: " + measured, statistics);
    }
}
