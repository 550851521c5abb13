package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** 2-D convolutions of all geometries, in both data formats. */
class ConvolutionGradientTest extends PerSampleGradientContract {

    private static final int CHANNELS = 2;
    private static final int HEIGHT = 7;
    private static final int WIDTH = 6;
    private static final int CLASSES = 3;

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (CNN2DFormat format : CNN2DFormat.values()) {
            // The gradient of relu over NHWC is uninitialised memory in DL4J 1.0.0-M2.1 with oneDNN.
            Activation activation = format == CNN2DFormat.NCHW ? Activation.RELU : Activation.ELU;
            for (ConvolutionMode mode : List.of(ConvolutionMode.Truncate, ConvolutionMode.Same)) {
                cases.add(one(format, mode + " 3x3", kernel(3, 3).convolutionMode(mode)));
                cases.add(one(
                        format,
                        mode + " 3x2 stride 2x1",
                        kernel(3, 2).stride(2, 1).convolutionMode(mode)));
                cases.add(one(
                        format,
                        mode + " 2x3 stride 2x3",
                        kernel(2, 3).stride(2, 3).convolutionMode(mode)));
                cases.add(one(
                        format,
                        mode + " 3x2 dilation 2x3",
                        kernel(3, 2).dilation(2, 3).convolutionMode(mode)));
                cases.add(one(
                        format,
                        mode + " 2x2 dilation 2 stride 2",
                        kernel(2, 2).dilation(2, 2).stride(2, 2).convolutionMode(mode)));
            }
            cases.add(one(
                    format, "Strict 3x2 stride 2", kernel(3, 2).stride(2, 2).convolutionMode(ConvolutionMode.Strict)));
            cases.add(one(
                    format,
                    "padding 2x1 stride 2",
                    kernel(4, 3).stride(2, 2).padding(2, 1).convolutionMode(ConvolutionMode.Truncate)));
            cases.add(one(
                    format,
                    "padding 1x2 stride 1",
                    kernel(2, 3).padding(1, 2).convolutionMode(ConvolutionMode.Truncate)));
            cases.add(one(format, "1x1", kernel(1, 1)));
            cases.add(one(format, "1x1 stride 2", kernel(1, 1).stride(2, 2)));
            cases.add(one(format, "whole image", kernel(HEIGHT, WIDTH)));
            cases.add(one(format, "no bias", kernel(3, 3).hasBias(false)));
            cases.add(one(
                    format,
                    "many channels, few positions",
                    kernel(4, 4).stride(3, 2).nOut(24)));
            cases.add(stack(
                    "three deep",
                    format,
                    list -> list.layer(kernel(3, 3)
                                    .convolutionMode(ConvolutionMode.Same)
                                    .nOut(4)
                                    .build())
                            .layer(new SubsamplingLayer.Builder(PoolingType.MAX)
                                    .kernelSize(2, 2)
                                    .stride(2, 2)
                                    .dataFormat(format)
                                    .build())
                            .layer(kernel(2, 2).nOut(3).activation(activation).build())
                            .layer(new SubsamplingLayer.Builder(PoolingType.AVG)
                                    .kernelSize(2, 1)
                                    .stride(1, 1)
                                    .dataFormat(format)
                                    .build())
                            .layer(kernel(1, 2).nOut(5).build())));
            cases.add(stack(
                    "dense between",
                    format,
                    list -> list.layer(kernel(3, 3).stride(2, 2).build())
                            .layer(new DenseLayer.Builder()
                                    .nOut(6)
                                    .activation(Activation.TANH)
                                    .build())));
            cases.add(stack(
                    "global average pooling",
                    format,
                    list -> list.layer(kernel(3, 3).build())
                            .layer(new GlobalPoolingLayer.Builder(PoolingType.AVG).build())));
        }
        CNN2DFormat first = CNN2DFormat.NCHW;
        // Not for NHWC: there DL4J 1.0.0-M2.1 applies a convolution's dropout to a permuted gradient and fails.
        cases.add(stack(
                "column dropout",
                first,
                list -> list.layer(kernel(3, 3).build())
                        .layer(kernel(2, 2).dropOut(new ColumnDropout()).build())));
        cases.add(stack(
                "padding and upsampling layers",
                first,
                list -> list.layer(new ZeroPaddingLayer.Builder(1, 2).build())
                        .layer(kernel(3, 3).stride(2, 2).build())
                        .layer(new Upsampling2D.Builder(2).build())
                        .layer(kernel(2, 2).build())));
        cases.add(Case.layers(
                "pixel-wise loss",
                list -> list.layer(kernel(3, 3)
                                .convolutionMode(ConvolutionMode.Same)
                                .nOut(2)
                                .build())
                        .layer(new CnnLossLayer.Builder(LossFunction.MSE)
                                .activation(Activation.TANH)
                                .build())
                        .setInputType(InputType.convolutional(HEIGHT, WIDTH, CHANNELS)),
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(
                            draw.normal(setting.batch, CHANNELS, HEIGHT, WIDTH),
                            draw.normal(setting.batch, 2, HEIGHT, WIDTH));
                }));
        cases.add(stack(
                        "dropout",
                        first,
                        list -> list.layer(kernel(3, 3).build())
                                .layer(kernel(2, 2).dropOut(new Dropout(0.5)).build()))
                .inseparable());
        cases.add(stack(
                        "drop connect",
                        first,
                        list -> list.layer(
                                kernel(3, 3).weightNoise(new DropConnect(0.5)).build()))
                .inseparable());
        cases.add(Case.layers(
                "flat images, L2",
                builder -> builder.l2(0.1),
                (list, setting) -> list.layer(kernel(3, 3).build())
                        .layer(output())
                        .setInputType(InputType.convolutionalFlat(HEIGHT, WIDTH, CHANNELS)),
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(
                            draw.normal(setting.batch, CHANNELS * HEIGHT * WIDTH), draw.oneHot(setting.batch, CLASSES));
                }));
        return cases;
    }

    private static ConvolutionLayer.Builder kernel(int height, int width) {
        return new ConvolutionLayer.Builder(height, width)
                .stride(1, 1)
                .nOut(3)
                .convolutionMode(ConvolutionMode.Truncate)
                .activation(Activation.TANH);
    }

    private static Case one(CNN2DFormat format, String name, ConvolutionLayer.Builder layer) {
        return stack(name, format, list -> list.layer(layer.build())).briefly();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Case stack(String name, CNN2DFormat format, Consumer<ListBuilder> layers) {
        return Case.layers(
                format + " " + name,
                list -> {
                    layers.accept(list);
                    list.layer(output()).setInputType(InputType.convolutional(HEIGHT, WIDTH, CHANNELS, format));
                },
                setting -> images(setting, format));
    }

    static MultiDataSet images(Setting setting, CNN2DFormat format) {
        Draw draw = setting.draw();
        return Draw.data(
                format == CNN2DFormat.NCHW
                        ? draw.normal(setting.batch, CHANNELS, HEIGHT, WIDTH)
                        : draw.normal(setting.batch, HEIGHT, WIDTH, CHANNELS),
                draw.oneHot(setting.batch, CLASSES));
    }
}
