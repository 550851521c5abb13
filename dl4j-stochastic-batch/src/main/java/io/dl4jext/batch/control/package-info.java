/**
 * The closed loop: batch sizes chosen while a network trains by what its per-sample gradients say.
 *
 * <p>A {@code FisherListener} measures and hands each measurement to a {@link
 * io.dl4jext.batch.control.BatchController}. The controller's {@link io.dl4jext.batch.control.BatchRule} turns it into
 * a {@link io.dl4jext.batch.control.SizeRequest}; the controller averages requests, decides when it is due, keeps
 * within bounds, step and multiple, and logs a {@link io.dl4jext.batch.control.BatchDecision}. The iterator then asks
 * the controller, a {@link io.dl4jext.batch.schedule.BatchSizes}, for the size of the next batch.
 *
 * <p>This package needs the module {@code dl4j-fisher-listener} on the class path, and so do {@link
 * io.dl4jext.batch.arbiter} and {@code TrainingCheckpoints.Builder.fisher}; the rest of the module does not.
 */
package io.dl4jext.batch.control;
