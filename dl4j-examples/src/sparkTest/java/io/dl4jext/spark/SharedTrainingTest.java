package io.dl4jext.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.FixedThresholdAlgorithm;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.parameterserver.training.SharedTrainingMaster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.parameterserver.distributed.conf.VoidConfiguration;

/** Gradient sharing between two processes, over UDP on the loopback address. */
class SharedTrainingTest {

    private static final int WORKERS = 2;
    private static final int SIZE = 16;
    private static final int BATCHES = 20;
    private static final int EPOCHS = 3;

    private static LocalCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = new LocalCluster(WORKERS, 1024);
    }

    @AfterAll
    static void stop() throws IOException {
        cluster.close();
    }

    /** One worker in each JVM: DL4J's workers of one JVM can wait for each other for ever. */
    static SharedTrainingMaster master(double threshold) {
        VoidConfiguration network = VoidConfiguration.builder()
                .controllerAddress("127.0.0.1")
                .networkMask("127.0.0.0/8")
                .build();
        network.setPortSupplier(new ExecutorPorts(30_200));
        return new SharedTrainingMaster.Builder(network, WORKERS, new FixedThresholdAlgorithm(threshold), SIZE)
                .batchSizePerWorker(SIZE)
                .workersPerNode(1)
                .rddTrainingApproach(RDDTrainingApproach.Direct)
                .repartitioner(null)
                .repartitionData(Repartition.Never)
                .build();
    }

    @ParameterizedTest
    @EnumSource(Job.class)
    @Timeout(180)
    void bothWorkersTrainOneNetwork(Job job) {
        try (JavaSparkContext spark = new JavaSparkContext(cluster.conf("gradient sharing " + job))) {
            MultiLayerNetwork network = job.network(DataType.FLOAT);
            SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(spark, network, master(1e-3));
            Seen seen = new Seen(spark);
            FisherCollector fisher = new FisherCollector(spark, 10);
            List<TrainingListener> listeners = new ArrayList<>(Arrays.asList(job.listeners()));
            listeners.add(seen.listener());
            listeners.add(fisher.listener());
            training.setListeners(listeners);
            List<DataSet> batches = Job.batches(WORKERS * BATCHES, SIZE, DataType.FLOAT);
            DataSet all = DataSet.merge(batches);
            double before = network.score(all);
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                training.fit(spark.parallelize(batches, WORKERS));
                List<Seen.Iteration> iterations = seen.take();
                assertThat(iterations).hasSize(WORKERS * BATCHES);
                assertThat(iterations).extracting(i -> i.executor).containsOnly("0", "1");
                // DL4J tells its workers no epoch: schedules by epoch stand still there.
                assertThat(iterations).extracting(i -> i.epoch).containsOnly(0);
            }
            assertThat(fisher.workers())
                    .hasSize(WORKERS)
                    .allSatisfy((worker, history) -> assertThat(history.measurements())
                            .hasSizeGreaterThan(1)
                            .allSatisfy(m -> assertThat(m.conditionNumber()).isGreaterThan(1)));
            assertThat(network.score(all)).isLessThan(before);
        }
    }

    /** More than one in a JVM can wait for each other for ever: DL4J's. */
    @Test
    @Timeout(60)
    void oneWorkerTrainsInTheDriversProcess() {
        try (JavaSparkContext spark = new JavaSparkContext(LocalCluster.threads("gradient sharing", WORKERS))) {
            MultiLayerNetwork network = Job.SGD.network(DataType.FLOAT);
            SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(spark, network, master(1e-3));
            List<DataSet> batches = Job.batches(BATCHES, SIZE, DataType.FLOAT);
            DataSet all = DataSet.merge(batches);
            double before = network.score(all);
            training.fit(spark.parallelize(batches, 1));
            assertThat(network.score(all)).isLessThan(before);
        }
    }
}
