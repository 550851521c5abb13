package io.dl4jext.stochastic;

/** Number, mean and sum of squared deviations of some values. Immutable. */
final class Moments {

    static final Moments NONE = new Moments(0, 0, 0);

    final long number;
    final double mean;
    private final double squares;

    private Moments(long number, double mean, double squares) {
        this.number = number;
        this.mean = mean;
        this.squares = squares;
    }

    /**
     * From sums of differences to any one of the values: equal values have no deviation at all, not one from rounding.
     *
     * @param number how many values, at least 1
     * @param origin one of them
     * @param sum Σ (value − origin)
     * @param squares Σ (value − origin)²
     */
    static Moments around(double origin, long number, double sum, double squares) {
        return new Moments(number, origin + sum / number, Math.max(0, squares - sum * sum / number));
    }

    /** Of |values[0 … length)|. */
    static Moments ofMagnitudes(double[] values, int length) {
        double origin = Math.abs(values[0]);
        // Four sums each: one addition need not wait for the one before.
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        double squares0 = 0;
        double squares1 = 0;
        double squares2 = 0;
        double squares3 = 0;
        int i = 0;
        for (; i + 3 < length; i += 4) {
            double d0 = Math.abs(values[i]) - origin;
            double d1 = Math.abs(values[i + 1]) - origin;
            double d2 = Math.abs(values[i + 2]) - origin;
            double d3 = Math.abs(values[i + 3]) - origin;
            sum0 += d0;
            sum1 += d1;
            sum2 += d2;
            sum3 += d3;
            squares0 += d0 * d0;
            squares1 += d1 * d1;
            squares2 += d2 * d2;
            squares3 += d3 * d3;
        }
        for (; i < length; i++) {
            double d = Math.abs(values[i]) - origin;
            sum0 += d;
            squares0 += d * d;
        }
        return around(origin, length, (sum0 + sum1) + (sum2 + sum3), (squares0 + squares1) + (squares2 + squares3));
    }

    /** Of these values and those together. */
    Moments and(Moments other) {
        if (number == 0) {
            return other;
        }
        long all = number + other.number;
        double difference = other.mean - mean;
        double share = (double) other.number / all;
        return new Moments(
                all, mean + difference * share, squares + other.squares + difference * difference * number * share);
    }

    /** The same; without any deviation if that may be the values' own rounding, as a relative error. */
    Moments withoutRounding(double relative) {
        return deviation() > relative * Math.abs(mean) ? this : new Moments(number, mean, 0);
    }

    /** Of the population, that is with the divisor {@link #number}. */
    double deviation() {
        return Math.sqrt(squares / number);
    }
}
