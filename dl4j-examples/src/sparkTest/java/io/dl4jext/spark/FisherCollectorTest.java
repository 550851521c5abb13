package io.dl4jext.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherProbe;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** What was measured on the workers, on the driver. */
class FisherCollectorTest {

    private static final int WORKERS = 2;
    private static final int SIZE = 16;

    private static JavaSparkContext spark;

    @BeforeAll
    static void start() {
        spark = new JavaSparkContext(LocalCluster.threads("fisher", WORKERS));
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    /** To the last bit what listeners measure that watch each worker's share on one machine. */
    @Test
    void eachWorkersHistoryIsThatOfOneMachine() {
        MultiLayerNetwork network = Job.SGD.network(DataType.FLOAT);
        List<DataSet> batches = Job.batches(3 * WORKERS, SIZE, DataType.FLOAT);
        SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(spark, network, ParameterAveragingTest.master(3));
        FisherCollector fisher = new FisherCollector(spark, 1);
        training.setListeners(fisher.listener());
        training.fit(spark.parallelize(batches, WORKERS));
        assertThat(fisher.workers()).hasSize(WORKERS);
        for (int worker = 0; worker < WORKERS; worker++) {
            FisherListener alone = FisherListener.builder().everyIterations(1).build();
            MultiLayerNetwork copy = Job.SGD.network(DataType.FLOAT);
            copy.setListeners(alone);
            AveragingReference.dealt(batches, WORKERS).get(worker).forEach(copy::fit);
            FisherHistory there = fisher.workers().get(worker);
            FisherHistory here = alone.history();
            assertThat(there.measurements()).hasSize(3);
            assertThat(there.toString()).isEqualTo(here.toString());
            for (int i = 0; i < 3; i++) {
                assertThat(there.measurements().get(i).eigenvalues())
                        .containsExactly(here.measurements().get(i).eigenvalues());
            }
            assertThat(there.averageConditionNumber()).isEqualTo(here.averageConditionNumber());
            assertThat(there.cumulativeEnergy()).isEqualTo(here.cumulativeEnergy());
        }
    }

    /** Trace, energy, loss and norms of the workers' batches together are those of the one batch that they are. */
    @Test
    void theCommonHistoryIsThatOfTheWholeBatch() {
        List<DataSet> batches = Job.batches(WORKERS, SIZE, DataType.DOUBLE);
        MultiLayerNetwork network = Job.SGD.network(DataType.DOUBLE);
        FisherMeasurement whole = FisherProbe.measure(
                AveragingReference.copy(network), DataSet.merge(batches).toMultiDataSet());
        SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(spark, network, ParameterAveragingTest.master(1));
        FisherCollector fisher = new FisherCollector(spark, 1);
        training.setListeners(fisher.listener());
        training.fit(spark.parallelize(batches, WORKERS));
        FisherMeasurement together = fisher.history().measurements().get(0);
        assertThat(together.batchSize()).isEqualTo(whole.batchSize()).isEqualTo(WORKERS * SIZE);
        assertThat(together.trace()).isCloseTo(whole.trace(), within(1e-10 * whole.trace()));
        assertThat(together.energy()).isCloseTo(whole.energy(), within(1e-10 * whole.energy()));
        assertThat(together.loss()).isCloseTo(whole.loss(), within(1e-10));
        assertThat(together.gradientStatistics().gradientNorms())
                .containsExactly(whole.gradientStatistics().gradientNorms(), within(1e-10));
        assertThat(together.conditionNumber()).isNaN();
        // Each worker's F̃ is a block of the whole one: eigenvalues interlace, so the whole is never better
        // conditioned.
        assertThat(fisher.workers().values())
                .allSatisfy(worker -> assertThat(worker.measurements().get(0).conditionNumber())
                        .isLessThanOrEqualTo(whole.conditionNumber()));
    }

    /** With the driver's counters; without, each averaging would begin at iteration 0 again. */
    @Test
    void aGraphsIterationsAreThoseOfTheDriver() {
        ComputationGraph graph = Job.SGD.network(DataType.FLOAT).toComputationGraph();
        SparkComputationGraph training = new SparkComputationGraph(spark, graph, ParameterAveragingTest.master(2));
        FisherCollector fisher = new FisherCollector(spark, 1);
        training.setListeners(new DriverCounters(graph), fisher.listener());
        List<DataSet> batches = Job.batches(2 * WORKERS, SIZE, DataType.FLOAT);
        for (int round = 0; round < 3; round++) {
            training.fit(spark.parallelize(batches, WORKERS));
        }
        assertThat(fisher.history().measurements())
                .extracting(FisherMeasurement::iteration)
                .containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(fisher.history().measurements())
                .extracting(FisherMeasurement::epoch)
                .containsExactly(0, 0, 1, 1, 2, 2);
    }
}
