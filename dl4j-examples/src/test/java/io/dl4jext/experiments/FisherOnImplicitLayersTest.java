package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.activation.ActivationArcTan;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Both halves of the pack at once: on implicit layers the listener measures the implied gradients. */
class FisherOnImplicitLayersTest {

    private static final int BATCH = 7;
    private static final double TINY_RATE = 1e-9;

    @Test
    void withoutARateTheImpliedGradientsAreTheOrdinaryOnes() {
        for (Activation output : new Activation[] {Activation.IDENTITY, Activation.RELU, Activation.TANH}) {
            MultiLayerNetwork plain = network(new Sgd(TINY_RATE), output);
            MultiLayerNetwork implicit = converted(new ImplicitSgd(TINY_RATE), output);
            FisherMeasurement expected = measured(plain);
            FisherMeasurement actual = measured(implicit);
            assertThat(actual.trace()).as("%s", output).isCloseTo(expected.trace(), within(1e-6 * expected.trace()));
            assertThat(actual.conditionNumber())
                    .as("%s", output)
                    .isCloseTo(expected.conditionNumber(), within(1e-4 * expected.conditionNumber()));
        }
    }

    @Test
    void theMeanGradientIsTheStepThatIsTaken() {
        double rate = 3;
        MultiLayerNetwork implicit = converted(new ImplicitSgd(rate), Activation.RELU);
        INDArray before = implicit.params().dup();
        FisherMeasurement measurement = measured(implicit);
        double step = before.sub(implicit.params()).norm2Number().doubleValue() / rate;
        assertThat(measurement.meanGradientNorm()).isCloseTo(step, within(1e-9 * step));

        FisherMeasurement ordinary = measured(network(new Sgd(rate), Activation.RELU));
        assertThat(measurement.trace()).isNotCloseTo(ordinary.trace(), within(0.1 * ordinary.trace()));
    }

    private static FisherMeasurement measured(MultiLayerNetwork network) {
        List<FisherMeasurement> measurements = new ArrayList<>();
        try (FisherListener listener = new FisherListener.Builder()
                .failFast(true)
                .sink((measurement, soFar) -> measurements.add(measurement))
                .build()) {
            network.setListeners(listener);
            Nd4j.getRandom().setSeed(3);
            network.fit(new DataSet(Nd4j.rand(DataType.DOUBLE, BATCH, 4), Nd4j.rand(DataType.DOUBLE, BATCH, 3)));
        }
        assertThat(measurements).hasSize(1);
        return measurements.get(0);
    }

    private static MultiLayerNetwork converted(ImplicitSgd updater, Activation output) {
        return started(ImplicitBackprop.convert(configuration(updater, output), updater)
                .result());
    }

    private static MultiLayerNetwork network(IUpdater updater, Activation output) {
        return started(configuration(updater, output));
    }

    private static MultiLayerNetwork started(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }

    private static MultiLayerConfiguration configuration(IUpdater updater, Activation output) {
        return new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(6)
                        .activation(new ActivationArcTan())
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(6)
                        .nOut(3)
                        .activation(output)
                        .build())
                .build();
    }
}
