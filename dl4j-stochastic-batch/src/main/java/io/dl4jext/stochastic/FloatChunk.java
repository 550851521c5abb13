package io.dl4jext.stochastic;

import java.util.Arrays;

/**
 * What {@link HostChunk} does, in float arithmetic, by loops that the JVM turns into vector instructions: much faster.
 * To that end the probability is approximated, and χ is a number by which to multiply. Where a probability is too
 * near to its u for the approximation, the exact one decides. A chunk with a number that is not finite is left to
 * {@link HostChunk}. The two agree, bit by bit but for the sign of a zero.
 */
final class FloatChunk {

    /** Larger than the error of the approximation: 1e-6 by the polynomial, 7e-6 by rounding under {@link #suits}. */
    private static final float DOUBT = 0x1p-16f;

    private static final double MOST_SHIFT = 32;

    /** r = −x/32 from here on; a larger x does not count. */
    private static final float LEAST = -0.6f;

    /** Sums are taken of eight parts first: constant distances are what the JVM makes vector instructions of. */
    private static final int PART = HostChunk.SIZE / 8;

    private static final float[] ZEROS = new float[HostChunk.SIZE];

    private final UpdateDraws.Numbers numbers = new UpdateDraws.Numbers();
    private final float[] gradients = new float[HostChunk.SIZE];
    private final float[] sums = new float[HostChunk.SIZE];

    /** k, without its sign. */
    private final float[] counts = new float[HostChunk.SIZE];

    private final float[] signs = new float[HostChunk.SIZE];

    /** |g| or |g̃|, what the probability depends on. */
    private final float[] magnitudes = new float[HostChunk.SIZE];

    private final float[] velocities = new float[HostChunk.SIZE];
    private final float[] updates = new float[HostChunk.SIZE];
    private final float[] uniforms = new float[HostChunk.SIZE];
    private final float[] chosen = new float[HostChunk.SIZE];
    private final float[] terms = new float[HostChunk.SIZE];
    private final float[] part = new float[PART];

    private float origin;
    private float slope;
    private float mean;
    private float shift;
    private float rate;
    private float momentum;

    private final Loop[] gathering = {this::collect, this::unsign};
    private final Loop[] sizing = {this::sizes};
    private final Loop[] sizingMeans = {this::meanSizes};
    private final Loop[] sizingGathered = {this::gatheredSizes};
    private final Loop[] choosing = {this::arguments, this::roots, this::probabilities, this::choices};
    private final Loop[] scaling = {this::scale};
    private final Loop[] averaging = {this::average};
    private final Loop[] pushing = {this::push};
    private final Loop[] doubting = {this::doubts};
    private final Loop[] counting = {this::batches};
    private final Loop[] adding = {this::add};
    private final Loop[] addingDifferences = {this::addDifferences};
    private final Loop[] addingSquares = {this::addSquares};
    private final Loop[] moving = {this::move};
    private final Loop[] applying = {this::give, this::clear, this::lengthen};

    /**
     * One short loop over the first elements of the arrays. The JVM makes vector instructions of short loops only, and
     * not reliably where it has put many of them into one method; calls to so many implementations of one interface
     * stay calls.
     */
    private interface Loop {
        void run(int length);
    }

    private static void run(Loop[] loops, int length) {
        for (Loop loop : loops) {
            loop.run(length);
        }
    }

    /** Null where squares of float are too large or too small. */
    Moments measure(HostMemory gradient, long from, int length) {
        gradient.read(from, gradients, length);
        run(sizing, length);
        return moments(length);
    }

    /** Of the running means with this gradient; null as in {@link #measure}. */
    Moments measureMeans(HostSlices slices, long from, int length) {
        read(slices, from, length);
        run(sizingMeans, length);
        return moments(length);
    }

    private void read(HostSlices slices, long from, int length) {
        slices.gradients.read(from, gradients, length);
        slices.sums.read(from, sums, length);
        slices.counts.read(from, counts, length);
    }

    private Moments moments(int length) {
        origin = magnitudes[0];
        Arrays.fill(magnitudes, length, magnitudes.length, origin);
        run(addingDifferences, length);
        double sum = sumOfPart();
        run(addingSquares, length);
        double squares = sumOfPart();
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
    UpdateCount step(HostSlices slices, long from, int length, long first, long position, UpdateRule rule) {
        boolean hasVelocities = slices.velocities != null;
        take(rule);
        read(slices, from, length);
        numbers.onePlus(rule.draws, first, uniforms, length);
        run(gathering, length);
        run(rule.ofRunningMean ? sizingGathered : sizing, length);
        run(choosing, length);
        run(rule.scaled ? scaling : averaging, length);
        if (hasVelocities) {
            slices.velocities.read(from, velocities, length);
            run(pushing, length);
        }
        if (!isDecided(length)) {
            resolve(rule, first, length);
            if (!isDecided(length)) {
                return null;
            }
        }
        UpdateCount count = count(length);
        if (hasVelocities) {
            run(moving, length);
            slices.velocities.write(from, velocities, length);
        }
        rule.mark.copy(position, signs, length);
        run(applying, length);
        slices.gradients.write(from, gradients, length);
        slices.sums.write(from, sums, length);
        slices.counts.write(from, counts, length);
        return count;
    }

    private void take(UpdateRule rule) {
        slope = (float) rule.probability.slope;
        mean = (float) rule.probability.mean;
        shift = (float) rule.probability.shift;
        rate = (float) rule.rate;
        momentum = (float) rule.momentum;
    }

    /** Whether no choice is in doubt, and all updates are finite. */
    private boolean isDecided(int length) {
        run(doubting, length);
        return Arrays.equals(terms, 0, length, ZEROS, 0, length);
    }

    /** Where the approximation left a doubt, which {@link #isDecided} has marked in the terms. */
    private void resolve(UpdateRule rule, long first, int length) {
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

    private UpdateCount count(int length) {
        System.arraycopy(chosen, 0, terms, 0, length);
        long updated = (long) sumOfTerms(length);
        run(counting, length);
        return new UpdateCount(length, updated, sumOfTerms(length));
    }

    private double sumOfTerms(int length) {
        Arrays.fill(terms, length, terms.length, 0);
        run(adding, length);
        return sumOfPart();
    }

    /** Eight sums: one addition need not wait for the one before. */
    private double sumOfPart() {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        double sum4 = 0;
        double sum5 = 0;
        double sum6 = 0;
        double sum7 = 0;
        for (int i = 0; i < PART; i += 8) {
            sum0 += part[i];
            sum1 += part[i + 1];
            sum2 += part[i + 2];
            sum3 += part[i + 3];
            sum4 += part[i + 4];
            sum5 += part[i + 5];
            sum6 += part[i + 6];
            sum7 += part[i + 7];
        }
        return ((sum0 + sum1) + (sum2 + sum3)) + ((sum4 + sum5) + (sum6 + sum7));
    }

    /** Of all terms: with a bound that is not a constant, no vector instructions are made of these distances. */
    private void add(int length) {
        for (int i = 0; i < PART; i++) {
            part[i] = terms[i]
                    + terms[i + PART]
                    + terms[i + 2 * PART]
                    + terms[i + 3 * PART]
                    + terms[i + 4 * PART]
                    + terms[i + 5 * PART]
                    + terms[i + 6 * PART]
                    + terms[i + 7 * PART];
        }
    }

    private void addDifferences(int length) {
        for (int i = 0; i < PART; i++) {
            part[i] = (magnitudes[i] - origin)
                    + (magnitudes[i + PART] - origin)
                    + (magnitudes[i + 2 * PART] - origin)
                    + (magnitudes[i + 3 * PART] - origin)
                    + (magnitudes[i + 4 * PART] - origin)
                    + (magnitudes[i + 5 * PART] - origin)
                    + (magnitudes[i + 6 * PART] - origin)
                    + (magnitudes[i + 7 * PART] - origin);
        }
    }

    private void addSquares(int length) {
        for (int i = 0; i < PART; i++) {
            part[i] = (magnitudes[i] - origin) * (magnitudes[i] - origin)
                    + (magnitudes[i + PART] - origin) * (magnitudes[i + PART] - origin)
                    + (magnitudes[i + 2 * PART] - origin) * (magnitudes[i + 2 * PART] - origin)
                    + (magnitudes[i + 3 * PART] - origin) * (magnitudes[i + 3 * PART] - origin)
                    + (magnitudes[i + 4 * PART] - origin) * (magnitudes[i + 4 * PART] - origin)
                    + (magnitudes[i + 5 * PART] - origin) * (magnitudes[i + 5 * PART] - origin)
                    + (magnitudes[i + 6 * PART] - origin) * (magnitudes[i + 6 * PART] - origin)
                    + (magnitudes[i + 7 * PART] - origin) * (magnitudes[i + 7 * PART] - origin);
        }
    }

    private void sizes(int length) {
        for (int i = 0; i < length; i++) {
            magnitudes[i] = Math.abs(gradients[i]);
        }
    }

    private void meanSizes(int length) {
        for (int i = 0; i < length; i++) {
            magnitudes[i] = Math.abs(sums[i] + gradients[i]) / Math.max(1f, Math.abs(counts[i]));
        }
    }

    /** As {@link #meanSizes}, of sums and counts that are gathered already. */
    private void gatheredSizes(int length) {
        for (int i = 0; i < length; i++) {
            magnitudes[i] = Math.abs(sums[i]) / counts[i];
        }
    }

    /** x of the probability s(x). */
    private void arguments(int length) {
        for (int i = 0; i < length; i++) {
            chosen[i] = slope * (magnitudes[i] - mean) + shift;
        }
    }

    /** e^(−x/32), by a short Taylor polynomial. */
    private void roots(int length) {
        for (int i = 0; i < length; i++) {
            float r = Math.max(LEAST, chosen[i] * (-1f / 32));
            chosen[i] = 1 + r * (1 + r * (0.5f + r * (1f / 6 + r * (1f / 24))));
        }
    }

    /** e^−x is the 32nd power of e^(−x/32). */
    private void probabilities(int length) {
        for (int i = 0; i < length; i++) {
            float e = chosen[i];
            e = e * e;
            e = e * e;
            e = e * e;
            e = e * e;
            e = e * e;
            chosen[i] = 1 / (1 + e);
        }
    }

    /** 1 where surely u &lt; p, 0 where surely not, between them where in doubt. */
    private void choices(int length) {
        for (int i = 0; i < length; i++) {
            float ahead = chosen[i] - (uniforms[i] - 1);
            chosen[i] = Math.max(0f, Math.min(1f, ahead * (1 / (2 * DOUBT)) + 0.5f));
        }
    }

    private void collect(int length) {
        for (int i = 0; i < length; i++) {
            sums[i] = sums[i] + gradients[i];
        }
    }

    private void unsign(int length) {
        for (int i = 0; i < length; i++) {
            counts[i] = Math.max(1f, Math.abs(counts[i]));
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
    private void doubts(int length) {
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

    private void give(int length) {
        for (int i = 0; i < length; i++) {
            gradients[i] = chosen[i] * updates[i];
        }
    }

    /** In this form the sum of an updated parameter is -0, which leaves the sign of any first summand. */
    private void clear(int length) {
        for (int i = 0; i < length; i++) {
            sums[i] = -(chosen[i] * sums[i] - sums[i]);
        }
    }

    private void lengthen(int length) {
        for (int i = 0; i < length; i++) {
            counts[i] = (counts[i] - chosen[i] * counts[i] + 1) * signs[i];
        }
    }
}
