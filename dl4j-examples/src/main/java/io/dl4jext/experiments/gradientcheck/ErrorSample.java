package io.dl4jext.experiments.gradientcheck;

import io.dl4jext.gradientcheck.RelativeErrors;
import java.util.Arrays;

/**
 * The relative errors of the parameters that matter: those where gradient and difference are both 0 (a pixel that is
 * black in all examples, a unit that never fires) say nothing about a step size, and are counted apart. Immutable.
 */
final class ErrorSample {

    /** The decades of the histogram: below 10^LOWEST, then one for each power of ten, the last from 1 on. */
    static final int LOWEST = -12;

    private final RelativeErrors errors;
    private final double[] sorted;
    private final int zeros;

    ErrorSample(RelativeErrors errors) {
        this.errors = errors;
        int count = errors.count();
        double[] all = new double[count];
        for (int i = 0; i < count; i++) {
            all[i] = errors.quantile((i + 0.5) / count); // the i-th smallest
        }
        sorted = Arrays.stream(all).filter(error -> error != 0).toArray();
        zeros = count - sorted.length;
    }

    /** How many errors there are, at least 0. */
    int count() {
        return sorted.length;
    }

    /** How many parameters were left out. */
    int zeros() {
        return zeros;
    }

    /** NaN if there are none. */
    double mean() {
        return Arrays.stream(sorted).average().orElse(Double.NaN);
    }

    double median() {
        return quantile(0.5);
    }

    /** The smallest error that at least this share of them does not exceed; NaN if there are none. */
    double quantile(double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.max(0, Math.ceil(share * sorted.length) - 1)];
    }

    double max() {
        return quantile(1);
    }

    /** The parameter with the largest error. */
    String worst() {
        return errors.worst();
    }

    /** Of how many parameters the error is smaller than another's; the parameters are the same. */
    int smallerThan(ErrorSample other) {
        return errors.smallerThan(other.errors);
    }

    /** How many errors fall into each decade. */
    int[] decades() {
        int[] counts = errors.decades();
        counts[0] -= zeros;
        return counts;
    }

    /** What a decade is called, in as few letters as the axis of a picture needs. */
    static String decade(int i) {
        return i == 0 ? "<1e" + LOWEST : i == 1 - LOWEST ? "1" : "1e" + (LOWEST + i - 1);
    }
}
