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
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
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
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
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
        both(
                cases,
                "Graves LSTM",
                new GravesLSTM.Builder().nOut(4).activation(Activation.TANH).build());
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
                new GravesLSTM.Builder()
                        .nOut(4)
                        .activation(Activation.SOFTSIGN)
                        .gateActivationFunction(Activation.HARDSIGMOID)
                        .build());
        both(cases, "simple RNN", rnn().build());
        // Not SimpleRnn with layer normalisation: DL4J 1.0.0-M2.1 takes the gain of a vector as if it were a matrix,
        // and fails.
        both(cases, "Bidirectional concat", new Bidirectional(Bidirectional.Mode.CONCAT, lstm().build()));
        both(cases, "Bidirectional add", new Bidirectional(Bidirectional.Mode.ADD, rnn().build()));
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
            cases.add(Case.layers(
                    "dense, LSTM and output as " + format,
                    list -> list.layer(lstm().dataFormat(format).build())
                            .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                    .nOut(CLASSES)
                                    .dataFormat(format)
                                    .activation(Activation.SOFTMAX)
                                    .build())
                            .setInputType(InputType.recurrent(INPUTS, STEPS, format)),
                    setting -> format == RNNFormat.NCW ? equal(setting) : channelsLast(equal(setting))));
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
        cases.add(last(
                "global pooling", list -> list.layer(lstm().build()).layer(new GlobalPoolingLayer(PoolingType.AVG))));
        for (boolean masked : new boolean[] {false, true}) {
            Function<Setting, MultiDataSet> data =
                    masked ? RecurrentGradientTest::longUnequal : RecurrentGradientTest::longSequences;
            cases.add(truncated("LSTM" + (masked ? ", masks" : ""), data, lstm().build()));
            cases.add(truncated("simple RNN" + (masked ? ", masks" : ""), data, rnn().build()));
            cases.add(truncated(
                    "Graves LSTM" + (masked ? ", masks" : ""),
                    data,
                    new GravesLSTM.Builder().nOut(4).activation(Activation.TANH).build()));
        }
        return cases;
    }

    private static LSTM.Builder lstm() {
        return new LSTM.Builder().nOut(4).activation(Activation.TANH);
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
    private static Case truncated(String name, Function<Setting, MultiDataSet> data, BaseRecurrentLayer layer) {
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
