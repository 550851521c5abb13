package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.provider.Arguments;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Attention: with queries of its own, learned ones, and as a vertex. */
class AttentionGradientTest extends PerSampleGradientContract {

    private static final String LEARNED = "learned self-attention, ";
    private static final int CLASSES = 3;
    private static final int INPUTS = 3;
    private static final int STEPS = 5;

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (boolean masked : new boolean[] {false, true}) {
            cases.add(series("self-attention", self(1, 4), masked));
            cases.add(series("self-attention, heads", self(2, 3), masked));
            for (int queries : new int[] {1, 2}) {
                cases.add(learned(learned(1, 4, queries, true), masked));
                cases.add(learned(learned(2, 3, queries, true), masked));
                cases.add(learned(learned(1, INPUTS, queries, false), masked));
            }
        }
        // Worked on in several pieces.
        cases.add(series("self-attention, long series", self(2, 3), true, 170).briefly());
        for (int heads : new int[] {1, 2}) {
            for (boolean masked : new boolean[] {false, true}) {
                for (String keysAndValues : List.of("b b", "b c", "a a")) {
                    cases.add(vertex(heads, keysAndValues.split(" "), masked, vertex(heads)));
                }
            }
        }
        cases.add(vertex(2, new String[] {"b", "c"}, true, new OtherAttention(vertex(2)))
                .briefly());
        cases.add(Case.graph(
                        "attention vertex, a sample without keys",
                        graph -> attend(graph, new String[] {"b", "c"}, vertex(2)),
                        setting -> {
                            MultiDataSet data = series(setting, true);
                            data.getFeaturesMaskArray(0).assign(1);
                            data.getFeaturesMaskArray(1).getRow(1).assign(0);
                            return data;
                        })
                .only(setting -> setting.batch > 1));
        return cases;
    }

    /** Slow tests are not run on 1.0.0-beta7, which alone can run learned queries: so these are no slow ones. */
    @TestFactory
    Stream<DynamicTest> perSampleGradientsOfLearnedQueries() {
        return smallGrid()
                .map(Arguments::get)
                .filter(arguments -> arguments[0].toString().startsWith(LEARNED))
                .map(arguments -> DynamicTest.dynamicTest(
                        arguments[0] + "; " + arguments[1],
                        () -> perSampleGradients((Case) arguments[0], (Setting) arguments[1])));
    }

    private static AttentionVertex vertex(int heads) {
        return new AttentionVertex.Builder()
                .nInQueries(2)
                .nInKeys(3)
                .nInValues(3)
                .nOut(4)
                .nHeads(heads)
                .headSize(heads == 1 ? 4 : 3)
                .projectInput(true)
                .weightInit(WeightInit.XAVIER)
                .build();
    }

    /** Queries of another length than keys and values, unless these are made from them. */
    private static Case vertex(int heads, String[] keysAndValues, boolean masked, AttentionVertex vertex) {
        return Case.graph(
                vertex.getClass().getSimpleName() + ", heads " + heads + ", keys and values "
                        + String.join(", ", keysAndValues) + (masked ? ", masks" : ""),
                graph -> attend(graph, keysAndValues, vertex),
                setting -> series(setting, masked));
    }

    private static void attend(GraphBuilder graph, String[] keysAndValues, AttentionVertex vertex) {
        boolean self = keysAndValues[0].equals("a");
        graph.addInputs("short", "long")
                .addLayer("a", lstm(self ? 3 : 2), "short")
                .addLayer("b", lstm(3), "long")
                .addLayer("q", lstm(2), "a")
                .addVertex("attention", vertex, "q", keysAndValues[0], keysAndValues[1])
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "attention")
                .setInputTypes(InputType.recurrent(INPUTS, 4), InputType.recurrent(INPUTS, STEPS))
                .setOutputs("out");
        if (keysAndValues[1].equals("c")) {
            graph.addLayer("c", lstm(3), "long");
        }
        if (self) {
            graph.addLayer("rest", new GlobalPoolingLayer(PoolingType.AVG), "b")
                    .addLayer("out", output(), "pool", "rest");
        } else {
            graph.addLayer("out", output(), "pool");
        }
    }

    private static LSTM lstm(int units) {
        return new LSTM.Builder().nOut(units).activation(Activation.TANH).build();
    }

    private static MultiDataSet series(Setting setting, boolean masked) {
        Draw draw = setting.draw();
        int batch = setting.batch;
        return new MultiDataSet(
                new INDArray[] {draw.normal(batch, INPUTS, 4), draw.normal(batch, INPUTS, STEPS)},
                new INDArray[] {draw.oneHot(batch, CLASSES)},
                masked ? new INDArray[] {draw.leadingMask(batch, 4), draw.leadingMask(batch, STEPS)} : null,
                null);
    }

    private static SelfAttentionLayer self(int heads, int headSize) {
        return new SelfAttentionLayer.Builder()
                .nIn(INPUTS)
                .nOut(4)
                .nHeads(heads)
                .headSize(headSize)
                .projectInput(true)
                .build();
    }

    private static LearnedSelfAttentionLayer learned(int heads, int headSize, int queries, boolean projected) {
        return new LearnedSelfAttentionLayer.Builder()
                .name(heads + " heads, " + queries + " queries" + (projected ? "" : ", not projected"))
                .nIn(INPUTS)
                .nOut(projected ? 4 : INPUTS)
                .nHeads(heads)
                .headSize(headSize)
                .nQueries(queries)
                .projectInput(projected)
                .build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Case series(String name, Layer layer, boolean masked) {
        return series(name, layer, masked, STEPS);
    }

    private static Case series(String name, Layer layer, boolean masked, int steps) {
        return Case.layers(
                name + (masked ? ", masks" : ""),
                list -> list.layer(layer)
                        .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build())
                        .setInputType(InputType.recurrent(INPUTS, steps)),
                setting -> data(setting, masked, true, steps));
    }

    private static Case learned(LearnedSelfAttentionLayer layer, boolean masked) {
        return Case.layers(
                        LEARNED + layer.getLayerName() + (masked ? ", masks" : ""),
                        list -> list.layer(layer)
                                .layer(new GlobalPoolingLayer(PoolingType.MAX))
                                .layer(output())
                                .setInputType(InputType.recurrent(INPUTS, STEPS)),
                        setting -> data(setting, masked, false, STEPS))
                // Its forward pass fails in 1.0.0-M2.1 (scatter_update).
                .only(setting -> Dl4jVersion.isBeta7());
    }

    private static MultiDataSet data(Setting setting, boolean masked, boolean series, int steps) {
        Draw draw = setting.draw();
        int batch = setting.batch;
        return Draw.data(
                draw.normal(batch, INPUTS, steps),
                series ? draw.oneHot(batch, CLASSES, steps) : draw.oneHot(batch, CLASSES),
                masked ? draw.leadingMask(batch, steps) : null,
                masked && series ? draw.leadingMask(batch, steps) : null);
    }
}
