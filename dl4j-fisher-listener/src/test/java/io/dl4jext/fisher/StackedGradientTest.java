package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** One layer for two series of each example, which a StackVertex lays one above the other: 2B rows. */
class StackedGradientTest extends PerSampleGradientContract {

    private static final int CLASSES = 3;
    private static final int INPUTS = 3;
    private static final int STEPS = 4;

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Layer layer : List.of(
                lstm(),
                new GravesLSTM.Builder().nOut(4).activation(Activation.TANH).build(),
                rnn(),
                new Bidirectional(Bidirectional.Mode.CONCAT, lstm()),
                new Bidirectional(Bidirectional.Mode.ADD, rnn()),
                new MaskZeroLayer(lstm(), 0.0),
                new GravesBidirectionalLSTM.Builder()
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build(),
                new Convolution1DLayer.Builder(2)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build(),
                new SelfAttentionLayer.Builder()
                        .nIn(INPUTS)
                        .nOut(4)
                        .nHeads(2)
                        .headSize(3)
                        .projectInput(true)
                        .build(),
                new TimeDistributed(dense()))) {
            boolean masks = !(layer instanceof Convolution1DLayer || layer instanceof TimeDistributed);
            for (boolean masked : masks ? new boolean[] {false, true} : new boolean[] {false}) {
                cases.add(series(
                                layer.getClass().getSimpleName(),
                                masked,
                                graph -> graph.addLayer("shared", layer.clone(), "stack"))
                        .briefly());
            }
        }
        for (Layer inside : List.of(lstm(), rnn())) {
            cases.add(Case.graph(
                            "last time step of " + inside.getClass().getSimpleName(),
                            graph -> {
                                stack(graph);
                                graph.addLayer("shared", new LastTimeStep(inside.clone()), "stack");
                                unstack(graph, "shared");
                            },
                            // With masks DL4J's own pass fails.
                            setting -> data(setting, false))
                    .briefly());
        }
        for (AttentionVertex vertex : List.of(attention(), new OtherAttention(attention()))) {
            for (boolean masked : new boolean[] {false, true}) {
                cases.add(series(
                                vertex.getClass().getSimpleName(),
                                masked,
                                graph -> graph.addLayer("keys", lstm(), "stack")
                                        .addVertex("shared", (GraphVertex) vertex.clone(), "stack", "keys", "keys"))
                        .briefly());
            }
        }
        return cases;
    }

    private interface Shared {
        void addTo(GraphBuilder graph);
    }

    private static Case series(String name, boolean masked, Shared shared) {
        return Case.graph(
                name + (masked ? ", masks" : ""),
                graph -> {
                    stack(graph);
                    shared.addTo(graph);
                    graph.addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "shared");
                    unstack(graph, "pool");
                },
                setting -> data(setting, masked));
    }

    private static void stack(GraphBuilder graph) {
        graph.addInputs("x", "y")
                .addVertex("stack", new StackVertex(), "x", "y")
                .setInputTypes(InputType.recurrent(INPUTS, STEPS), InputType.recurrent(INPUTS, STEPS));
    }

    private static void unstack(GraphBuilder graph, String pooled) {
        graph.addVertex("first", new UnstackVertex(0, 2), pooled)
                .addVertex("second", new UnstackVertex(1, 2), pooled)
                .addVertex("merge", new MergeVertex(), "first", "second")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "merge")
                .setOutputs("out");
    }

    private static LSTM lstm() {
        return new LSTM.Builder().nOut(4).activation(Activation.TANH).build();
    }

    private static SimpleRnn rnn() {
        return new SimpleRnn.Builder().nOut(4).activation(Activation.TANH).build();
    }

    private static DenseLayer dense() {
        return new DenseLayer.Builder().nOut(3).activation(Activation.TANH).build();
    }

    private static AttentionVertex attention() {
        return new AttentionVertex.Builder()
                .nInQueries(INPUTS)
                .nInKeys(4)
                .nInValues(4)
                .nOut(4)
                .nHeads(2)
                .headSize(3)
                .projectInput(true)
                .weightInit(WeightInit.XAVIER)
                .build();
    }

    /** The two series of an example have masks of their own. */
    private static MultiDataSet data(Setting setting, boolean masked) {
        Draw draw = setting.draw();
        int batch = setting.batch;
        return new MultiDataSet(
                new INDArray[] {draw.normal(batch, INPUTS, STEPS), draw.normal(batch, INPUTS, STEPS)},
                new INDArray[] {draw.oneHot(batch, CLASSES)},
                masked ? new INDArray[] {draw.leadingMask(batch, STEPS), draw.leadingMask(batch, STEPS)} : null,
                null);
    }
}
