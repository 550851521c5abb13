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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * Masks of attention's inputs, which DL4J gives its vertex and does not hand out: those of the graph's inputs that each
 * comes from.
 */
class AttentionMaskTest {

    private static final Setting SETTING = new Setting(DataType.DOUBLE, 4, WorkspaceMode.ENABLED, true, 7);
    private static final int STEPS = 5;

    /** @param keys what the keys come from */
    private static ComputationGraph graph(String... keys) {
        ComputationGraph graph = new ComputationGraph(Case.base(SETTING)
                .graphBuilder()
                .addInputs("a", "b")
                .addLayer("queries", new LSTM.Builder().nOut(3).build(), "a")
                .addLayer("keys", new LSTM.Builder().nOut(3).build(), keys)
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

    private static INDArray mask(int without) {
        INDArray mask = SETTING.draw().leadingMask(SETTING.batch, STEPS);
        mask.getColumn(0).assign(1);
        mask.getColumn(without).assign(0);
        return mask;
    }

    private static MultiDataSet data(INDArray maskOfA, INDArray maskOfB) {
        Draw draw = SETTING.draw();
        return new MultiDataSet(
                new INDArray[] {draw.normal(SETTING.batch, 2, STEPS), draw.normal(SETTING.batch, 2, STEPS)},
                new INDArray[] {draw.oneHot(SETTING.batch, 2)},
                new INDArray[] {maskOfA, maskOfB},
                null);
    }

    /** Two series of the same length, both with a mask, one of them, or none. */
    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void eachInputHasTheMaskOfWhatItComesFrom(boolean maskedA, boolean maskedB) {
        MultiDataSet data = data(maskedA ? mask(STEPS - 1) : null, maskedB ? mask(STEPS - 2) : null);
        ComputationGraph graph = graph("b");
        INDArray expected = SampleLoop.gradients(graph, data);
        INDArray gradients = PerSampleGradients.of(graph, data).matrix();
        assertThat(gradients.transpose().distance2(expected)).isLessThan(1e-10);
        assertThat(WatchedStep.of(graph, data).measurements).hasSize(1);
    }

    /** DL4J merges the masks of merged series; such a one is none of the graph's inputs. */
    @Test
    void masksThatAreNotSeenEndMeasuringAndNotTraining() {
        MultiDataSet data = data(
                mask(STEPS - 1),
                SETTING.draw().leadingMask(SETTING.batch, STEPS).assign(1));
        ComputationGraph failing = graph("a", "b");
        failing.setListeners(
                FisherListener.builder().everyIterations(1).failFast(true).build());
        assertThatThrownBy(() -> failing.fit(data))
                .hasStackTraceContaining("vertex 'attention' (AttentionVertex)")
                .hasStackTraceContaining("add up to another sum");

        ComputationGraph plain = graph("a", "b");
        ComputationGraph watched = graph("a", "b");
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        watched.setListeners(fisher);
        for (int step = 0; step < 3; step++) {
            plain.fit(data);
            watched.fit(data);
        }
        assertThat(watched.params()).isEqualTo(plain.params());
        assertThat(fisher.history().measurements()).isEmpty();
    }
}
