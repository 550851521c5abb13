package io.dl4jext.implicit;

import static io.dl4jext.implicit.Networks.assertSame;
import static io.dl4jext.implicit.Networks.gaussian;
import static io.dl4jext.implicit.Networks.oneHot;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * DL4J's backward pass ends at a {@code FrozenLayer} of a MultiLayerNetwork, its updaters and regularisation do not:
 * they take what the last update left in the gradient for a gradient, so that a ridge would add to its own last step.
 */
class BelowFrozenLayersTest {

    private static final ImplicitSgd RIDGE =
            ImplicitSgd.builder().learningRate(5).mu(0.02).build();

    private static DenseLayer plain() {
        return new DenseLayer.Builder().nOut(4).activation(Activation.TANH).build();
    }

    private static DenseLayer implicit() {
        return new ImplicitDenseLayer.Builder()
                .nOut(4)
                .activation(Activation.TANH)
                .updater(RIDGE.clone())
                .build();
    }

    private static SimpleRnn recurrent() {
        return new ImplicitSimpleRnn.Builder()
                .nOut(4)
                .activation(Activation.TANH)
                .updater(RIDGE.clone())
                .build();
    }

    private static MultiLayerConfiguration configuration(Layer first, boolean frozen) {
        boolean series = !(first instanceof DenseLayer);
        Layer second = series
                ? new SimpleRnn.Builder().nOut(4).activation(Activation.TANH).build()
                : plain();
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .list(
                        first,
                        frozen ? new FrozenLayer(second) : second,
                        series
                                ? new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                        .nOut(3)
                                        .activation(Activation.SOFTMAX)
                                        .build()
                                : new OutputLayer.Builder(LossFunction.MCXENT)
                                        .nOut(3)
                                        .activation(Activation.SOFTMAX)
                                        .build())
                .setInputType(series ? InputType.recurrent(5) : InputType.feedForward(5))
                .build();
    }

    private static MultiLayerNetwork network(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }

    private static DataSet data(MultiLayerNetwork network) {
        Random random = Seeds.random("below frozen");
        boolean series = !(network.getLayerWiseConfigurations().getConf(0).getLayer() instanceof DenseLayer);
        return series
                ? new DataSet(gaussian(random, DataType.DOUBLE, 2, 5, 3), oneHot(random, DataType.DOUBLE, 2, 3, 3))
                : new DataSet(gaussian(random, DataType.DOUBLE, 2, 5), oneHot(random, DataType.DOUBLE, 2, 3));
    }

    static Stream<Layer> layers() {
        return Stream.of(implicit(), recurrent(), new Bidirectional(recurrent()));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void implicitLayersStay(Layer first) {
        assertStays(network(configuration(first, true)));
    }

    static Stream<Layer> recurrentLayers() {
        return Stream.of(recurrent(), new MaskZeroLayer(recurrent(), 0));
    }

    /** There DL4J has another way forward. */
    @ParameterizedTest
    @MethodSource("recurrentLayers")
    void underTruncatedBackpropagation(Layer first) {
        MultiLayerConfiguration configuration = configuration(first, true);
        configuration.setBackpropType(BackpropType.TruncatedBPTT);
        configuration.setTbpttFwdLength(2);
        configuration.setTbpttBackLength(2);
        assertStays(network(configuration));
    }

    static Stream<DenseLayer> regularised() {
        DenseLayer.Builder l2 = new ImplicitDenseLayer.Builder().nOut(4).updater(new ImplicitSgd(0.5));
        DenseLayer.Builder l1 = new ImplicitDenseLayer.Builder().nOut(4).updater(new ImplicitSgd(0.5));
        DenseLayer.Builder decay = new ImplicitDenseLayer.Builder().nOut(4).updater(new ImplicitSgd(0.5));
        DenseLayer.Builder besideMu = new ImplicitDenseLayer.Builder().nOut(4).updater(RIDGE.clone());
        l2.l2(0.1);
        l1.l1(0.1);
        decay.weightDecay(0.1);
        besideMu.l1(0.1);
        return Stream.of(l2, l1, decay, besideMu).map(DenseLayer.Builder::build);
    }

    @ParameterizedTest
    @MethodSource("regularised")
    void withRegularisationOfDl4js(DenseLayer first) {
        assertStays(network(configuration(first, true)));
    }

    private static void assertStays(MultiLayerNetwork network) {
        DataSet data = data(network);
        double score = network.getLayer(0).calcRegularizationScore(true);
        INDArray below = network.getLayer(0).params().dup();
        INDArray last = network.getLayer(2).params().dup();
        for (int i = 0; i < 12; i++) {
            network.fit(data);
        }
        assertSame(network.getLayer(0).params(), below);
        assertThat(network.getLayer(2).params()).isNotEqualTo(last);
        assertThat(network.getLayer(0).calcRegularizationScore(true))
                .isEqualTo(score)
                .isPositive();
    }

    /** Clones of a layer that a network has made share what they know of passes, also above and below in one network. */
    @Test
    void clonesOfOneLayerInOneNetwork() {
        DenseLayer layer = new ImplicitDenseLayer.Builder()
                .nIn(5)
                .nOut(5)
                .activation(Activation.TANH)
                .updater(RIDGE.clone())
                .build();
        network(configuration(layer, false));
        OutputLayer output = new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
        MultiLayerNetwork network = network(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .list(
                        layer.clone(),
                        new FrozenLayer(new DenseLayer.Builder().nOut(5).build()),
                        layer.clone(),
                        output)
                .setInputType(InputType.feedForward(5))
                .build());
        assertStays(network);
    }

    /** A copy of the layer in a network that trains it has its ridge, and so has one that has gone forward alone. */
    @Test
    void elsewhereTheRidgeActs() {
        MultiLayerConfiguration frozen = configuration(implicit(), true);
        MultiLayerNetwork network = network(frozen);
        network.fit(data(network));
        MultiLayerConfiguration copied =
                configuration((Layer) frozen.clone().getConf(0).getLayer(), false);
        MultiLayerNetwork trained = network(copied);
        MultiLayerNetwork other = network(configuration(implicit(), false));
        trained.score(data(trained), true);
        for (int i = 0; i < 3; i++) {
            trained.fit(data(trained));
            other.fit(data(other));
        }
        assertSame(trained.params(), other.params());
    }

    /** DL4J's clone() of a wrapper keeps the layer within, which the networks of both configurations share. */
    @ParameterizedTest
    @MethodSource("wrapped")
    void clonesOfAConfigurationThatIsTrained(Layer first) {
        MultiLayerNetwork trained = network(configuration(first, false));
        MultiLayerConfiguration control = MultiLayerConfiguration.fromJson(
                trained.getLayerWiseConfigurations().toJson());
        DataSet data = data(trained);
        trained.fit(data);
        MultiLayerConfiguration clone = trained.getLayerWiseConfigurations().clone();
        clone.getConf(1).setLayer(new FrozenLayer(clone.getConf(1).getLayer()));
        MultiLayerNetwork network = new MultiLayerNetwork(clone);
        network.init(trained.params().dup(), false);
        MultiLayerNetwork other = new MultiLayerNetwork(control);
        other.init(trained.params().dup(), false);
        INDArray below = network.getLayer(0).params().dup();
        for (int i = 0; i < 12; i++) {
            network.fit(data);
            trained.fit(data);
            other.fit(data);
        }
        assertSame(network.getLayer(0).params(), below);
        assertSame(trained.params(), other.params());
    }

    static Stream<Layer> wrapped() {
        return Stream.of(new MaskZeroLayer(recurrent(), 0), new Bidirectional(recurrent()));
    }

    /** What would be left explicit would have a ridge that nothing stops there. */
    @Test
    void conversionLeavesThemAsTheyAre() {
        for (Layer first : new Layer[] {plain(), new LSTM.Builder().nOut(4).build()}) {
            MultiLayerConfiguration configuration = configuration(first, true);
            Conversion<MultiLayerConfiguration> conversion = ImplicitBackprop.convert(configuration, RIDGE);
            assertThat(conversion.leftExplicit())
                    .contains("0 " + first.getClass().getSimpleName()
                            + ": is below a frozen layer, where DL4J trains nothing");
            assertThat(conversion.result().getConf(0).getLayer())
                    .isEqualTo(configuration.getConf(0).getLayer());
            assertThat(((BaseLayer) conversion.result().getConf(0).getLayer()).getIUpdater())
                    .isEqualTo(new Sgd(0.1));
            MultiLayerNetwork network = network(conversion.result());
            INDArray below = network.getLayer(0).params().dup();
            for (int i = 0; i < 5; i++) {
                network.fit(data(network));
            }
            assertSame(network.getLayer(0).params(), below);
        }
    }
}
