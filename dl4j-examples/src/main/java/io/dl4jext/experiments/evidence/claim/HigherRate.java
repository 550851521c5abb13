package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.GeometricMean;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;

/**
 * That one method is stable at learning rates so many times as high as another's, at least. Reproduced where a
 * one-sided t-test of the logarithms of the ratios, of the seeds or of several data sets, shows the ratio above that,
 * not reproduced where one shows it below, or where the first method is stable at no rate with one with which the
 * second is. A rate that is a lower bound leaves the ratio open: then nothing is decided. Rates that a bisection has found
 * are known to a tenth, and ratios that are alike count as spread as far as that lets them.
 */
public final class HigherRate extends Question {

    private static final int LEAST_PAIRS = 3;

    /** How far the first unstable rate is above the stable one at most: what --precision has where it is not given. */
    private static final double PRECISION = 1.1;

    /** Of a difference of two logarithms, each anywhere between a stable rate and the first unstable one. */
    private static final double DEVIATION = Math.log(PRECISION) / Math.sqrt(6);

    private final RateRatios ratios;
    private final double least;

    /** @param least the ratio that is claimed, such as 1.2 */
    public HigherRate(Claim claim, RateRatios ratios, double least) {
        super(claim);
        this.ratios = ratios;
        this.least = least;
    }

    @Override
    Finding beforehand() {
        if (!ratios.missing().isEmpty()) {
            return Finding.notRun(claim(), ratios.missing());
        }
        String all = "ratios " + ratios;
        if (ratios.pairs() < LEAST_PAIRS) {
            return Finding.notTestable(
                    claim(), "expected at least " + ratios.counted(LEAST_PAIRS) + ", found " + ratios.pairs(), all);
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
        return count + " of " + ratios.counted(ratios.pairs());
    }

    @Override
    double shown() {
        Sample below = Sample.of(ratios.known(), ratio -> -Math.log(ratio));
        return Significance.below(below, -Math.log(least), DEVIATION);
    }

    @Override
    double refuted() {
        return 1 - shown();
    }

    @Override
    Finding decide(double shown, double refuted) {
        GeometricMean mean = ratios.mean();
        String reason = Numbers.format("%.2f", mean.value()) + " times " + ratios.second();
        String statistics = "ratio " + ratios + ", 95 %, " + ratios.counted(ratios.pairs())
                + "; t-tests of logarithms against " + Numbers.plain(least) + ", one-sided: claim p " + Numbers.p(shown)
                + ", contrary p " + Numbers.p(refuted);
        if (isSmall(shown)) {
            return Finding.of(claim(), Verdict.REPRODUCED, reason, statistics);
        }
        return isSmall(refuted)
                ? Finding.of(claim(), Verdict.NOT_REPRODUCED, reason, statistics)
                : Finding.notTestable(
                        claim(), "not decided by " + ratios.counted(ratios.pairs()) + ": " + reason, statistics);
    }
}
