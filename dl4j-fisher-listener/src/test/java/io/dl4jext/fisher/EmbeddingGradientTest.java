package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Embeddings, whose rows meet where their indices agree: few words, so that they do, also within one sample. */
class EmbeddingGradientTest extends PerSampleGradientContract {

    private static final int CLASSES = 3;
    private static final int WORDS = 4;
    private static final int STEPS = 6;

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (boolean bias : new boolean[] {true, false}) {
            String name = bias ? ", bias" : "";
            for (Activation activation : new Activation[] {Activation.TANH, Activation.IDENTITY}) {
                cases.add(Case.layers(
                        "embedding" + name + ", " + activation,
                        list -> list.layer(new EmbeddingLayer.Builder()
                                        .nIn(WORDS)
                                        .nOut(5)
                                        .hasBias(bias)
                                        .activation(activation)
                                        .build())
                                .layer(output(5)),
                        setting -> {
                            Draw draw = setting.draw();
                            return Draw.data(
                                    draw.indices(WORDS, setting.batch, 1), draw.oneHot(setting.batch, CLASSES));
                        }));
            }
            // A vocabulary of which hardly a word comes twice.
            cases.add(Case.layers(
                            "embedding, many words" + name,
                            list -> list.layer(new EmbeddingLayer.Builder()
                                            .nIn(1000)
                                            .nOut(3)
                                            .hasBias(bias)
                                            .build())
                                    .layer(output(3)),
                            setting -> {
                                Draw draw = setting.draw();
                                return Draw.data(
                                        draw.indices(1000, setting.batch, 1), draw.oneHot(setting.batch, CLASSES));
                            })
                    .briefly());
            cases.add(Case.layers(
                    "embedding of every time step" + name,
                    list -> list.layer(new EmbeddingLayer.Builder()
                                    .nIn(WORDS)
                                    .nOut(3)
                                    .hasBias(bias)
                                    .activation(Activation.TANH)
                                    .build())
                            .layer(rnnOutput())
                            .inputPreProcessor(0, new RnnToFeedForwardPreProcessor())
                            .inputPreProcessor(1, new FeedForwardToRnnPreProcessor()),
                    setting -> {
                        Draw draw = setting.draw();
                        INDArray mask = draw.leadingMask(setting.batch, STEPS);
                        return Draw.data(
                                draw.indices(WORDS, setting.batch, 1, STEPS),
                                draw.oneHot(setting.batch, CLASSES, STEPS),
                                mask,
                                mask.dup());
                    }));
            for (RNNFormat format : RNNFormat.values()) {
                // Pooling over masked steps takes NCW only (DL4J 1.0.0-M2.1).
                for (boolean masks : format == RNNFormat.NCW ? new boolean[] {true, false} : new boolean[] {false}) {
                    for (int rank : new int[] {2, 3}) {
                        cases.add(sequences(
                                "embedding of sequences, " + format + ", rank " + rank + (masks ? ", masks" : "")
                                        + name,
                                format,
                                bias,
                                setting -> words(setting, rank, masks)));
                    }
                }
            }
        }
        cases.add(Case.layers(
                        "embedding of sequences before an LSTM",
                        list -> list.layer(new EmbeddingSequenceLayer.Builder()
                                        .nIn(WORDS)
                                        .nOut(3)
                                        .activation(Activation.TANH)
                                        .build())
                                .layer(new LSTM.Builder().nIn(3).nOut(3).build())
                                .layer(rnnOutput()),
                        setting -> {
                            Draw draw = setting.draw();
                            INDArray mask = draw.leadingMask(setting.batch, STEPS);
                            return Draw.data(
                                    draw.indices(WORDS, setting.batch, 1, STEPS),
                                    draw.oneHot(setting.batch, CLASSES, STEPS),
                                    mask,
                                    mask.dup());
                        })
                // DL4J's own failure as a graph: workspace for INPUT is not open (1.0.0-M2.1).
                .only(setting -> !setting.graph));
        return cases;
    }

    private static Case sequences(String name, RNNFormat format, boolean bias, Function<Setting, MultiDataSet> data) {
        return Case.layers(
                        name,
                        list -> list.layer(new EmbeddingSequenceLayer.Builder()
                                        .nIn(WORDS)
                                        .nOut(4)
                                        .hasBias(bias)
                                        .outputDataFormat(format)
                                        .activation(Activation.TANH)
                                        .build())
                                .layer(new GlobalPoolingLayer.Builder(PoolingType.AVG)
                                        .poolingDimensions(format == RNNFormat.NCW ? 2 : 1)
                                        .build())
                                .layer(output(4)),
                        data)
                .only(setting -> !setting.graph);
    }

    private static MultiDataSet words(Setting setting, int rank, boolean masks) {
        Draw draw = setting.draw();
        INDArray words =
                rank == 2 ? draw.indices(WORDS, setting.batch, STEPS) : draw.indices(WORDS, setting.batch, 1, STEPS);
        INDArray labels = draw.oneHot(setting.batch, CLASSES);
        return masks
                ? Draw.data(words, labels, draw.leadingMask(setting.batch, STEPS), null)
                : Draw.data(words, labels);
    }

    private static OutputLayer output(int inputs) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(inputs)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static RnnOutputLayer rnnOutput() {
        return new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nIn(3)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }
}
