package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.GeometricMean;
import io.dl4jext.experiments.statistics.Significance;
import java.util.List;

/**
 * That one method is stable at learning rates so many times as high as another's, at least. Reproduced where a one-sided t-test of the
 * logarithms of the seeds' ratios shows the ratio above that, not reproduced where one shows it below, or where the first method is stable
 * at no rate with a seed with which the second is. A rate that is a lower bound leaves the ratio open: then nothing is decided.
 */
public final class HigherRate extends Question {

    private static final int LEAST_SEEDS = 3;

    private final StableRates first;
    private final StableRates second;
    private final RateRatios ratios;
    private final double least;

    /** @param least the ratio that is claimed, such as 1.2 */
    public HigherRate(Claim claim, StableRates first, StableRates second, double least) {
        super(claim);
        this.first = first;
        this.second = second;
        this.ratios = first.over(second);
        this.least = least;
    }

    @Override
    Finding beforehand() {
        if (first.isEmpty() || second.isEmpty()) {
            return Finding.notRun(
                    claim(),
                    !first.isEmpty()
                            ? List.of(second.name())
                            : second.isEmpty() ? List.of(first.name(), second.name()) : List.of(first.name()));
        }
        String all = "ratios " + ratios;
        if (ratios.pairs() < LEAST_SEEDS) {
            return Finding.notTestable(
                    claim(), "expected at least " + LEAST_SEEDS + " seeds, found " + ratios.pairs(), all);
        }
        if (ratios.secondHasNone() > 0) {
            return Finding.notTestable(
                    claim(), ratios.second() + " is stable at no rate with " + of(ratios.secondHasNone()), all);
        }
        if (ratios.onlyFirstHasNone() > 0) {
            return Finding.of(
                    claim(),
                    Verdict.NOT_REPRODUCED,
                    ratios.first() + " is stable at no rate with " + of(ratios.onlyFirstHasNone()),
                    all);
        }
        return ratios.bounds() > 0
                ? Finding.notTestable(
                        claim(), "no unstable rate was found for one of the two with " + of(ratios.bounds()), all)
                : null;
    }

    private String of(int count) {
        return count + " of " + Numbers.count(ratios.pairs(), "seed");
    }

    @Override
    double shown() {
        return 1 - refuted();
    }

    @Override
    double refuted() {
        return Significance.below(ratios.logarithms(), Math.log(least));
    }

    @Override
    Finding decide(double shown, double refuted) {
        GeometricMean mean = ratios.mean();
        String reason = Numbers.format("%.2f", mean.value()) + " times " + ratios.second();
        String statistics = "ratio " + ratios + ", 95 %, " + Numbers.count(ratios.pairs(), "seed")
                + "; t-tests of logarithms against " + Numbers.plain(least) + ", one-sided: claim p " + Numbers.p(shown)
                + ", contrary p " + Numbers.p(refuted);
        if (isSmall(shown)) {
            return Finding.of(claim(), Verdict.REPRODUCED, reason, statistics);
        }
        return isSmall(refuted)
                ? Finding.of(claim(), Verdict.NOT_REPRODUCED, reason, statistics)
                : Finding.notTestable(
                        claim(), "not decided by " + Numbers.count(ratios.pairs(), "seed") + ": " + reason, statistics);
    }
}
