package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layer types that have no rule of their own. */
class ReplayedLayerGradientTest extends PerSampleGradientContract {

    private static final int CLASSES = 3;

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        cases.add(vectors(
                "PReLU",
                list -> list.layer(dense())
                        .layer(new PReLULayer.Builder().inputShape(5).build())));
        cases.add(vectors(
                "element-wise multiplication",
                list -> list.layer(dense())
                        .layer(new ElementWiseMultiplicationLayer.Builder()
                                .nIn(5)
                                .nOut(5)
                                .activation(Activation.TANH)
                                .build())));
        cases.add(vectors(
                "auto-encoder",
                list -> list.layer(dense())
                        .layer(new AutoEncoder.Builder()
                                .nOut(4)
                                .corruptionLevel(0.3)
                                .activation(Activation.SIGMOID)
                                .build())));
        cases.add(vectors(
                "variational auto-encoder",
                list -> list.layer(dense())
                        .layer(new VariationalAutoencoder.Builder()
                                .nOut(3)
                                .encoderLayerSizes(4, 5)
                                .decoderLayerSizes(4)
                                .activation(Activation.TANH)
                                .build())));
        cases.add(images(
                "deconvolution",
                list -> list.layer(new Deconvolution2D.Builder(2, 3)
                        .stride(2, 1)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())));
        cases.add(images(
                "separable convolution",
                list -> list.layer(new SeparableConvolution2D.Builder(3, 2)
                        .depthMultiplier(2)
                        .nOut(3)
                        .convolutionMode(ConvolutionMode.Same)
                        .activation(Activation.TANH)
                        .build())));
        cases.add(images(
                "depthwise convolution",
                list -> list.layer(new DepthwiseConvolution2D.Builder(2, 2)
                        .depthMultiplier(2)
                        .activation(Activation.TANH)
                        .build())));
        cases.add(images(
                        "locally connected",
                        list -> list.layer(new LocallyConnected2D.Builder()
                                .kernelSize(2, 2)
                                .stride(2, 1)
                                .nOut(2)
                                .activation(Activation.TANH)
                                .build()))
                .notOnBeta7());
        cases.add(images(
                "PReLU over images",
                list -> list.layer(new PReLULayer.Builder().inputShape(2, 5, 4).build())));
        cases.add(Case.layers(
                "3-D convolution",
                list -> list.layer(new Convolution3D.Builder(2, 2, 2)
                                .dataFormat(Convolution3D.DataFormat.NCDHW)
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build())
                        .layer(new GlobalPoolingLayer(PoolingType.MAX))
                        .layer(output())
                        .setInputType(InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 3, 4, 3, 2)),
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(draw.normal(setting.batch, 2, 3, 4, 3), draw.oneHot(setting.batch, CLASSES));
                }));
        cases.add(sequences(
                "1-D convolution",
                ReplayedLayerGradientTest::equal,
                list -> list.layer(new Convolution1D.Builder(3)
                        .nOut(4)
                        .convolutionMode(ConvolutionMode.Same)
                        .activation(Activation.TANH)
                        .build())));
        cases.add(sequences(
                "1-D convolution, masks",
                ReplayedLayerGradientTest::unequal,
                list -> list.layer(new Convolution1D.Builder(3)
                        .nOut(4)
                        .convolutionMode(ConvolutionMode.Same)
                        .activation(Activation.TANH)
                        .build())));
        cases.add(sequences(
                "locally connected 1-D",
                ReplayedLayerGradientTest::equal,
                list -> list.layer(new LocallyConnected1D.Builder()
                        .kernelSize(2)
                        .nOut(3)
                        .setInputSize(5)
                        .convolutionMode(ConvolutionMode.Same)
                        .activation(Activation.TANH)
                        .build())));
        cases.add(sequences(
                "self-attention",
                ReplayedLayerGradientTest::equal,
                list -> list.layer(new SelfAttentionLayer.Builder()
                        .nIn(2)
                        .nOut(4)
                        .nHeads(2)
                        .headSize(2)
                        .projectInput(true)
                        .build())));
        cases.add(sequences(
                "causal 1-D convolution",
                ReplayedLayerGradientTest::equal,
                list -> list.layer(new Convolution1D.Builder(2)
                        .dilation(2)
                        .nOut(4)
                        .convolutionMode(ConvolutionMode.Causal)
                        .activation(Activation.TANH)
                        .build())));
        cases.add(Case.layers(
                        "learned self-attention",
                        list -> list.layer(new LearnedSelfAttentionLayer.Builder()
                                        .nIn(2)
                                        .nOut(4)
                                        .nHeads(1)
                                        .headSize(4)
                                        .nQueries(2)
                                        .projectInput(true)
                                        .build())
                                .layer(new GlobalPoolingLayer(PoolingType.MAX))
                                .layer(output())
                                .setInputType(InputType.recurrent(2, 5)),
                        setting -> {
                            Draw draw = setting.draw();
                            return Draw.data(draw.normal(setting.batch, 2, 5), draw.oneHot(setting.batch, CLASSES));
                        })
                // Its forward pass fails in 1.0.0-M2.1 (scatter_update).
                .only(setting -> Dl4jVersion.isBeta7()));
        cases.add(Case.layers(
                "3-D deconvolution",
                list -> list.layer(new Deconvolution3D.Builder()
                                .kernelSize(2, 2, 2)
                                .dataFormat(Convolution3D.DataFormat.NCDHW)
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build())
                        .layer(new GlobalPoolingLayer(PoolingType.AVG))
                        .layer(output())
                        .setInputType(InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 2, 3, 2, 2)),
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(draw.normal(setting.batch, 2, 2, 3, 2), draw.oneHot(setting.batch, CLASSES));
                }));
        // Half of them in full, the others under the settings that differ most.
        for (int i = 0; i < cases.size(); i += 2) {
            cases.set(i, cases.get(i).briefly());
        }
        return cases;
    }

    private static DenseLayer dense() {
        return new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Case vectors(String name, Consumer<ListBuilder> layers) {
        return Case.layers(
                name,
                list -> {
                    layers.accept(list);
                    list.layer(output()).setInputType(InputType.feedForward(4));
                },
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(draw.normal(setting.batch, 4), draw.oneHot(setting.batch, CLASSES));
                });
    }

    private static Case images(String name, Consumer<ListBuilder> layers) {
        return Case.layers(
                name,
                list -> {
                    layers.accept(list);
                    list.layer(output()).setInputType(InputType.convolutional(5, 4, 2));
                },
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(draw.normal(setting.batch, 2, 5, 4), draw.oneHot(setting.batch, CLASSES));
                });
    }

    private static Case sequences(String name, Function<Setting, MultiDataSet> data, Consumer<ListBuilder> layers) {
        return Case.layers(
                name,
                list -> {
                    layers.accept(list);
                    list.layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                    .nOut(CLASSES)
                                    .activation(Activation.SOFTMAX)
                                    .build())
                            .setInputType(InputType.recurrent(2, 5));
                },
                data);
    }

    private static MultiDataSet equal(Setting setting) {
        Draw draw = setting.draw();
        return Draw.data(draw.normal(setting.batch, 2, 5), draw.oneHot(setting.batch, CLASSES, 5));
    }

    private static MultiDataSet unequal(Setting setting) {
        Draw draw = setting.draw();
        INDArray mask = draw.leadingMask(setting.batch, 5);
        return Draw.data(draw.normal(setting.batch, 2, 5), draw.oneHot(setting.batch, CLASSES, 5), mask, mask.dup());
    }
}
