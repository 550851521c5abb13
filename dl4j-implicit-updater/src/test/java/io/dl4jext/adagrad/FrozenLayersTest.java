package io.dl4jext.adagrad;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.entropysgd.EntropySgd;
import io.dl4jext.implicit.Seeds;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * DL4J only makes the gradient of {@code FrozenLayerWithBackprop} 0, which is a step of some updaters all the same, and
 * leaves that of what is below a {@code FrozenLayer} as it was.
 */
class FrozenLayersTest {

    static Stream<IUpdater> updaters() {
        return Stream.of(
                AdaGradFamily.builder().learningRate(0.1).build(),
                AdaGradFamily.builder().learningRate(0.1).l1(0.01).build(),
                AdaGradFamily.builder()
                        .learningRate(0.1)
                        .scope(AccumulatorScope.TENSOR)
                        .build(),
                AdaGradFamily.builder()
                        .learningRate(0.1)
                        .scope(AccumulatorScope.NETWORK)
                        .build(),
                AdaGradPresets.dualAveraging().learningRate(0.1).l1(0.01).build(),
                AdaGradPresets.dualAveraging().learningRate(0.1).build(),
                MadGrad.builder().learningRate(0.1).build());
    }

    private static MultiLayerNetwork network(IUpdater updater, IUpdater ofFrozen, double l2, double decay) {
        DenseLayer.Builder dense = new DenseLayer.Builder().nOut(6).activation(Activation.TANH);
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .l2(l2)
                .weightDecay(decay)
                .list(
                        dense.build(),
                        new FrozenLayerWithBackprop(dense.updater(ofFrozen).build()),
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(Nets.OUT)
                                .activation(Activation.SOFTMAX)
                                .build())
                .setInputType(InputType.feedForward(Nets.IN))
                .build());
        network.init();
        return network;
    }

    private static List<DataSet> batches() {
        return Nets.batches(Seeds.random("frozen with backprop"), DataType.DOUBLE, 5);
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void staysWhereItIs(IUpdater updater) {
        for (double[] shrinking : new double[][] {{0, 0}, {0.01, 0}, {0, 0.01}}) {
            MultiLayerNetwork network = network(updater, updater.clone(), shrinking[0], shrinking[1]);
            ComputationGraph graph = network.toComputationGraph();
            INDArray frozen = network.getLayer(1).params().dup();
            INDArray others = network.getLayer(0).params().dup();
            boolean bound = AdaGradListener.isNeededBy(network);
            if (bound) {
                AdaGradListener.attachTo(network);
                AdaGradListener.attachTo(graph);
            }
            for (DataSet batch : batches()) {
                network.fit(batch);
                graph.fit(batch);
            }
            assertThat(network.getLayer(0).params()).isNotEqualTo(others);
            // Without its listener DL4J's own l2 and weight decay move it, as with every updater.
            if (bound || shrinking[0] + shrinking[1] == 0) {
                assertThat(network.getLayer(1).params()).isEqualTo(frozen);
                assertThat(graph.getLayer(1).params()).isEqualTo(frozen);
            }
        }
    }

    /** What all layers' rates hang on has nothing of it. */
    @Test
    void countsForNothingInTheNetworksAccumulator() {
        INDArray[] first = new INDArray[2];
        for (int i = 0; i < 2; i++) {
            AdaGradFamily updater = AdaGradFamily.builder()
                    .learningRate(0.1)
                    .scope(AccumulatorScope.NETWORK)
                    .build();
            MultiLayerNetwork network = network(updater, updater.clone(), 0, 0);
            ((BaseLayer) ((FrozenLayerWithBackprop) network.getLayerWiseConfigurations()
                                    .getConf(1)
                                    .getLayer())
                            .getUnderlying())
                    .setRegularization(i == 0 ? List.of() : List.of(new L2Regularization(10)));
            AdaGradListener.attachTo(network);
            network.fit(batches().get(0));
            first[i] = network.getLayer(0).params().dup();
        }
        assertThat(first[1]).isEqualTo(first[0]);
    }

    /** As its documentation says: its noise is a step without a gradient. */
    @Test
    void entropySgdNeedsNoOpThere() {
        IUpdater entropy = EntropySgd.builder().learningRate(1).build();
        MultiLayerNetwork stays = network(entropy, new NoOp(), 0, 0);
        MultiLayerNetwork moves = network(entropy, entropy.clone(), 0, 0);
        INDArray frozen = stays.getLayer(1).params().dup();
        for (DataSet batch : batches()) {
            stays.fit(batch);
            moves.fit(batch);
        }
        assertThat(stays.getLayer(1).params()).isEqualTo(frozen);
        assertThat(moves.getLayer(1).params()).isNotEqualTo(frozen);
    }

    private static MultiLayerNetwork below(IUpdater updater, double l2, double decay) {
        DenseLayer.Builder dense = new DenseLayer.Builder().nOut(6).activation(Activation.TANH);
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .l2(l2)
                .weightDecay(decay)
                .list(
                        dense.build(),
                        new FrozenLayer(dense.build()),
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(Nets.OUT)
                                .activation(Activation.SOFTMAX)
                                .build())
                .setInputType(InputType.feedForward(Nets.IN))
                .build());
        network.init();
        return network;
    }

    /** DL4J's backward pass ends at a FrozenLayer, its updater does not: the gradient there is the last update. */
    @ParameterizedTest
    @MethodSource("updaters")
    void whatIsBelowAFrozenLayerStays(IUpdater updater) {
        for (double[] shrinking : new double[][] {{0, 0}, {0.01, 0}, {0, 0.01}}) {
            MultiLayerNetwork network = below(updater, shrinking[0], shrinking[1]);
            INDArray below = network.getLayer(0).params().dup();
            INDArray last = network.getLayer(2).params().dup();
            boolean bound = AdaGradListener.isNeededBy(network);
            MultiLayerNetwork copy = network.clone();
            if (bound) {
                AdaGradListener.attachTo(network);
                AdaGradListener.attachTo(copy);
            }
            // As another trainer may leave it: without its listener an updater takes it for a gradient.
            network.getLayer(0).getGradientsViewArray().assign(bound ? 1 : 0);
            for (DataSet batch : batches()) {
                network.fit(batch);
                copy.fit(batch);
            }
            assertThat(network.getLayer(2).params()).isNotEqualTo(last);
            assertThat(copy.params()).isEqualTo(network.params());
            // Without its listener DL4J's own l2 and weight decay move it, as with every updater.
            if (bound || shrinking[0] + shrinking[1] == 0) {
                assertThat(network.getLayer(0).params()).isEqualTo(below);
            }
        }
    }

    /** DL4J's own part in it, as docs/dl4j.md has it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void underDl4jsL2AndItsUpdatersItMoves(boolean adam) {
        MultiLayerNetwork network = below(adam ? new Adam(0.01) : new Sgd(0.1), 0.01, 0);
        INDArray below = network.getLayer(0).params().dup();
        network.fit(batches().get(0));
        assertThat(network.getLayer(0).params()).isNotEqualTo(below);
        MultiLayerNetwork copy = network.clone();
        network.fit(batches().get(1));
        copy.fit(batches().get(1));
        assertThat(copy.getLayer(0).params()).isNotEqualTo(network.getLayer(0).params());
    }
}
