package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * That one setting's measure is below another's, or the same, by pairs of seeds, or of data sets. Reproduced where a
 * one-sided paired t-test (two of them, for the same) shows the mean difference below a bound; not reproduced where one
 * shows it above a second bound, or where only the first setting diverges. Everything in between is not testable here,
 * with the width of the interval, which is what so many seeds can tell.
 */
public final class Difference extends Question {

    private static final double POWER = 0.8;

    private static final double CONFIDENCE = 0.95;
    private static final int LEAST_SEEDS = 3;

    private final PerSeed first;
    private final PerSeed second;
    private final double shownBelow;
    private final double refutedAbove;
    private final double margin;
    private final Side side;
    private final Unit unit;

    /** In what differences are told. */
    public enum Unit {
        /** Of shares that are wrong, in percentage points. */
        ERROR("%+.2f", " points", " of error", 100),
        /** Of shares that are right, in percentage points. */
        ACCURACY("%+.2f", " points", " of accuracy", 100),
        /** Of logarithms, as ratios. */
        RATIO("%.2f", " times", "", 1);

        private final String format;
        private final String name;
        private final String measure;
        private final double factor;

        Unit(String format, String name, String measure, double factor) {
            this.format = format;
            this.name = name;
            this.measure = measure;
            this.factor = factor;
        }

        private boolean isPoints() {
            return this == ERROR || this == ACCURACY;
        }

        /** A bound, without its sign. */
        private String bound(double difference) {
            return this == RATIO
                    ? "a ratio of " + Numbers.format("%.3g", Math.exp(difference))
                    : Numbers.plain(factor * difference) + name;
        }

        private String text(double difference) {
            return Numbers.format(format, this == RATIO ? Math.exp(difference) : factor * difference);
        }
    }

    /** Where the first is claimed to be, seen from the second. */
    private enum Side {
        BELOW,
        ABOVE,
        WITHIN_MARGIN
    }

    private Difference(
            Claim claim,
            PerSeed first,
            PerSeed second,
            double shownBelow,
            double refutedAbove,
            double margin,
            Side side,
            Unit unit) {
        super(claim);
        this.first = first;
        this.second = second;
        this.shownBelow = shownBelow;
        this.refutedAbove = refutedAbove;
        this.margin = margin;
        this.side = side;
        this.unit = unit;
    }

    /** That the first is below the second. */
    public static Difference below(Claim claim, PerSeed first, PerSeed second, Unit unit) {
        return new Difference(claim, first, second, 0, 0, Double.NaN, Side.BELOW, unit);
    }

    /** That the first is above the second. */
    public static Difference above(Claim claim, PerSeed first, PerSeed second, Unit unit) {
        return new Difference(claim, first, second, 0, 0, Double.NaN, Side.ABOVE, unit);
    }

    /** That the first takes at most so much of the second: a share of it, such as 0.95. Values are above 0. */
    public static Difference atMost(Claim claim, PerSeed first, PerSeed second, double share) {
        double bound = Math.log(share);
        return new Difference(
                claim, first.map(Math::log), second.map(Math::log), bound, bound, Double.NaN, Side.BELOW, Unit.RATIO);
    }

    /**
     * That the first error is no worse than the second: by less than a margin. Refuted where it is worse at all, and
     * not shown to be within the margin. The test of equivalence, within the margin on either side, stands beside it.
     */
    public static Difference noWorse(Claim claim, PerSeed first, PerSeed second, double margin) {
        return new Difference(claim, first, second, margin, 0, margin, Side.BELOW, Unit.ERROR);
    }

    /**
     * The same of values above 0, such as losses: that the first is at most so many times the second, such as 1.05.
     * Refuted where it is higher at all, and not shown to be within that ratio.
     */
    public static Difference noHigher(Claim claim, PerSeed first, PerSeed second, double ratio) {
        double margin = Math.log(ratio);
        return new Difference(
                claim, first.map(Math::log), second.map(Math::log), margin, 0, margin, Side.BELOW, Unit.RATIO);
    }

    /** That the first is the second, within a ratio of it on either side, such as 1.1. Values are above 0. */
    public static Difference same(Claim claim, PerSeed first, PerSeed second, double ratio) {
        double margin = Math.log(ratio);
        return new Difference(
                claim,
                first.map(Math::log),
                second.map(Math::log),
                margin,
                margin,
                margin,
                Side.WITHIN_MARGIN,
                Unit.RATIO);
    }

    /** The p-value of a paired t-test with two sides, of the seeds that both have. */
    public static double paired(PerSeed first, PerSeed second) {
        return Significance.paired(first.with(second), second.with(first));
    }

    /**
     * The smallest true difference that a paired t-test with one side, as those of the verdicts are, finds with a
     * probability of 80 %, of the seeds that both have, without a correction for others that are looked at.
     */
    public static double resolved(PerSeed first, PerSeed second) {
        return Significance.detectable(first.with(second), second.with(first), 2 * Significance.LEVEL, POWER);
    }

    @Override
    Finding beforehand() {
        List<String> missing = new ArrayList<>();
        for (PerSeed side : List.of(first, second)) {
            if (side.isEmpty()) {
                missing.add(side.name());
            }
        }
        if (!missing.isEmpty()) {
            return Finding.notRun(claim(), missing);
        }
        Sample differences = first.minus(second);
        if (differences.size() < LEAST_SEEDS) {
            return Finding.notTestable(
                    claim(),
                    "expected at least " + first.counted(LEAST_SEEDS) + ", found " + differences.size(),
                    differences.size() == 0 ? "" : mean(differences) + ", " + seeds(differences));
        }
        int here = first.with(second).notFinite();
        int there = second.with(first).notFinite();
        if (here > 0 && there == 0) {
            return Finding.of(
                    claim(),
                    Verdict.NOT_REPRODUCED,
                    first.name() + " diverged with " + here + " of " + seeds(differences),
                    "");
        }
        if (there > 0) {
            return Finding.notTestable(
                    claim(), second.name() + " diverged with " + there + " of " + seeds(differences), "");
        }
        // Equal trainings are no better than each other; equal differences are chance, and no sign of how they spread.
        boolean tells = differences.mean() == 0 || Significance.differencesVary(first.with(second), second.with(first));
        return tells
                ? null
                : Finding.notTestable(claim(), mean(differences) + " with each of " + seeds(differences), "");
    }

    @Override
    double shown() {
        switch (side) {
            case WITHIN_MARGIN:
                return Significance.equivalence(first.with(second), second.with(first), margin);
            case ABOVE:
                return Significance.below(second.minus(first), 0);
            default:
                return Significance.below(first.minus(second), shownBelow);
        }
    }

    @Override
    double refuted() {
        Sample differences = first.minus(second);
        switch (side) {
            case WITHIN_MARGIN:
                return differences.mean() < 0
                        ? Significance.below(differences, -refutedAbove)
                        : 1 - Significance.below(differences, refutedAbove);
            case ABOVE:
                return 1 - Significance.below(second.minus(first), 0);
            default:
                return 1 - Significance.below(differences, refutedAbove);
        }
    }

    @Override
    Finding decide(double shown, double refuted) {
        Sample differences = first.minus(second);
        String mean = mean(differences);
        StringBuilder statistics = new StringBuilder(
                summary() + "; paired t-tests" + (side == Side.WITHIN_MARGIN ? " (TOST)" : ", one-sided") + ": claim p "
                        + Numbers.p(shown) + ", contrary p " + Numbers.p(refuted));
        if (unit.isPoints()) {
            statistics
                    .append("; looked at alone, so many ")
                    .append(first.each())
                    .append("s find a true difference of ")
                    .append(Numbers.format("%.2f", unit.factor * resolved(first, second)))
                    .append(unit.name)
                    .append(" with a probability of 80 %");
        }
        if (!Double.isNaN(margin) && side != Side.WITHIN_MARGIN) {
            statistics
                    .append("; the same within ")
                    .append(unit.bound(margin))
                    .append(": TOST p ")
                    .append(Numbers.p(Significance.equivalence(first.with(second), second.with(first), margin)));
        }
        if (isSmall(shown)) {
            return Finding.of(claim(), Verdict.REPRODUCED, mean, statistics.toString());
        }
        if (isSmall(refuted)) {
            return Finding.of(claim(), Verdict.NOT_REPRODUCED, mean, statistics.toString());
        }
        String reason = "not decided by " + seeds(differences) + ", which, looked at alone, tell " + told(differences);
        return Finding.notTestable(claim(), reason, statistics.toString());
    }

    /** The smallest mean that the tests, which have one side, tell from their bound. */
    private String told(Sample differences) {
        double width = differences.halfWidth(1 - 2 * Significance.LEVEL);
        String from = side == Side.WITHIN_MARGIN || shownBelow != 0 ? " up from the bound" : " up";
        return unit == Unit.RATIO
                ? String.format(Locale.ROOT, "ratios from %.2f", Math.exp(width)) + from
                : "differences from " + unit.text(width).replace("+", "") + unit.name + from;
    }

    /** The mean difference with its interval. */
    String summary() {
        Sample differences = first.minus(second);
        double width = differences.halfWidth(CONFIDENCE);
        return mean(differences) + " (95 %: " + unit.text(differences.mean() - width) + " to "
                + unit.text(differences.mean() + width) + "), " + seeds(differences);
    }

    /** The mean difference, with what it is held against. */
    String mean() {
        return mean(first.minus(second));
    }

    private String mean(Sample differences) {
        return unit == Unit.RATIO
                ? unit.text(differences.mean()) + unit.name + " " + second.name()
                : unit.text(differences.mean()) + unit.name + unit.measure + " against " + second.name();
    }

    private String seeds(Sample differences) {
        return first.counted(differences.size());
    }
}
