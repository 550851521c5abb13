package io.dl4jext.spark;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.schedule.BatchSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Trains on Spark with another batch size in each epoch. A master of DL4J has one batch size for good; so each epoch
 * has a master of its own, and its examples are put into batches on the driver and dealt out to the workers.
 *
 * <pre>{@code
 * ScheduledEpochs epochs = new ScheduledEpochs(spark, examples, BatchSchedule.named("s16-to-64", 10), 2, size ->
 *         new ParameterAveragingTrainingMaster.Builder(2, size).batchSizePerWorker(size).averagingFrequency(1).build());
 * epochs.fit(network, 10);
 * }</pre>
 */
public final class ScheduledEpochs {

    private final JavaSparkContext spark;
    private final DataSetIterator source;
    private final BatchSchedule schedule;
    private final int workers;
    private final IntFunction<TrainingMaster<?, ?>> masters;

    /**
     * A training to come.
     *
     * @param source the examples of an epoch, in batches of any size
     * @param schedule asked at the beginning of each epoch for the batch size of one worker
     * @param workers over how many the batches are dealt out
     * @param masters makes the master for a batch size
     */
    public ScheduledEpochs(
            JavaSparkContext spark,
            DataSetIterator source,
            BatchSchedule schedule,
            int workers,
            IntFunction<TrainingMaster<?, ?>> masters) {
        this.spark = spark;
        this.source = source;
        this.schedule = schedule;
        this.workers = workers;
        this.masters = masters;
    }

    /** Trains on from the epoch and iteration that the network's counters show. */
    public void fit(MultiLayerNetwork network, int epochs, TrainingListener... onWorkers) {
        for (int i = 0; i < epochs; i++) {
            int size = schedule.batchSize(network.getEpochCount(), network.getIterationCount());
            SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(spark, network, masters.apply(size));
            training.setListeners(onWorkers);
            training.fit(batches(size));
        }
    }

    private JavaRDD<DataSet> batches(int size) {
        DynamicBatchIterator epoch = DynamicBatchIterator.builder(source, BatchSchedule.constant(size))
                .build();
        List<DataSet> batches = new ArrayList<>();
        epoch.forEachRemaining(batches::add);
        epoch.reset();
        return spark.parallelize(batches, workers);
    }
}
