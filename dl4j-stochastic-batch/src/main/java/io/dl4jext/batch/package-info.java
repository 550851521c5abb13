/**
 * Batch sizes that change while a network trains. {@link io.dl4jext.batch.schedule.BatchSizes} says how large the next
 * batch is: a {@link io.dl4jext.batch.schedule.BatchSchedule}, a pure function of epoch and iteration, or a controller
 * that decides from measurements. {@link io.dl4jext.batch.DynamicBatchIterator} and {@link
 * io.dl4jext.batch.DynamicMultiBatchIterator} hand the examples of any iterator out in these sizes; what a size then
 * does to the update (learning rate, gradient batches) is in {@link io.dl4jext.batch.scaling}.
 */
package io.dl4jext.batch;
