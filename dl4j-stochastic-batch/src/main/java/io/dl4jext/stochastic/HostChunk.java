package io.dl4jext.stochastic;

/**
 * One thread's copy of some neighbouring elements. Works on FLOAT and DOUBLE; most of FLOAT is done by
 * {@link FloatChunk}. Probabilities are in double precision always. For FLOAT the rest is rounded after each addition,
 * multiplication and division, which gives what float arithmetic does.
 */
final class HostChunk {

    /** So that the arrays of a chunk stay in a core's first cache. */
    static final int SIZE = 1024;

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

    /** Of the running means with this gradient; {@link HostSlices#velocities} do not matter. */
    Moments measureMeans(HostSlices slices, long from, int length) {
        boolean single = slices.gradients.isSingle();
        Moments moments = single ? floats.measureMeans(slices, from, length) : null;
        if (moments != null) {
            return moments;
        }
        slices.gradients.read(from, gradients, length, singles);
        slices.sums.read(from, sums, length, singles);
        slices.counts.read(from, counts, length, singles);
        for (int i = 0; i < length; i++) {
            sums[i] = rounded(single, rounded(single, sums[i] + gradients[i]) / count(counts[i]));
        }
        return Moments.ofMagnitudes(sums, length);
    }

    /** k of a count with its sign; 1 where there is none, as in a state of zeros. */
    private static double count(double signed) {
        return Math.max(1, Math.abs(signed));
    }

    void drop(HostMemory sumSlice, HostMemory countSlice, long from, int length, EpochMark mark, long position) {
        for (int i = 0; i < length; i++) {
            sums[i] = -0.0;
            counts[i] = mark.sign(position + i);
        }
        sumSlice.write(from, sums, length, singles);
        countSlice.write(from, counts, length, singles);
    }

    UpdateCount step(HostSlices slices, long from, int length, long first, long position, GroupStep rule) {
        boolean single = slices.gradients.isSingle();
        if (single && FloatChunk.suits(rule.probability)) {
            UpdateCount count = floats.step(slices, from, length, first, position, rule);
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
        UpdateCount count = step(length, first, position, rule, moving, single);
        slices.gradients.write(from, gradients, length, singles);
        slices.sums.write(from, sums, length, singles);
        slices.counts.write(from, counts, length, singles);
        if (moving) {
            slices.velocities.write(from, velocities, length, singles);
        }
        return count;
    }

    private UpdateCount step(int length, long first, long position, GroupStep rule, boolean moving, boolean single) {
        UpdateDraws draws = rule.draws;
        UpdateProbability probability = rule.probability;
        boolean scaled = rule.scaled;
        double rate = rounded(single, rule.rate);
        double momentum = rounded(single, rule.momentum);
        int waiting = 0;
        double batches = 0;
        for (int i = 0; i < length; i++) {
            double gradient = gradients[i];
            double sum = rounded(single, sums[i] + gradient);
            double count = count(counts[i]);
            double mean = rounded(single, sum / count);
            double p = UpdateProbability.logistic(probability.argument(rule.ofRunningMean ? mean : gradient));
            long wait = draws.uniform(first + i) < p ? 0 : -1;
            double update = rounded(single, rate * (scaled ? sum : mean));
            if (moving) {
                double velocity = velocities[i];
                update = rounded(single, update + rounded(single, momentum * velocity));
                velocities[i] = where(wait, velocity) + where(~wait, update);
            }
            gradients[i] = where(~wait, update);
            // -0 leaves any first summand as it is, its sign too.
            sums[i] = Double.longBitsToDouble(Double.doubleToRawLongBits(sum) & wait | SIGN & ~wait);
            counts[i] = rule.mark.sign(position + i) * (1 + where(wait, count));
            waiting -= (int) wait;
            batches += where(~wait, count);
        }
        return new UpdateCount(length, length - waiting, batches);
    }

    private static double rounded(boolean single, double value) {
        return single ? (float) value : value;
    }

    private static double where(long mask, double value) {
        return Double.longBitsToDouble(Double.doubleToRawLongBits(value) & mask);
    }
}
