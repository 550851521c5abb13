package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** What users do with a network whose updater this is: stop early, replace listeners, restore without updater. */
class UseTest {

    private static final List<DataSet> DATA = Networks.vectors(DataType.DOUBLE, 5, 4, 5);

    private static StochasticBatch config() {
        return StochasticBatch.builder().learningRate(0.2).lambda(-2).seed(11).build();
    }

    private static MultiLayerNetwork network() {
        return Networks.dense(DataType.DOUBLE, 5, 6, config(), config());
    }

    /** DL4J's trainer sets the epoch itself; its best model is another network, which has no listener. */
    @Test
    void earlyStopping() {
        MultiLayerNetwork network = network();
        StochasticBatchListener.attachTo(network);
        EarlyStoppingConfiguration<MultiLayerNetwork> stopping = new EarlyStoppingConfiguration.Builder<
                        MultiLayerNetwork>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(4))
                .scoreCalculator(new DataSetLossCalculator(new ListIterator(DATA), true))
                .modelSaver(new InMemoryModelSaver<>())
                .build();
        EarlyStoppingResult<MultiLayerNetwork> result =
                new EarlyStoppingTrainer(stopping, network, new ListIterator(DATA)).fit();
        assertThat(result.getTerminationReason())
                .isEqualTo(EarlyStoppingResult.TerminationReason.EpochTerminationCondition);
        MultiLayerNetwork expected = network();
        StochasticBatchListener.attachTo(expected);
        for (int epoch = 0; epoch < 4; epoch++) {
            Networks.fitEpoch(expected, DATA);
        }
        assertThat(Networks.parameters(network)).isEqualTo(Networks.parameters(expected));

        MultiLayerNetwork best = result.getBestModel();
        assertThatThrownBy(() -> best.fit(DATA.get(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("StochasticBatchListener.attach");
        StochasticBatchListener listener = StochasticBatchListener.attachTo(best);
        best.fit(DATA.get(0));
        assertThat(listener.statistics().iterations()).hasSize(1);
    }

    /** DL4J's idiom removes the listener: training goes on with its groups, and who is attached anew counts. */
    @Test
    void listenersReplacedAndAttachedAnew() {
        MultiLayerNetwork network = network();
        MultiLayerNetwork expected = network();
        StochasticBatchListener.attachTo(expected);
        StochasticBatchListener first = StochasticBatchListener.attachTo(network);
        network.fit(DATA.get(0));
        network.setListeners(new CollectScoresIterationListener());
        network.fit(DATA.get(1));
        StochasticBatchListener second = StochasticBatchListener.attachTo(network);
        network.fit(DATA.get(2));
        StochasticBatchListener third = StochasticBatchListener.attachTo(network);
        network.fit(DATA.get(3));
        network.setListeners(third);
        network.fit(DATA.get(4));
        DATA.forEach(expected::fit);
        assertThat(Networks.parameters(network)).isEqualTo(Networks.parameters(expected));
        assertThat(first.statistics().iterations()).startsWith(0).doesNotContain(2, 3, 4);
        assertThat(second.statistics().iterations()).containsExactly(2, 3);
        assertThat(third.statistics().iterations()).containsExactly(3, 4);
    }

    @Test
    void restoredWithoutUpdaterNothingWaits() throws IOException {
        MultiLayerNetwork network = network();
        StochasticBatchListener.attachTo(network);
        Networks.fitEpoch(network, DATA);
        network.fit(DATA.get(0));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, bytes, false);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(bytes.toByteArray()), false);
        assertThatThrownBy(() -> restored.fit(DATA.get(1))).hasMessageContaining("StochasticBatchListener.attach");
        StochasticBatchListener.attachTo(restored);
        MultiLayerNetwork fresh = network();
        StochasticBatchListener.attachTo(fresh);
        fresh.params().assign(network.params());
        fresh.setIterationCount(6);
        fresh.setEpochCount(1);
        for (DataSet batch : DATA) {
            restored.fit(batch);
            fresh.fit(batch);
        }
        assertThat(Networks.parameters(restored)).isEqualTo(Networks.parameters(fresh));
    }

    /** Saved in the middle of an epoch and continued; after it, two epochs without a step. */
    @Test
    void graphSavedAndContinued() throws IOException {
        ComputationGraph network = Networks.graph(config(), DataType.DOUBLE);
        StochasticBatchListener.attachTo(network);
        network.getConfiguration().setEpochCount(3);
        DATA.subList(0, 3).forEach(network::fit);
        byte[] saved = Networks.saved(network);
        for (int gap : new int[] {0, 2}) {
            ComputationGraph continued = ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(saved), true);
            ComputationGraph expected =
                    ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(saved), gap == 0);
            for (ComputationGraph each : List.of(continued, expected)) {
                each.getConfiguration().setEpochCount(3 + gap);
                StochasticBatchListener.attachTo(each);
                DATA.forEach(each::fit);
            }
            assertThat(Networks.parameters(continued)).isEqualTo(Networks.parameters(expected));
        }
        ComputationGraph forgetful = ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(saved), false);
        StochasticBatchListener.attachTo(forgetful);
        StochasticBatchListener.attachTo(network);
        DATA.forEach(forgetful::fit);
        DATA.forEach(network::fit);
        assertThat(Networks.parameters(network)).isNotEqualTo(Networks.parameters(forgetful));
    }

    @Test
    void attachRefusesNull() {
        assertThatThrownBy(() -> StochasticBatchListener.attachTo(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got null");
    }
}
