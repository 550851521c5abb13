package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.capture.ReplayBudget;
import java.time.Duration;

/**
 * What the replay of layers without a direct rule may take, as it comes in, checked.
 *
 * @param <B> the builder that extends it
 */
abstract class ReplaySettings<B extends ReplaySettings<B>> {

    private long replayBudget = ReplayBudget.DEFAULT.bytes;
    private Duration replayTime = ReplayBudget.DEFAULT.time;

    abstract B self();

    final ReplayBudget budget() {
        return new ReplayBudget(replayBudget, replayTime);
    }

    /**
     * The most that the per-sample gradients (parameters × samples) of one replayed layer may take, in bytes; default
     * 1 GiB. Layers without a direct rule (see the documentation) are replayed sample by sample; one that would take
     * more ends measuring, with a message that names it, before anything is allocated. Time has a bound of its own:
     * {@code replayTime}.
     *
     * @throws IllegalArgumentException unless bytes &gt; 0
     */
    public B replayBudget(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("Expected replayBudget > 0 bytes, got " + bytes);
        }
        replayBudget = bytes;
        return self();
    }

    /**
     * The most time that the replay of one layer without a direct rule may take at a measured step; default one minute.
     * A small layer over long series takes little memory and much time. Replay that takes more is broken off and ends
     * measuring, with a message that names the layer; training goes on.
     *
     * @throws IllegalArgumentException unless it is positive
     */
    public B replayTime(Duration time) {
        if (time == null || time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("Expected replayTime > 0, got " + time);
        }
        replayTime = time;
        return self();
    }
}
