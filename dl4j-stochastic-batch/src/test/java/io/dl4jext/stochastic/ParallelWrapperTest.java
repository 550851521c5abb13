package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** DL4J's own ParallelWrapper, against two networks that fit in turns and have their parameters and states averaged. */
class ParallelWrapperTest {

    private static final int STEPS = 6;

    /**
     * ParallelWrapper's second worker copies the network while the first may be training it already, so that its result
     * is one of several. Here no batch comes before all workers have their copies.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6})
    @Timeout(600)
    void workersShareAListenerAndAreAveraged(int epoch) throws Exception {
        StochasticBatch config = StochasticBatch.builder()
                .learningRate(0.2)
                .lambda(-1)
                .momentum(0.5)
                .build();
        List<DataSet> data = Networks.vectors(DataType.DOUBLE, STEPS, 4, 5);
        MultiLayerNetwork network = Networks.dense(DataType.DOUBLE, 5, 6, config, config);
        network.setEpochCount(epoch);
        StochasticBatchListener listener = new StochasticBatchListener();
        Ready ready = new Ready(2);
        try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network)
                .workers(2)
                .averagingFrequency(1)
                .prefetchBuffer(0)
                .build()) {
            wrapper.setListeners(listener, ready);
            wrapper.fit(new ListIterator(data, ready.workers));
        }
        StochasticBatchListener expected = new StochasticBatchListener();
        assertThat(Networks.parameters(network)).isEqualTo(inTurns(config, data, epoch, expected));
        UpdateStatistics statistics = listener.statistics();
        assertThat(statistics.iterations()).hasSize(STEPS / 2);
        for (String group : statistics.groups()) {
            assertThat(statistics.updateFractions(group))
                    .isEqualTo(expected.statistics().updateFractions(group));
            assertThat(statistics.meanBatchSizes(group))
                    .isEqualTo(expected.statistics().meanBatchSizes(group));
        }
    }

    private static double[] inTurns(
            StochasticBatch config, List<DataSet> data, int epoch, StochasticBatchListener listener) {
        List<MultiLayerNetwork> workers = new ArrayList<>();
        for (int worker = 0; worker < 2; worker++) {
            MultiLayerNetwork network = Networks.dense(DataType.DOUBLE, 5, 6, config, config);
            network.setEpochCount(epoch);
            network.addListeners(listener);
            workers.add(network);
        }
        for (int i = 0; i < STEPS; i += 2) {
            List<INDArray> parameters = new ArrayList<>();
            List<INDArray> states = new ArrayList<>();
            for (int worker = 0; worker < 2; worker++) {
                MultiLayerNetwork network = workers.get(worker);
                network.fit(data.get(i + worker));
                parameters.add(network.params());
                states.add(network.getUpdater().getStateViewArray());
            }
            Nd4j.averageAndPropagate(null, parameters);
            Nd4j.averageAndPropagate(null, states);
        }
        return Networks.parameters(workers.get(0));
    }
}
