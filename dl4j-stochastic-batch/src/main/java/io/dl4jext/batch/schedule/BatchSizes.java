package io.dl4jext.batch.schedule;

/**
 * Where batch sizes come from: a {@link BatchSchedule}, or a controller that decides from what was measured.
 *
 * <p>The re-batching iterators ask exactly once for each batch, in the order of
 * the batches, and only when the batch is about to be built: all that training has measured by then can be used. So an
 * implementation may have memory. It is not asked again when a batch could not be built because the source failed. Only
 * {@code TrainingCheckpoints} asks once more, with DROP or CARRY, after an update that it is about to save: whether
 * another batch is left is to be known then.
 */
@FunctionalInterface
public interface BatchSizes {

    /**
     * The number of examples of the next batch.
     *
     * @param epoch the epoch that the batch belongs to, from 0
     * @param iteration the iteration (parameter update) that the batch is for, from 0, not restarted with the epoch
     * @return B &gt; 0; anything else is refused by the iterator
     */
    int batchSize(int epoch, int iteration);
}
