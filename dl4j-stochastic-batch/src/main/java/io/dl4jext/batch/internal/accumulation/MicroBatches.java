package io.dl4jext.batch.internal.accumulation;

/** The micro-batches that were handed out, in the order in which they are to be trained on. */
public interface MicroBatches {

    /** The first that was not trained on, or null when nothing is known of one. */
    MicroBatch current();

    /**
     * A pass begins. What was handed out before its part was not trained on, and is given up.
     *
     * @param failed whether the current one's pass came to no update, so that this is another's, or that again
     * @return the part that this pass is on, or null for one of other data, a whole batch of its own
     */
    MicroBatch begin(Pass pass, boolean failed);

    /** The current one will not be trained on. */
    void giveUp();

    /** Whether a part was given up of the update that the one begun last belongs to, which then cannot be made. */
    boolean isBroken();

    /** This one has been trained on. */
    void advance(MicroBatch trained);
}
