package io.dl4jext.experiments.statistics;

import java.util.Arrays;
import org.hipparchus.distribution.continuous.NormalDistribution;
import org.hipparchus.distribution.continuous.TDistribution;

/**
 * How likely a two-sided t-test is to find what is there. With the true mean d standard errors away from 0 (the shift),
 * the test finds it where |Z + d| &gt; c·s, with a standard normal Z, the critical value c of Student's distribution,
 * and s² = χ²/f, f the degrees of freedom. Immutable.
 */
final class TTestPower {

    /** Of the midpoint rule over s. */
    private static final int PIECES = 2000;

    /** In deviations of s, about 1/√(2f), and more for small f. */
    private static final double REACH = 8;

    private static final double LARGEST_SHIFT = 1000;

    private static final NormalDistribution NORMAL = new NormalDistribution(0, 1);

    private final double critical;
    private final double[] scales = new double[PIECES];
    private final double[] weights = new double[PIECES];

    TTestPower(int freedom, double level) {
        critical = new TDistribution(freedom).inverseCumulativeProbability(1 - level / 2);
        double width = (1 + REACH / Math.sqrt(freedom)) / PIECES;
        double most = Math.sqrt((freedom - 1.0) / freedom);
        for (int i = 0; i < PIECES; i++) {
            scales[i] = (i + 0.5) * width;
            weights[i] = Math.exp(logDensity(scales[i], freedom) - (freedom > 1 ? logDensity(most, freedom) : 0));
        }
        double sum = Arrays.stream(weights).sum();
        Arrays.setAll(weights, i -> weights[i] / sum);
    }

    /** Up to a constant. */
    private static double logDensity(double scale, int freedom) {
        return (freedom - 1) * Math.log(scale) - freedom * scale * scale / 2;
    }

    /** The probability that the test finds this shift. */
    double of(double shift) {
        double power = 0;
        for (int i = 0; i < PIECES; i++) {
            double bound = critical * scales[i];
            power += weights[i]
                    * (NORMAL.cumulativeProbability(shift - bound) + NORMAL.cumulativeProbability(-shift - bound));
        }
        return power;
    }

    /** The shift that the test finds with this probability. */
    double shift(double power) {
        double low = 0;
        double high = LARGEST_SHIFT;
        while (high - low > 1e-9 * high) {
            double middle = (low + high) / 2;
            if (of(middle) < power) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }
}
