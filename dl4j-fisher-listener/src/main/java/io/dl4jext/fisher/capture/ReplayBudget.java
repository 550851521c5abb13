package io.dl4jext.fisher.capture;

/** What the replay of layers may take at a measured step; beyond it measuring ends before anything is replayed. */
public final class ReplayBudget {

    /** 1 GiB for the gradients of one layer, 10¹¹ multiplications for all layers. */
    public static final ReplayBudget DEFAULT = new ReplayBudget(1L << 30, 1e11);

    /** Of the gradients of all samples of one layer. */
    public final long bytes;

    /** Multiplications of all replayed layers together. */
    public final double operations;

    public ReplayBudget(long bytes, double operations) {
        this.bytes = bytes;
        this.operations = operations;
    }
}
