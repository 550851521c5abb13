/**
 * Batch sizes by epoch and iteration: {@link io.dl4jext.batch.schedule.BatchSchedule}.
 */
package io.dl4jext.batch.schedule;
