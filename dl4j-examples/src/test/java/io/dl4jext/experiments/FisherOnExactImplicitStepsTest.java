package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.implicit.ExactImplicitSgd;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.listeners.ScoreIterationListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** To a listener an exact implicit step is one iteration, whatever its inner steps. */
class FisherOnExactImplicitStepsTest {

    private static final int BATCH = 7;

    @Test
    void eachStepIsMeasuredOnceAtItsBeginning() {
        List<DataSet> batches = batches();
        List<FisherMeasurement> exact = new ArrayList<>();
        MultiLayerNetwork network = network();
        try (FisherListener listener = listener(exact)) {
            network.setListeners(listener, new ScoreIterationListener(1));
            new ExactImplicitSgd(0.5).fit(network, new ExistingDataSetIterator(batches));
        }
        List<FisherMeasurement> plain = new ArrayList<>();
        MultiLayerNetwork explicit = network();
        try (FisherListener listener = listener(plain)) {
            explicit.setListeners(listener);
            explicit.fit(new ExistingDataSetIterator(batches));
        }
        assertThat(exact).hasSize(batches.size());
        assertThat(exact)
                .extracting(FisherMeasurement::iteration)
                .isEqualTo(List.of(0, 1, 2))
                .isEqualTo(plain.stream().map(FisherMeasurement::iteration).collect(Collectors.toList()));
        // Both begin with the same parameters and batch.
        assertThat(exact.get(0).trace())
                .isCloseTo(plain.get(0).trace(), within(1e-9 * plain.get(0).trace()));
        assertThat(exact.get(1).trace())
                .isNotCloseTo(plain.get(1).trace(), within(1e-6 * plain.get(1).trace()));
        assertThat(network.getIterationCount()).isEqualTo(3);
        assertThat(network.getEpochCount()).isEqualTo(1);
    }

    private static FisherListener listener(List<FisherMeasurement> measurements) {
        return FisherListener.builder()
                .failFast(true)
                .everyIterations(1)
                .sink((measurement, soFar) -> measurements.add(measurement))
                .build();
    }

    private static List<DataSet> batches() {
        Nd4j.getRandom().setSeed(3);
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            batches.add(new DataSet(Nd4j.rand(DataType.DOUBLE, BATCH, 4), Nd4j.rand(DataType.DOUBLE, BATCH, 3)));
        }
        return batches;
    }

    private static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .list(
                        new DenseLayer.Builder()
                                .nIn(4)
                                .nOut(6)
                                .activation(Activation.TANH)
                                .build(),
                        new OutputLayer.Builder(LossFunction.MSE)
                                .nIn(6)
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build())
                .build());
        network.init();
        return network;
    }
}
