package io.dl4jext.fisher.internal.capture;

import java.time.Duration;

/** What the replay of one layer may take at a measured step; beyond it measuring ends. */
public final class ReplayBudget {

    /** 1 GiB and one minute. */
    public static final ReplayBudget DEFAULT = new ReplayBudget(1L << 30, Duration.ofMinutes(1));

    /** Of the gradients of all samples, known before anything is replayed. */
    public final long bytes;

    /** Counted while it is replayed: how fast a machine takes single samples is not known before. */
    public final Duration time;

    public ReplayBudget(long bytes, Duration time) {
        this.bytes = bytes;
        this.time = time;
    }
}
