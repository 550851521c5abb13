package io.dl4jext.batch.internal.accumulation;

/** The micro-batches in the order in which they are trained on. */
public interface MicroBatches {

    /** The one being trained on, or null when nothing is known of it; it is then taken for a whole batch. */
    MicroBatch current();

    /** The current one has been trained on. */
    void advance();
}
