package io.dl4jext.experiments.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.RandomImages;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

class ArchitectureTest {

    private static final ImageShape GREY = new ImageShape(1, 28, 28);
    private static final ImageShape COLOUR = new ImageShape(3, 32, 32);

    private static DataSet batch(Architecture architecture, ImageShape shape, int size) {
        return BatchIterator.inOrder(RandomImages.of(shape, 10, size, 3), architecture.layout(), size)
                .next();
    }

    @Test
    void parametersAreThoseOfTheDescription() {
        // 784·500 + 500, 500·500 + 500, 500·10 + 10
        assertThat(network(Architecture.MLP, GREY).numParams()).isEqualTo(392_500 + 250_500 + 5_010);
        // 25·20 + 20, batch norm 4·20, 25·20·50 + 50, 4·50, 4·4·50·500 + 500, 500·10 + 10
        assertThat(network(Architecture.LENET, GREY).numParams()).isEqualTo(520 + 80 + 25_050 + 200 + 400_500 + 5_010);
        // 9·(3·16 + 2·16·16 + 16·32 + 32·32 + 32·64 + 64·64), batch norm 4·(3·16 + 2·32 + 2·64), 64·10 + 10
        assertThat(network(Architecture.RESNET8, COLOUR).numParams()).isEqualTo(74_160 + 960 + 650);
        // as Yotkov counts
        assertThat(network(Architecture.MLP300, GREY).numParams()).isEqualTo(276_200);
        // 9·(3·8 + 8·16 + 16·32 + 32·32 + 32·64 + 3·64·64), batch norm 4·(8 + 16 + 2·32 + 4·64), 64·10 + 10
        assertThat(network(Architecture.VGG, COLOUR).numParams()).isEqualTo(144_216 + 1_376 + 650);
        // 9·(3·16 + 16·32 + 32·64 + 64·64 + 64·128 + 3·128·128), batch norm 4·(16 + 32 + 2·64 + 4·128), 128·10 + 10
        assertThat(network(Architecture.VGG_QUARTER, COLOUR).numParams()).isEqualTo(576_432 + 2_752 + 1_290);
    }

    @Test
    void containersAreOfBothKinds() {
        assertThat(network(Architecture.MLP, GREY)).isInstanceOf(MultiLayerNetwork.class);
        assertThat(network(Architecture.LENET, GREY)).isInstanceOf(MultiLayerNetwork.class);
        assertThat(network(Architecture.RESNET8, COLOUR)).isInstanceOf(ComputationGraph.class);
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void aFewStepsOnOneBatchLowerTheLoss(Architecture architecture) {
        for (DataType dataType : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            Model network = architecture.create(GREY, 10, new Nesterovs(0.01, 0.9), 1, dataType);
            assertThat(network.params().dataType()).isEqualTo(dataType);
            DataSet batch = batch(architecture, GREY, 8);
            ((NeuralNetwork) network).fit(batch);
            double first = network.score();
            for (int i = 0; i < 5; i++) {
                ((NeuralNetwork) network).fit(batch);
            }
            assertThat(network.score()).isLessThan(first);
        }
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void theSeedMakesTheParameters(Architecture architecture) {
        INDArray once =
                architecture.create(GREY, 10, new Sgd(0.1), 5, DataType.FLOAT).params();
        assertThat(architecture
                        .create(GREY, 10, new Sgd(0.1), 5, DataType.FLOAT)
                        .params())
                .isEqualTo(once);
        assertThat(architecture
                        .create(GREY, 10, new Sgd(0.1), 6, DataType.FLOAT)
                        .params())
                .isNotEqualTo(once);
    }

    @Test
    void residualUnitsHalveTheImageAndDoubleTheChannels() {
        ComputationGraph network = (ComputationGraph) network(Architecture.RESNET8, COLOUR);
        Map<String, INDArray> activations =
                network.feedForward(batch(Architecture.RESNET8, COLOUR, 2).getFeatures(), false);

        assertThat(activations.get("unit1-relu2").shape()).containsExactly(2, 16, 32, 32);
        assertThat(activations.get("unit2-relu2").shape()).containsExactly(2, 32, 16, 16);
        assertThat(activations.get("unit3-relu2").shape()).containsExactly(2, 64, 8, 8);
        assertThat(activations.get("average").shape()).containsExactly(2, 64);
        assertThat(activations.get("output").sumNumber().doubleValue()).isCloseTo(2, within(1e-4));
    }

    @Test
    void shortcutIsEverySecondPixelAndZeros() {
        ComputationGraph network = (ComputationGraph) network(Architecture.RESNET8, COLOUR);
        Map<String, INDArray> activations =
                network.feedForward(batch(Architecture.RESNET8, COLOUR, 2).getFeatures(), false);
        INDArray input = activations.get("unit1-relu2");
        INDArray shortcut = activations.get("unit2-shortcut");

        for (int channel = 0; channel < 32; channel++) {
            for (int y = 0; y < 16; y++) {
                for (int x = 0; x < 16; x++) {
                    float expected = channel < 16 ? input.getFloat(1, channel, 2 * y, 2 * x) : 0;
                    assertThat(shortcut.getFloat(1, channel, y, x)).isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"LENET, 16", "LENET, 17", "RESNET8, 8", "RESNET8, 9", "RESNET8, 11", "MLP, 1"})
    void smallImagesAreTaken(Architecture architecture, int side) {
        ImageShape shape = new ImageShape(1, side, side);
        Model network = architecture.create(shape, 10, new Sgd(0.01), 1, DataType.FLOAT);
        ((NeuralNetwork) network).fit(batch(architecture, shape, 3));
        assertThat(network.score()).isFinite();
    }

    @Test
    void tooSmallImagesAreRefused() {
        assertThatThrownBy(() -> network(Architecture.LENET, new ImageShape(1, 15, 28)))
                .hasMessage("expected images of at least 16x16 for lenet, got 15x28");
        assertThatThrownBy(() -> network(Architecture.RESNET8, new ImageShape(1, 1, 57)))
                .hasMessage("expected images of at least 8x8 for resnet8, got 1x57");
    }

    @Test
    void vggHasTheConvolutionsOfVgg11() {
        // 9·(3·1 + 1·2 + 2·4 + 4·4 + 4·8 + 3·8·8), batch norm 4·(1 + 2 + 2·4 + 4·8), 8·10 + 10
        assertThat(vgg(true).numParams()).isEqualTo(9 * 253 + 4 * 43 + 90);
        // biases instead
        assertThat(vgg(false).numParams()).isEqualTo(9 * 253 + 43 + 90);
        assertThat(vgg(true)
                        .output(batch(Architecture.RESNET8, COLOUR, 2).getFeatures())
                        .shape())
                .containsExactly(2, 10);
    }

    private static MultiLayerNetwork vgg(boolean batchNorm) {
        MultiLayerNetwork network = new MultiLayerNetwork(
                Vgg.configuration(Architecture.common(new Sgd(0.1), 1, DataType.FLOAT), COLOUR, 10, 1, batchNorm));
        network.init();
        return network;
    }

    private static Model network(Architecture architecture, ImageShape shape) {
        return architecture.create(shape, 10, new Sgd(0.1), 1, DataType.FLOAT);
    }
}
