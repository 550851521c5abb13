package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.fisher.internal.capture.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Training with a listener is, bit for bit, training without one, whatever happens inside or around the listener. */
class TrainingUntouchedTest {

    private static final int CLASSES = 3;

    static Stream<Setting> settings() {
        return Stream.of(
                new Setting(DataType.DOUBLE, 6, WorkspaceMode.ENABLED, false, 7),
                new Setting(DataType.DOUBLE, 6, WorkspaceMode.NONE, true, 8),
                new Setting(DataType.FLOAT, 6, WorkspaceMode.ENABLED, true, 9),
                new Setting(DataType.FLOAT, 6, WorkspaceMode.NONE, false, 10));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void sameTrainingWithAndWithoutListener(Setting setting) {
        Trace plain = train(setting);
        assertThat(train(setting)).as("the same twice").isEqualTo(plain);
        for (int every : new int[] {1, 3}) {
            FisherListener fisher = listener(every).build();
            assertThat(train(setting, fisher))
                    .as("every %d, %s", every, setting)
                    .isEqualTo(plain);
            // 20 samples in batches of 6: four iterations an epoch, the last of two samples; two epochs.
            assertThat(fisher.history().measurements()).hasSize(every == 1 ? 8 : 3);
            assertThat(fisher.history().summary().iterations()).isEqualTo(8);
            if (every == 1) {
                assertThat(fisher.history().measurements())
                        .extracting(FisherMeasurement::batchSize)
                        .containsExactly(6, 6, 6, 2, 6, 6, 6, 2);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void sinkThatThrowsIsDropped(Setting setting) {
        int[] calls = new int[3];
        FisherListener fisher = listener(1)
                .sink((measurement, soFar) -> {
                    calls[0]++;
                    throw new IOException("disk full");
                })
                .sink((measurement, soFar) -> {
                    calls[1]++;
                    throw new IllegalStateException("closed");
                })
                .sink((measurement, soFar) -> calls[2]++)
                .build();
        assertThat(train(setting, fisher)).isEqualTo(train(setting));
        assertThat(calls).containsExactly(1, 1, 8);
        assertThat(fisher.history().measurements()).hasSize(8);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void failureInsideTheListenerEndsMeasuringOnly(Setting setting) {
        Trace plain = train(setting);
        for (FailingLayer.Where where :
                List.of(FailingLayer.Where.TWIN_INSTANTIATED, FailingLayer.Where.BACKWARD_OF_TWIN)) {
            // The third iteration; the fifteenth sample is in it.
            FailingLayer.failAt(where, where == FailingLayer.Where.BACKWARD_OF_TWIN ? 15 : 3);
            FisherListener fisher = listener(1).build();
            Trace watched;
            try {
                watched = train(setting, true, fisher);
            } finally {
                FailingLayer.failAt(null, 0);
            }
            assertThat(watched).as("failure %s, %s", where, setting).isEqualTo(train(setting, true));
            assertThat(fisher.history().measurements()).as("%s", where).hasSize(2);
        }
        assertThat(train(setting)).isEqualTo(plain);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void failFastThrows(Setting setting) {
        Model network = network(setting, true);
        FisherListener fisher = listener(1).failFast(true).build();
        network.setListeners(fisher);
        FailingLayer.failAt(FailingLayer.Where.BACKWARD_OF_TWIN, 1);
        try {
            assertThatThrownBy(() -> fit(network, data(setting)))
                    .hasMessageContaining("Per-sample gradients of layer")
                    .hasMessageContaining("injected");
        } finally {
            FailingLayer.failAt(null, 0);
        }
        assertOriginalLayers(network);
        fit(network, data(setting));
        assertThat(fisher.history().measurements()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void anotherListenersFailureLeavesNoTaps(Setting setting) {
        Model network = network(setting, false);
        List<Layer> before = layers(network);
        FisherListener fisher = listener(1).build();
        boolean[] fail = {true};
        BaseTrainingListener failing = new BaseTrainingListener() {
            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                failOnce();
            }

            @Override
            public void onForwardPass(Model model, Map<String, INDArray> activations) {
                failOnce();
            }

            private void failOnce() {
                if (fail[0]) {
                    fail[0] = false;
                    throw new IllegalStateException("stop here");
                }
            }
        };
        network.setListeners(fisher, failing);
        assertThatThrownBy(() -> fit(network, data(setting))).hasMessageContaining("stop here");
        fit(network, data(setting));
        assertThat(layers(network)).containsExactlyElementsOf(before);
        assertOriginalLayers(network);
        assertThat(fisher.history().measurements()).hasSize(4);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void brokenBackwardPassLeavesNoTaps(Setting setting) {
        Model network = network(setting, true);
        List<Layer> before = layers(network);
        FisherListener fisher = listener(1).build();
        network.setListeners(fisher);
        FailingLayer.failAt(FailingLayer.Where.BACKWARD_OF_LAYER, 1);
        try {
            assertThatThrownBy(() -> fit(network, data(setting))).hasMessageContaining("injected");
        } finally {
            FailingLayer.failAt(null, 0);
        }
        fit(network, data(setting));
        assertThat(layers(network)).containsExactlyElementsOf(before);
        assertOriginalLayers(network);
        assertThat(fisher.history().measurements()).hasSize(4);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void closingAfterABrokenPassPutsTheLayersBack(Setting setting) {
        for (boolean firstFirst : new boolean[] {true, false}) {
            Model network = network(setting, true);
            List<Layer> before = layers(network);
            FisherListener first = listener(1).build();
            FisherListener second = listener(1).build();
            network.setListeners(first, second);
            FailingLayer.failAt(FailingLayer.Where.BACKWARD_OF_LAYER, 1);
            try {
                assertThatThrownBy(() -> fit(network, data(setting))).hasMessageContaining("injected");
            } finally {
                FailingLayer.failAt(null, 0);
            }
            assertThat(layers(network)).as("the layers below were not reached").isNotEqualTo(before);
            (firstFirst ? first : second).close();
            (firstFirst ? second : first).close();
            assertThat(layers(network)).containsExactlyElementsOf(before);
            assertOriginalLayers(network);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void iterationThatIsNotDuePutsTheLayersBack(Setting setting) {
        Model network = network(setting, true);
        List<Layer> before = layers(network);
        network.setListeners(listener(3).build());
        // The fourth iteration is measured and fails; the counter stays, so it is the fourth again, then the fifth.
        FailingLayer.failAt(FailingLayer.Where.BACKWARD_OF_LAYER, 4);
        try {
            assertThatThrownBy(() -> fit(network, data(setting))).hasMessageContaining("injected");
        } finally {
            FailingLayer.failAt(null, 0);
        }
        fit(network, data(setting));
        assertThat(layers(network)).containsExactlyElementsOf(before);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void probeLeavesNoTrace(Setting setting) {
        Model network = network(setting, false);
        Nd4j.getRandom().setSeed(5);
        fit(network, data(setting));
        TrainingListener own = new BaseTrainingListener() {};
        network.setListeners(own);
        List<Layer> layers = layers(network);
        INDArray parameters = network.params().dup();
        INDArray gradients = network.getGradientsViewArray().dup();
        String json = json(network);
        int iteration = Network.of(network).iteration();
        long root = Nd4j.getRandom().rootState();
        long node = Nd4j.getRandom().nodeState();

        DataSetIterator data = data(setting);
        FisherMeasurement first = FisherProbe.measure(network, data.next());
        data.reset();
        FisherMeasurement second = FisherProbe.measure(network, data.next());

        assertThat(second.eigenvalues()).as("dropout draws the same mask").isEqualTo(first.eigenvalues());
        assertThat(network.params()).isEqualTo(parameters);
        assertThat(network.getGradientsViewArray()).isEqualTo(gradients);
        assertThat(json(network)).isEqualTo(json);
        assertThat(Network.of(network).iteration()).isEqualTo(iteration);
        assertThat(first.iteration()).isEqualTo(iteration);
        assertThat(layers(network)).containsExactlyElementsOf(layers);
        assertThat(listeners(network)).containsExactly(own);
        assertThat(Nd4j.getRandom().rootState()).isEqualTo(root);
        assertThat(Nd4j.getRandom().nodeState()).isEqualTo(node);
    }

    /** DL4J's clone of a wrapper layer's configuration shares the wrapped one with the network. */
    @ParameterizedTest
    @MethodSource("settings")
    void dropoutOfAWrappedLayerStays(Setting setting) {
        MultiLayerNetwork layers = new MultiLayerNetwork(Case.base(setting)
                .list()
                .layer(new LastTimeStep(new LSTM.Builder()
                        .nOut(3)
                        .dropOut(new Dropout(0.5))
                        .activation(Activation.TANH)
                        .build()))
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(2))
                .build());
        layers.init();
        Model network = setting.graph ? Case.asGraph(layers, Case.base(setting)) : layers;
        DataSet data =
                new DataSet(setting.draw().normal(6, 2, 4), setting.draw().oneHot(6, CLASSES));
        // Dropout's JSON says on 1.0.0-beta7 whether it has been used.
        fit(network, new Batches(data, 3));
        String before = json(network);
        FisherProbe.measure(network, data);
        assertThat(json(network)).isEqualTo(before).contains("Dropout");
        network.setListeners(listener(1).build());
        SampleLoop.pass(network, Draw.data(data.getFeatures(), data.getLabels()));
        assertThat(json(network)).isEqualTo(before);
    }

    @Test
    void listenerSurvivesCloseInMidTraining() {
        Setting setting = new Setting(DataType.DOUBLE, 6, WorkspaceMode.ENABLED, false, 7);
        Model network = network(setting, false);
        boolean[] closed = new boolean[1];
        FisherListener fisher = listener(1)
                .sink(new FisherSink() {
                    @Override
                    public void accept(FisherMeasurement measurement, FisherSummary soFar) {}

                    @Override
                    public void close() {
                        closed[0] = true;
                    }
                })
                .build();
        network.setListeners(fisher);
        fit(network, data(setting));
        fisher.close();
        fit(network, data(setting));
        assertThat(closed[0]).isTrue();
        assertThat(fisher.history().measurements()).hasSize(4);
        fisher.close();
    }

    private static FisherListener.Builder listener(int every) {
        return FisherListener.builder().everyIterations(every);
    }

    private static Trace train(Setting setting, FisherListener... listeners) {
        return train(setting, false, listeners);
    }

    private static Trace train(Setting setting, boolean withFailingLayer, FisherListener... listeners) {
        Nd4j.getRandom().setSeed(setting.seed);
        Model network = network(setting, withFailingLayer);
        network.setListeners(listeners);
        DataSetIterator data = data(setting);
        if (network instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) network).fit(data, 2);
        } else {
            ((ComputationGraph) network).fit(data, 2);
        }
        assertOriginalLayers(network);
        return new Trace(network);
    }

    private static void fit(Model network, DataSetIterator data) {
        if (network instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) network).fit(data);
        } else {
            ((ComputationGraph) network).fit(data);
        }
    }

    /** Dropout, batch normalisation and a replayed layer above a convolution; Adam, so that there is updater state. */
    private static Model network(Setting setting, boolean withFailingLayer) {
        NeuralNetConfiguration.ListBuilder list = Case.base(setting)
                .updater(new Adam(0.01))
                .l2(0.01)
                .list()
                .layer(new ConvolutionLayer.Builder(2, 2)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build())
                .layer(new BatchNormalization())
                .layer(new DenseLayer.Builder()
                        .nOut(5)
                        .dropOut(new Dropout(0.6))
                        .activation(new ActivationTanH())
                        .build())
                .layer(
                        withFailingLayer
                                ? new FailingLayer(5)
                                : new VariationalAutoencoder.Builder()
                                        .nOut(5)
                                        .encoderLayerSizes(4)
                                        .decoderLayerSizes(4)
                                        .activation(Activation.TANH)
                                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .dropOut(0.8)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(4, 4, 2));
        MultiLayerNetwork network = new MultiLayerNetwork(list.build());
        network.init();
        return setting.graph ? Case.asGraph(network, Case.base(setting)) : network;
    }

    private static DataSetIterator data(Setting setting) {
        Draw draw = setting.draw();
        return new Batches(new DataSet(draw.normal(20, 2, 4, 4), draw.oneHot(20, CLASSES)), setting.batch);
    }

    private static String json(Model network) {
        return network instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) network).getLayerWiseConfigurations().toJson()
                : ((ComputationGraph) network).getConfiguration().toJson();
    }

    private static List<TrainingListener> listeners(Model network) {
        return new ArrayList<>(
                network instanceof MultiLayerNetwork
                        ? ((MultiLayerNetwork) network).getListeners()
                        : ((ComputationGraph) network).getListeners());
    }

    private static List<Layer> layers(Model network) {
        return List.of(
                network instanceof MultiLayerNetwork
                        ? ((MultiLayerNetwork) network).getLayers()
                        : Arrays.stream(((ComputationGraph) network).getVertices())
                                .filter(vertex -> vertex.hasLayer())
                                .map(vertex -> vertex.getLayer())
                                .toArray(Layer[]::new));
    }

    private static void assertOriginalLayers(Model network) {
        assertThat(layers(network))
                .allSatisfy(layer ->
                        assertThat(layer.getClass().getName()).doesNotContain("io.dl4jext.fisher.internal.capture"));
        assertThat(json(network)).doesNotContain("io.dl4jext.fisher.internal.capture");
    }

    /** All that training leaves behind, compared bit by bit. */
    private static final class Trace {
        private final byte[] parameters;
        private final byte[] updater;
        private final String json;
        private final Pair<Long, Long> random;
        private final double nextDraw;
        private final double score;

        Trace(Model network) {
            parameters = bytes(network.params());
            updater = bytes(
                    network instanceof MultiLayerNetwork
                            ? ((MultiLayerNetwork) network).getUpdater().getStateViewArray()
                            : ((ComputationGraph) network).getUpdater().getStateViewArray());
            json = json(network);
            random = Pair.of(Nd4j.getRandom().rootState(), Nd4j.getRandom().nodeState());
            nextDraw = Nd4j.rand(DataType.DOUBLE, 1).getDouble(0);
            score = network.score();
        }

        private static byte[] bytes(INDArray array) {
            INDArray flat = array.dup('c').reshape(array.length());
            ByteBuffer buffer = ByteBuffer.allocate((int) (8 * flat.length()));
            for (long i = 0; i < flat.length(); i++) {
                buffer.putDouble(flat.getDouble(i));
            }
            return buffer.array();
        }

        @Override
        public boolean equals(Object object) {
            Trace other = (Trace) object;
            return Arrays.equals(parameters, other.parameters)
                    && Arrays.equals(updater, other.updater)
                    && json.equals(other.json)
                    && random.equals(other.random)
                    && nextDraw == other.nextDraw
                    && Double.compare(score, other.score) == 0;
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(parameters);
        }

        @Override
        public String toString() {
            return "parameters " + Arrays.hashCode(parameters)
                    + ", updater " + Arrays.hashCode(updater)
                    + ", json " + json.hashCode()
                    + ", random " + random
                    + ", next draw " + nextDraw
                    + ", score " + score;
        }
    }
}
