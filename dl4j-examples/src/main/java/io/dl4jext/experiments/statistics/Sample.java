package io.dl4jext.experiments.statistics;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.ToDoubleFunction;
import org.hipparchus.distribution.continuous.TDistribution;
import org.hipparchus.stat.StatUtils;
import org.hipparchus.stat.descriptive.rank.Median;

/** The values of one measure, such as the test errors of all seeds. Immutable. */
public final class Sample {

    private final double[] values;

    public Sample(double... values) {
        this.values = values.clone();
    }

    /** One value of each. */
    public static <T> Sample of(Collection<T> items, ToDoubleFunction<? super T> value) {
        return new Sample(items.stream().mapToDouble(value).toArray());
    }

    public int size() {
        return values.length;
    }

    public double[] values() {
        return values.clone();
    }

    /** How many are NaN or infinite. */
    public int notFinite() {
        return (int)
                Arrays.stream(values).filter(value -> !Double.isFinite(value)).count();
    }

    /** Those that are finite. */
    public Sample finite() {
        return new Sample(Arrays.stream(values).filter(Double::isFinite).toArray());
    }

    /** NaN if there is none, or one that is NaN. */
    public double mean() {
        return StatUtils.mean(values);
    }

    /** The standard deviation √(Σ(x − mean)²/(n − 1)); 0 of a single value. */
    public double deviation() {
        return Math.sqrt(StatUtils.variance(values));
    }

    /** The middle value, or the mean of the two in the middle; NaN if there is none, or one that is NaN. */
    public double median() {
        return Arrays.stream(values).anyMatch(Double::isNaN) ? Double.NaN : new Median().evaluate(values);
    }

    /** The least value; NaN if there is none, or one that is NaN. */
    public double least() {
        return Arrays.stream(values).min().orElse(Double.NaN);
    }

    /** The largest value; NaN if there is none, or one that is NaN. */
    public double largest() {
        return Arrays.stream(values).max().orElse(Double.NaN);
    }

    /**
     * Half the width of the confidence interval of the mean by Student's t: t·deviation/√n.
     *
     * @param confidence such as 0.95
     * @return NaN with fewer than two values
     */
    public double halfWidth(double confidence) {
        int n = values.length;
        return n < 2
                ? Double.NaN
                : new TDistribution(n - 1).inverseCumulativeProbability((1 + confidence) / 2)
                        * deviation()
                        / Math.sqrt(n);
    }

    /** The differences to the values of the same seeds. */
    public Sample minus(Sample other) {
        Significance.checkPairs(values, other.values);
        double[] differences = values.clone();
        Arrays.setAll(differences, i -> values[i] - other.values[i]);
        return new Sample(differences);
    }
}
