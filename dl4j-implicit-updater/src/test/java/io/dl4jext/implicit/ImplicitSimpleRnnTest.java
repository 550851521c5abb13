package io.dl4jext.implicit;

import static io.dl4jext.implicit.Networks.assertClose;
import static io.dl4jext.implicit.Networks.assertSame;
import static io.dl4jext.implicit.Networks.gaussian;
import static io.dl4jext.implicit.Networks.network;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.point;

import io.dl4jext.gradientcheck.Difference;
import io.dl4jext.gradientcheck.GradientCheck;
import io.dl4jext.implicit.activation.ActivationArcTan;
import io.dl4jext.implicit.internal.prox.ProximalStep;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class ImplicitSimpleRnnTest {

    private static final DataType TYPE = DataType.DOUBLE;
    private static final int IN = 3;
    private static final int UNITS = 4;
    private static final int OUT = 2;
    private static final int BATCH = 3;
    private static final int STEPS = 5;

    private static Layer implicit(RNNFormat format) {
        return new ImplicitSimpleRnn.Builder()
                .nIn(IN)
                .nOut(UNITS)
                .activation(new ActivationArcTan())
                .dataFormat(format)
                .build();
    }

    private static Layer plain(RNNFormat format) {
        return new SimpleRnn.Builder()
                .nIn(IN)
                .nOut(UNITS)
                .activation(new ActivationArcTan())
                .dataFormat(format)
                .build();
    }

    private static Layer squaredError(RNNFormat format) {
        return new RnnOutputLayer.Builder(LossFunction.MSE)
                .nIn(UNITS)
                .nOut(OUT)
                .activation(Activation.IDENTITY)
                .dataFormat(format)
                .updater(new Sgd(0))
                .build();
    }

    private static INDArray mask(int... lengths) {
        INDArray mask = Nd4j.zeros(TYPE, lengths.length, STEPS);
        for (int i = 0; i < lengths.length; i++) {
            for (int t = 0; t < lengths[i]; t++) {
                mask.putScalar(i, t, 1);
            }
        }
        return mask;
    }

    private static INDArray input(INDArray series, RNNFormat format) {
        return format == RNNFormat.NWC ? series.permute(0, 2, 1).dup('c') : series;
    }

    /**
     * The step of all samples by loops over samples, time and units.
     *
     * @param first the first time step that counts
     */
    private static INDArray[] unrolled(
            MultiLayerNetwork network, INDArray x, INDArray y, INDArray mask, ImplicitSgd updater, int first) {
        double eta = updater.getLearningRate(0, 0);
        double mu = updater.getMu();
        IActivation sigma = new ActivationArcTan();
        double[][] w = network.getParam("0_W").toDoubleMatrix();
        double[][] rw = network.getParam("0_RW").toDoubleMatrix();
        double[] bias = network.getParam("0_b").dup().reshape(UNITS).toDoubleVector();
        double[][] above = network.getParam("1_W").toDoubleMatrix();
        INDArray newW = network.getParam("0_W").div(1 + eta * mu);
        INDArray newRw = network.getParam("0_RW").div(1 + eta * mu);
        INDArray newBias = network.getParam("0_b").dup().reshape(UNITS).div(1 + eta * mu);
        for (int s = 0; s < BATCH; s++) {
            double[][] h = new double[STEPS + 1][UNITS]; // h[t + 1] is the output of step t
            double[][] q = new double[STEPS][UNITS];
            for (int t = 0; t < STEPS; t++) {
                for (int j = 0; j < UNITS; j++) {
                    q[t][j] = bias[j];
                    for (int i = 0; i < IN; i++) {
                        q[t][j] += x.getDouble(s, i, t) * w[i][j];
                    }
                    for (int i = 0; i < UNITS; i++) {
                        q[t][j] += h[t][i] * rw[i][j];
                    }
                    h[t + 1][j] = mask.getDouble(s, t) * Math.atan(q[t][j]);
                }
            }
            int terms = 0;
            for (int t = first; t < STEPS; t++) {
                terms += mask.getInt(s, t);
            }
            double share = updater.getBatchMode() == BatchMode.PER_SAMPLE ? terms : 1.0 / BATCH;
            if (first > 0) {
                h[first] = new double[UNITS]; // as DL4J's own truncated gradient
            }
            double[] later = new double[UNITS];
            for (int t = STEPS - 1; t >= first; t--) {
                if (mask.getDouble(s, t) == 0) {
                    later = new double[UNITS];
                    continue;
                }
                double[] b = new double[UNITS];
                for (int k = 0; k < OUT; k++) {
                    double o = 0;
                    for (int j = 0; j < UNITS; j++) {
                        o += h[t + 1][j] * above[j][k];
                    }
                    for (int j = 0; j < UNITS; j++) {
                        b[j] += 2.0 / OUT * (o - y.getDouble(s, k, t)) * above[j][k];
                    }
                }
                double norm = 1;
                for (int i = 0; i < IN; i++) {
                    norm += x.getDouble(s, i, t) * x.getDouble(s, i, t);
                }
                for (int i = 0; i < UNITS; i++) {
                    norm += h[t][i] * h[t][i];
                }
                double[] earlier = new double[UNITS];
                for (int j = 0; j < UNITS; j++) {
                    b[j] += later[j];
                    double alpha = ProximalStep.of(sigma)
                                    .alpha(
                                            Nd4j.createFromArray(new double[][] {{b[j] * share}}),
                                            Nd4j.createFromArray(new double[][] {{q[t][j]}}),
                                            Nd4j.createFromArray(norm),
                                            eta,
                                            mu)
                                    .getDouble(0)
                            / share;
                    double move = eta * alpha / BATCH;
                    for (int i = 0; i < IN; i++) {
                        newW.putScalar(i, j, newW.getDouble(i, j) - move * x.getDouble(s, i, t));
                    }
                    for (int i = 0; i < UNITS; i++) {
                        newRw.putScalar(i, j, newRw.getDouble(i, j) - move * h[t][i]);
                    }
                    newBias.putScalar(j, newBias.getDouble(j) - move);
                    double delta = b[j] / (1 + q[t][j] * q[t][j]);
                    for (int i = 0; i < UNITS; i++) {
                        earlier[i] += rw[i][j] * delta;
                    }
                }
                later = earlier;
            }
        }
        return new INDArray[] {newW, newRw, newBias};
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void stepIsTheUnrolledOne(RNNFormat format) {
        Random random = Seeds.random("unrolled");
        double eta = 1.5;
        for (BatchMode batchMode : BatchMode.values()) {
            double mu = batchMode == BatchMode.PER_SAMPLE ? 0 : 0.2;
            for (INDArray mask : new INDArray[] {mask(5, 5, 5), mask(5, 2, 4), mask(5, 0, 1)}) {
                for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
                    INDArray x = gaussian(random, TYPE, BATCH, IN, STEPS);
                    INDArray y = gaussian(random, TYPE, BATCH, OUT, STEPS);
                    ImplicitSgd updater = ImplicitSgd.builder()
                            .learningRate(eta)
                            .mu(mu)
                            .batchMode(batchMode)
                            .build();
                    MultiLayerNetwork network = network(updater, TYPE, mode, implicit(format), squaredError(format));
                    INDArray[] expected = unrolled(network, x, y, mask, updater, 0);
                    network.fit(new DataSet(input(x, format), input(y, format), mask, mask));
                    assertClose(network.getParam("0_W"), expected[0], Tolerance.DOUBLE);
                    assertClose(network.getParam("0_RW"), expected[1], Tolerance.DOUBLE);
                    assertClose(network.getParam("0_b"), expected[2], Tolerance.DOUBLE);
                }
            }
        }
    }

    /** DL4J's networks ignore the length of the backward pass, in fit at least; the layer does not. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 9})
    void truncatedStepIsTheUnrolledOneOverTheLastTimeSteps(int backLength) {
        Random random = Seeds.random("truncated step");
        INDArray x = gaussian(random, TYPE, BATCH, IN, STEPS);
        INDArray y = gaussian(random, TYPE, BATCH, OUT, STEPS);
        ImplicitSgd updater = new ImplicitSgd(1.5);
        MultiLayerNetwork network = network(updater, TYPE, implicit(RNNFormat.NCW), squaredError(RNNFormat.NCW));
        network.initGradientsView();
        LayerWorkspaceMgr none = LayerWorkspaceMgr.noWorkspaces();
        RecurrentLayer layer = (RecurrentLayer) network.getLayer(0);
        layer.setInput(x, none);
        INDArray h = layer.activate(true, none);
        INDArray above = network.getParam("1_W");
        INDArray epsilon = Nd4j.create(TYPE, BATCH, UNITS, STEPS);
        for (int t = 0; t < STEPS; t++) {
            INDArray error = h.get(all(), all(), point(t)).dup().mmul(above).sub(y.get(all(), all(), point(t)));
            epsilon.get(all(), all(), point(t))
                    .assign(error.mmul(above.transpose()).mul(2.0 / OUT));
        }
        INDArray[] expected = unrolled(network, x, y, mask(5, 5, 5), updater, Math.max(0, STEPS - backLength));
        Gradient gradient =
                layer.tbpttBackpropGradient(epsilon, backLength, none).getFirst();
        String[] names = {"W", "RW", "b"};
        for (int i = 0; i < names.length; i++) {
            INDArray step = gradient.getGradientFor(names[i]).mul(updater.getLearningRate() / BATCH);
            INDArray before = network.getParam("0_" + names[i]);
            assertClose(before.sub(step), expected[i], Tolerance.DOUBLE);
        }
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void tinyRatesGiveTheOrdinaryGradient(RNNFormat format) {
        Random random = Seeds.random("limit");
        for (BatchMode mode : BatchMode.values()) {
            for (INDArray mask : new INDArray[] {null, mask(5, 2, 4)}) {
                INDArray x = input(gaussian(random, TYPE, BATCH, IN, STEPS), format);
                INDArray y = input(gaussian(random, TYPE, BATCH, OUT, STEPS), format);
                ImplicitSgd updater = ImplicitSgd.builder()
                        .learningRate(Tolerance.TINY_RATE)
                        .batchMode(mode)
                        .build();
                MultiLayerNetwork implicit = network(updater, TYPE, implicit(format), squaredError(format));
                MultiLayerNetwork explicit = network(new Sgd(1), TYPE, plain(format), squaredError(format));
                assertSame(implicit.params(), explicit.params());
                assertClose(
                        Networks.gradient(implicit, x, y, mask, mask),
                        Networks.gradient(explicit, x, y, mask, mask),
                        Tolerance.LIMIT);
            }
        }
    }

    @Test
    void layersBelowGetTheOrdinaryGradient() {
        Random random = Seeds.random("passed down");
        INDArray x = gaussian(random, TYPE, BATCH, IN, STEPS);
        INDArray y = gaussian(random, TYPE, BATCH, OUT, STEPS);
        Layer below = new SimpleRnn.Builder()
                .nIn(IN)
                .nOut(IN)
                .activation(Activation.TANH)
                .updater(new Sgd(1))
                .build();
        MultiLayerNetwork network =
                network(new ImplicitSgd(4), TYPE, below, implicit(RNNFormat.NCW), squaredError(RNNFormat.NCW));
        int lower = 2 * IN * IN + IN;
        INDArray gradient = Networks.gradient(network, x, y);
        assertClose(
                gradient.reshape(network.numParams())
                        .get(NDArrayIndex.interval(0, lower))
                        .div(BATCH),
                Networks.differences(network, new DataSet(x, y), lower),
                Tolerance.DIFFERENCES);
    }

    /** With fewer, as many and more steps than inputs: a mask of dropout must not be laid on the other format. */
    @ParameterizedTest
    @ValueSource(ints = {IN - 1, IN, IN + 2})
    void dropoutInBothFormats(int steps) {
        for (RNNFormat format : RNNFormat.values()) {
            for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
                assertThat(worstError(new ImplicitSimpleRnn.Builder(), format, mode, steps))
                        .isLessThan(1e-5);
            }
        }
    }

    /** Which DL4J's own layer does in NWC; docs/dl4j.md says so. */
    @Test
    void dl4jLaysAMaskOfDropoutOnTheOtherFormat() {
        WorkspaceMode mode = WorkspaceMode.ENABLED;
        assertThat(worstError(new SimpleRnn.Builder(), RNNFormat.NCW, mode, IN)).isLessThan(1e-5);
        assertThat(worstError(new SimpleRnn.Builder(), RNNFormat.NWC, mode, IN)).isGreaterThan(0.1);
        assertThatThrownBy(() -> worstError(new SimpleRnn.Builder(), RNNFormat.NWC, mode, IN + 2))
                .isInstanceOf(RuntimeException.class);
    }

    /** Against central differences, of two layers, the upper one with dropout, at a rate where steps are gradients. */
    private static double worstError(SimpleRnn.Builder upper, RNNFormat format, WorkspaceMode mode, int steps) {
        Layer below = new SimpleRnn.Builder()
                .nIn(IN)
                .nOut(IN)
                .activation(Activation.TANH)
                .dataFormat(format)
                .build();
        upper.nIn(IN).nOut(UNITS).activation(new ActivationArcTan()).dropOut(0.6);
        upper.dataFormat(format);
        boolean implicit = upper instanceof ImplicitSimpleRnn.Builder;
        upper.updater(implicit ? new ImplicitSgd(Tolerance.TINY_RATE) : new Sgd(1));
        MultiLayerNetwork network = network(new Sgd(1), TYPE, mode, below, upper.build(), squaredError(format));
        Random random = Seeds.random("dropout in both formats");
        DataSet data = new DataSet(
                input(gaussian(random, TYPE, BATCH, IN, steps), format),
                input(gaussian(random, TYPE, BATCH, OUT, steps), format));
        return GradientCheck.builder()
                .differences(Difference.CENTRAL)
                .build()
                .check(network, data)
                .of(Difference.CENTRAL)
                .max();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void trainingWithTruncationHasTheOrdinaryStepAsLimit(int backLength) {
        Random random = Seeds.random("truncated");
        INDArray x = gaussian(random, TYPE, BATCH, IN, 6);
        INDArray y = gaussian(random, TYPE, BATCH, OUT, 6);
        INDArray[] change = new INDArray[2];
        double rate = Tolerance.TINY_RATE * 10;
        for (int i = 0; i < 2; i++) {
            IUpdater updater = i == 0 ? new Sgd(rate) : new ImplicitSgd(rate);
            MultiLayerConfiguration configuration = Networks.configuration(
                    updater,
                    TYPE,
                    WorkspaceMode.ENABLED,
                    i == 0 ? plain(RNNFormat.NCW) : implicit(RNNFormat.NCW),
                    squaredError(RNNFormat.NCW));
            configuration.setBackpropType(BackpropType.TruncatedBPTT);
            configuration.setTbpttFwdLength(3);
            configuration.setTbpttBackLength(backLength);
            MultiLayerNetwork network = new MultiLayerNetwork(configuration);
            network.init();
            INDArray before = network.params().dup();
            network.fit(new DataSet(x, y));
            change[i] = network.params().sub(before);
        }
        assertClose(change[1], change[0], Tolerance.LIMIT);
    }

    /** Why the time steps' points are averaged: their sum overshoots on a long series, as the explicit step does. */
    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.5})
    void longSeriesStayStableWhereTheSumOverTimeStepsDoesNot(double rate) {
        Random random = Seeds.random("long");
        int length = 100;
        INDArray x = gaussian(random, TYPE, 1, IN, length);
        INDArray y = gaussian(random, TYPE, 1, OUT, length).muli(3);
        DataSet data = new DataSet(x, y);
        double[] highestLoss = new double[3];
        for (int i = 0; i < highestLoss.length; i++) {
            IUpdater updater = i == 2
                    ? new Sgd(rate)
                    : ImplicitSgd.builder()
                            .learningRate(rate)
                            .batchMode(i == 0 ? BatchMode.PER_SAMPLE : BatchMode.BATCH_SCALED)
                            .build();
            MultiLayerNetwork network = network(updater, TYPE, implicit(RNNFormat.NCW), squaredError(RNNFormat.NCW));
            double before = network.score(data);
            double highest = 0;
            for (int step = 0; step < 20; step++) {
                network.fit(data);
                highest = Math.max(highest, network.score(data) / before);
            }
            highestLoss[i] = highest;
        }
        assertThat(highestLoss[0]).as("%s", Arrays.toString(highestLoss)).isLessThan(1);
        assertThat(highestLoss[1]).as("%s", Arrays.toString(highestLoss)).isGreaterThan(1.05);
        assertThat(highestLoss[2]).as("%s", Arrays.toString(highestLoss)).isGreaterThan(1.05);
    }

    @Test
    void isASimpleRnnUnderAnyOtherUpdater() {
        Random random = Seeds.random("plain");
        INDArray mask = mask(5, 2, 4);
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            INDArray x = gaussian(random, type, BATCH, IN, STEPS);
            INDArray y = gaussian(random, type, BATCH, OUT, STEPS);
            for (IUpdater updater : new IUpdater[] {new Sgd(0.1), new Adam(0.01)}) {
                MultiLayerNetwork expected = network(updater, type, plain(RNNFormat.NCW), squaredError(RNNFormat.NCW));
                MultiLayerNetwork actual = network(updater, type, implicit(RNNFormat.NCW), squaredError(RNNFormat.NCW));
                for (MultiLayerNetwork network : List.of(expected, actual)) {
                    network.fit(new DataSet(x, y));
                    network.fit(new DataSet(x, y, mask, mask));
                }
                assertSame(actual.params(), expected.params());
                assertSame(actual.rnnTimeStep(x), expected.rnnTimeStep(x));
            }
        }
    }

    @Test
    void settingsAreThoseOfASimpleRnn() throws Exception {
        SimpleRnn plain = new SimpleRnn.Builder()
                .name("a")
                .nIn(2)
                .nOut(3)
                .activation(Activation.TANH)
                .weightInitRecurrent(org.deeplearning4j.nn.weights.WeightInit.RELU)
                .dataFormat(RNNFormat.NWC)
                .dropOut(0.5)
                .updater(new Adam(0.3))
                .build();
        ImplicitSimpleRnn same = ImplicitSimpleRnn.of(plain);
        String expected = NeuralNetConfiguration.mapper().writeValueAsString(plain);
        String actual = NeuralNetConfiguration.mapper().writeValueAsString(same);
        assertThat(actual).isEqualTo(expected.replace(SimpleRnn.class.getName(), ImplicitSimpleRnn.class.getName()));
        assertThat(NeuralNetConfiguration.mapper().readValue(actual, Layer.class))
                .isEqualTo(same)
                .hasSameHashCodeAs(same)
                .isNotEqualTo(implicit(RNNFormat.NCW));
        assertThat(plain.equals(same)).isFalse();
    }

    @Test
    void refusesLayerNorm() {
        assertThatThrownBy(() -> new ImplicitSimpleRnn.Builder()
                        .nIn(2)
                        .nOut(2)
                        .hasLayerNorm(true)
                        .build())
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining("layer norm is not supported");
    }
}
