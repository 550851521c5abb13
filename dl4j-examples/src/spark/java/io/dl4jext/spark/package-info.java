/**
 * The pack on Spark, through DL4J's own masters. Built with {@code -Pspark} only.
 *
 * <p>What a worker needs beside its network goes there as a {@link io.dl4jext.spark.WorkerListener}; what is measured
 * there comes back in a {@link io.dl4jext.spark.FisherCollector}. {@link io.dl4jext.spark.ScheduledEpochs} gives each
 * epoch its batch size, {@link io.dl4jext.spark.LocalCluster} is a cluster on this machine to try it all on.
 */
package io.dl4jext.spark;
