package io.dl4jext.updater.internal.elementwise;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Counts of the steps that a state has made, in a state array of their own, one for each parameter: so they are new
 * when the state is new, whatever the network's iteration is, and stay right when DL4J joins, splits, saves or averages
 * states.
 *
 * <p>A count is a number of the state's type, exact up to 2^24 in FLOAT and 2^11 in HALF. Beyond that, where t + 1
 * would be t again, it grows by the distance u of neighbouring numbers in one iteration of u, chosen by a hash of the
 * iteration: right on average, and within a few √(u·steps) of the true count. In HALF it stops at 2^15, near the
 * largest number.
 */
public final class StepCount {

    private static final float EXACT_FLOATS = 1 << 24;

    private StepCount() {}

    /** Up to where each whole number is one of this type's numbers. */
    public static double exact(DataType type) {
        switch (type) {
            case DOUBLE:
                return 0x1p53;
            case FLOAT:
                return EXACT_FLOATS;
            case HALF:
                return 0x1p11;
            case BFLOAT16:
                return 0x1p8;
            default:
                throw new IllegalArgumentException("Expected a state of a floating-point type, got " + type);
        }
    }

    /** Whether the first n are one number: nearly always, so that what follows from a count has to be computed once. */
    public static boolean areEqual(float[] counts, int n) {
        return Arrays.equals(counts, 1, n, counts, 0, n - 1);
    }

    /** As for float. */
    public static boolean areEqual(double[] counts, int n) {
        return Arrays.equals(counts, 1, n, counts, 0, n - 1);
    }

    /** One step more, element by element. */
    public static void increase(float[] counts, int iteration, int n) {
        if (counts[0] < EXACT_FLOATS && areEqual(counts, n)) {
            Arrays.fill(counts, 0, n, counts[0] + 1);
        } else if (areExact(counts, n)) {
            for (int i = 0; i < n; i++) {
                counts[i] += 1;
            }
        } else {
            for (int i = 0; i < n; i++) {
                counts[i] = counts[i] < EXACT_FLOATS ? counts[i] + 1 : beyond(counts[i], iteration);
            }
        }
    }

    private static boolean areExact(float[] counts, int n) {
        for (int i = 0; i < n; i++) {
            if (counts[i] >= EXACT_FLOATS) {
                return false;
            }
        }
        return true;
    }

    private static float beyond(float count, int iteration) {
        float unit = Math.ulp(count);
        return isChosen(iteration, (long) unit) ? count + unit : count;
    }

    /** As for float; there is no training beyond 2^53 steps. */
    public static void increase(double[] counts, int n) {
        for (int i = 0; i < n; i++) {
            counts[i] += 1;
        }
    }

    /** As for float, for any type. */
    public static void increase(INDArray counts, int iteration) {
        DataType type = counts.dataType();
        double exact = exact(type);
        double highest = counts.maxNumber().doubleValue();
        if (highest < exact) {
            counts.addi(1);
            return;
        }
        double last = type == DataType.HALF ? 0x1p15 : 0x1p31;
        INDArray steps = counts.lt(exact).castTo(type);
        long unit = 2;
        for (double from = exact; from <= highest && from < last; from *= 2) {
            if (isChosen(iteration, unit)) {
                INDArray within =
                        counts.gte(from).castTo(type).muli(counts.lt(2 * from).castTo(type));
                steps.addi(within.muli(unit));
            }
            unit *= 2;
        }
        counts.addi(steps);
    }

    /** In one iteration of so many (a power of 2). */
    private static boolean isChosen(int iteration, long unit) {
        // The finaliser of MurmurHash3.
        int hash = iteration;
        hash = (hash ^ hash >>> 16) * 0x85EBCA6B;
        hash = (hash ^ hash >>> 13) * 0xC2B2AE35;
        return ((hash ^ hash >>> 16) & unit - 1) == 0;
    }
}
