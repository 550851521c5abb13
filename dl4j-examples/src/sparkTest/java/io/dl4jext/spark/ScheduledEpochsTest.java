package io.dl4jext.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.batch.schedule.BatchSchedule;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

/** Each epoch has the batch size that the schedule gives it, on every worker. */
class ScheduledEpochsTest {

    private static final int WORKERS = 2;

    @Test
    void everyWorkerHasTheSizeOfTheEpoch() {
        try (JavaSparkContext spark = new JavaSparkContext(LocalCluster.threads("schedule", WORKERS))) {
            Seen seen = new Seen(spark);
            MultiLayerNetwork network = Job.ADAGRAD.network(DataType.FLOAT);
            ScheduledEpochs epochs = new ScheduledEpochs(
                    spark,
                    new ListDataSetIterator<>(Job.batches(16, 16, DataType.FLOAT), 1),
                    BatchSchedule.staged(3, 8, 16, 32),
                    WORKERS,
                    size -> new ParameterAveragingTrainingMaster.Builder(WORKERS, size)
                            .batchSizePerWorker(size)
                            .averagingFrequency(4)
                            .saveUpdater(true)
                            .repartionData(Repartition.Always)
                            .rddTrainingApproach(RDDTrainingApproach.Direct)
                            .build());
            List<Integer> steps = new ArrayList<>();
            for (int epoch = 0; epoch < 3; epoch++) {
                epochs.fit(network, 1, seen.listener());
                int size = 8 << epoch;
                int expected = epoch;
                List<Seen.Iteration> iterations = seen.take();
                assertThat(iterations).allSatisfy(iteration -> {
                    assertThat(iteration.batchSize).isEqualTo(size);
                    assertThat(iteration.epoch).isEqualTo(expected);
                });
                steps.add(iterations.size());
            }
            assertThat(steps).containsExactly(32, 16, 8);
            assertThat(network.getEpochCount()).isEqualTo(3);
        }
    }
}
