package io.dl4jext.stochastic;

import java.util.Arrays;

/**
 * What {@link HostChunk} does, in float arithmetic, by loops that the JVM turns into vector instructions: much faster.
 * To that end the probability is approximated, and χ is a number by which to multiply. Where a probability is too
 * near to its u for the approximation, the exact one decides. A chunk with a number that is not finite is left to
 * {@link HostChunk}. The two agree, bit by bit but for the sign of a zero.
 */
final class FloatChunk {

    /** Larger than the error of the approximation: 1e-6 by the polynomial, 8e-6 by rounding under {@link #suits}. */
    private static final float DOUBT = 0x1p-16f;

    private static final double MOST_SHIFT = 32;

    /** More than this, or less than its negative, makes no difference to the approximation. */
    private static final double MOST_ARGUMENT = 1000;

    /** r = −x/32 from here on; a larger x does not count. */
    private static final float LEAST = -0.6f;

    /** Sums are taken of eight parts first: constant distances are what the JVM makes vector instructions of. */
    private static final int PART = HostChunk.SIZE / 8;

    private static final float[] ZEROS = array();

    private final UpdateDraws.Numbers numbers = new UpdateDraws.Numbers();
    private final float[] gradients = array();
    private final float[] sums = array();

    /** k; from {@link #gather} on without its sign. */
    private final float[] counts = array();

    /** |g| or |g̃|, what the probability depends on. */
    private final float[] magnitudes = array();

    private final float[] uniforms = array();
    private final float[] chosen = array();
    private final float[] velocities = array();
    private final float[] updates = array();
    private final float[] terms = array();
    private final float[] part = new float[PART];

    private float[] signs;
    private float[] summands;
    private float origin;
    private float slope;
    private float mean;
    private float shift;
    private float rate;
    private float momentum;

    private final Loop differences = this::differences;
    private final Loop meanDifferences = this::meanDifferences;
    private final Loop square = this::square;
    private final Loop add = this::add;
    private final Loop gather = this::gather;
    private final Loop sizes = this::sizes;
    private final Loop meanSizes = this::meanSizes;
    private final Loop roots = this::roots;
    private final Loop choose = this::choose;
    private final Loop scale = this::scale;
    private final Loop average = this::average;
    private final Loop push = this::push;
    private final Loop doubt = this::doubt;
    private final Loop batches = this::batches;
    private final Loop move = this::move;
    private final Loop apply = this::apply;

    /**
     * One short loop over the first elements of the arrays. The JVM makes vector instructions of short loops only, and
     * not reliably where it has put many of them into one method; calls to so many implementations of one interface,
     * from one place, stay calls.
     */
    private interface Loop {
        void run(int length);
    }

    private static void run(Loop loop, int length) {
        loop.run(length);
    }

    /**
     * With its header of 16 bytes, a multiple of 64 bytes long. Arrays made one after the other then lie alike in the
     * lines of the cache, and a loop that is aligned for one of them is aligned for all.
     */
    private static float[] array() {
        return new float[HostChunk.SIZE + 12];
    }

    /** Null where squares of float are too large or too small. */
    Moments measure(HostMemory gradient, long from, int length) {
        gradient.read(from, gradients, length);
        origin = Math.abs(gradients[0]);
        return moments(differences, length);
    }

    /** Of the running means with this gradient; null as in {@link #measure}. */
    Moments measureMeans(HostSlices slices, long from, int length) {
        read(slices, from, length);
        origin = Math.abs(sums[0] + gradients[0]) / Math.max(1f, Math.abs(counts[0]));
        return moments(meanDifferences, length);
    }

    private void read(HostSlices slices, long from, int length) {
        slices.gradients.read(from, gradients, length);
        slices.sums.read(from, sums, length);
        slices.counts.read(from, counts, length);
    }

    private Moments moments(Loop toTerms, int length) {
        run(toTerms, length);
        double sum = sum(terms, length);
        run(square, length);
        double squares = sum(terms, length);
        boolean dependable = squares > 1e-28 * length && squares < Float.MAX_VALUE;
        return dependable ? Moments.around(origin, length, sum, squares) : null;
    }

    /** Whether large numbers do not cancel out; without slope there is nothing to cancel, even if p is 0 or 1. */
    static boolean suits(UpdateProbability p) {
        return p.slope == 0
                || Math.abs(p.slope * p.mean) <= MOST_SHIFT
                        && Math.abs(p.shift) <= MOST_SHIFT
                        && Math.abs(p.slope) < Float.MAX_VALUE;
    }

    /** @return what was updated; null, and nothing changed, if not all numbers are finite */
    UpdateCount step(HostSlices slices, long from, int length, long first, long position, GroupStep rule) {
        boolean hasVelocities = slices.velocities != null;
        take(rule, position);
        read(slices, from, length);
        numbers.onePlus(rule.draws, first, uniforms, length);
        run(gather, length);
        run(rule.ofRunningMean ? meanSizes : sizes, length);
        run(roots, length);
        run(choose, length);
        run(rule.scaled ? scale : average, length);
        if (hasVelocities) {
            slices.velocities.read(from, velocities, length);
            run(push, length);
        }
        if (!isDecided(length)) {
            resolve(rule, first, length);
            if (!isDecided(length)) {
                return null;
            }
        }
        long updated = (long) sum(chosen, length);
        run(batches, length);
        UpdateCount count = new UpdateCount(length, updated, sum(terms, length));
        if (hasVelocities) {
            run(move, length);
            slices.velocities.write(from, velocities, length);
        }
        run(apply, length);
        slices.gradients.write(from, gradients, length);
        slices.sums.write(from, sums, length);
        slices.counts.write(from, counts, length);
        return count;
    }

    /** Slope and shift are such that {@link #roots} has little left to do. */
    private void take(GroupStep rule, long position) {
        UpdateProbability p = rule.probability;
        double argument = Math.max(-MOST_ARGUMENT, Math.min(MOST_ARGUMENT, p.shift));
        slope = (float) (p.slope / -64);
        mean = (float) p.mean;
        shift = (float) ((argument / -32 - LEAST) / 2);
        rate = (float) rule.rate;
        momentum = (float) rule.momentum;
        signs = rule.mark.signs(position);
    }

    /** Whether no choice is in doubt, and all updates are finite. */
    private boolean isDecided(int length) {
        run(doubt, length);
        return Arrays.equals(terms, 0, length, ZEROS, 0, length);
    }

    /** Where the approximation left a doubt, which {@link #isDecided} has marked in the terms. */
    private void resolve(GroupStep rule, long first, int length) {
        for (int i = 0; i < length; i++) {
            int gap = Arrays.mismatch(terms, i, length, ZEROS, i, length);
            if (gap < 0) {
                return;
            }
            i += gap;
            if (chosen[i] > 0 && chosen[i] < 1) {
                double p = UpdateProbability.logistic(rule.probability.argument(magnitudes[i]));
                chosen[i] = rule.draws.uniform(first + i) < p ? 1 : 0;
            }
        }
    }

    private double sum(float[] values, int length) {
        Arrays.fill(values, length, HostChunk.SIZE, 0);
        summands = values;
        run(add, length);
        // Four sums: one addition need not wait for the one before.
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        for (int i = 0; i < PART; i += 4) {
            sum0 += part[i];
            sum1 += part[i + 1];
            sum2 += part[i + 2];
            sum3 += part[i + 3];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    /** Of all summands: with a bound that is not a constant, no vector instructions are made of these distances. */
    private void add(int length) {
        for (int i = 0; i < PART; i++) {
            part[i] = summands[i]
                    + summands[i + PART]
                    + summands[i + 2 * PART]
                    + summands[i + 3 * PART]
                    + summands[i + 4 * PART]
                    + summands[i + 5 * PART]
                    + summands[i + 6 * PART]
                    + summands[i + 7 * PART];
        }
    }

    private void differences(int length) {
        for (int i = 0; i < length; i++) {
            terms[i] = Math.abs(gradients[i]) - origin;
        }
    }

    private void meanDifferences(int length) {
        for (int i = 0; i < length; i++) {
            terms[i] = Math.abs(sums[i] + gradients[i]) / Math.max(1f, Math.abs(counts[i])) - origin;
        }
    }

    private void square(int length) {
        for (int i = 0; i < length; i++) {
            terms[i] = terms[i] * terms[i];
        }
    }

    private void gather(int length) {
        for (int i = 0; i < length; i++) {
            sums[i] = sums[i] + gradients[i];
            counts[i] = Math.max(1f, Math.abs(counts[i]));
        }
    }

    private void sizes(int length) {
        for (int i = 0; i < length; i++) {
            magnitudes[i] = Math.abs(gradients[i]);
        }
    }

    private void meanSizes(int length) {
        for (int i = 0; i < length; i++) {
            magnitudes[i] = Math.abs(sums[i]) / counts[i];
        }
    }

    /**
     * e^(−x/32) for the argument x of the probability, by a short Taylor polynomial. y + |y| is 2·max(0, y), in fewer
     * instructions than {@link Math#max(float, float)} takes for NaN and the zeros.
     */
    private void roots(int length) {
        for (int i = 0; i < length; i++) {
            float half = slope * (magnitudes[i] - mean) + shift;
            float r = LEAST + (half + Math.abs(half));
            chosen[i] = 1 + r * (1 + r * (0.5f + r * (1f / 6 + r * (1f / 24))));
        }
    }

    /**
     * 1 where surely u &lt; p, 0 where surely not, between them where in doubt: (p − u)/(2·{@link #DOUBT}) + ½, no
     * less than 0 and no more than 1. e^−x is the 32nd power of e^(−x/32).
     */
    private void choose(int length) {
        for (int i = 0; i < length; i++) {
            float e = chosen[i];
            e = e * e;
            e = e * e;
            e = e * e;
            e = e * e;
            e = e * e;
            float short4 = 0.125f - (1 / (1 + e) - (uniforms[i] - 1)) * (1 / (8 * DOUBT));
            float half = 0.5f - (short4 + Math.abs(short4));
            chosen[i] = half + Math.abs(half);
        }
    }

    private void scale(int length) {
        for (int i = 0; i < length; i++) {
            updates[i] = rate * sums[i];
        }
    }

    private void average(int length) {
        for (int i = 0; i < length; i++) {
            updates[i] = rate * (sums[i] / counts[i]);
        }
    }

    private void push(int length) {
        for (int i = 0; i < length; i++) {
            updates[i] = updates[i] + momentum * velocities[i];
        }
    }

    /** Not 0 where a choice is in doubt, NaN where an update is not finite. */
    private void doubt(int length) {
        for (int i = 0; i < length; i++) {
            terms[i] = chosen[i] * (1 - chosen[i]) + updates[i] * 0f;
        }
    }

    private void batches(int length) {
        for (int i = 0; i < length; i++) {
            terms[i] = chosen[i] * counts[i];
        }
    }

    private void move(int length) {
        for (int i = 0; i < length; i++) {
            velocities[i] = chosen[i] * updates[i] + (1 - chosen[i]) * velocities[i];
        }
    }

    /** In this form the sum of an updated parameter is -0, which leaves the sign of any first summand. */
    private void apply(int length) {
        for (int i = 0; i < length; i++) {
            float updated = chosen[i];
            float sum = sums[i];
            float count = counts[i];
            gradients[i] = updated * updates[i];
            sums[i] = -(updated * sum - sum);
            counts[i] = (count - updated * count + 1) * signs[i];
        }
    }
}
