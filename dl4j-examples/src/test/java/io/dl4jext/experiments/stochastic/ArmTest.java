package io.dl4jext.experiments.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.experiments.network.Architecture;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;

class ArmTest {

    private static final Setting SETTING = new Setting(16, 0, Ratio.parse("1/4"));
    private static final ImageSet DATA = images();

    private static ImageSet images() {
        ImageShape shape = new ImageShape(1, 16, 16);
        return new ImageSet("random", RandomImages.of(shape, 3, 8, 1), RandomImages.of(shape, 3, 4, 2));
    }

    private static List<String> dropped(Method method, Architecture architecture) {
        Object network = Arm.of(method, 0.1, -4).network(architecture, DATA, SETTING, new Annealing(0.1, 0.01, 3), 1);
        List<String> names = new ArrayList<>();
        if (network instanceof MultiLayerNetwork) {
            for (NeuralNetConfiguration layer :
                    ((MultiLayerNetwork) network).getLayerWiseConfigurations().getConfs()) {
                add(names, layer.getLayer());
            }
        } else {
            for (org.deeplearning4j.nn.api.Layer layer : ((ComputationGraph) network).getLayers()) {
                add(names, layer.conf().getLayer());
            }
        }
        return names;
    }

    private static void add(List<String> names, Layer layer) {
        if (layer.getIDropout() != null) {
            names.add(layer.getClass().getSimpleName());
        }
    }

    @Test
    void dropoutStandsBeforeDenseLayersButNotTheFirst() {
        assertThat(dropped(Method.DROPOUT, Architecture.MLP)).containsExactly("DenseLayer", "OutputLayer");
        assertThat(dropped(Method.DROPOUT, Architecture.LENET)).containsExactly("DenseLayer", "OutputLayer");
        assertThat(dropped(Method.DROPOUT, Architecture.RESNET8)).containsExactly("OutputLayer");
        assertThat(dropped(Method.DEPTH_DROPOUT, Architecture.LENET))
                .containsExactly("ConvolutionLayer", "DenseLayer", "OutputLayer");
        assertThat(dropped(Method.OURS, Architecture.LENET)).isEmpty();
    }

    @Test
    void allBeginWithTheSameParameters() {
        Annealing rate = new Annealing(0.1, 0.01, 3);
        for (Method method : Method.values()) {
            assertThat(Arm.of(method, 0.1, -4)
                            .network(Architecture.LENET, DATA, SETTING, rate, 5)
                            .params())
                    .isEqualTo(Arm.of(Method.SGD, 0, 0)
                            .network(Architecture.LENET, DATA, SETTING, rate, 5)
                            .params());
        }
    }

    @Test
    void learningRateFallsFromFirstToLastEpoch() {
        Annealing rate = new Annealing(0.1, 0.001, 11);
        assertThat(rate.schedule(1).valueAt(99, 0)).isCloseTo(0.1, within(1e-12));
        assertThat(rate.schedule(1).valueAt(99, 5)).isCloseTo(0.0505, within(1e-12));
        assertThat(rate.schedule(10).valueAt(0, 10)).isCloseTo(0.01, within(1e-12));
        assertThat(new Annealing(0.1, 0.001, 1).schedule(1).valueAt(0, 0)).isEqualTo(0.1);
    }
}
