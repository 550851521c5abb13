package io.dl4jext.experiments.implicit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.implicit.activation.RootRule;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class InitialWeightsTest {

    private static final int FEATURES = 25;

    @Test
    void smallWeightsFillTheirRanges() {
        MultiLayerNetwork network = network(InitialWeights.SMALL, Variant.EXPLICIT, 1);
        for (int layer = 0; layer < 3; layer++) {
            assertRange(network.getLayer(layer).getParam("W"), 0.1);
            assertRange(network.getLayer(layer).getParam("b"), 0.1);
        }
        assertRange(network.getLayer(3).getParam("W"), 0.2); // 1/√25
        assertThat(network.getLayer(3).getParam("b").amaxNumber().doubleValue())
                .isPositive()
                .isLessThan(0.2);
    }

    @Test
    void xavierWeightsFillTheirRangesAndBiasesAreZero() {
        MultiLayerNetwork network = network(InitialWeights.XAVIER, Variant.EXPLICIT, 1);
        assertRange(network.getLayer(0).getParam("W"), Math.sqrt(6.0 / (FEATURES + FEATURES)));
        assertRange(network.getLayer(3).getParam("W"), Math.sqrt(6.0 / (FEATURES + 3)));
        assertThat(network.getLayer(0).getParam("b").amaxNumber().doubleValue()).isZero();
    }

    @Test
    void theSeedAloneDecides() {
        for (InitialWeights weights : InitialWeights.values()) {
            INDArray first = network(weights, Variant.EXPLICIT, 1).params();
            assertThat(network(weights, Variant.IMPLICIT, 1).params()).isEqualTo(first);
            assertThat(network(weights, Variant.EXPLICIT, 2).params()).isNotEqualTo(first);
        }
    }

    private static void assertRange(INDArray parameters, double bound) {
        double largest = parameters.amaxNumber().doubleValue();
        assertThat(largest).isLessThanOrEqualTo(bound * (1 + 1e-6)).isGreaterThan(0.8 * bound);
        assertThat(Math.abs(parameters.meanNumber().doubleValue())).isLessThan(0.5 * bound);
    }

    private static MultiLayerNetwork network(InitialWeights weights, Variant variant, long seed) {
        ImageShape shape = new ImageShape(1, 1, FEATURES);
        ImageSet data = new ImageSet("noise", RandomImages.of(shape, 3, 8, 1), RandomImages.of(shape, 3, 2, 2));
        RateTrial.Setting setting = new RateTrial.Setting(1, RootRule.GLOBAL);
        return new RateTrial(Task.table(data, 4, weights), Method.of(variant, 1), 0.1, seed, setting).network();
    }
}
