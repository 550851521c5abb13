package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * That settings rank as a paper's numbers do: Spearman's rank correlation of each seed's measures with these numbers,
 * its mean over the seeds by Student's t-test. Reproduced where it is shown to be above 0, not reproduced where it is
 * shown to be below.
 */
public final class Order extends Question {

    private static final double CONFIDENCE = 0.95;
    private static final int LEAST_SEEDS = 3;

    private final List<Entry> entries;

    /** A setting, here and in the paper. */
    public static final class Entry {

        private final PerSeed here;
        private final double paper;

        public Entry(PerSeed here, double paper) {
            this.here = here;
            this.paper = paper;
        }
    }

    /** An order of three settings or more; of the seeds, those count that all of them have. */
    public Order(Claim claim, List<Entry> entries) {
        super(claim);
        if (entries.size() < 3) {
            throw new IllegalArgumentException(
                    claim.text() + ": expected three settings or more, got " + entries.size());
        }
        this.entries = List.copyOf(entries);
    }

    /** One for each seed; NaN where a training diverged, or all have the same measure. */
    private Sample correlations() {
        PerSeed all = entries.get(0).here;
        for (Entry entry : entries) {
            all = all.minus(entry.here, ""); // only for the seeds that are left
        }
        PerSeed common = all;
        List<Sample> bySetting =
                entries.stream().map(entry -> entry.here.with(common)).collect(Collectors.toList());
        Sample paper = Sample.of(entries, entry -> entry.paper);
        double[] correlations = new double[common.seeds()];
        for (int seed = 0; seed < correlations.length; seed++) {
            int at = seed;
            Sample here = Sample.of(bySetting, setting -> setting.values()[at]);
            correlations[seed] = here.notFinite() > 0 ? Double.NaN : rounded(Significance.spearman(here, paper));
        }
        return new Sample(correlations);
    }

    /** So that equal ones are equal, and 1 is 1, whatever the order of a sum. */
    private static double rounded(double correlation) {
        return Math.rint(correlation * 1e12) / 1e12;
    }

    @Override
    Finding beforehand() {
        List<String> missing = entries.stream()
                .filter(entry -> entry.here.isEmpty())
                .map(entry -> entry.here.name())
                .collect(Collectors.toList());
        if (!missing.isEmpty()) {
            return Finding.notRun(claim(), missing);
        }
        Sample correlations = correlations();
        if (correlations.size() < LEAST_SEEDS) {
            return Finding.notTestable(
                    claim(), "expected at least " + LEAST_SEEDS + " seeds, found " + correlations.size(), "");
        }
        String seeds = Numbers.count(correlations.size(), "seed");
        if (correlations.notFinite() > 0) {
            return Finding.notTestable(
                    claim(),
                    "no order with " + correlations.notFinite() + " of " + seeds
                            + ": a training diverged, or all ended alike",
                    "");
        }
        // Few settings have few rank correlations, so that this is chance, and no sign of how they spread.
        return correlations.least() < correlations.largest() || Math.abs(correlations.least()) == 1
                ? null
                : Finding.notTestable(
                        claim(),
                        "the rank correlation is " + signed(correlations.mean()) + " with each of " + seeds,
                        "");
    }

    @Override
    double shown() {
        return Significance.below(
                new Sample(Arrays.stream(correlations().values()).map(c -> -c).toArray()), 0);
    }

    @Override
    double refuted() {
        return Significance.below(correlations(), 0);
    }

    @Override
    Finding decide(double shown, double refuted) {
        Sample correlations = correlations();
        double mean = correlations.mean();
        double width = correlations.halfWidth(CONFIDENCE);
        String found = "rank correlation " + signed(mean);
        String statistics = found + " in the mean (95 %: " + signed(mean - width) + " to " + signed(mean + width)
                + "), " + Numbers.count(correlations.size(), "seed") + ", " + entries.size()
                + " settings; t-test, one-sided: claim p " + Numbers.p(shown) + ", contrary p " + Numbers.p(refuted);
        if (isSmall(shown)) {
            return Finding.of(claim(), Verdict.REPRODUCED, found, statistics);
        }
        return isSmall(refuted)
                ? Finding.of(claim(), Verdict.NOT_REPRODUCED, "rather the reverse: " + found, statistics)
                : Finding.notTestable(
                        claim(), "not decided by " + Numbers.count(correlations.size(), "seed"), statistics);
    }

    private static String signed(double correlation) {
        return Numbers.format("%+.2f", correlation);
    }
}
