package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;

/** Kinds of the parameters of initialised networks, so that names and order are DL4J's own. */
class ParameterKindTest {

    @Test
    void convolutionalLayers() {
        assertThat(kinds(
                        InputType.convolutional(8, 8, 2),
                        new ConvolutionLayer.Builder(3, 3).nOut(2).build(),
                        new BatchNormalization.Builder().build(),
                        new SeparableConvolution2D.Builder(3, 3).nOut(2).build(),
                        new DepthwiseConvolution2D.Builder(3, 3).nOut(2).build(),
                        new PReLULayer.Builder().inputShape(2, 2, 2).build(),
                        new DenseLayer.Builder().nOut(3).hasLayerNorm(true).build(),
                        new OutputLayer.Builder().nOut(2).build()))
                .containsOnly(
                        entry("layer0_b", ParameterKind.BIASES),
                        entry("layer0_W", ParameterKind.CONVOLUTION_WEIGHTS),
                        entry("layer1_gamma", ParameterKind.GAMMAS),
                        entry("layer1_beta", ParameterKind.BETAS),
                        entry("layer2_b", ParameterKind.BIASES),
                        entry("layer2_W", ParameterKind.CONVOLUTION_WEIGHTS),
                        entry("layer2_pW", ParameterKind.CONVOLUTION_WEIGHTS),
                        entry("layer3_b", ParameterKind.BIASES),
                        entry("layer3_W", ParameterKind.CONVOLUTION_WEIGHTS),
                        entry("layer4_W", ParameterKind.OTHER),
                        entry("layer5_W", ParameterKind.DENSE_WEIGHTS),
                        entry("layer5_b", ParameterKind.BIASES),
                        entry("layer5_g", ParameterKind.GAMMAS),
                        entry("layer6_W", ParameterKind.DENSE_WEIGHTS),
                        entry("layer6_b", ParameterKind.BIASES));
    }

    @Test
    void recurrentLayers() {
        assertThat(kinds(
                        InputType.recurrent(3, 5),
                        new Convolution1DLayer.Builder(2).nOut(3).build(),
                        new Bidirectional(new LSTM.Builder().nOut(2).build()),
                        new SimpleRnn.Builder().nOut(2).build(),
                        new RnnOutputLayer.Builder().nOut(2).build()))
                .containsExactly(
                        entry("layer0_b", ParameterKind.BIASES),
                        entry("layer0_W", ParameterKind.CONVOLUTION_WEIGHTS),
                        entry("layer1_fW", ParameterKind.RECURRENT_WEIGHTS),
                        entry("layer1_fRW", ParameterKind.RECURRENT_WEIGHTS),
                        entry("layer1_fb", ParameterKind.BIASES),
                        entry("layer1_bW", ParameterKind.RECURRENT_WEIGHTS),
                        entry("layer1_bRW", ParameterKind.RECURRENT_WEIGHTS),
                        entry("layer1_bb", ParameterKind.BIASES),
                        entry("layer2_W", ParameterKind.RECURRENT_WEIGHTS),
                        entry("layer2_RW", ParameterKind.RECURRENT_WEIGHTS),
                        entry("layer2_b", ParameterKind.BIASES),
                        entry("layer3_W", ParameterKind.DENSE_WEIGHTS),
                        entry("layer3_b", ParameterKind.BIASES));
        assertThat(kinds(
                        InputType.recurrent(3, 5),
                        new LastTimeStep(new LSTM.Builder().nOut(2).build()),
                        new OutputLayer.Builder().nOut(2).build()))
                .containsEntry("layer0_RW", ParameterKind.RECURRENT_WEIGHTS)
                .containsEntry("layer0_b", ParameterKind.BIASES);
    }

    @Test
    void sameDiffLayers() {
        assertThat(kinds(
                        InputType.convolutional(5, 5, 1),
                        new LocallyConnected2D.Builder()
                                .kernelSize(2, 2)
                                .stride(1, 1)
                                .padding(0, 0)
                                .nOut(2)
                                .hasBias(true)
                                .build(),
                        new OutputLayer.Builder().nOut(2).build()))
                .containsEntry("layer0_W", ParameterKind.OTHER)
                .containsEntry("layer0_b", ParameterKind.OTHER);
    }

    private static Map.Entry<String, ParameterKind> entry(String name, ParameterKind kind) {
        return Map.entry(name, kind);
    }

    private static Map<String, ParameterKind> kinds(InputType input, Layer... layers) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(new StochasticBatch(0.1))
                .list(layers)
                .setInputType(input)
                .build());
        network.init();
        StochasticBatchListener.attachTo(network);
        Map<String, ParameterKind> kinds = new LinkedHashMap<>();
        Updaters.of(network).getUpdaterBlocks().stream()
                .filter(GroupedBlock.class::isInstance)
                .flatMap(block -> ((GroupedBlock) block).tensors().stream())
                .forEach(tensor -> kinds.put(tensor.group.name, tensor.group.kind));
        return kinds;
    }
}
