package io.dl4jext.experiments.network;

import io.dl4jext.experiments.data.ImageShape;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The 8-layer residual network of He et al. for small images (section 4.2 there, n = 1): convolution 3×3 with 16
 * channels, three residual units of 16, 32 and 64 channels (the last two halve height and width), global average
 * pooling, softmax; batch norm after every convolution.
 *
 * <p>Every shortcut is the identity, without parameters (option A there): where a unit halves the image and doubles the
 * channels, its shortcut takes every second pixel and fills the new channels with zeros.
 */
public final class ResNet8 {

    static final int SMALLEST_IMAGE = 8;

    private ResNet8() {}

    public static ComputationGraphConfiguration configuration(
            NeuralNetConfiguration.Builder common, ImageShape input, int classes) {
        GraphBuilder graph = common.graphBuilder().addInputs("input").setInputTypes(input.inputType());
        graph.addLayer("conv", convolution(16, 1), "input")
                .addLayer("bn", new BatchNormalization(), "conv")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "bn");
        String top = residualUnit(graph, "unit1", "relu", 16, false);
        top = residualUnit(graph, "unit2", top, 32, true);
        top = residualUnit(graph, "unit3", top, 64, true);
        return graph.addLayer("average", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), top)
                .addLayer(
                        "output",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(classes)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "average")
                .setOutputs("output")
                .build();
    }

    /** relu(BN(conv(relu(BN(conv(x))))) + shortcut(x)); returns the name of its last layer. */
    private static String residualUnit(GraphBuilder graph, String unit, String input, int channels, boolean halve) {
        graph.addLayer(unit + "-conv1", convolution(channels, halve ? 2 : 1), input)
                .addLayer(unit + "-bn1", new BatchNormalization(), unit + "-conv1")
                .addLayer(unit + "-relu1", new ActivationLayer(Activation.RELU), unit + "-bn1")
                .addLayer(unit + "-conv2", convolution(channels, 1), unit + "-relu1")
                .addLayer(unit + "-bn2", new BatchNormalization(), unit + "-conv2");
        String shortcut = input;
        if (halve) {
            shortcut = unit + "-shortcut";
            graph.addLayer(unit + "-subsample", everySecondPixel(), input)
                    .addVertex(unit + "-zeros", new ScaleVertex(0), unit + "-subsample")
                    .addVertex(shortcut, new MergeVertex(), unit + "-subsample", unit + "-zeros");
        }
        graph.addVertex(unit + "-sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), unit + "-bn2", shortcut)
                .addLayer(unit + "-relu2", new ActivationLayer(Activation.RELU), unit + "-sum");
        return unit + "-relu2";
    }

    private static ConvolutionLayer convolution(int channels, int stride) {
        return new ConvolutionLayer.Builder(3, 3)
                .stride(stride, stride)
                .padding(1, 1)
                .nOut(channels)
                .hasBias(false) // batch norm takes any constant away again
                .build();
    }

    private static SubsamplingLayer everySecondPixel() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(1, 1)
                .stride(2, 2)
                .build();
    }
}
