/**
 * Batch sizes that change while a network trains: schedules (pure functions of epoch and iteration), controllers that
 * decide from measurements, and an iterator that re-batches any other one accordingly. The updater that draws a batch
 * size for each parameter goes beside it, in {@code io.dl4jext.stochastic}.
 *
 * <p>Nothing is in it yet.
 */
package io.dl4jext.batch;
