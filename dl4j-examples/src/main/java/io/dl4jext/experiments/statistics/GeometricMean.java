package io.dl4jext.experiments.statistics;

import java.util.Arrays;

/**
 * The geometric mean of rates or ratios, with the confidence interval that Student's t gives their logarithms.
 * Immutable.
 */
public final class GeometricMean {

    private final int size;
    private final double logarithm;
    private final double halfWidth;

    /** @param values finite and above 0 */
    public GeometricMean(Sample values, double confidence) {
        Sample logarithms = new Sample(
                Arrays.stream(values.values()).map(GeometricMean::logarithm).toArray());
        size = logarithms.size();
        logarithm = logarithms.mean();
        halfWidth = logarithms.halfWidth(confidence);
    }

    private static double logarithm(double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected finite values above 0, got " + value);
        }
        return Math.log(value);
    }

    /** Of how many values it is. */
    public int size() {
        return size;
    }

    /** NaN of none. */
    public double value() {
        return Math.exp(logarithm);
    }

    /** The lower end of the interval; NaN with fewer than two values. */
    public double low() {
        return Math.exp(logarithm - halfWidth);
    }

    /** The upper end of the interval; NaN with fewer than two values. */
    public double high() {
        return Math.exp(logarithm + halfWidth);
    }
}
