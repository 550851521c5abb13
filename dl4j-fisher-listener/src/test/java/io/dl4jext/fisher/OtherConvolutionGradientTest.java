package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Convolution3D.DataFormat;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Deconvolution, depthwise, separable and 3-D convolution, locally connected images, in both data formats. */
class OtherConvolutionGradientTest extends PerSampleGradientContract {

    private static final int CHANNELS = 2;
    private static final int HEIGHT = 6;
    private static final int WIDTH = 5;
    private static final int DEPTH = 4;
    private static final int CLASSES = 3;

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (CNN2DFormat format : CNN2DFormat.values()) {
            for (ConvolutionMode mode : List.of(ConvolutionMode.Truncate, ConvolutionMode.Same)) {
                cases.add(images(
                        format, mode + " deconvolution", deconvolution(3, 2).convolutionMode(mode)));
                cases.add(images(
                                format,
                                mode + " deconvolution, stride",
                                deconvolution(3, 2).stride(2, 1).convolutionMode(mode))
                        .briefly());
                cases.add(images(format, mode + " depthwise", depthwise(3, 2).convolutionMode(mode)));
                cases.add(images(
                                format,
                                mode + " depthwise, stride",
                                depthwise(2, 3).stride(2, 1).convolutionMode(mode))
                        .briefly());
                cases.add(images(
                                format,
                                mode + " depthwise, dilation",
                                depthwise(2, 2).dilation(2, 1).convolutionMode(mode))
                        .briefly());
                cases.add(images(format, mode + " separable", separable(3, 2).convolutionMode(mode)));
                cases.add(images(
                                format,
                                mode + " separable, stride",
                                separable(2, 3).stride(1, 2).convolutionMode(mode))
                        .briefly());
                cases.add(images(
                                format,
                                mode + " separable, dilation",
                                separable(2, 2).dilation(1, 2).convolutionMode(mode))
                        .briefly());
            }
            cases.add(images(
                            format,
                            "deconvolution, padding, dilation",
                            deconvolution(3, 2).stride(2, 2).padding(1, 1).dilation(1, 2))
                    // In FLOAT, DL4J 1.0.0-M2.1 with oneDNN cannot run it.
                    .only(setting -> setting.type == DataType.DOUBLE));
            cases.add(images(format, "depthwise, padding", depthwise(3, 3).padding(1, 2))
                    .briefly());
            cases.add(images(format, "separable, padding", separable(3, 3).padding(1, 2))
                    .briefly());
            cases.add(
                    images(format, "deconvolution, no bias", deconvolution(2, 2).hasBias(false))
                            .briefly());
            cases.add(images(format, "depthwise, no bias", depthwise(2, 2).hasBias(false))
                    .briefly());
            cases.add(images(format, "separable, no bias", separable(2, 2).hasBias(false))
                    .briefly());
        }
        CNN2DFormat first = CNN2DFormat.NCHW;
        cases.add(images(first, "one kernel a channel", depthwise(3, 3).depthMultiplier(1)));
        for (ConvolutionLayer.BaseConvBuilder<?> layer :
                List.of(deconvolution(2, 2), depthwise(2, 2), separable(2, 2))) {
            String name = layer.getClass().getDeclaringClass().getSimpleName();
            cases.add(images(first, name + " with content dropout", layer.dropOut(new ContentDropout())));
        }
        for (ConvolutionLayer.BaseConvBuilder<?> layer :
                List.of(deconvolution(2, 2), depthwise(2, 2), separable(2, 2))) {
            String name = layer.getClass().getDeclaringClass().getSimpleName();
            cases.add(images(first, name + " with dropout", layer.dropOut(new Dropout(0.6)))
                    .inseparable());
        }
        for (ConvolutionLayer.BaseConvBuilder<?> layer : List.of(deconvolution(2, 2), depthwise(2, 2))) {
            String name = layer.getClass().getDeclaringClass().getSimpleName();
            cases.add(images(first, name + " with drop connect", layer.weightNoise(new DropConnect(0.6)))
                    .inseparable());
        }
        for (DataFormat format : DataFormat.values()) {
            for (ConvolutionMode mode : List.of(ConvolutionMode.Truncate, ConvolutionMode.Same)) {
                cases.add(volumes(format, mode + " 3-D", volume(format, 2, 3, 2).convolutionMode(mode)));
                cases.add(volumes(
                                format,
                                mode + " 3-D, stride",
                                volume(format, 2, 2, 3).stride(2, 1, 2).convolutionMode(mode))
                        .briefly());
            }
            cases.add(volumes(
                            format,
                            "3-D, dilation, padding",
                            volume(format, 2, 2, 2).dilation(2, 1, 2).padding(1, 0, 1))
                    // In FLOAT, DL4J 1.0.0-M2.1 with oneDNN cannot run it.
                    .only(setting -> setting.type == DataType.DOUBLE));
            cases.add(volumes(format, "3-D, no bias", volume(format, 2, 2, 2).hasBias(false))
                    .briefly());
            cases.add(volumes(format, "3-D deconvolution", transposed(format)));
            cases.add(volumes(
                            format,
                            "3-D deconvolution, stride",
                            transposed(format).stride(2, 1, 2))
                    .briefly());
            cases.add(volumes(
                            format,
                            "3-D deconvolution, Same",
                            transposed(format).stride(1, 2, 1).convolutionMode(ConvolutionMode.Same))
                    .briefly());
            cases.add(volumes(
                            format,
                            "3-D deconvolution, no bias",
                            transposed(format).hasBias(false))
                    .briefly());
        }
        for (CNN2DFormat format : CNN2DFormat.values()) {
            cases.add(images(format, "locally connected", local(2, 3)).notOnBeta7());
            cases.add(images(format, "locally connected, square", local(2, 1)).notOnBeta7());
            cases.add(images(
                            format,
                            "locally connected, Same",
                            local(2, 3).stride(2, 1).convolutionMode(ConvolutionMode.Same))
                    .briefly()
                    .notOnBeta7());
            cases.add(images(format, "locally connected, no bias", local(2, 2).hasBias(false))
                    .briefly()
                    .notOnBeta7());
        }
        return cases;
    }

    private static Deconvolution2D.Builder deconvolution(int height, int width) {
        return new Deconvolution2D.Builder(height, width)
                .nOut(3)
                .convolutionMode(ConvolutionMode.Truncate)
                .activation(Activation.TANH);
    }

    private static DepthwiseConvolution2D.Builder depthwise(int height, int width) {
        return new DepthwiseConvolution2D.Builder(height, width)
                .depthMultiplier(2)
                .convolutionMode(ConvolutionMode.Truncate)
                .activation(Activation.TANH);
    }

    private static SeparableConvolution2D.Builder separable(int height, int width) {
        return new SeparableConvolution2D.Builder(height, width)
                .depthMultiplier(2)
                .nOut(3)
                .convolutionMode(ConvolutionMode.Truncate)
                .activation(Activation.TANH);
    }

    private static LocallyConnected2D.Builder local(int height, int width) {
        return new LocallyConnected2D.Builder()
                .kernelSize(height, width)
                .nOut(2)
                .convolutionMode(ConvolutionMode.Truncate)
                .activation(Activation.TANH);
    }

    private static Convolution3D.Builder volume(DataFormat format, int depth, int height, int width) {
        return new Convolution3D.Builder(depth, height, width)
                .dataFormat(format)
                .nOut(3)
                .convolutionMode(ConvolutionMode.Truncate)
                .activation(Activation.TANH);
    }

    private static Deconvolution3D.Builder transposed(DataFormat format) {
        return new Deconvolution3D.Builder()
                .kernelSize(2, 3, 2)
                .dataFormat(format)
                .nOut(3)
                .convolutionMode(ConvolutionMode.Truncate)
                .activation(Activation.TANH);
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Case images(CNN2DFormat format, String name, Layer.Builder<?> layer) {
        return Case.layers(
                format + " " + name,
                list -> list.layer((Layer) layer.build())
                        .layer(output())
                        .setInputType(InputType.convolutional(HEIGHT, WIDTH, CHANNELS, format)),
                setting -> {
                    Draw draw = setting.draw();
                    INDArray images = draw.normal(setting.batch, CHANNELS, HEIGHT, WIDTH);
                    return Draw.data(
                            format == CNN2DFormat.NCHW
                                    ? images
                                    : images.permute(0, 2, 3, 1).dup('c'),
                            draw.oneHot(setting.batch, CLASSES));
                });
    }

    private static Case volumes(DataFormat format, String name, Layer.Builder<?> layer) {
        return Case.layers(
                format + " " + name,
                list -> list.layer((Layer) layer.build())
                        .layer(new GlobalPoolingLayer.Builder(PoolingType.AVG)
                                .poolingDimensions(
                                        format == DataFormat.NCDHW ? new int[] {2, 3, 4} : new int[] {1, 2, 3})
                                .build())
                        .layer(output())
                        .setInputType(InputType.convolutional3D(format, DEPTH, HEIGHT, WIDTH, CHANNELS)),
                setting -> {
                    Draw draw = setting.draw();
                    INDArray volumes = draw.normal(setting.batch, CHANNELS, DEPTH, HEIGHT, WIDTH);
                    return Draw.data(
                            format == DataFormat.NCDHW
                                    ? volumes
                                    : volumes.permute(0, 2, 3, 4, 1).dup('c'),
                            draw.oneHot(setting.batch, CLASSES));
                });
    }
}
