package io.dl4jext.experiments.data;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** The share of a table's rows that is set aside for testing, and how it becomes a number of rows. Immutable. */
public final class TestShare {

    private final BigDecimal share;
    private final RoundingMode rounding;

    private TestShare(BigDecimal share, RoundingMode rounding) {
        this.share = share;
        this.rounding = rounding;
    }

    /** The whole number nearest to share · rows. */
    public static TestShare nearest(double share) {
        return new TestShare(BigDecimal.valueOf(share), RoundingMode.HALF_UP);
    }

    /**
     * What is not for training, as scikit-learn's {@code train_test_split} counts it: ⌈(1 − trainingShare) · rows⌉. The
     * shares are taken as the decimal numbers that they are written as, so that 10 % of 10 rows are one.
     */
    public static TestShare besides(double trainingShare) {
        return new TestShare(BigDecimal.ONE.subtract(BigDecimal.valueOf(trainingShare)), RoundingMode.CEILING);
    }

    int of(int rows) {
        return share.multiply(BigDecimal.valueOf(rows)).setScale(0, rounding).intValueExact();
    }
}
