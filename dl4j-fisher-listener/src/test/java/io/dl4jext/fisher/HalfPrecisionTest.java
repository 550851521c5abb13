package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Networks in 16 bits: what DL4J trains on the CPU is measured. */
class HalfPrecisionTest {

    /** HALF has 11 bits, and DL4J adds up the gradients of all samples in it. */
    private static final double TOLERANCE = 5e-2;

    @Test
    void halfIsMeasuredWhereverDl4jTrainsInIt() {
        Setting setting = new Setting(DataType.HALF, 5, WorkspaceMode.ENABLED, false, 1);
        List<String> measured = new ArrayList<>();
        for (PerSampleGradientContract tests : List.of(
                new DenseGradientTest(),
                new ConvolutionGradientTest(),
                new RowGradientTest(),
                new SeriesConvolutionGradientTest(),
                new OtherConvolutionGradientTest(),
                new RecurrentGradientTest(),
                new AttentionGradientTest(),
                new EmbeddingGradientTest())) {
            List<Case> cases = tests.cases();
            for (int i = 0; i < cases.size(); i += 4) {
                Case testCase = cases.get(i);
                if (testCase.runsUnder(setting) && trains(testCase, setting)) {
                    assertSum(testCase, setting);
                    measured.add(testCase.toString());
                }
            }
        }
        assertThat(measured).hasSizeGreaterThan(40);
    }

    /** DL4J's native code has some operations in FLOAT and DOUBLE only. */
    private static boolean trains(Case testCase, Setting setting) {
        try {
            Nd4j.getRandom().setSeed(setting.seed);
            INDArray gradient = SampleLoop.gradient(testCase.network(setting), testCase.data(setting));
            return !gradient.isNaN().any() && !gradient.isInfinite().any();
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static void assertSum(Case testCase, Setting setting) {
        Nd4j.getRandom().setSeed(setting.seed);
        Model network = testCase.network(setting);
        MultiDataSet data = testCase.data(setting);
        WatchedStep step = WatchedStep.of(network, data);
        assertThat(step.measurements).as("%s", testCase).isNotEmpty();
        INDArray gram = step.measurements.get(0).gramMatrix();
        INDArray own = SampleLoop.trainable(network, step.gradients.get(0));
        double difference =
                gram.sumNumber().doubleValue() - own.mul(own).sumNumber().doubleValue();
        assertThat(Math.abs(difference))
                .as("%s: sum of F against DL4J's own squared gradient norm", testCase)
                .isLessThanOrEqualTo(
                        TOLERANCE * Transforms.abs(gram).sumNumber().doubleValue());
    }

    /** With all of the 11 bits' rounding added up, nothing but σ_max would count. */
    @Test
    void largeMiniBatchesInHalfHaveASpectrum() {
        Setting setting = new Setting(DataType.HALF, 1024, WorkspaceMode.ENABLED, false, 1);
        Case testCase = new DenseGradientTest().cases().get(0);
        FisherMeasurement measured = FisherProbe.measure(testCase.network(setting), testCase.data(setting));
        double[] eigenvalues = measured.eigenvalues();
        assertThat(measured.rank())
                .isEqualTo((int) Arrays.stream(eigenvalues)
                        .filter(value -> Math.sqrt(value) > Math.sqrt(eigenvalues[0]) / 32)
                        .count())
                .isGreaterThan(1);
        assertThat(measured.conditionNumber()).isBetween(2.0, 32.0);
    }

    @Test
    void bfloat16IsRefusedByDl4jItself() {
        assertThatThrownBy(() -> new NeuralNetConfiguration.Builder().dataType(DataType.BFLOAT16))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("BFLOAT16");
    }
}
