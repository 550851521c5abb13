package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** c_k against an SVD of J itself in double precision, up to the condition numbers that are promised. */
class ConditionNumberTest {

    private static final int SAMPLES = 6;
    private static final int CLASSES = 3;

    static Stream<Arguments> spreads() {
        List<Arguments> arguments = new ArrayList<>();
        for (boolean images : new boolean[] {false, true}) {
            for (double spread : new double[] {1, 1e-1, 1e-2, 1e-3, 1e-4}) {
                arguments.add(Arguments.of(DataType.DOUBLE, images, spread));
            }
            for (double spread : new double[] {1, 1e-1, 2e-2}) {
                arguments.add(Arguments.of(DataType.FLOAT, images, spread));
            }
        }
        return arguments.stream();
    }

    /** The smaller the spread of the samples around a common one, the larger c_k. */
    @ParameterizedTest(name = "{0}, images {1}, spread {2}")
    @MethodSource("spreads")
    void isThatOfTheJacobian(DataType type, boolean images, double spread) {
        Setting setting = new Setting(type, SAMPLES, WorkspaceMode.ENABLED, false, 21);
        MultiLayerNetwork network = network(setting, images);
        MultiDataSet data = nearlyEqual(setting, spread);
        // J of the same parameters and data, by a network in double precision.
        MultiLayerNetwork exact = network(new Setting(DataType.DOUBLE, SAMPLES, WorkspaceMode.NONE, false, 21), images);
        exact.setParams(network.params().castTo(DataType.DOUBLE));
        MultiDataSet exactData = Draw.data(
                data.getFeatures(0).castTo(DataType.DOUBLE), data.getLabels(0).castTo(DataType.DOUBLE));
        double[][] jacobian = SampleLoop.gradients(exact, exactData).toDoubleMatrix();
        double[] singular = new SingularValueDecomposition(MatrixUtils.createRealMatrix(jacobian)).getSingularValues();
        double expected = singular[0] / singular[SAMPLES - 1];
        assertThat(expected).as("a case within the promise").isLessThan(Tolerances.largestConditionNumber(type));

        FisherMeasurement measured = FisherProbe.measure(network, data);
        assertThat(measured.rank()).as("rank at condition number %s", expected).isEqualTo(SAMPLES);
        assertThat(measured.conditionNumber()).isCloseTo(expected, within(Tolerances.CONDITION_NUMBER * expected));
    }

    /** B·ulp(1) = 1.8e-15 of DOUBLE would take the rounding of F̃, √2⁻⁵² ≈ 1.5e-8 of σ_max, for a singular value. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT"})
    void duplicatedSamplesAddNoSingularValues(DataType type) {
        for (long seed = 30; seed < 40; seed++) {
            Setting setting = new Setting(type, SAMPLES, WorkspaceMode.ENABLED, false, seed);
            MultiLayerNetwork network = network(setting, false);
            DataSet three =
                    new DataSet(setting.draw().normal(3, 8), setting.draw().oneHot(3, CLASSES));
            DataSet doubled = new DataSet(
                    Nd4j.vstack(three.getFeatures(), three.getFeatures()),
                    Nd4j.vstack(three.getLabels(), three.getLabels()));
            FisherMeasurement once = FisherProbe.measure(network, three);
            FisherMeasurement twice = FisherProbe.measure(network, doubled);
            assertThat(once.rank()).isEqualTo(3);
            assertThat(twice.rank()).as("%s, seed %d", type, seed).isEqualTo(3);
            assertThat(twice.conditionNumber())
                    .isCloseTo(once.conditionNumber(), within(1e-3 * once.conditionNumber()));
        }
    }

    @Test
    void zeroToleranceKeepsTheNoiseOfDuplicates() {
        Setting setting = new Setting(DataType.DOUBLE, SAMPLES, WorkspaceMode.ENABLED, false, 31);
        MultiLayerNetwork network = network(setting, false);
        INDArray features = setting.draw().normal(3, 8);
        INDArray labels = setting.draw().oneHot(3, CLASSES);
        FisherListener fisher = FisherListener.builder().rankTolerance(0).build();
        network.setListeners(fisher);
        network.fit(new DataSet(Nd4j.vstack(features, features), Nd4j.vstack(labels, labels)));
        FisherMeasurement measured = fisher.history().measurements().get(0);
        long positive =
                Arrays.stream(measured.eigenvalues()).filter(value -> value > 0).count();
        assertThat(measured.rank()).isEqualTo((int) positive).isGreaterThanOrEqualTo(3);
    }

    private static MultiLayerNetwork network(Setting setting, boolean images) {
        MultiLayerNetwork network = new MultiLayerNetwork(Case.base(setting)
                .list()
                .layer(
                        images
                                ? new ConvolutionLayer.Builder(2, 2)
                                        .nOut(4)
                                        .activation(Activation.TANH)
                                        .build()
                                : new DenseLayer.Builder()
                                        .nOut(7)
                                        .activation(Activation.TANH)
                                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(images ? InputType.convolutionalFlat(4, 2, 1) : InputType.feedForward(8))
                .build());
        network.init();
        return network;
    }

    private static MultiDataSet nearlyEqual(Setting setting, double spread) {
        Draw draw = setting.draw();
        INDArray features = draw.normal(SAMPLES, 8).muli(spread).addiRowVector(draw.normal(1, 8));
        INDArray labels = Nd4j.create(setting.type, SAMPLES, CLASSES);
        labels.getColumn(1).assign(1);
        return Draw.data(features, labels);
    }
}
