package io.dl4jext.stochastic;

/**
 * One thread's copy of some neighbouring elements. Works on FLOAT and DOUBLE; most of FLOAT is done by
 * {@link FloatChunk}. Probabilities are in double precision always. For FLOAT the rest is rounded after each addition,
 * multiplication and division, which gives what float arithmetic does.
 */
final class HostChunk {

    /** So that the arrays of a chunk stay in a processor's own cache. */
    static final int SIZE = 2048;

    private static final long SIGN = Long.MIN_VALUE;

    private final FloatChunk floats = new FloatChunk();
    private final float[] singles = new float[SIZE];
    private final double[] gradients = new double[SIZE];
    private final double[] sums = new double[SIZE];
    private final double[] counts = new double[SIZE];
    private final double[] velocities = new double[SIZE];

    Moments measure(HostMemory gradient, long from, int length) {
        Moments moments = gradient.isSingle() ? floats.measure(gradient, from, length) : null;
        if (moments != null) {
            return moments;
        }
        gradient.read(from, gradients, length, singles);
        return Moments.ofMagnitudes(gradients, length);
    }

    void dropOthers(HostMemory sumSlice, HostMemory countSlice, long from, int length, int sign) {
        sumSlice.read(from, sums, length, singles);
        countSlice.read(from, counts, length, singles);
        for (int i = 0; i < length; i++) {
            if (!(counts[i] * sign > 0)) {
                sums[i] = -0.0;
                counts[i] = sign;
            }
        }
        sumSlice.write(from, sums, length, singles);
        countSlice.write(from, counts, length, singles);
    }

    UpdateCount step(HostSlices slices, long from, int length, long first, UpdateRule rule) {
        boolean single = slices.gradients.isSingle();
        if (single && FloatChunk.suits(rule.probability)) {
            UpdateCount count = floats.step(slices, from, length, first, rule);
            if (count != null) {
                return count;
            }
        }
        boolean moving = slices.velocities != null;
        slices.gradients.read(from, gradients, length, singles);
        slices.sums.read(from, sums, length, singles);
        slices.counts.read(from, counts, length, singles);
        if (moving) {
            slices.velocities.read(from, velocities, length, singles);
        }
        UpdateCount count = step(length, first, rule, moving, single);
        slices.gradients.write(from, gradients, length, singles);
        slices.sums.write(from, sums, length, singles);
        slices.counts.write(from, counts, length, singles);
        if (moving) {
            slices.velocities.write(from, velocities, length, singles);
        }
        return count;
    }

    private UpdateCount step(int length, long first, UpdateRule rule, boolean moving, boolean single) {
        UpdateDraws draws = rule.draws;
        UpdateProbability probability = rule.probability;
        boolean scaled = rule.scaled;
        double rate = rounded(single, rule.rate);
        double momentum = rounded(single, rule.momentum);
        double sign = rule.sign;
        int waiting = 0;
        double batches = 0;
        for (int i = 0; i < length; i++) {
            double gradient = gradients[i];
            double p = UpdateProbability.logistic(probability.argument(gradient));
            long wait = draws.uniform(first + i) < p ? 0 : -1;
            double sum = rounded(single, sums[i] + gradient);
            double count = counts[i];
            double used = scaled ? sum : rounded(single, sum / Math.abs(count));
            double update = rounded(single, rate * used);
            if (moving) {
                double velocity = velocities[i];
                update = rounded(single, update + rounded(single, momentum * velocity));
                velocities[i] = where(wait, velocity) + where(~wait, update);
            }
            gradients[i] = where(~wait, update);
            // -0 leaves any first summand as it is, its sign too.
            sums[i] = Double.longBitsToDouble(Double.doubleToRawLongBits(sum) & wait | SIGN & ~wait);
            counts[i] = sign + where(wait, count);
            waiting -= (int) wait;
            batches += where(~wait, count);
        }
        return new UpdateCount(length, length - waiting, batches * sign);
    }

    private static double rounded(boolean single, double value) {
        return single ? (float) value : value;
    }

    private static double where(long mask, double value) {
        return Double.longBitsToDouble(Double.doubleToRawLongBits(value) & mask);
    }
}
