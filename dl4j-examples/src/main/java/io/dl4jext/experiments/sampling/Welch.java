package io.dl4jext.experiments.sampling;

import java.util.Arrays;
import org.hipparchus.stat.inference.TTest;

/** Welch's t-test: whether two samples may have the same mean, without supposing that they have the same variance. */
public final class Welch {

    private Welch() {}

    /**
     * The two-sided p-value.
     *
     * @return NaN where there is none: fewer than two values in a sample, a value that is not finite, no variance at all
     */
    public static double pValue(double[] first, double[] second) {
        boolean defined = first.length > 1
                && second.length > 1
                && isFinite(first)
                && isFinite(second)
                && (varies(first) || varies(second));
        return defined ? new TTest().tTest(first, second) : Double.NaN;
    }

    private static boolean isFinite(double[] values) {
        return Arrays.stream(values).allMatch(Double::isFinite);
    }

    private static boolean varies(double[] values) {
        return Arrays.stream(values).distinct().count() > 1;
    }
}
