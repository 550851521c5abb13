package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * Masks that nobody sees: of two series of the same length, a vertex has those that DL4J gives it and does not hand
 * out.
 */
class AttentionMaskTest {

    private static final Setting SETTING = new Setting(DataType.DOUBLE, 4, WorkspaceMode.ENABLED, true, 7);
    private static final int STEPS = 5;

    private static ComputationGraph graph() {
        ComputationGraph graph = new ComputationGraph(Case.base(SETTING)
                .graphBuilder()
                .addInputs("a", "b")
                .addLayer("queries", new LSTM.Builder().nOut(3).build(), "a")
                .addLayer("keys", new LSTM.Builder().nOut(3).build(), "b")
                .addVertex(
                        "attention",
                        new AttentionVertex.Builder()
                                .nInQueries(3)
                                .nInKeys(3)
                                .nInValues(3)
                                .nOut(4)
                                .nHeads(2)
                                .headSize(2)
                                .projectInput(true)
                                .weightInit(WeightInit.XAVIER)
                                .build(),
                        "queries",
                        "keys",
                        "keys")
                .addLayer("pool", new GlobalPoolingLayer(), "attention")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "pool")
                .setInputTypes(InputType.recurrent(2, STEPS), InputType.recurrent(2, STEPS))
                .setOutputs("out")
                .build());
        graph.init();
        return graph;
    }

    private static MultiDataSet data() {
        Draw draw = SETTING.draw();
        INDArray longer = draw.leadingMask(SETTING.batch, STEPS);
        longer.getColumn(0).assign(1);
        INDArray all = longer.dup().assign(1);
        longer.getColumn(STEPS - 1).assign(0);
        return new MultiDataSet(
                new INDArray[] {draw.normal(SETTING.batch, 2, STEPS), draw.normal(SETTING.batch, 2, STEPS)},
                new INDArray[] {draw.oneHot(SETTING.batch, 2)},
                new INDArray[] {all, longer},
                null);
    }

    @Test
    void masksThatAreNotSeenEndMeasuringAndNotTraining() {
        ComputationGraph failing = graph();
        failing.setListeners(
                FisherListener.builder().everyIterations(1).failFast(true).build());
        assertThatThrownBy(() -> failing.fit(data()))
                .hasStackTraceContaining("vertex 'attention' (AttentionVertex)")
                .hasStackTraceContaining("add up to another sum");

        ComputationGraph plain = graph();
        ComputationGraph watched = graph();
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        watched.setListeners(fisher);
        for (int step = 0; step < 3; step++) {
            plain.fit(data());
            watched.fit(data());
        }
        assertThat(watched.params()).isEqualTo(plain.params());
        assertThat(fisher.history().measurements()).isEmpty();
    }
}
