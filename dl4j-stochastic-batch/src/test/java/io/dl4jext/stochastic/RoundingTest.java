package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Gradients that are equal but for their rounding have one probability. */
class RoundingTest {

    private static final double ROUNDING = 16 * Math.ulp(1.0);

    @Test
    void aDeviationOfRoundingIsNone() {
        Moments equal = Moments.ofMagnitudes(new double[] {0.3, -(0.1 + 0.2)}, 2);
        assertThat(equal.deviation()).isPositive();
        assertThat(equal.withoutRounding(ROUNDING).deviation()).isZero();
        assertThat(equal.withoutRounding(ROUNDING).mean).isEqualTo(equal.mean);

        Moments others = Moments.ofMagnitudes(new double[] {0.3, 0.3 + 1e-12}, 2);
        assertThat(others.withoutRounding(ROUNDING)).isSameAs(others);
    }

    @Test
    void aDeviationOfMeansOfRoundingIsNone() {
        ParameterKind[] kinds = {ParameterKind.BIASES, ParameterKind.BIASES};
        long[] weights = {1, 1};
        assertThat(GlobalScores.of(new double[] {0.3, 0.1 + 0.2}, weights, kinds, ROUNDING))
                .containsOnly(0);
        assertThat(GlobalScores.of(new double[] {0.3, 0.3 + 1e-12}, weights, kinds, ROUNDING))
                .doesNotContain(0);
    }

    /** Sums of p − y over a batch, in FLOAT, of two classes whose p add up to 1 but for their rounding. */
    @ParameterizedTest
    @ValueSource(ints = {16, 128, 512})
    void sumsThatCancelAreEqualToo(int examples) {
        Random random = new Random(examples);
        double rounding = GroupedParameters.roundingOf(DataType.FLOAT);
        int toldApart = 0;
        int toldApartByResult = 0;
        for (int batch = 0; batch < 1000; batch++) {
            float first = 0;
            float second = 0;
            for (int i = 0; i < examples; i++) {
                float a = (float) StrictMath.exp(random.nextGaussian());
                float b = (float) StrictMath.exp(random.nextGaussian());
                boolean ofFirst = random.nextBoolean();
                first += a / (a + b) - (ofFirst ? 1 : 0);
                second += b / (a + b) - (ofFirst ? 0 : 1);
            }
            Moments moments = Moments.ofMagnitudes(new double[] {first, second}, 2);
            toldApart += deviates(moments, GroupedParameters.roundingOfSums(rounding));
            toldApartByResult += deviates(moments, rounding);
        }
        assertThat(toldApart).isLessThanOrEqualTo(2);
        assertThat(toldApartByResult).isGreaterThan(5);
    }

    private static int deviates(Moments moments, double rounding) {
        return moments.withoutRounding(rounding).deviation() > 0 ? 1 : 0;
    }

    /** Both biases of a softmax over two classes have one gradient, but for the sign, and so p = ½. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void theBiasesOfTwoClasses(DataType type) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(type)
                // All but certain above the mean, and all but never below.
                .updater(StochasticBatch.builder()
                        .learningRate(0.01)
                        .alpha(1000)
                        .lambda(0)
                        .probabilityFrom(GradientMagnitude.MINI_BATCH)
                        .build())
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(8)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(8)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        StochasticBatchListener.attachTo(network);
        Random random = new Random(4);
        int one = 0;
        int alike = 0;
        for (int i = 0; i < 60; i++) {
            INDArray features = Nd4j.create(type, 5, 4);
            INDArray labels = Nd4j.create(type, 5, 2);
            for (int k = 0; k < 5; k++) {
                for (int j = 0; j < 4; j++) {
                    features.putScalar(k, j, random.nextGaussian());
                }
                labels.putScalar(k, random.nextInt(2), 1);
            }
            INDArray before = network.getParam("1_b").dup();
            network.fit(new DataSet(features, labels));
            INDArray moved = network.getParam("1_b").sub(before);
            boolean first = moved.getDouble(0) != 0;
            boolean second = moved.getDouble(1) != 0;
            if (first == second) {
                alike++;
            } else {
                one++;
            }
        }
        // p = 1/2 each: as often one alone as both or none. By rounding it was one alone in most steps.
        assertThat(alike).isBetween(18, 42);
        assertThat(one).isBetween(18, 42);
    }
}
