package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Dense and output layers, their activations, losses, masks and regularisation. */
class DenseGradientTest extends PerSampleGradientContract {

    private static final int INPUTS = 6;
    private static final int CLASSES = 4;

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Activation activation : Activation.values()) {
            Case testCase = Case.layers(
                    "hidden " + activation,
                    list -> list.layer(dense(7).activation(activation).build())
                            .layer(dense(5).activation(Activation.TANH).build())
                            .layer(softmax())
                            .setInputType(InputType.feedForward(INPUTS)),
                    DenseGradientTest::classes);
            // DL4J's rrelu draws in ND4J's default type.
            cases.add(
                    activation == Activation.RRELU
                            ? testCase.inseparable().only(setting -> setting.type == DataType.FLOAT)
                            : testCase.briefly());
        }
        cases.add(hidden("without bias", layer -> layer.hasBias(false)));
        cases.add(
                hidden("layer normalisation", layer -> layer.hasLayerNorm(true)).notOnBeta7());
        cases.add(hidden(
                        "layer normalisation, no bias",
                        layer -> layer.hasLayerNorm(true).hasBias(false))
                .notOnBeta7());
        cases.add(hidden("column dropout", layer -> layer.dropOut(new ColumnDropout())));
        cases.add(hidden("content dropout", layer -> layer.dropOut(new ContentDropout())));
        cases.add(hidden("dropout", layer -> layer.dropOut(new Dropout(0.6))).inseparable());
        cases.add(hidden("Gaussian noise", layer -> layer.dropOut(new GaussianNoise(0.3)))
                .inseparable());
        cases.add(hidden("Gaussian dropout", layer -> layer.dropOut(new GaussianDropout(0.3)))
                .inseparable());
        cases.add(hidden("alpha dropout", layer -> layer.dropOut(new AlphaDropout(0.7)))
                .inseparable());
        cases.add(hidden("drop connect", layer -> layer.weightNoise(new DropConnect(0.6)))
                .inseparable());
        cases.add(hidden("weight noise", layer -> layer.weightNoise(new WeightNoise(new NormalDistribution(0, 0.2))))
                .inseparable());
        cases.add(hidden(
                        "layer normalisation with dropout",
                        layer -> layer.hasLayerNorm(true).dropOut(new ContentDropout()))
                .notOnBeta7());
        cases.add(stack(
                "output layer with dropout",
                list -> list.layer(dense(5).build())
                        .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .dropOut(new ContentDropout())
                                .build())));
        cases.add(stack("one layer", list -> list.layer(softmax())));
        cases.add(stack(
                "activation, dropout and loss layers",
                list -> list.layer(dense(5).activation(Activation.IDENTITY).build())
                        .layer(new ActivationLayer(Activation.ELU))
                        .layer(new DropoutLayer.Builder(new ContentDropout()).build())
                        .layer(dense(CLASSES).activation(Activation.IDENTITY).build())
                        .layer(new LossLayer.Builder(LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .build())));
        cases.add(stack(
                "frozen below",
                list -> list.layer(new FrozenLayer.Builder()
                                .layer(dense(5).build())
                                .build())
                        .layer(dense(6).activation(Activation.TANH).build())
                        .layer(softmax())));
        cases.add(stack(
                "frozen with backprop in between",
                list -> list.layer(dense(5).activation(Activation.TANH).build())
                        .layer(new FrozenLayerWithBackprop(
                                dense(6).activation(Activation.TANH).build()))
                        .layer(softmax())));
        cases.add(
                global("L1, L2", builder -> builder.l1(0.1).l2(0.2).l1Bias(0.1).l2Bias(0.3)));
        cases.add(global("weight decay", builder -> builder.weightDecay(0.1).weightDecayBias(0.2)));
        cases.add(global("constraint", builder -> builder.constrainWeights(new UnitNormConstraint(1))));
        for (GradientNormalization normalization : GradientNormalization.values()) {
            cases.add(global(
                            "gradient normalisation " + normalization,
                            builder ->
                                    builder.gradientNormalization(normalization).gradientNormalizationThreshold(0.01))
                    .briefly());
        }
        cases.add(global("no mini-batch division", builder -> builder.miniBatch(false)));
        for (LossFunction loss :
                List.of(LossFunction.MSE, LossFunction.L1, LossFunction.L2, LossFunction.COSINE_PROXIMITY)) {
            cases.add(output(loss, Activation.TANH, "", DenseGradientTest::numbers)
                    .briefly());
        }
        cases.add(output(LossFunction.XENT, Activation.SIGMOID, "", DenseGradientTest::bits));
        cases.add(output(LossFunction.HINGE, Activation.IDENTITY, "", DenseGradientTest::bits));
        cases.add(output(LossFunction.MCXENT, Activation.SOFTMAX, " example mask", DenseGradientTest::exampleMask)
                .only(setting -> setting.batch > 1));
        cases.add(output(LossFunction.MSE, Activation.IDENTITY, " example mask", DenseGradientTest::exampleMask));
        cases.add(output(LossFunction.XENT, Activation.SIGMOID, " output mask", DenseGradientTest::outputMask));
        cases.add(output(LossFunction.MSE, Activation.TANH, " output mask", DenseGradientTest::outputMask));
        cases.add(stack(
                "center loss",
                list -> list.layer(dense(7).activation(Activation.TANH).build())
                        .layer(new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .alpha(0.3)
                                .lambda(0.2)
                                .build())));
        return cases;
    }

    private static DenseLayer.Builder dense(int outputs) {
        return new DenseLayer.Builder().nOut(outputs);
    }

    private static OutputLayer softmax() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    /** Two hidden layers, both of the kind in question. */
    private static Case hidden(String name, UnaryOperator<DenseLayer.Builder> kind) {
        return stack(
                name,
                list -> list.layer(
                                kind.apply(dense(7).activation(Activation.TANH)).build())
                        .layer(kind.apply(dense(5).activation(Activation.SIGMOID))
                                .build())
                        .layer(softmax()));
    }

    private static Case stack(String name, Consumer<NeuralNetConfiguration.ListBuilder> layers) {
        return Case.layers(
                name,
                list -> {
                    layers.accept(list);
                    list.setInputType(InputType.feedForward(INPUTS));
                },
                DenseGradientTest::classes);
    }

    private static Case global(String name, UnaryOperator<NeuralNetConfiguration.Builder> global) {
        return Case.layers(
                name,
                global,
                (list, setting) -> list.layer(
                                dense(5).activation(Activation.TANH).build())
                        .layer(softmax())
                        .setInputType(InputType.feedForward(INPUTS)),
                DenseGradientTest::classes);
    }

    private static Case output(
            LossFunction loss, Activation activation, String name, Function<Setting, MultiDataSet> data) {
        return Case.layers(
                loss + name,
                list -> list.layer(dense(5).activation(Activation.TANH).build())
                        .layer(new OutputLayer.Builder(loss)
                                .nOut(CLASSES)
                                .activation(activation)
                                .build())
                        .setInputType(InputType.feedForward(INPUTS)),
                data);
    }

    private static MultiDataSet classes(Setting setting) {
        Draw draw = setting.draw();
        return Draw.data(draw.normal(setting.batch, INPUTS), draw.oneHot(setting.batch, CLASSES));
    }

    private static MultiDataSet numbers(Setting setting) {
        Draw draw = setting.draw();
        return Draw.data(draw.normal(setting.batch, INPUTS), draw.normal(setting.batch, CLASSES));
    }

    private static MultiDataSet bits(Setting setting) {
        Draw draw = setting.draw();
        return Draw.data(draw.normal(setting.batch, INPUTS), draw.binary(setting.batch, CLASSES));
    }

    private static MultiDataSet exampleMask(Setting setting) {
        Draw draw = setting.draw();
        return Draw.data(
                draw.normal(setting.batch, INPUTS),
                draw.oneHot(setting.batch, CLASSES),
                null,
                withOne(draw.binary(setting.batch, 1)));
    }

    private static MultiDataSet outputMask(Setting setting) {
        Draw draw = setting.draw();
        return Draw.data(
                draw.normal(setting.batch, INPUTS),
                draw.binary(setting.batch, CLASSES),
                null,
                withOne(draw.binary(setting.batch, CLASSES)));
    }

    /** Not everything may be masked, or the reference is 0. */
    private static INDArray withOne(INDArray mask) {
        return mask.putScalar(0, 1);
    }
}
