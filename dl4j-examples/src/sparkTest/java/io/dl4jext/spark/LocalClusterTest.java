package io.dl4jext.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.FisherHistory;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** A master and two workers, each a process: the same numbers as one thread has. */
class LocalClusterTest {

    private static final int WORKERS = 2;
    private static final int SIZE = 16;

    private static LocalCluster cluster;
    private static JavaSparkContext spark;

    @BeforeAll
    static void start() throws IOException {
        cluster = new LocalCluster(WORKERS, 1024);
        spark = new JavaSparkContext(cluster.conf("cluster"));
    }

    @AfterAll
    static void stop() throws IOException {
        if (spark != null) {
            spark.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void bothProcessesWork() {
        List<String> executors = spark.parallelize(List.of(1, 2, 3, 4), 4)
                .map(number -> {
                    Thread.sleep(500);
                    return SparkEnv.get().executorId() + " "
                            + ProcessHandle.current().pid();
                })
                .collect();
        assertThat(new HashSet<>(executors)).hasSize(WORKERS);
        assertThat(executors)
                .noneMatch(name -> name.endsWith(" " + ProcessHandle.current().pid()));
    }

    @ParameterizedTest
    @EnumSource(Job.class)
    void isTheMeanOfTheWorkers(Job job) {
        MultiLayerNetwork network = job.network(DataType.FLOAT);
        MultiLayerNetwork expected = job.network(DataType.FLOAT);
        SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(spark, network, ParameterAveragingTest.master(2));
        training.setListeners(job.listeners());
        for (int round = 0; round < 2; round++) {
            List<DataSet> batches = Job.batches(2 * WORKERS, SIZE, DataType.FLOAT);
            training.fit(spark.parallelize(batches, WORKERS));
            AveragingReference.round(expected, job, AveragingReference.dealt(batches, WORKERS));
            expected.incrementEpochCount();
        }
        assertThat(network.params()).isEqualTo(expected.params());
        assertThat(network.getUpdater().getStateViewArray())
                .isEqualTo(expected.getUpdater().getStateViewArray());
    }

    @Test
    void measurementsComeBack() {
        SparkDl4jMultiLayer training =
                new SparkDl4jMultiLayer(spark, Job.SGD.network(DataType.FLOAT), ParameterAveragingTest.master(2));
        FisherCollector fisher = new FisherCollector(spark, 1);
        training.setListeners(fisher.listener());
        training.fit(spark.parallelize(Job.batches(2 * WORKERS, SIZE, DataType.FLOAT), WORKERS));
        FisherHistory history = fisher.history();
        assertThat(history.measurements()).extracting(m -> m.iteration()).containsExactly(0, 1);
        assertThat(history.measurements())
                .allSatisfy(m -> assertThat(m.batchSize()).isEqualTo(WORKERS * SIZE));
    }
}
