package io.dl4jext.implicit;

import static io.dl4jext.implicit.Networks.assertClose;
import static io.dl4jext.implicit.Networks.assertSame;
import static io.dl4jext.implicit.Networks.gaussian;
import static io.dl4jext.implicit.Networks.network;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.implicit.activation.ActivationArcTan;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class ImplicitDenseLayerTest {

    private static final int IN = 4;
    private static final int UNITS = 5;
    private static final int OUT = 3;

    static List<Arguments> settings() {
        List<Arguments> all = new ArrayList<>();
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (IActivation activation : new IActivation[] {
                new ActivationReLU(), new ActivationArcTan(), new ActivationTanH(), new ActivationIdentity()
            }) {
                for (boolean bias : new boolean[] {true, false}) {
                    for (double mu : new double[] {0, 0.3}) {
                        all.add(Arguments.of(type, activation, bias, mu));
                    }
                }
            }
        }
        return all;
    }

    private static Layer hidden(IActivation activation, boolean bias) {
        return new ImplicitDenseLayer.Builder()
                .nIn(IN)
                .nOut(UNITS)
                .activation(activation)
                .hasBias(bias)
                .build();
    }

    private static Layer plain(IActivation activation, boolean bias) {
        return new DenseLayer.Builder()
                .nIn(IN)
                .nOut(UNITS)
                .activation(activation)
                .hasBias(bias)
                .build();
    }

    private static Layer squaredError() {
        return new OutputLayer.Builder(LossFunction.MSE)
                .nIn(UNITS)
                .nOut(OUT)
                .activation(Activation.IDENTITY)
                .updater(new Sgd(0.1))
                .build();
    }

    private static double[] row(INDArray matrix, long row) {
        return matrix.getRow(row).castTo(DataType.DOUBLE).dup().toDoubleVector();
    }

    private static DenseReference reference(MultiLayerNetwork network, IActivation activation, double eta, double mu) {
        return new DenseReference(
                network.getParam("0_W").dup(),
                network.getParam("0_b") == null ? null : network.getParam("0_b").dup(),
                activation,
                eta,
                mu);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void stepOfOneSampleIsEquation7(DataType type, IActivation activation, boolean bias, double mu) {
        Random random = Seeds.random("one sample");
        double eta = 1.5;
        ImplicitSgd updater = ImplicitSgd.builder().learningRate(eta).mu(mu).build();
        MultiLayerNetwork network = network(updater, type, hidden(activation, bias), squaredError());
        INDArray z = gaussian(random, type, 1, IN);
        INDArray y = gaussian(random, type, 1, OUT);
        DenseReference reference = reference(network, activation, eta, mu);
        double[] b = reference.incoming(row(z, 0), network.getParam("1_W"), network.getParam("1_b"), row(y, 0));
        reference.step(row(z, 0), b);
        network.fit(new DataSet(z, y));
        assertClose(network.getParam("0_W"), Nd4j.createFromArray(reference.w), Tolerance.of(type));
        if (bias) {
            assertClose(network.getParam("0_b"), Nd4j.createFromArray(reference.bias), Tolerance.of(type));
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void stepOfABatchIsTheMeanOfItsSamplesSteps(DataType type, IActivation activation, boolean bias, double mu) {
        Random random = Seeds.random("batch");
        ImplicitSgd updater = ImplicitSgd.builder().learningRate(2).mu(mu).build();
        int samples = 7;
        INDArray z = gaussian(random, type, samples, IN);
        INDArray y = gaussian(random, type, samples, OUT);
        MultiLayerNetwork network = network(updater, type, hidden(activation, bias), squaredError());
        INDArray mean = Nd4j.zeros(type, network.getParam("0_W").shape());
        for (int i = 0; i < samples; i++) {
            MultiLayerNetwork single = network.clone();
            single.fit(new DataSet(
                    z.get(NDArrayIndex.interval(i, i + 1), NDArrayIndex.all()).dup(),
                    y.get(NDArrayIndex.interval(i, i + 1), NDArrayIndex.all()).dup()));
            mean.addi(single.getParam("0_W").div(samples));
        }
        network.fit(new DataSet(z, y));
        assertClose(network.getParam("0_W"), mean, Tolerance.of(type));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void tinyRatesGiveTheOrdinaryGradient(DataType type, IActivation activation, boolean bias, double mu) {
        Random random = Seeds.random("limit");
        for (BatchMode mode : BatchMode.values()) {
            ImplicitSgd updater = ImplicitSgd.builder()
                    .learningRate(Tolerance.TINY_RATE)
                    .mu(mu)
                    .batchMode(mode)
                    .build();
            MultiLayerNetwork implicit = network(updater, type, hidden(activation, bias), squaredError());
            MultiLayerNetwork explicit = network(new Sgd(1), type, plain(activation, bias), squaredError());
            assertSame(implicit.params(), explicit.params());
            INDArray z = gaussian(random, type, 6, IN);
            INDArray y = gaussian(random, type, 6, OUT);
            assertClose(Networks.gradient(implicit, z, y), Networks.gradient(explicit, z, y), Tolerance.LIMIT);
        }
    }

    @Test
    void batchScaledModeFeedsTheMeanLoss() {
        Random random = Seeds.random("batch scaled");
        double eta = 2;
        IActivation activation = new ActivationArcTan();
        ImplicitSgd updater = ImplicitSgd.builder()
                .learningRate(eta)
                .batchMode(BatchMode.BATCH_SCALED)
                .build();
        MultiLayerNetwork network = network(updater, DataType.DOUBLE, hidden(activation, true), squaredError());
        INDArray z = gaussian(random, DataType.DOUBLE, 4, IN);
        INDArray y = gaussian(random, DataType.DOUBLE, 4, OUT);
        INDArray expected = network.getParam("0_W").dup();
        DenseReference reference = reference(network, activation, eta, 0);
        for (int i = 0; i < 4; i++) {
            double[] zi = row(z, i);
            double[] q = reference.q(zi);
            double[] b = reference.incoming(zi, network.getParam("1_W"), network.getParam("1_b"), row(y, i));
            double norm = 1 + z.getRow(i).mul(z.getRow(i)).sumNumber().doubleValue();
            for (int j = 0; j < UNITS; j++) {
                double alpha = reference.alpha(b[j] / 4, q[j], norm);
                for (int k = 0; k < IN; k++) {
                    expected.putScalar(k, j, expected.getDouble(k, j) - eta * alpha * zi[k]);
                }
            }
        }
        network.fit(new DataSet(z, y));
        assertClose(network.getParam("0_W"), expected, Tolerance.DOUBLE);
    }

    @ParameterizedTest
    @EnumSource(WorkspaceMode.class)
    void isADenseLayerUnderAnyOtherUpdater(WorkspaceMode mode) {
        Random random = Seeds.random("plain");
        for (IUpdater updater : new IUpdater[] {new Sgd(0.1), new Adam(0.01)}) {
            for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
                INDArray z = gaussian(random, type, 6, IN);
                INDArray y = gaussian(random, type, 6, OUT);
                Layer dense = new DenseLayer.Builder()
                        .nIn(IN)
                        .nOut(UNITS)
                        .activation(Activation.TANH)
                        .dropOut(0.7)
                        .l2(0.1)
                        .build();
                Layer same = new ImplicitDenseLayer.Builder()
                        .nIn(IN)
                        .nOut(UNITS)
                        .activation(Activation.TANH)
                        .dropOut(0.7)
                        .l2(0.1)
                        .build();
                MultiLayerNetwork expected = network(updater, type, mode, dense, squaredError());
                MultiLayerNetwork actual = network(updater, type, mode, same, squaredError());
                for (MultiLayerNetwork network : List.of(expected, actual)) {
                    Nd4j.getRandom().setSeed(7);
                    for (int step = 0; step < 3; step++) {
                        network.fit(new DataSet(z, y));
                    }
                }
                assertSame(actual.params(), expected.params());
                assertSame(actual.output(z), expected.output(z));
            }
        }
    }

    @Test
    void dropoutActsOnTheInputOfTheStep() {
        Random random = Seeds.random("dropout");
        INDArray z = gaussian(random, DataType.DOUBLE, 6, IN);
        INDArray y = gaussian(random, DataType.DOUBLE, 6, OUT);
        Layer dropped = new ImplicitDenseLayer.Builder()
                .nIn(IN)
                .nOut(UNITS)
                .activation(Activation.TANH)
                .dropOut(0.5)
                .build();
        MultiLayerNetwork implicit =
                network(new ImplicitSgd(Tolerance.TINY_RATE), DataType.DOUBLE, dropped, squaredError());
        MultiLayerNetwork explicit = network(new Sgd(1), DataType.DOUBLE, dropped.clone(), squaredError());
        ((ImplicitDenseLayer) explicit.getLayerWiseConfigurations().getConf(0).getLayer()).setIUpdater(new Sgd(1));
        Nd4j.getRandom().setSeed(3);
        INDArray expected = Networks.gradient(explicit, z, y);
        Nd4j.getRandom().setSeed(3);
        assertClose(Networks.gradient(implicit, z, y), expected, Tolerance.LIMIT);
    }

    @Test
    void backwardPassesUseTheirOwnInputWhateverTheForwardPassHad() {
        Random random = Seeds.random("kept");
        INDArray first = gaussian(random, DataType.DOUBLE, 6, IN);
        INDArray second = gaussian(random, DataType.DOUBLE, 6, IN);
        INDArray epsilon = gaussian(random, DataType.DOUBLE, 6, UNITS);
        MultiLayerNetwork network =
                network(new ImplicitSgd(2), DataType.DOUBLE, hidden(new ActivationTanH(), true), squaredError());
        network.initGradientsView();
        INDArray onFirst = backward(network, first, epsilon);
        INDArray onSecond = backward(network, second, epsilon);
        assertThat(onFirst.equalsWithEps(onSecond, 1e-3)).isFalse();

        network.setInput(first);
        network.feedForward(true, false);
        assertSame(backward(network, second, epsilon), onSecond);
        network.feedForward(true, false);
        assertSame(backward(network, first, epsilon), onFirst);
        assertSame(backward(network, first, epsilon), onFirst); // nothing is kept any more
    }

    /** The hidden layer's gradients for an input that no forward pass has seen, or the last one has. */
    private static INDArray backward(MultiLayerNetwork network, INDArray input, INDArray epsilon) {
        org.deeplearning4j.nn.api.Layer layer = network.getLayer(0);
        LayerWorkspaceMgr none = LayerWorkspaceMgr.noWorkspaces();
        network.getFlattenedGradients().assign(0);
        layer.setInput(input, none);
        layer.backpropGradient(epsilon.dup(), none);
        return network.getFlattenedGradients().dup();
    }

    @Test
    void layersBelowGetTheOrdinaryGradient() {
        Random random = Seeds.random("passed down");
        INDArray z = gaussian(random, DataType.DOUBLE, 6, IN);
        INDArray y = gaussian(random, DataType.DOUBLE, 6, OUT);
        Layer below = new DenseLayer.Builder()
                .nIn(IN)
                .nOut(IN)
                .activation(Activation.TANH)
                .updater(new Sgd(1))
                .build();
        MultiLayerNetwork implicit = network(
                new ImplicitSgd(5),
                DataType.DOUBLE,
                below.clone(),
                hidden(new ActivationArcTan(), true),
                squaredError());
        MultiLayerNetwork explicit = network(
                new Sgd(1), DataType.DOUBLE, below.clone(), plain(new ActivationArcTan(), true), squaredError());
        int parameters = IN * IN + IN;
        INDArray actual = Networks.gradient(implicit, z, y).reshape(implicit.numParams());
        INDArray expected = Networks.gradient(explicit, z, y).reshape(implicit.numParams());
        assertSame(
                actual.get(NDArrayIndex.interval(0, parameters)), expected.get(NDArrayIndex.interval(0, parameters)));
        assertThat(actual.equalsWithEps(expected, 1e-3)).isFalse();
    }

    @Test
    void ridgeActsOncePerStepWithTheScheduledRate() {
        ExponentialSchedule schedule = new ExponentialSchedule(ScheduleType.ITERATION, 2, 0.5);
        ImplicitSgd updater =
                ImplicitSgd.builder().learningRateSchedule(schedule).mu(0.1).build();
        MultiLayerNetwork network =
                network(updater, DataType.DOUBLE, hidden(new ActivationReLU(), true), squaredError());
        network.getParam("0_b").assign(0.5);
        INDArray w = network.getParam("0_W").dup();
        INDArray z = Nd4j.zeros(DataType.DOUBLE, 3, IN);
        INDArray y = network.output(z).dup(); // no loss: b = 0 at the first step
        network.fit(new DataSet(z, y));
        assertClose(network.getParam("0_W"), w.div(1 + 2 * 0.1), Tolerance.DOUBLE);
        assertClose(network.getParam("0_b"), Nd4j.ones(DataType.DOUBLE, UNITS).mul(0.5 / 1.2), Tolerance.DOUBLE);
        network.fit(new DataSet(z, y));
        assertClose(network.getParam("0_W"), w.div(1.2 * 1.1), Tolerance.DOUBLE);
        double squares = network.getParam("0_W").norm2Number().doubleValue();
        double expected = squares * squares
                + Math.pow(network.getParam("0_b").norm2Number().doubleValue(), 2);
        assertThat(network.getLayer(0).calcRegularizationScore(true)).isCloseTo(0.05 * expected, within());
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(Tolerance.DOUBLE);
    }

    @Test
    void unusualInputsHaveDefinedResults() {
        Random random = Seeds.random("unusual");
        INDArray y = gaussian(random, DataType.DOUBLE, 2, OUT);
        for (boolean bias : new boolean[] {true, false}) {
            for (double eta : new double[] {0, 1, 1e8}) {
                MultiLayerNetwork network = network(
                        new ImplicitSgd(eta), DataType.DOUBLE, hidden(new ActivationTanH(), bias), squaredError());
                ((org.deeplearning4j.nn.conf.layers.BaseLayer)
                                network.getLayerWiseConfigurations().getConf(1).getLayer())
                        .setIUpdater(new Sgd(0));
                network.setUpdater(null);
                INDArray before = network.params().dup();
                network.fit(new DataSet(Nd4j.zeros(DataType.DOUBLE, 2, IN), y));
                assertThat(network.params().sumNumber().doubleValue()).isFinite();
                assertSame(
                        network.getParam("0_W"),
                        before.reshape(before.length())
                                .get(NDArrayIndex.interval(0, IN * UNITS))
                                .dup()
                                .reshape('f', IN, UNITS));
                if (eta == 0) {
                    assertSame(network.params(), before);
                }
            }
        }
        MultiLayerNetwork network =
                network(new ImplicitSgd(1), DataType.DOUBLE, hidden(new ActivationTanH(), true), squaredError());
        INDArray z = gaussian(random, DataType.DOUBLE, 2, IN);
        z.putScalar(0, 0, Double.NaN);
        network.fit(new DataSet(z, y));
        assertThat(network.getParam("0_b").getDouble(0)).isNaN();
    }

    @Test
    void infiniteScheduleStopsTheTrainingWithAMessage() {
        ImplicitSgd updater = new ImplicitSgd(new ExponentialSchedule(ScheduleType.ITERATION, 1, 1e308));
        MultiLayerNetwork network =
                network(updater, DataType.DOUBLE, hidden(new ActivationReLU(), true), squaredError());
        DataSet data = new DataSet(Nd4j.ones(DataType.DOUBLE, 2, IN), Nd4j.ones(DataType.DOUBLE, 2, OUT));
        network.fit(data);
        network.setIterationCount(2);
        assertThatThrownBy(() -> network.fit(data))
                .hasMessageContaining("got Infinity")
                .hasMessageContaining("iteration 2");
    }

    @Test
    void refusesWhatHasNoImplicitStepByName() {
        assertThatThrownBy(() -> new ImplicitDenseLayer.Builder()
                        .name("first")
                        .nIn(2)
                        .nOut(2)
                        .hasLayerNorm(true)
                        .weightNoise(new DropConnect(0.5))
                        .updater(ImplicitSgd.builder().mu(0.1).build())
                        .biasUpdater(new Sgd(0.1))
                        .activation(Activation.SOFTMAX)
                        .l2(0.01)
                        .build())
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining("ImplicitDenseLayer (name=first)")
                .hasMessageContaining("layer norm is not supported")
                .hasMessageContaining("weight noise is not supported")
                .hasMessageContaining("biasUpdater = Sgd")
                .hasMessageContaining("got softmax")
                .hasMessageContaining("mu = 0.1")
                .hasMessageContaining("L2Regularization");
        NeuralNetConfiguration.Builder global = new NeuralNetConfiguration.Builder()
                .updater(ImplicitSgd.builder().mu(0.1).build())
                .weightDecay(0.01)
                .weightNoise(new DropConnect(0.5));
        MultiLayerNetwork network = new MultiLayerNetwork(
                global.list(hidden(new ActivationReLU(), true), squaredError()).build());
        assertThatThrownBy(network::init)
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining("index=0")
                .hasMessageContaining("WeightDecay")
                .hasMessageContaining("weight noise");
    }

    @Test
    void settingsAreThoseOfADenseLayer() throws Exception {
        DenseLayer plain = new DenseLayer.Builder()
                .name("a")
                .nIn(2)
                .nOut(3)
                .activation(Activation.TANH)
                .hasBias(false)
                .biasInit(0.5)
                .gainInit(2)
                .dropOut(0.5)
                .l1(0.1)
                .l2Bias(0.2)
                .updater(new Adam(0.3))
                .biasUpdater(new Sgd(0.2))
                .weightInit(org.deeplearning4j.nn.weights.WeightInit.RELU)
                .constrainWeights(new org.deeplearning4j.nn.conf.constraint.MaxNormConstraint(1, 1))
                .gradientNormalization(org.deeplearning4j.nn.conf.GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(3)
                .build();
        ImplicitDenseLayer same = ImplicitDenseLayer.of(plain);
        String expected = NeuralNetConfiguration.mapper().writeValueAsString(plain);
        String actual = NeuralNetConfiguration.mapper().writeValueAsString(same);
        assertThat(actual).isEqualTo(expected.replace(DenseLayer.class.getName(), ImplicitDenseLayer.class.getName()));
        assertThat(NeuralNetConfiguration.mapper().readValue(actual, Layer.class))
                .isEqualTo(same);
        assertThat(same.clone()).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(same.equals(plain)).isFalse();
        assertThat(plain.equals(same)).isFalse();
    }
}
