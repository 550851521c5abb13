package io.dl4jext.experiments.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.hipparchus.distribution.continuous.NormalDistribution;
import org.hipparchus.distribution.continuous.TDistribution;
import org.hipparchus.stat.correlation.SpearmansCorrelation;
import org.hipparchus.stat.inference.AlternativeHypothesis;
import org.hipparchus.stat.inference.BinomialTest;
import org.hipparchus.stat.inference.TTest;

/** The tests of the experiments' tables, two-sided where nothing else is said; NaN where there is no p-value. */
public final class Significance {

    /** The level of the tables. */
    public static final double LEVEL = 0.05;

    /** Differences of numbers that differ by less than so much of these numbers are equal but for rounding. */
    private static final double ROUNDING = 1e-12;

    /** What {@link #detectable} has computed, by degrees of freedom, level and power. */
    private static final Map<List<Double>, Double> SHIFTS = new ConcurrentHashMap<>();

    private Significance() {}

    /**
     * Student's paired t-test, for trainings that share their seeds: whether the mean of the differences may be 0.
     *
     * @return 1 for equal samples; NaN with fewer than two pairs, a value that is not finite, or differences that are
     *     all the same, but for rounding, and not 0
     */
    public static double paired(Sample first, Sample second) {
        Sample differences = first.minus(second);
        if (differences.size() < 2 || differences.notFinite() > 0) {
            return Double.NaN;
        }
        double size = Math.max(size(first), size(second));
        if (size(differences) <= ROUNDING * size) {
            return 1;
        }
        return varies(differences, size) ? new TTest().pairedTTest(first.values(), second.values()) : Double.NaN;
    }

    /**
     * Welch's t-test, for samples that share nothing: whether the means may be equal, whatever the variances.
     *
     * @return NaN with fewer than two values in a sample, a value that is not finite, no variance at all
     */
    public static double welch(Sample first, Sample second) {
        boolean defined = first.size() > 1
                && second.size() > 1
                && first.notFinite() + second.notFinite() == 0
                && (varies(first, size(first)) || varies(second, size(second)));
        return defined ? new TTest().tTest(first.values(), second.values()) : Double.NaN;
    }

    /**
     * Two one-sided paired t-tests (TOST): a small p-value says that the mean difference is smaller than the margin in
     * either direction, which a large p-value of {@link #paired} does not say.
     *
     * @param margin the smallest difference that would matter, &gt; 0
     * @return NaN with fewer than two pairs or a value that is not finite
     */
    public static double equivalence(Sample first, Sample second, double margin) {
        if (!(margin > 0)) {
            throw new IllegalArgumentException("expected a margin above 0, got " + margin);
        }
        Sample differences = first.minus(second);
        if (differences.size() < 2 || differences.notFinite() > 0) {
            return Double.NaN;
        }
        double room = margin - Math.abs(differences.mean());
        return tail(room, differences, Math.max(size(first), size(second)), 0);
    }

    /**
     * Student's one-sided t-test of differences between pairs: a small p-value says that their mean is below the bound.
     *
     * @return NaN with fewer than two differences or one that is not finite
     */
    public static double below(Sample differences, double bound) {
        return below(differences, bound, 0);
    }

    /**
     * The same where each difference is known to some precision alone: differences that are alike by chance deviate by
     * as much all the same.
     *
     * @param leastDeviation the standard deviation that counts where the differences' own is smaller, at least 0
     */
    public static double below(Sample differences, double bound, double leastDeviation) {
        if (differences.size() < 2 || differences.notFinite() > 0) {
            return Double.NaN;
        }
        return tail(bound - differences.mean(), differences, size(differences), leastDeviation);
    }

    /**
     * Whether the differences between pairs differ from one another by more than rounding leaves; without that nothing
     * tells how they spread.
     */
    public static boolean differencesVary(Sample first, Sample second) {
        return varies(first.minus(second), Math.max(size(first), size(second)));
    }

    /**
     * The smallest mean difference that the paired t-test finds with a probability, if the differences deviate as these
     * do: the one at which noncentral Student's distribution has so much beyond the test's critical value.
     *
     * @param level of the test, such as 0.05
     * @param power the probability, such as 0.8; level &lt; power &lt; 1
     * @return NaN with fewer than two pairs or a value that is not finite
     */
    public static double detectable(Sample first, Sample second, double level, double power) {
        Sample differences = first.minus(second);
        int n = differences.size();
        return n < 2 || differences.notFinite() > 0
                ? Double.NaN
                : SHIFTS.computeIfAbsent(
                                List.of(n - 1.0, level, power), any -> new TTestPower(n - 1, level).shift(power))
                        * differences.deviation()
                        / Math.sqrt(n);
    }

    /**
     * The sign test with one side: a small p-value says that of pairs the first is the smaller one more often than the
     * second.
     *
     * @return 1 without pairs
     */
    public static double sign(int firstSmaller, int secondSmaller) {
        int pairs = firstSmaller + secondSmaller;
        return pairs == 0
                ? 1
                : new BinomialTest().binomialTest(pairs, firstSmaller, 0.5, AlternativeHypothesis.GREATER_THAN);
    }

    /** Holm's correction of p-values that were looked at together; those that are NaN stay so and do not count. */
    public static double[] holm(double... p) {
        int[] rising = IntStream.range(0, p.length)
                .filter(i -> !Double.isNaN(p[i]))
                .boxed()
                .sorted(Comparator.comparingDouble(i -> p[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] corrected = p.clone();
        double largest = 0;
        for (int rank = 0; rank < rising.length; rank++) {
            largest = Math.max(largest, Math.min(1, (rising.length - rank) * p[rising[rank]]));
            corrected[rising[rank]] = largest;
        }
        return corrected;
    }

    /** Spearman's rank correlation, ties with their mean rank. */
    public static double spearman(Sample first, Sample second) {
        checkPairs(first.values(), second.values());
        return new SpearmansCorrelation().correlation(first.values(), second.values());
    }

    /**
     * A confidence interval of a rank correlation by Fisher's transform, with 1.06/(n − 3) as its variance (Fieller,
     * Hartley and Pearson 1957). A correlation of 1 or -1 counts as one halfway to the next that so many pairs can
     * have, so that the interval has a width, and belongs to it.
     *
     * @return its two ends; NaN with fewer than four pairs
     */
    public static double[] spearmanInterval(double correlation, int pairs, double confidence) {
        if (pairs <= 3 || Double.isNaN(correlation)) {
            return new double[] {Double.NaN, Double.NaN};
        }
        double most = 1 - 6 / (pairs * ((double) pairs * pairs - 1));
        double bounded = Math.max(-most, Math.min(most, correlation));
        double z = 0.5 * Math.log((1 + bounded) / (1 - bounded));
        double width = new NormalDistribution(0, 1).inverseCumulativeProbability((1 + confidence) / 2)
                * Math.sqrt(1.06 / (pairs - 3));
        return new double[] {Math.min(Math.tanh(z - width), correlation), Math.max(Math.tanh(z + width), correlation)};
    }

    /** The share of Student's distribution beyond so much room, in standard errors of the mean difference. */
    private static double tail(double room, Sample differences, double size, double leastDeviation) {
        int n = differences.size();
        double deviation = varies(differences, size) ? differences.deviation() : 0;
        double error = Math.max(deviation, leastDeviation) / Math.sqrt(n);
        return error == 0 ? (room > 0 ? 0 : 1) : new TDistribution(n - 1).cumulativeProbability(-room / error);
    }

    /**
     * Whether values differ by more than rounding leaves.
     *
     * @param size of the numbers that they have been computed from
     */
    private static boolean varies(Sample sample, double size) {
        return sample.largest() - sample.least() > ROUNDING * size;
    }

    /** The largest magnitude. */
    private static double size(Sample sample) {
        return Math.max(Math.abs(sample.least()), Math.abs(sample.largest()));
    }

    static void checkPairs(double[] first, double[] second) {
        if (first.length != second.length) {
            throw new IllegalArgumentException(
                    "expected pairs, got " + first.length + " and " + second.length + " values");
        }
    }
}
