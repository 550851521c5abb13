package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.RankTrend;
import java.util.List;
import java.util.stream.Collectors;

/**
 * That a measure grows, or falls, with a setting, in each row of a grid. Reproduced where the rank correlation of all
 * rows is significant and every single row's has the claimed sign; not reproduced where it is significant and a row has
 * the other sign, or where it is the reverse that is significant.
 */
public final class Trend extends Question {

    private static final double CONFIDENCE = 0.95;

    /** Fewer pairs decide nothing. */
    private static final int LEAST_PAIRS = 9;

    private final RankTrend trend;
    private final int sign;
    private final String missing;
    private final String rows;

    /**
     * A trend.
     *
     * @param sign +1 if it grows, -1 if it falls
     * @param rows what a row is, such as "learning rates"
     * @param missing what the trend would be taken of, for whoever reads that it was not run
     */
    public Trend(Claim claim, RankTrend trend, int sign, String rows, String missing) {
        super(claim);
        this.trend = trend;
        this.sign = sign;
        this.rows = rows;
        this.missing = missing;
    }

    @Override
    Finding beforehand() {
        if (trend == null) {
            return Finding.notRun(claim(), List.of(missing));
        }
        return trend.pairs() < LEAST_PAIRS || Double.isNaN(trend.p())
                ? Finding.notTestable(
                        claim(),
                        "expected at least " + LEAST_PAIRS + " trainings that end, in rows of three and more, found "
                                + trend.pairs(),
                        "")
                : null;
    }

    /** The test has two sides, so that the side is a part of what it shows. */
    @Override
    double shown() {
        return trend.correlation() * sign > 0 ? trend.p() : 1;
    }

    @Override
    double refuted() {
        return trend.correlation() * sign < 0 ? trend.p() : 1;
    }

    @Override
    Finding decide(double shown, double refuted) {
        int all = trend.rows().size();
        int with = trend.rowsWithSign(sign);
        String in = "in " + with + " of " + all + " " + rows;
        if (isSmall(shown) && with == all) {
            return Finding.of(claim(), Verdict.REPRODUCED, in, statistics(shown));
        }
        if (isSmall(shown) || isSmall(refuted)) {
            String reason = isSmall(shown) ? "only " + in : "the contrary: so only " + in;
            return Finding.of(claim(), Verdict.NOT_REPRODUCED, reason, statistics(Math.min(shown, refuted)));
        }
        return Finding.notTestable(claim(), "no trend to be seen: so " + in, statistics(Math.min(shown, refuted)));
    }

    private String statistics(double p) {
        double[] interval = trend.interval(CONFIDENCE);
        return "rank correlation " + signed(trend.correlation()) + " (95 %: " + signed(interval[0]) + " to "
                + signed(interval[1]) + "), p " + Numbers.p(p) + ", " + trend.pairs() + " trainings; by row: "
                + trend.rows().stream().map(Trend::signed).collect(Collectors.joining(" "));
    }

    private static String signed(double correlation) {
        return Numbers.format("%+.2f", correlation);
    }
}
