package io.dl4jext.experiments.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.stochastic.GradientMagnitude;
import io.dl4jext.stochastic.StochasticBatch;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
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

    /** Of residual networks, too, whose shortcuts are on inputs that layers with dropout share. */
    @Test
    void depthDropoutGoesWithAllNetworks() {
        for (Architecture architecture : Architecture.values()) {
            assertThat(dropped(Method.DEPTH_DROPOUT, architecture))
                    .as(architecture.toString())
                    .contains("OutputLayer");
        }
    }

    private static StochasticBatch updater(Method method) {
        MultiLayerNetwork network = (MultiLayerNetwork)
                Variant.of(method, 0.3, -2).network(Architecture.MLP, DATA, 0.9, FixedSchedule::new, 0.1, 1);
        return (StochasticBatch) ((BaseLayer) network.getLayer(0).conf().getLayer()).getIUpdater();
    }

    private static StochasticBatch.Builder reading() {
        return StochasticBatch.builder()
                .learningRateSchedule(new FixedSchedule(1))
                .momentum(0.9)
                .alpha(0.3)
                .lambda(-2)
                .seed(1);
    }

    @Test
    void everyReadingHasItsSettings() {
        assertThat(updater(Method.STOCHASTIC_BATCH)).isEqualTo(reading().build());
        assertThat(updater(Method.STOCHASTIC_BATCH_HALF))
                .isEqualTo(reading().alpha(0).lambda(0).build());
        assertThat(updater(Method.STOCHASTIC_BATCH_UNWEIGHTED))
                .isEqualTo(
                        reading().probabilityFrom(GradientMagnitude.MINI_BATCH).build());
        assertThat(updater(Method.STOCHASTIC_BATCH_MEAN_WEIGHTED))
                .isEqualTo(reading().weightGroupsBySize(true).build());
        assertThat(updater(Method.STOCHASTIC_BATCH_WEIGHTED))
                .isEqualTo(reading()
                        .weightGroupsBySize(true)
                        .probabilityFrom(GradientMagnitude.MINI_BATCH)
                        .build());
        assertThat(updater(Method.SGD).getFixedProbability()).isEqualTo(1);
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
