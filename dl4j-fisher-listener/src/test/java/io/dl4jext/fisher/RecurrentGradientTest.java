package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Recurrent layers and what stands above them, with sequences of equal and of unequal lengths. */
class RecurrentGradientTest extends PerSampleGradientContract {

    private static final int INPUTS = 3;
    private static final int CLASSES = 2;
    private static final int STEPS = 4;

    /** Two pieces of truncated BPTT, the second one shorter. */
    private static final int LONG = 6;

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        both(cases, "LSTM", lstm().build());
        both(cases, "Graves LSTM", graves().build());
        both(
                cases,
                "LSTM with other activations",
                lstm().activation(Activation.SOFTSIGN)
                        .gateActivationFunction(Activation.HARDSIGMOID)
                        .forgetGateBiasInit(0.5)
                        .build());
        both(
                cases,
                "Graves LSTM with other activations",
                graves().activation(Activation.SOFTSIGN)
                        .gateActivationFunction(Activation.HARDSIGMOID)
                        .build());
        both(cases, "simple RNN", rnn().build());
        // Not SimpleRnn with layer normalisation: DL4J 1.0.0-M2.1 takes the gain of a vector as if it were a matrix,
        // and fails.
        for (Bidirectional.Mode mode : Bidirectional.Mode.values()) {
            both(cases, "Bidirectional LSTM " + mode, new Bidirectional(mode, lstm().build()));
            both(cases, "Bidirectional simple RNN " + mode, new Bidirectional(mode, rnn().build()));
        }
        both(
                cases,
                "Bidirectional Graves LSTM",
                new Bidirectional(
                        Bidirectional.Mode.CONCAT,
                        new GravesLSTM.Builder()
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build()));
        both(
                cases,
                "simple RNN with content dropout",
                rnn().activation(Activation.SIGMOID)
                        .dropOut(new ContentDropout())
                        .build());
        for (DenseLayer.Builder dense : List.of(
                denseWith(),
                denseWith().dropOut(new ContentDropout()),
                denseWith().hasBias(false))) {
            Layer layer = new TimeDistributed(dense.build());
            cases.add(sequence("" + layer, RecurrentGradientTest::equal, list -> list.layer(layer.clone()))
                    .briefly());
            // DL4J lays out the masks of all steps step by step where its inputs are sample by sample: samples have
            // each other's.
            cases.add(sequence(layer + ", masks", RecurrentGradientTest::unequal, list -> list.layer(layer.clone()))
                    .inseparable()
                    .briefly());
        }
        for (Layer random : new Layer[] {
            rnn().dropOut(new Dropout(0.6)).build(),
            rnn().weightNoise(new DropConnect(0.6)).build(),
            new LastTimeStep(rnn().weightNoise(new DropConnect(0.6)).build()),
            lstm().weightNoise(new DropConnect(0.6)).build(),
            new LastTimeStep(lstm().dropOut(new Dropout(0.6)).build()),
            new LastTimeStep(lstm().weightNoise(new DropConnect(0.6)).build()),
            new MaskZeroLayer(lstm().dropOut(new Dropout(0.6)).build(), 0.0),
            new TimeDistributed(denseWith().dropOut(new Dropout(0.6)).build()),
            new TimeDistributed(denseWith().weightNoise(new DropConnect(0.6)).build())
        }) {
            Case testCase = random instanceof LastTimeStep
                    ? last("random " + random, list -> list.layer(random.clone()))
                    : sequence("random " + random, RecurrentGradientTest::unequal, list -> list.layer(random.clone()));
            cases.add(testCase.inseparable().briefly());
        }
        for (Layer random : new Layer[] {
            rnn().activation(Activation.RRELU).build(),
            lstm().activation(Activation.RRELU).build(),
            graves().activation(Activation.RRELU).build()
        }) {
            // DL4J's rrelu draws in ND4J's default type.
            cases.add(sequence(
                            random.getClass().getSimpleName() + " with rrelu",
                            RecurrentGradientTest::unequal,
                            list -> list.layer(random.clone()))
                    .inseparable()
                    .only(setting -> setting.type == DataType.FLOAT));
        }
        // Masks that the layer itself sees, before steps that are not masked too.
        for (Layer inside : new Layer[] {
            rnn().build(),
            lstm().build(),
            lstm().gateActivationFunction(Activation.HARDSIGMOID).build(),
            graves().build(),
            graves().gateActivationFunction(Activation.HARDSIGMOID).build(),
            lstm().weightNoise(new DropConnect(0.6)).build()
        }) {
            Case testCase = sequence(
                            "zeros among the steps, " + inside,
                            RecurrentGradientTest::withZeros,
                            list -> list.layer(new MaskZeroLayer(inside.clone(), 0.0)))
                    .briefly();
            cases.add(((BaseLayer) inside).getWeightNoise() == null ? testCase : testCase.inseparable());
        }
        both(
                cases,
                "Graves bidirectional LSTM",
                new GravesBidirectionalLSTM.Builder()
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build());
        both(
                cases,
                "LSTM with content dropout",
                lstm().dropOut(new ContentDropout()).build());
        cases.add(sequence(
                "two LSTMs",
                RecurrentGradientTest::unequal,
                list -> list.layer(lstm().build()).layer(lstm().build())));
        cases.add(sequence(
                        "LSTM with dropout",
                        RecurrentGradientTest::unequal,
                        list -> list.layer(lstm().dropOut(new Dropout(0.5)).build()))
                .inseparable()
                .briefly());
        for (int width : new int[] {3, 24}) {
            // Narrow: the gradients of each sample are formed; wide: products of all pairs of rows.
            cases.add(sequence(
                    "time-distributed dense of width " + width,
                    RecurrentGradientTest::unequal,
                    list -> list.layer(rnn().build())
                            .layer(new DenseLayer.Builder()
                                    .nOut(width)
                                    .activation(Activation.TANH)
                                    .build())
                            .layer(new DenseLayer.Builder()
                                    .nOut(width)
                                    .hasBias(false)
                                    .activation(Activation.TANH)
                                    .build())));
        }
        cases.add(Case.layers(
                "RNN loss layer, output mask",
                list -> list.layer(rnn().build())
                        .layer(rnn().nOut(CLASSES).build())
                        .layer(new RnnLossLayer.Builder(LossFunction.MSE)
                                .activation(Activation.IDENTITY)
                                .build())
                        .setInputType(InputType.recurrent(INPUTS)),
                RecurrentGradientTest::unequal));
        for (RNNFormat format : RNNFormat.values()) {
            for (Layer layer : new Layer[] {
                lstm().dataFormat(format).build(),
                rnn().dataFormat(format).build(),
                new Bidirectional(
                        Bidirectional.Mode.CONCAT, lstm().dataFormat(format).build()),
                new Bidirectional(
                        Bidirectional.Mode.MUL, rnn().dataFormat(format).build()),
                new TimeDistributed(denseWith().build(), format)
            }) {
                cases.add(Case.layers(
                                layer.getClass().getSimpleName() + " and output as " + format,
                                list -> list.layer(layer.clone())
                                        .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                                .nOut(CLASSES)
                                                .dataFormat(format)
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                        .setInputType(InputType.recurrent(INPUTS, STEPS, format)),
                                setting -> format == RNNFormat.NCW ? equal(setting) : channelsLast(equal(setting)))
                        .briefly());
            }
        }
        cases.add(last("last time step", list -> list.layer(new LastTimeStep(lstm().build()))));
        cases.add(last(
                "last time step with content dropout",
                list -> list.layer(
                        new LastTimeStep(lstm().dropOut(new ContentDropout()).build()))));
        cases.add(last(
                "last time step of both directions",
                list -> list.layer(new LastTimeStep(new Bidirectional(Bidirectional.Mode.AVERAGE, rnn().build())))));
        cases.add(last(
                "last of masked zeros",
                list -> list.layer(new MaskZeroLayer(rnn().build(), 0.0)).layer(new LastTimeStep(rnn().build()))));
        cases.add(last("last time step of a simple RNN", list -> list.layer(new LastTimeStep(rnn().build()))));
        cases.add(last(
                "last time step of a bidirectional Graves LSTM",
                list -> list.layer(new LastTimeStep(new GravesBidirectionalLSTM.Builder()
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build()))));
        cases.add(last(
                "global pooling", list -> list.layer(lstm().build()).layer(new GlobalPoolingLayer(PoolingType.AVG))));
        for (boolean masked : new boolean[] {false, true}) {
            Function<Setting, MultiDataSet> data =
                    masked ? RecurrentGradientTest::longUnequal : RecurrentGradientTest::longSequences;
            cases.add(truncated("LSTM" + (masked ? ", masks" : ""), data, lstm().build()));
            cases.add(truncated("simple RNN" + (masked ? ", masks" : ""), data, rnn().build()));
            cases.add(truncated(
                    "simple RNN with drop connect" + (masked ? ", masks" : ""),
                    data,
                    rnn().weightNoise(new DropConnect(0.6)).build()));
            for (Layer inside : new Layer[] {lstm().build(), rnn().build()}) {
                cases.add(truncated(
                                "masked zeros " + inside.getClass().getSimpleName() + (masked ? ", masks" : ""),
                                data,
                                new MaskZeroLayer(inside, 0.0))
                        .briefly());
            }
            cases.add(truncated("Graves LSTM" + (masked ? ", masks" : ""), data, graves().build()));
            cases.add(truncated(
                    "LSTM with hard gates and drop connect" + (masked ? ", masks" : ""),
                    data,
                    lstm().gateActivationFunction(Activation.HARDSIGMOID)
                            .weightNoise(new DropConnect(0.6))
                            .build()));
        }
        return cases;
    }

    private static LSTM.Builder lstm() {
        return new LSTM.Builder().nOut(4).activation(Activation.TANH);
    }

    private static GravesLSTM.Builder graves() {
        return new GravesLSTM.Builder().nOut(4).activation(Activation.TANH);
    }

    private static DenseLayer.Builder denseWith() {
        return new DenseLayer.Builder().nOut(3).activation(Activation.TANH);
    }

    private static SimpleRnn.Builder rnn() {
        return new SimpleRnn.Builder().nOut(4).activation(Activation.TANH);
    }

    /** With sequences of equal length and without masks, and with masks. */
    private static void both(List<Case> cases, String name, Layer layer) {
        cases.add(sequence(name, RecurrentGradientTest::equal, list -> list.layer(layer.clone()))
                .briefly());
        cases.add(sequence(name + ", masks", RecurrentGradientTest::unequal, list -> list.layer(layer.clone()))
                .only(setting -> setting.batch > 1 && setting.type == DataType.DOUBLE || setting.seed == 6));
    }

    private static RnnOutputLayer rnnOutput() {
        return new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Case sequence(String name, Function<Setting, MultiDataSet> data, Consumer<ListBuilder> layers) {
        return Case.layers(
                name,
                list -> {
                    layers.accept(list);
                    list.layer(rnnOutput()).setInputType(InputType.recurrent(INPUTS));
                },
                data);
    }

    private static Case last(String name, Consumer<ListBuilder> layers) {
        return Case.layers(
                        name,
                        list -> {
                            layers.accept(list);
                            list.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                                            .nOut(CLASSES)
                                            .activation(Activation.SOFTMAX)
                                            .build())
                                    .setInputType(InputType.recurrent(INPUTS));
                        },
                        setting -> {
                            Draw draw = setting.draw();
                            return Draw.data(
                                    draw.normal(setting.batch, INPUTS, STEPS),
                                    draw.oneHot(setting.batch, CLASSES),
                                    draw.leadingMask(setting.batch, STEPS),
                                    null);
                        })
                .only(setting -> setting.batch < 8);
    }

    /** Through the sum identity: the state that each piece starts from is not that of a single-sample pass. */
    private static Case truncated(String name, Function<Setting, MultiDataSet> data, Layer layer) {
        return Case.layers(
                        "truncated BPTT " + name,
                        builder -> builder,
                        (list, setting) -> list.layer(layer.clone())
                                .layer(rnnOutput())
                                .setInputType(InputType.recurrent(INPUTS))
                                .backpropType(BackpropType.TruncatedBPTT)
                                .tBPTTForwardLength(4)
                                .tBPTTBackwardLength(setting.batch == 8 ? 2 : 4),
                        data)
                .inseparable()
                .only(setting -> setting.batch > 1);
    }

    private static MultiDataSet equal(Setting setting) {
        Draw draw = setting.draw();
        return Draw.data(draw.normal(setting.batch, INPUTS, STEPS), draw.oneHot(setting.batch, CLASSES, STEPS));
    }

    /** Steps of nothing but zeros, anywhere. */
    private static MultiDataSet withZeros(Setting setting) {
        Draw draw = setting.draw();
        INDArray features = draw.normal(setting.batch, INPUTS, STEPS);
        features.muli(draw.binary(setting.batch, 1, STEPS));
        return Draw.data(features, draw.oneHot(setting.batch, CLASSES, STEPS));
    }

    private static MultiDataSet channelsLast(MultiDataSet data) {
        return Draw.data(
                data.getFeatures(0).permute(0, 2, 1).dup('c'),
                data.getLabels(0).permute(0, 2, 1).dup('c'));
    }

    private static MultiDataSet unequal(Setting setting) {
        return unequal(setting, STEPS);
    }

    private static MultiDataSet longSequences(Setting setting) {
        Draw draw = setting.draw();
        return Draw.data(draw.normal(setting.batch, INPUTS, LONG), draw.oneHot(setting.batch, CLASSES, LONG));
    }

    private static MultiDataSet longUnequal(Setting setting) {
        return unequal(setting, LONG);
    }

    private static MultiDataSet unequal(Setting setting, int steps) {
        Draw draw = setting.draw();
        return Draw.data(
                draw.normal(setting.batch, INPUTS, steps),
                draw.oneHot(setting.batch, CLASSES, steps),
                draw.leadingMask(setting.batch, steps),
                draw.leadingMask(setting.batch, steps));
    }
}
