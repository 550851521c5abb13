package io.dl4jext.stochastic;

/**
 * The epoch to which the state belongs, in the signs of its counts: the sign of the count at position i is bit i modulo
 * 32 of the epoch's number, − for 1. Positions number the parameters whose state is reset at each epoch, over all of
 * the network's updater blocks. 31 such parameters tell any epoch from any other, fewer (n) tell it modulo 2^n. A state
 * whose counts have other signs is of another epoch. Without a reset there is no epoch to remember: all signs are +.
 * Immutable.
 */
final class EpochMark {

    /** After so many positions, the signs repeat. */
    static final int PERIOD = 32;

    /** Where nothing is reset: no sign tells anything. */
    static final EpochMark NONE = new EpochMark(0);

    private final int epoch;

    /** From each of the first {@link #PERIOD} positions on, for a chunk. */
    private final float[][] signs = new float[PERIOD][HostChunk.SIZE];

    private EpochMark(int epoch) {
        this.epoch = epoch;
        for (int position = 0; position < PERIOD; position++) {
            for (int i = 0; i < HostChunk.SIZE; i++) {
                signs[position][i] = sign(position + i);
            }
        }
    }

    static EpochMark of(int epoch) {
        return new EpochMark(epoch);
    }

    boolean isOf(int epoch) {
        return this.epoch == epoch;
    }

    /** 1 or −1. */
    int sign(long position) {
        return (epoch >>> (int) (position % PERIOD) & 1) == 0 ? 1 : -1;
    }

    /** The signs from {@code position} on, as many as a chunk has; not to be changed. */
    float[] signs(long position) {
        return signs[(int) (position % PERIOD)];
    }

    /** Whether these first counts of a block, the block beginning at {@code position}, have the signs of this epoch. */
    boolean isIn(double[] counts, long position) {
        for (int i = 0; i < counts.length; i++) {
            if (!(counts[i] * sign(position + i) > 0)) {
                return false;
            }
        }
        return true;
    }
}
