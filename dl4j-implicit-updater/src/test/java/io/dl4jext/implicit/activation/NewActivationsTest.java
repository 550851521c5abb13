package io.dl4jext.implicit.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.implicit.Seeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

class NewActivationsTest {

    static List<Arguments> activations() {
        return List.of(
                Arguments.of(new ActivationArcTan(), (DoubleUnaryOperator) Math::atan),
                Arguments.of(new ActivationSmoothStep(), (DoubleUnaryOperator) NewActivationsTest::smoothstep));
    }

    private static double smoothstep(double x) {
        return x < -1 ? -1 : x > 1 ? 1 : 1.5 * x - 0.5 * x * x * x;
    }

    @ParameterizedTest
    @MethodSource("activations")
    void valueIsTheFormulaInPlaceForAnyShapeOrderAndType(IActivation activation, DoubleUnaryOperator formula) {
        Random random = Seeds.random("value " + activation);
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (long[] shape : new long[][] {{7}, {4, 5}, {2, 3, 4}, {2, 3, 4, 5}}) {
                for (char order : new char[] {'c', 'f'}) {
                    INDArray in = random(random, type, shape).dup(order);
                    INDArray before = in.dup();
                    INDArray out = activation.getActivation(in, true);
                    assertThat(out).isSameAs(in);
                    double[] x = flat(before);
                    double[] y = flat(out);
                    for (int i = 0; i < x.length; i++) {
                        assertThat(y[i])
                                .isCloseTo(formula.applyAsDouble(x[i]), within(type == DataType.DOUBLE ? 1e-14 : 1e-6));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("activations")
    void backpropIsTheDerivativeByFiniteDifferences(IActivation activation, DoubleUnaryOperator formula) {
        Random random = Seeds.random("backprop " + activation);
        double h = 1e-5;
        for (char order : new char[] {'c', 'f'}) {
            INDArray in = random(random, DataType.DOUBLE, 3, 4, 5, 2).dup(order);
            INDArray epsilon = random(random, DataType.DOUBLE, 3, 4, 5, 2);
            INDArray up = activation.getActivation(in.add(h), true);
            INDArray down = activation.getActivation(in.sub(h), true);
            INDArray expected = up.sub(down).divi(2 * h).muli(epsilon);
            INDArray epsilonBefore = epsilon.dup();
            INDArray actual = activation.backprop(in, epsilon).getFirst();
            double[] a = flat(actual);
            double[] e = flat(expected);
            for (int i = 0; i < e.length; i++) {
                assertThat(a[i]).isCloseTo(e[i], within(1e-4));
            }
            assertThat(epsilon).isEqualTo(epsilonBefore);
        }
    }

    @ParameterizedTest
    @MethodSource("activations")
    void viewsAreWrittenWithinTheirBounds(IActivation activation, DoubleUnaryOperator formula) {
        INDArray whole = Nd4j.valueArrayOf(new long[] {4, 6}, 0.5, DataType.DOUBLE);
        INDArray view = whole.get(NDArrayIndex.interval(1, 3), NDArrayIndex.interval(2, 4));
        activation.getActivation(view, false);
        assertThat(whole.getDouble(0, 0)).isEqualTo(0.5);
        assertThat(whole.getDouble(1, 4)).isEqualTo(0.5);
        assertThat(whole.getDouble(2, 3)).isCloseTo(formula.applyAsDouble(0.5), within(1e-14));
    }

    @ParameterizedTest
    @MethodSource("activations")
    void farAwayItIsFlatAndNaNStaysNaN(IActivation activation, DoubleUnaryOperator formula) {
        double[] far = {-1e300, -1e20, 1e20, 1e300, Double.POSITIVE_INFINITY, Double.NaN};
        INDArray value = activation.getActivation(Nd4j.createFromArray(far), true);
        INDArray slope = activation
                .backprop(Nd4j.createFromArray(far), Nd4j.ones(DataType.DOUBLE, far.length))
                .getFirst();
        for (int i = 0; i < far.length - 1; i++) {
            assertThat(value.getDouble(i)).isCloseTo(formula.applyAsDouble(far[i]), within(1e-14));
            assertThat(slope.getDouble(i)).isCloseTo(0, within(1e-30));
        }
        assertThat(value.getDouble(far.length - 1)).isNaN();
        assertThat(slope.getDouble(far.length - 1)).isNaN();
    }

    @ParameterizedTest
    @MethodSource("activations")
    void shapesMustAgree(IActivation activation, DoubleUnaryOperator formula) {
        assertThatThrownBy(() -> activation.backprop(Nd4j.ones(2, 3), Nd4j.ones(3, 2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[2, 3]");
    }

    @ParameterizedTest
    @MethodSource("activations")
    void equalsGoesByKindAndSurvivesJavaSerialisation(IActivation activation, DoubleUnaryOperator formula)
            throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(activation);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(activation).hasSameHashCodeAs(activation);
        }
        assertThat(activation.numParams(3)).isZero();
    }

    @Test
    void theTwoDiffer() {
        assertThat(new ActivationArcTan()).isNotEqualTo(new ActivationSmoothStep());
        assertThat(new ActivationArcTan()).hasToString("arctan");
        assertThat(new ActivationSmoothStep()).hasToString("smoothstep");
    }

    @ParameterizedTest
    @MethodSource("activations")
    void configurationsSurviveJson(IActivation activation, DoubleUnaryOperator formula) {
        MultiLayerConfiguration layers = configuration(activation);
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(layers.toJson());
        assertThat(read).isEqualTo(layers);
        assertThat(((DenseLayer) read.getConf(1).getLayer()).getActivationFn()).isInstanceOf(activation.getClass());
        assertThat(MultiLayerConfiguration.fromYaml(layers.toYaml())).isEqualTo(layers);
        assertThat(layers.clone()).isEqualTo(layers);

        ComputationGraphConfiguration graph = new NeuralNetConfiguration.Builder()
                .activation(activation)
                .graphBuilder()
                .addInputs("in")
                .addLayer("dense", new DenseLayer.Builder().nIn(3).nOut(2).build(), "in")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
                                .nIn(2)
                                .nOut(2)
                                .build(),
                        "dense")
                .setOutputs("out")
                .build();
        assertThat(ComputationGraphConfiguration.fromJson(graph.toJson())).isEqualTo(graph);
    }

    @ParameterizedTest
    @MethodSource("activations")
    void trainedNetworksSurviveTheModelSerializer(IActivation activation, DoubleUnaryOperator formula)
            throws Exception {
        Random random = Seeds.random("model " + activation);
        MultiLayerNetwork network = new MultiLayerNetwork(configuration(activation));
        network.init();
        INDArray features = random(random, DataType.FLOAT, 4, 6);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, 4, 3);
        for (int i = 0; i < 4; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        DataSet data = new DataSet(features, labels);
        double before = network.score(data);
        for (int i = 0; i < 30; i++) {
            network.fit(data);
        }
        assertThat(network.score(data)).isLessThan(before);

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, bytes, true);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(bytes.toByteArray()), true);
        assertThat(restored.getLayerWiseConfigurations()).isEqualTo(network.getLayerWiseConfigurations());
        assertThat(restored.output(features)).isEqualTo(network.output(features));
        network.fit(data);
        restored.fit(data);
        assertThat(restored.params()).isEqualTo(network.params());
    }

    private static MultiLayerConfiguration configuration(IActivation activation) {
        return new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(new Sgd(0.1))
                .list()
                .layer(new DenseLayer.Builder().nOut(4).activation(activation).build())
                .layer(new DenseLayer.Builder().nOut(5).activation(activation).build())
                .layer(new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(6))
                .build();
    }

    private static double[] flat(INDArray array) {
        return array.dup('c').reshape('c', new long[] {array.length()}).toDoubleVector();
    }

    private static INDArray random(Random random, DataType type, long... shape) {
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, 2 * random.nextGaussian());
        }
        return array.castTo(type);
    }
}
