package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Convolutions over series, in all modes, with weights shared by all steps or not. */
class SeriesConvolutionGradientTest extends PerSampleGradientContract {

    private static final int INPUTS = 2;
    private static final int STEPS = 7;
    private static final int CLASSES = 3;

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (ConvolutionMode mode : ConvolutionMode.values()) {
            cases.add(pooled(mode + " 3", kernel(3).convolutionMode(mode)));
            cases.add(pooled(mode + " 2, dilation 2", kernel(2).dilation(2).convolutionMode(mode))
                    // In FLOAT, DL4J 1.0.0-M2.1 with oneDNN cannot run it.
                    .only(setting -> setting.type == DataType.DOUBLE));
            if (mode != ConvolutionMode.Strict) {
                cases.add(pooled(mode + " 3, stride 2", kernel(3).stride(2).convolutionMode(mode))
                        .briefly());
            }
            cases.add(pooled(mode + " of one step", kernel(1).convolutionMode(mode))
                    .briefly());
        }
        cases.add(pooled("padding 2", kernel(4).stride(1).padding(2).convolutionMode(ConvolutionMode.Truncate)));
        cases.add(pooled("the whole series", kernel(STEPS).convolutionMode(ConvolutionMode.Truncate)));
        cases.add(pooled(
                "many channels, few steps", kernel(4).stride(3).nOut(24).convolutionMode(ConvolutionMode.Truncate)));
        cases.add(pooled("no bias", kernel(3).hasBias(false)));
        // DL4J 1.0.0-beta7 applies dropout to a gradient with an axis more, and fails.
        cases.add(pooled("content dropout", kernel(3).dropOut(new ContentDropout()))
                .notOnBeta7());
        cases.add(pooled("dropout", kernel(3).dropOut(new Dropout(0.6)))
                .inseparable()
                .notOnBeta7());
        cases.add(pooled("drop connect", kernel(3).weightNoise(new DropConnect(0.6)))
                .inseparable());
        // DL4J's rrelu draws in ND4J's default type.
        cases.add(pooled("rrelu", kernel(3).activation(Activation.RRELU))
                .inseparable()
                .only(setting -> setting.type == DataType.FLOAT));
        cases.add(Case.layers(
                "two, pooling between",
                list -> list.layer(
                                kernel(2).convolutionMode(ConvolutionMode.Same).build())
                        .layer(new Subsampling1DLayer.Builder(2, 1).build())
                        .layer(new Convolution1D.Builder(2)
                                .nOut(3)
                                .activation(Activation.SOFTSIGN)
                                .build())
                        .layer(new GlobalPoolingLayer(PoolingType.AVG))
                        .layer(output())
                        .setInputType(InputType.recurrent(INPUTS, STEPS)),
                SeriesConvolutionGradientTest::classes));
        for (ConvolutionMode mode : List.of(ConvolutionMode.Same, ConvolutionMode.Causal)) {
            cases.add(stepwise(mode + " labels at each step", SeriesConvolutionGradientTest::equal, mode));
            cases.add(stepwise(mode + " masks", SeriesConvolutionGradientTest::unequal, mode));
        }
        cases.add(Case.layers(
                        "Truncate masks",
                        list -> list.layer(kernel(3)
                                        .convolutionMode(ConvolutionMode.Truncate)
                                        .build())
                                .layer(new GlobalPoolingLayer(PoolingType.SUM))
                                .layer(output())
                                .setInputType(InputType.recurrent(INPUTS, STEPS)),
                        setting -> {
                            Draw draw = setting.draw();
                            return Draw.data(
                                    draw.normal(setting.batch, INPUTS, STEPS),
                                    draw.oneHot(setting.batch, CLASSES),
                                    draw.leadingMask(setting.batch, STEPS),
                                    null);
                        })
                // DL4J shortens the mask in FLOAT, whatever the network's type.
                .only(setting -> setting.type == DataType.FLOAT));
        // DL4J 1.0.0-M2.1 gives its native operation a delta in NWC format as if it were in NCW, and fails.
        cases.add(Case.layers(
                        "NWC",
                        list -> list.layer(kernel(3)
                                        .convolutionMode(ConvolutionMode.Same)
                                        .rnnDataFormat(RNNFormat.NWC)
                                        .build())
                                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                        .nOut(CLASSES)
                                        .dataFormat(RNNFormat.NWC)
                                        .activation(Activation.SOFTMAX)
                                        .build())
                                .setInputType(InputType.recurrent(INPUTS, STEPS, RNNFormat.NWC)),
                        setting -> {
                            MultiDataSet data = equal(setting);
                            return Draw.data(
                                    data.getFeatures(0).permute(0, 2, 1).dup('c'),
                                    data.getLabels(0).permute(0, 2, 1).dup('c'));
                        })
                .only(setting -> Dl4jVersion.isBeta7()));
        for (Activation activation : List.of(
                Activation.CUBE,
                Activation.ELU,
                Activation.HARDTANH,
                Activation.IDENTITY,
                Activation.RELU,
                Activation.SIGMOID,
                Activation.SOFTPLUS,
                Activation.SOFTSIGN)) {
            cases.add(pooled("locally connected " + activation, local(2).activation(activation))
                    .briefly());
        }
        cases.add(pooled("locally connected", local(2)));
        cases.add(pooled("locally connected, Same", local(3).convolutionMode(ConvolutionMode.Same)));
        cases.add(pooled(
                        "locally connected, stride 2, padding 1",
                        local(3).stride(2).padding(1).convolutionMode(ConvolutionMode.Truncate))
                .briefly());
        cases.add(pooled("locally connected, no bias", local(3).hasBias(false)).briefly());
        return cases;
    }

    private static Convolution1DLayer.Builder kernel(int size) {
        return new Convolution1DLayer.Builder(size).nOut(4).activation(Activation.TANH);
    }

    private static LocallyConnected1D.Builder local(int size) {
        return new LocallyConnected1D.Builder()
                .kernelSize(size)
                .nOut(3)
                .setInputSize(STEPS)
                .convolutionMode(ConvolutionMode.Truncate)
                .activation(Activation.TANH);
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Case pooled(String name, Layer.Builder<?> layer) {
        return Case.layers(
                name,
                list -> list.layer((Layer) layer.build())
                        .layer(new GlobalPoolingLayer(PoolingType.AVG))
                        .layer(output())
                        .setInputType(InputType.recurrent(INPUTS, STEPS)),
                SeriesConvolutionGradientTest::classes);
    }

    private static Case stepwise(String name, Function<Setting, MultiDataSet> data, ConvolutionMode mode) {
        return Case.layers(
                name,
                list -> list.layer(kernel(3).convolutionMode(mode).build())
                        .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build())
                        .setInputType(InputType.recurrent(INPUTS, STEPS)),
                data);
    }

    private static MultiDataSet classes(Setting setting) {
        Draw draw = setting.draw();
        return Draw.data(draw.normal(setting.batch, INPUTS, STEPS), draw.oneHot(setting.batch, CLASSES));
    }

    private static MultiDataSet equal(Setting setting) {
        Draw draw = setting.draw();
        return Draw.data(draw.normal(setting.batch, INPUTS, STEPS), draw.oneHot(setting.batch, CLASSES, STEPS));
    }

    private static MultiDataSet unequal(Setting setting) {
        Draw draw = setting.draw();
        INDArray mask = draw.leadingMask(setting.batch, STEPS);
        return Draw.data(
                draw.normal(setting.batch, INPUTS, STEPS),
                draw.oneHot(setting.batch, CLASSES, STEPS),
                mask,
                mask.dup());
    }
}
