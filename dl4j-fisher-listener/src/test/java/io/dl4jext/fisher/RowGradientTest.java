package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers with few parameters to each unit: weights of single inputs, gains, slopes. And auto-encoders. */
class RowGradientTest extends PerSampleGradientContract {

    private static final int CLASSES = 3;
    private static final int STEPS = 5;

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        cases.add(vectors("PReLU", new PReLULayer.Builder().inputShape(5)));
        cases.add(vectors(
                "PReLU, content dropout", new PReLULayer.Builder().inputShape(5).dropOut(new ContentDropout())));
        cases.add(
                vectors("PReLU, dropout", new PReLULayer.Builder().inputShape(5).dropOut(new Dropout(0.6)))
                        .inseparable());
        cases.add(images("PReLU", new PReLULayer.Builder().inputShape(2, 5, 4)));
        // DL4J takes no more than 64 inputs of the whole mini-batch for each weight.
        cases.add(images(
                        "PReLU by channel",
                        new PReLULayer.Builder().inputShape(2, 5, 4).sharedAxes(2, 3))
                .only(setting -> setting.batch == 1));
        cases.add(images(
                "PReLU by channel and row",
                new PReLULayer.Builder().inputShape(2, 5, 4).sharedAxes(3)));
        cases.add(images(
                        "PReLU by row",
                        new PReLULayer.Builder().inputShape(2, 5, 4).sharedAxes(1, 3))
                .briefly());
        cases.add(vectors("element-wise multiplication", scale()));
        cases.add(vectors("element-wise multiplication, content dropout", scale().dropOut(new ContentDropout())));
        cases.add(vectors("element-wise multiplication, dropout", scale().dropOut(new Dropout(0.6)))
                .inseparable());
        cases.add(vectors("element-wise multiplication, drop connect", scale().weightNoise(new DropConnect(0.6)))
                .inseparable());
        cases.add(vectors("auto-encoder", encoder()));
        cases.add(vectors("auto-encoder, dropout", encoder().dropOut(new Dropout(0.6)))
                .inseparable());
        cases.add(vectors("layer normalisation", norm()).notOnBeta7());
        cases.add(vectors("layer normalisation, no bias", norm().hasBias(false)).notOnBeta7());
        cases.add(vectors("layer normalisation of one unit", norm().nOut(1))
                .briefly()
                .notOnBeta7());
        cases.add(vectors("layer normalisation, dropout", norm().dropOut(new Dropout(0.6)))
                .inseparable()
                .notOnBeta7());
        // DL4J's rrelu draws in ND4J's default type.
        cases.add(vectors("layer normalisation, rrelu", norm().activation(Activation.RRELU))
                .inseparable()
                .notOnBeta7()
                .only(setting -> setting.type == DataType.FLOAT && !Dl4jVersion.isBeta7()));
        for (boolean masked : new boolean[] {false, true}) {
            cases.add(series("layer normalisation", masked, list -> list.layer(norm().build()))
                    .notOnBeta7());
            cases.add(series(
                    "element-wise multiplication",
                    masked,
                    list -> list.layer(new DenseLayer.Builder().nOut(5).build()).layer(scale().build())));
        }
        return cases;
    }

    private static ElementWiseMultiplicationLayer.Builder scale() {
        return new ElementWiseMultiplicationLayer.Builder().nIn(5).nOut(5).activation(Activation.TANH);
    }

    private static AutoEncoder.Builder encoder() {
        return new AutoEncoder.Builder().nOut(4).corruptionLevel(0.3).activation(Activation.SIGMOID);
    }

    private static DenseLayer.Builder norm() {
        return new DenseLayer.Builder().nOut(6).hasLayerNorm(true).activation(Activation.TANH);
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Case vectors(String name, org.deeplearning4j.nn.conf.layers.Layer.Builder<?> layer) {
        return Case.layers(
                name,
                list -> list.layer(new DenseLayer.Builder()
                                .nOut(5)
                                .activation(Activation.TANH)
                                .build())
                        .layer((org.deeplearning4j.nn.conf.layers.Layer) layer.build())
                        .layer(output())
                        .setInputType(InputType.feedForward(4)),
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(draw.normal(setting.batch, 4), draw.oneHot(setting.batch, CLASSES));
                });
    }

    private static Case images(String name, PReLULayer.Builder layer) {
        return Case.layers(
                "images, " + name,
                list -> list.layer(layer.build())
                        .layer(new ConvolutionLayer.Builder(2, 2)
                                .nOut(2)
                                .activation(Activation.TANH)
                                .build())
                        .layer(output())
                        .setInputType(InputType.convolutional(5, 4, 2)),
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(draw.normal(setting.batch, 2, 5, 4), draw.oneHot(setting.batch, CLASSES));
                });
    }

    private static Case series(String name, boolean masked, Consumer<ListBuilder> layers) {
        return Case.layers(
                "series, " + name + (masked ? ", masks" : ""),
                list -> {
                    layers.accept(list);
                    list.layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                    .nOut(CLASSES)
                                    .activation(Activation.SOFTMAX)
                                    .build())
                            .setInputType(InputType.recurrent(2, STEPS));
                },
                setting -> {
                    Draw draw = setting.draw();
                    INDArray mask = masked ? draw.leadingMask(setting.batch, STEPS) : null;
                    return Draw.data(
                            draw.normal(setting.batch, 2, STEPS),
                            draw.oneHot(setting.batch, CLASSES, STEPS),
                            mask,
                            masked ? mask.dup() : null);
                });
    }
}
