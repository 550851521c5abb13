package io.dl4jext.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** A ComputationGraph is averaged as the MultiLayerNetwork of the same layers is. */
class GraphOnSparkTest {

    private static final int WORKERS = 2;
    private static final int SIZE = 16;

    private static JavaSparkContext spark;

    @BeforeAll
    static void start() {
        spark = new JavaSparkContext(LocalCluster.threads("graphs", WORKERS));
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    @ParameterizedTest
    @EnumSource(Job.class)
    void isTheMeanOfTheWorkers(Job job) {
        assertThat(difference(job, true)).isLessThan(1e-13);
    }

    /** Where the step depends on the iteration, which DL4J lets each worker begin anew after each averaging. */
    @ParameterizedTest
    @EnumSource(
            value = Job.class,
            names = {"DECAYING", "STOCHASTIC"})
    void isAnotherTrainingWithoutTheDriversCounters(Job job) {
        assertThat(difference(job, false)).isGreaterThan(1e-3);
    }

    private static double difference(Job job, boolean counters) {
        MultiLayerNetwork expected = job.network(DataType.DOUBLE);
        ComputationGraph graph = expected.toComputationGraph();
        SparkComputationGraph training = new SparkComputationGraph(spark, graph, ParameterAveragingTest.master(2));
        List<TrainingListener> listeners = new ArrayList<>(Arrays.asList(job.listeners()));
        if (counters) {
            listeners.add(0, new DriverCounters(graph));
        }
        training.setListeners(listeners);
        List<DataSet> batches = Job.batches(6 * WORKERS, SIZE, DataType.DOUBLE);
        for (int round = 0; round < 3; round++) {
            List<DataSet> ofRound = List.copyOf(batches.subList(round * 2 * WORKERS, (round + 1) * 2 * WORKERS));
            training.fit(spark.parallelize(ofRound, WORKERS));
            AveragingReference.round(expected, job, AveragingReference.dealt(ofRound, WORKERS));
            expected.incrementEpochCount();
        }
        return graph.params().sub(expected.params()).amaxNumber().doubleValue();
    }
}
