package io.dl4jext.experiments.network;

import io.dl4jext.experiments.data.ImageShape;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A VGG-like network for small images, as Daza (section 4) trains on CIFAR-10; the paper leaves the numbers out, these
 * are those of VGG-11 with one dense layer: convolutions 3×3 of w, 2w, 4w, 4w, 8w, 8w, 8w, 8w channels with batch norm
 * (or without) and relu, max pooling 2×2 after the first, second, fourth, sixth and eighth while there is more than one
 * pixel in height and width, softmax.
 */
public final class Vgg {

    static final int SMALLEST_IMAGE = 8;

    /** w of VGG. */
    public static final int WIDTH = 64;

    private Vgg() {}

    /**
     * The network.
     *
     * @param width w, the channels of the first convolution
     * @param batchNorm whether the convolutions have batch norm behind them, else biases
     */
    public static MultiLayerConfiguration configuration(
            NeuralNetConfiguration.Builder common, ImageShape input, int classes, int width, boolean batchNorm) {
        ListBuilder layers = common.list();
        int side = Math.min(input.height(), input.width());
        int[][] stages = {{width}, {2 * width}, {4 * width, 4 * width}, {8 * width, 8 * width}, {8 * width, 8 * width}};
        for (int[] channels : stages) {
            convolve(layers, batchNorm, channels);
            if (side > 1) {
                layers.layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build());
                side /= 2;
            }
        }
        return layers.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(classes)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(input.inputType())
                .build();
    }

    private static void convolve(ListBuilder layers, boolean batchNorm, int[] channels) {
        for (int count : channels) {
            layers.layer(new ConvolutionLayer.Builder(3, 3)
                    .padding(1, 1)
                    .nOut(count)
                    .hasBias(!batchNorm)
                    .build());
            if (batchNorm) {
                layers.layer(new BatchNormalization());
            }
            layers.layer(new ActivationLayer(Activation.RELU));
        }
    }
}
