package io.dl4jext.experiments.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.nd4j.linalg.schedule.FixedSchedule;

class VariantTest {

    private static final ImageSet DATA = images();

    private static ImageSet images() {
        ImageShape shape = new ImageShape(1, 16, 16);
        return new ImageSet("random", RandomImages.of(shape, 3, 8, 1), RandomImages.of(shape, 3, 4, 2));
    }

    private static List<String> dropped(Method method, Architecture architecture) {
        Object network = Variant.of(method, 0.1, -4).network(architecture, DATA, 0, FixedSchedule::new, 0.1, 1);
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
        assertThat(dropped(Method.STOCHASTIC_BATCH, Architecture.LENET)).isEmpty();
    }

    @Test
    void allBeginWithTheSameParameters() {
        for (Method method : Method.values()) {
            assertThat(Variant.of(method, 0.1, -4)
                            .network(Architecture.LENET, DATA, 0, FixedSchedule::new, 0.1, 5)
                            .params())
                    .isEqualTo(Variant.of(Method.SGD, 0, 0)
                            .network(Architecture.LENET, DATA, 0, FixedSchedule::new, 0.1, 5)
                            .params());
        }
    }
}
