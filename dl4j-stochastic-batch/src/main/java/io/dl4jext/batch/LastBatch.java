package io.dl4jext.batch;

/**
 * What happens at an epoch's end to examples that no longer fill a batch of the scheduled size. In a pass of
 * which an attached network hears nothing, as in an evaluation, they always make a smaller batch.
 */
public enum LastBatch {

    /** They make a smaller batch. */
    KEEP,

    /** They are left out in this epoch. */
    DROP,

    /**
     * They come first in the next epoch, before the source's own. A source that cannot be reset has no next epoch: they
     * make a smaller batch, as with {@link #KEEP}.
     */
    CARRY
}
