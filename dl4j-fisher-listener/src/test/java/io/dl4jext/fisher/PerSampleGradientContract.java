package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * What F̃ must be for every kind of layer: the Gram matrix of gradients from single-sample passes, and a matrix whose
 * entries add up to the squared norm of the gradient that DL4J itself computes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PerSampleGradientContract {

    abstract List<Case> cases();

    List<Setting> settings() {
        return Setting.grid();
    }

    /**
     * Every setting of every case; on the second DL4J version of each case every third one, the others with the next
     * cases.
     */
    final Stream<Arguments> grid() {
        return every(Dl4jVersion.isBeta7() ? 3 : 1, settings());
    }

    /**
     * Every data type and container, one example and several: of each case every third such setting, the others with
     * the next cases. (What forms the gradients is what forms F̃, which is checked with all settings.)
     */
    final Stream<Arguments> smallGrid() {
        return every(
                3,
                settings().stream()
                        .filter(setting -> setting.batch <= 5 && setting.seed != 6)
                        .collect(Collectors.toList()));
    }

    /**
     * Of each case every n-th of the settings that it runs under, one at least; each two cases, which often differ in a
     * mask alone, the next ones.
     */
    private Stream<Arguments> every(int n, List<Setting> settings) {
        List<Arguments> some = new ArrayList<>();
        int number = 0;
        for (Case testCase : cases()) {
            int place = number++ / 2;
            List<Setting> own = settings.stream().filter(testCase::runsUnder).collect(Collectors.toList());
            for (int k = own.isEmpty() ? n : place % Math.min(n, own.size()); k < own.size(); k += n) {
                some.add(Arguments.of(testCase, own.get(k)));
            }
        }
        return some.stream();
    }

    @ParameterizedTest(name = "{0}; {1}")
    @MethodSource("grid")
    void gramMatrixOfPerSampleGradients(Case testCase, Setting setting) {
        skipUnlessItRuns(testCase, setting, () -> requireGramMatrix(testCase, setting));
    }

    private static void skipUnlessItRuns(Case testCase, Setting setting, Runnable test) {
        PlainPass.skipUnlessItRuns(
                testCase + "; " + setting, () -> testCase.network(setting), testCase.data(setting), test);
    }

    private static void requireGramMatrix(Case testCase, Setting setting) {
        Nd4j.getRandom().setSeed(setting.seed);
        Model network = testCase.network(setting);
        MultiDataSet data = testCase.data(setting);
        INDArray probed = FisherProbe.measure(network, data).gramMatrix();
        if (testCase.separable()) {
            INDArray gradients = SampleLoop.gradients(network, data);
            INDArray expected = SampleLoop.gram(gradients);
            assertThat(expected.norm2Number().doubleValue()).as("reference").isPositive();
            assertClose(probed, expected, setting, "probe");
            WatchedStep step = WatchedStep.of(network, data);
            assertThat(step.measurements).isNotEmpty();
            if (step.measurements.size() == 1) {
                assertClose(step.measurements.get(0).gramMatrix(), expected, setting, "listener");
                assertTraces(step.measurements.get(0), SampleLoop.layerTraces(network, gradients), setting);
                assertNames(step.measurements.get(0), network);
            }
            assertSums(step, network, setting);
        } else {
            assertSums(WatchedStep.of(network, data), network, setting);
        }
    }

    private static void assertTraces(FisherMeasurement measured, Map<String, Double> expected, Setting setting) {
        double scale = Tolerances.gram(setting.type) * measured.trace();
        assertThat(expected.keySet()).containsAll(measured.layerTraces().keySet());
        expected.forEach((layer, trace) -> assertThat(measured.layerTraces().getOrDefault(layer, 0.0))
                .as(layer)
                .isCloseTo(trace, within(scale)));
    }

    /** A report lays traces beside contributions. */
    private static void assertNames(FisherMeasurement measured, Model network) {
        assertThat(LayerContribution.of(network))
                .extracting(LayerContribution::name)
                .containsAll(measured.layerTraces().keySet());
    }

    /** The gradients themselves, and all that is had without them. */
    @Tag("slow")
    @ParameterizedTest(name = "{0}; {1}")
    @MethodSource("smallGrid")
    void perSampleGradients(Case testCase, Setting setting) {
        skipUnlessItRuns(testCase, setting, () -> requireGradients(testCase, setting));
    }

    private static void requireGradients(Case testCase, Setting setting) {
        Nd4j.getRandom().setSeed(setting.seed);
        Model network = testCase.network(setting);
        MultiDataSet data = testCase.data(setting);
        PerSampleGradients gradients = PerSampleGradients.of(network, data);
        INDArray matrix = gradients.matrix();
        assertThat(matrix.dataType()).isEqualTo(setting.type);
        assertThat(matrix.shape())
                .containsExactly(setting.batch, network.params().length());
        GradientChecks checks = new GradientChecks(matrix, setting);
        if (testCase.separable()) {
            checks.requireRows(SampleLoop.gradients(network, data).transpose());
        }
        checks.requireGram(gradients.gramMatrix());
        checks.requireNorms(gradients.norms());
        checks.requireWeightedSums(gradients::weightedSum);
        checks.requireClippedSums(gradients::clippedSum);
        // The last: its pass draws random numbers of its own, the very ones that the others began with.
        checks.requireSum(SampleLoop.trainable(network, SampleLoop.gradient(network, data)));
    }

    private static void assertSums(WatchedStep step, Model network, Setting setting) {
        assertThat(step.gradients).hasSameSizeAs(step.measurements);
        for (int k = 0; k < step.measurements.size(); k++) {
            FisherMeasurement measurement = step.measurements.get(k);
            INDArray gradient = SampleLoop.trainable(network, step.gradients.get(k));
            double squaredNorm = gradient.mul(gradient).sumNumber().doubleValue();
            INDArray gram = measurement.gramMatrix();
            double traces = measurement.layerTraces().values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
            assertThat(traces).isCloseTo(measurement.trace(), within(1e-12 * measurement.trace()));
            assertThat(gram.dataType()).isEqualTo(DataType.DOUBLE);
            assertThat(gram.shape()).containsExactly(setting.batch, setting.batch);
            double scale = Transforms.abs(gram).sumNumber().doubleValue();
            assertThat(Math.abs(gram.sumNumber().doubleValue() - squaredNorm))
                    .as("sum of F against DL4J's own squared gradient norm %s, pass %d, %s", squaredNorm, k, setting)
                    .isLessThanOrEqualTo(Tolerances.sum(setting.type) * scale);
            assertThat(measurement.meanGradientNorm())
                    .isCloseTo(
                            Math.sqrt(Math.max(0, gram.sumNumber().doubleValue())) / setting.batch,
                            org.assertj.core.data.Offset.offset(1e-12 * Math.sqrt(scale)));
        }
    }

    static void assertClose(INDArray actual, INDArray expected, Setting setting, String what) {
        double error = actual.sub(expected).norm2Number().doubleValue()
                / expected.norm2Number().doubleValue();
        assertThat(error)
                .as("relative error of F, %s, %s; expected\n%s\ngot\n%s", what, setting, expected, actual)
                .isLessThanOrEqualTo(Tolerances.gram(setting.type));
    }
}
