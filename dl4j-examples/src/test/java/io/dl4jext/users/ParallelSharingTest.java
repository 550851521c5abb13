package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.FisherListener;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.FixedThresholdAlgorithm;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/**
 * ParallelWrapper's gradient sharing: each update is rounded to multiples of a threshold and added to all workers'
 * parameters as it comes, so no two trainings are the same. What can be said is that they learn.
 */
@Tag("slow")
@Timeout(600)
class ParallelSharingTest {

    @BeforeAll
    static void notOnBeta7() {
        SeveralThreads.assumeSafe();
    }

    static Stream<Arguments> settings() {
        return Stream.of(Rule.values())
                .map(rule -> Arguments.of(rule, rule.ordinal() % 2 == 0, rule.ordinal() % 2 == 0 ? 2 : 4));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everyRule(Rule rule, boolean graph, int workers) throws Exception {
        DataSet data = ThreeClasses.some(DataType.FLOAT, 64);
        Model network = rule.network(graph, DataType.FLOAT);
        double before = score(network, data);
        FisherListener fisher =
                FisherListener.builder().everyIterations(5).failFast(true).build();
        List<TrainingListener> listeners = new ArrayList<>(rule.listeners(network));
        listeners.add(fisher);
        List<DataSet> batches = new ArrayList<>();
        for (int pass = 0; pass < 5; pass++) {
            batches.addAll(data.batchBy(8));
        }
        Workers.fit(
                Workers.wrapper(network, workers)
                        .trainingMode(ParallelWrapper.TrainingMode.SHARED_GRADIENTS)
                        .thresholdAlgorithm(new FixedThresholdAlgorithm(1e-3)),
                workers,
                new ExistingDataSetIterator(batches),
                listeners);
        assertThat(score(network, data)).isLessThan(before);
        assertThat(fisher.history().measurements()).isNotEmpty();
        assertThat(network.params().isNaN().any()).isFalse();
    }

    private static double score(Model network, DataSet data) {
        return network instanceof ComputationGraph
                ? ((ComputationGraph) network).score(data)
                : ((MultiLayerNetwork) network).score(data);
    }
}
