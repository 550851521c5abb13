package io.dl4jext.implicit;

import static io.dl4jext.implicit.Networks.assertClose;
import static io.dl4jext.implicit.Networks.assertSame;
import static io.dl4jext.implicit.Networks.gaussian;
import static io.dl4jext.implicit.Networks.network;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.implicit.activation.ActivationArcTan;
import io.dl4jext.implicit.internal.prox.ProximalStep;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

class ImplicitOutputLayerTest {

    private static final DataType TYPE = DataType.DOUBLE;
    private static final int IN = 4;
    private static final int OUT = 3;

    private static OutputLayer.Builder plain(Activation activation, LossFunction loss) {
        return new OutputLayer.Builder(loss).nIn(IN).nOut(OUT).activation(activation);
    }

    private static Layer implicit(Activation activation, LossFunction loss) {
        return new ImplicitOutputLayer.Builder(loss)
                .nIn(IN)
                .nOut(OUT)
                .activation(activation)
                .build();
    }

    private static Layer under(IActivation own, Activation activation, LossFunction loss) {
        return new ImplicitOutputLayer.Builder(loss)
                .layerActivation(own)
                .nIn(IN)
                .nOut(OUT)
                .activation(activation)
                .build();
    }

    private static DataSet data(Random random, DataType type, LossFunction loss) {
        INDArray labels =
                loss == LossFunction.MSE ? gaussian(random, type, 6, OUT) : Networks.oneHot(random, type, 6, OUT);
        return new DataSet(gaussian(random, type, 6, IN), labels);
    }

    static List<Arguments> losses() {
        return List.of(
                Arguments.of(Activation.SOFTMAX, LossFunction.MCXENT),
                Arguments.of(Activation.SIGMOID, LossFunction.XENT),
                Arguments.of(Activation.SIGMOID, LossFunction.MSE),
                Arguments.of(Activation.RELU, LossFunction.MSE),
                Arguments.of(Activation.TANH, LossFunction.MSE),
                Arguments.of(Activation.IDENTITY, LossFunction.MSE));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void isAnOutputLayerUnderAnyOtherUpdater(Activation activation, LossFunction loss) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            DataSet data = data(Seeds.random("plain"), type, loss);
            for (IUpdater updater : new IUpdater[] {new Sgd(0.1), new Adam(0.01)}) {
                MultiLayerNetwork expected =
                        network(updater, type, plain(activation, loss).build());
                MultiLayerNetwork actual = network(updater, type, implicit(activation, loss));
                for (int step = 0; step < 3; step++) {
                    expected.fit(data);
                    actual.fit(data);
                }
                assertSame(actual.params(), expected.params());
                assertThat(actual.score()).isEqualTo(expected.score());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void tinyRatesGiveTheOrdinaryGradient(Activation activation, LossFunction loss) {
        DataSet data = data(Seeds.random("limit"), TYPE, loss);
        INDArray mask = Nd4j.createFromArray(new double[][] {{1}, {0}, {1}, {1}, {0}, {1}});
        for (INDArray labelMask : new INDArray[] {null, mask}) {
            MultiLayerNetwork explicit =
                    network(new Sgd(1), TYPE, plain(activation, loss).build());
            MultiLayerNetwork implicit =
                    network(new ImplicitSgd(Tolerance.TINY_RATE), TYPE, implicit(activation, loss));
            assertClose(
                    Networks.gradient(implicit, data.getFeatures(), data.getLabels(), null, labelMask),
                    Networks.gradient(explicit, data.getFeatures(), data.getLabels(), null, labelMask),
                    Tolerance.LIMIT);
        }
    }

    @Test
    void linearLayerUnderALinearisedLossIsExplicit() {
        for (LossFunction loss : new LossFunction[] {LossFunction.MCXENT, LossFunction.XENT}) {
            Activation activation = loss == LossFunction.XENT ? Activation.SIGMOID : Activation.SOFTMAX;
            DataSet data = data(Seeds.random("linear"), TYPE, loss);
            MultiLayerNetwork explicit =
                    network(new Sgd(3), TYPE, plain(activation, loss).build());
            MultiLayerNetwork implicit = network(new ImplicitSgd(3), TYPE, implicit(activation, loss));
            explicit.fit(data);
            implicit.fit(data);
            assertClose(implicit.params(), explicit.params(), Tolerance.DOUBLE);
        }
    }

    static List<IActivation> layerActivations() {
        return List.of(new ActivationReLU(), new ActivationArcTan(), new ActivationTanH(), new ActivationIdentity());
    }

    @ParameterizedTest
    @MethodSource("layerActivations")
    void layerUnderSoftmaxKeepsItsNonlinearity(IActivation own) {
        Random random = Seeds.random("relu under softmax");
        DataSet data = data(random, TYPE, LossFunction.MCXENT);
        double eta = 2;
        double mu = 0.1;
        ImplicitSgd updater = ImplicitSgd.builder().learningRate(eta).mu(mu).build();
        MultiLayerNetwork network = network(updater, TYPE, under(own, Activation.SOFTMAX, LossFunction.MCXENT));
        INDArray w = network.getParam("0_W").dup();
        INDArray bias = network.getParam("0_b").dup().reshape(1, OUT);
        INDArray expected = w.div(1 + eta * mu);
        INDArray expectedBias = bias.div(1 + eta * mu);
        for (int i = 0; i < 6; i++) {
            INDArray z = data.getFeatures().get(NDArrayIndex.interval(i, i + 1), NDArrayIndex.all());
            INDArray y = data.getLabels().get(NDArrayIndex.interval(i, i + 1), NDArrayIndex.all());
            INDArray q = z.mmul(w).addi(bias);
            INDArray e = Transforms.exp(own.getActivation(q.dup(), true));
            INDArray b = e.div(e.sumNumber()).sub(y); // gradient of cross-entropy at the relu's output
            double norm = 1 + z.mul(z).sumNumber().doubleValue();
            INDArray alpha = ProximalStep.of(own).alpha(b, q, Nd4j.createFromArray(norm), eta, mu);
            expected.subi(z.transpose().mmul(alpha).mul(eta / 6));
            expectedBias.subi(alpha.mul(eta / 6));
        }
        network.fit(data);
        assertClose(network.getParam("0_W"), expected, Tolerance.DOUBLE);
        assertClose(network.getParam("0_b"), expectedBias, Tolerance.DOUBLE);
    }

    @ParameterizedTest
    @MethodSource("layerActivations")
    void explicitGradientsOfALayerUnderSoftmaxAreRight(IActivation own) {
        DataSet data = data(Seeds.random("differences"), TYPE, LossFunction.MCXENT);
        Layer below = new DenseLayer.Builder()
                .nIn(IN)
                .nOut(IN)
                .activation(Activation.TANH)
                .updater(new Sgd(1))
                .build();
        int lower = IN * IN + IN;
        for (IUpdater updater : new IUpdater[] {new Sgd(1), new ImplicitSgd(3)}) {
            MultiLayerNetwork network =
                    network(updater, TYPE, below.clone(), under(own, Activation.SOFTMAX, LossFunction.MCXENT));
            int count = updater instanceof Sgd ? (int) network.numParams() : lower;
            INDArray gradient = Networks.gradient(network, data.getFeatures(), data.getLabels());
            INDArray actual = gradient.reshape(network.numParams()).get(NDArrayIndex.interval(0, count));
            assertClose(actual.div(6), Networks.differences(network, data, count), Tolerance.DIFFERENCES);
        }
    }

    @Test
    void squaredErrorOfAReluLayerIsLinearisedAtItsOutput() {
        Random random = Seeds.random("relu, MSE");
        INDArray z = gaussian(random, TYPE, 1, IN);
        INDArray y = gaussian(random, TYPE, 1, OUT);
        MultiLayerNetwork network = network(new ImplicitSgd(1.5), TYPE, implicit(Activation.RELU, LossFunction.MSE));
        INDArray w = network.getParam("0_W").dup();
        INDArray q = z.mmul(w);
        INDArray b = Transforms.relu(q.dup()).sub(y).mul(2.0 / OUT);
        double norm = 1 + z.mul(z).sumNumber().doubleValue();
        INDArray alpha = ProximalStep.of(Activation.RELU).alpha(b, q, Nd4j.createFromArray(norm), 1.5, 0);
        network.fit(new DataSet(z, y));
        assertClose(network.getParam("0_W"), w.sub(z.transpose().mmul(alpha).mul(1.5)), Tolerance.DOUBLE);
    }

    @Test
    void settingsAreThoseOfAnOutputLayer() throws Exception {
        OutputLayer plain = plain(Activation.SIGMOID, LossFunction.XENT)
                .name("out")
                .hasBias(false)
                .dropOut(0.5)
                .updater(new Adam(0.1))
                .build();
        ImplicitOutputLayer same = ImplicitOutputLayer.of(plain);
        ObjectNode expected = NeuralNetConfiguration.mapper().valueToTree(plain);
        ObjectNode actual = NeuralNetConfiguration.mapper().valueToTree(same);
        actual.remove("layerActivation");
        assertThat(actual.toString())
                .isEqualTo(
                        expected.toString().replace(OutputLayer.class.getName(), ImplicitOutputLayer.class.getName()));
        assertThat(plain.equals(same)).isFalse();
        Layer own = under(new ActivationArcTan(), Activation.SOFTMAX, LossFunction.MCXENT);
        String json = NeuralNetConfiguration.mapper().writeValueAsString(own);
        assertThat(NeuralNetConfiguration.mapper().readValue(json, Layer.class))
                .isEqualTo(own)
                .hasSameHashCodeAs(own)
                .isNotEqualTo(under(new ActivationReLU(), Activation.SOFTMAX, LossFunction.MCXENT));
        assertThat(ImplicitOutputLayer.of((ImplicitOutputLayer) own)).isEqualTo(own);
    }

    @Test
    void refusesALayerActivationWithoutStep() {
        assertThatThrownBy(() -> new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                        .layerActivation(Activation.SOFTMAX)
                        .nIn(1)
                        .nOut(2)
                        .updater(new ImplicitSgd(1))
                        .build())
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining("element-wise")
                .hasMessageContaining("softmax");
    }
}
