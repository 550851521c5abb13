package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The statistics that follow from F̃ against loops over the gradients themselves, one of each sample. */
class GradientStatisticsTest {

    private static final int INPUTS = 8;
    private static final int CLASSES = 3;

    static Stream<Arguments> grid() {
        List<Arguments> arguments = new ArrayList<>();
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            for (boolean graph : new boolean[] {false, true}) {
                for (boolean images : new boolean[] {false, true}) {
                    for (int batch : new int[] {2, 3, 9}) {
                        arguments.add(Arguments.of(
                                new Setting(type, batch, WorkspaceMode.ENABLED, graph, 70 + batch), images));
                    }
                }
            }
        }
        return arguments.stream();
    }

    @ParameterizedTest(name = "{0}, images {1}")
    @MethodSource("grid")
    void areThoseOfTheGradientsThemselves(Setting setting, boolean images) {
        Case networks = networks(images);
        Model network = networks.network(setting);
        MultiDataSet data = networks.data(setting);
        // J of the same parameters and data, in double precision.
        Setting exact = new Setting(DataType.DOUBLE, setting.batch, WorkspaceMode.NONE, setting.graph, setting.seed);
        Model exactNetwork = networks.network(exact);
        exactNetwork.setParams(network.params().castTo(DataType.DOUBLE));
        MultiDataSet exactData = Draw.data(
                data.getFeatures(0).castTo(DataType.DOUBLE), data.getLabels(0).castTo(DataType.DOUBLE));
        Reference reference = new Reference(
                SampleLoop.gradients(exactNetwork, exactData).transpose().toDoubleMatrix());

        double tolerance = setting.type == DataType.DOUBLE ? 1e-9 : 1e-4;
        assertAgrees(FisherProbe.measure(network, data).gradientStatistics(), reference, tolerance);
        FisherMeasurement watched = WatchedStep.of(network, data).measurements.get(0);
        assertAgrees(watched.gradientStatistics(), reference, tolerance);
        assertThat(watched.meanGradientNorm())
                .isCloseTo(Math.sqrt(reference.meanSquaredNorm), within(tolerance * watched.meanGradientNorm()));
    }

    /** Gradients of any kind, without a network: few and many, alike and unlike, of any magnitude. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void areThoseOfRandomVectors(long seed) {
        Random random = new Random(seed);
        int samples = 2 + random.nextInt(30);
        double scale = Math.pow(10, random.nextInt(13) - 6);
        double common = 3 * random.nextDouble();
        double[][] gradients = new double[samples][1 + random.nextInt(40)];
        for (double[] gradient : gradients) {
            for (int p = 0; p < gradient.length; p++) {
                gradient[p] = scale * (common + random.nextGaussian());
            }
        }
        GradientStatistics statistics = statistics(gram(gradients), samples);
        assertAgrees(statistics, new Reference(gradients), 1e-9);
        assertThat(statistics.normTest())
                .as("the norm test is the two others, seed %d", seed)
                .isCloseTo(
                        Math.hypot(statistics.innerProductTest(), statistics.orthogonalityTest()),
                        within(1e-9 * statistics.normTest()));
    }

    /** Fourth powers of the norms are beyond a double's range, the tests' figures are not. */
    @ParameterizedTest
    @ValueSource(doubles = {1e100, 1e-100})
    void theTestsAreThoseOfGradientsOfAnyMagnitude(double scale) {
        double[][] gradients = {{3, 1, 0}, {-1, 2, 1}, {0.5, 2, -1}, {1, 1, 4}};
        double[][] scaled = Arrays.stream(gradients)
                .map(gradient -> Arrays.stream(gradient).map(g -> g * scale).toArray())
                .toArray(double[][]::new);
        GradientStatistics expected = statistics(gram(gradients), 4);
        GradientStatistics seen = statistics(gram(scaled), 4);
        assertThat(seen.normTest()).isCloseTo(expected.normTest(), within(1e-12));
        assertThat(seen.innerProductTest()).isCloseTo(expected.innerProductTest(), within(1e-12));
        assertThat(seen.orthogonalityTest()).isCloseTo(expected.orthogonalityTest(), within(1e-12));
    }

    /** Half of all mini-batches of two show a smaller |G|² than there is, but the means are those of the population. */
    @Test
    void varianceAndSquaredNormAreUnbiased() {
        double[][] population = {{3, 1}, {-1, 2}, {0.5, -2}, {1, 1}, {-2, 0.25}};
        double trace = 0;
        double squaredNorm = 0;
        int drawn = 0;
        for (double[] first : population) {
            for (double[] second : population) {
                for (double[] third : population) {
                    GradientStatistics statistics = statistics(gram(new double[][] {first, second, third}), 3);
                    trace += statistics.covarianceTrace();
                    squaredNorm += statistics.expectedGradientSquaredNorm();
                    drawn++;
                }
            }
        }
        double[] mean = new Reference(population).mean;
        double variance = 0;
        for (double[] gradient : population) {
            variance += squaredDistance(gradient, mean) / population.length;
        }
        assertThat(trace / drawn).isCloseTo(variance, within(1e-12));
        assertThat(squaredNorm / drawn).isCloseTo(dot(mean, mean), within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneSampleHasNoVariance(boolean graph) {
        Setting setting = new Setting(DataType.DOUBLE, 1, WorkspaceMode.ENABLED, graph, 81);
        Case networks = networks(false);
        FisherMeasurement measured = FisherProbe.measure(networks.network(setting), networks.data(setting));
        GradientStatistics one = measured.gradientStatistics();
        assertThat(one.meanGradientSquaredNorm()).isPositive().isCloseTo(measured.trace(), within(1e-12));
        assertThat(one.gradientNorms()).containsExactly(Math.sqrt(measured.trace()));
        assertThat(one.medianGradientNorm()).isEqualTo(one.largestGradientNorm());
        assertThat(new double[] {
                    one.covarianceTrace(),
                    one.expectedGradientSquaredNorm(),
                    one.noiseScale(),
                    one.normTest(),
                    one.innerProductVariance(),
                    one.innerProductTest(),
                    one.orthogonalVariance(),
                    one.orthogonalityTest()
                })
                .containsOnly(Double.NaN);
    }

    @Test
    void equalSamplesHaveNoVarianceButAGradient() {
        double[][] equal = new double[7][];
        Arrays.fill(equal, new double[] {0.1, 0.7, -0.3});
        GradientStatistics statistics = statistics(gram(equal), 7);
        assertThat(statistics.covarianceTrace()).isCloseTo(0, within(1e-15)).isNotNegative();
        assertThat(statistics.noiseScale()).isCloseTo(0, within(1e-14)).isNotNegative();
        assertThat(statistics.normTest()).isCloseTo(0, within(1e-7));
        assertThat(statistics.innerProductTest()).isCloseTo(0, within(1e-14));
        assertThat(statistics.orthogonalityTest()).isCloseTo(0, within(1e-7));
    }

    @Test
    void gradientsThatCancelLeaveNoiseOnly() {
        GradientStatistics statistics = statistics(gram(new double[][] {{1, 2}, {-1, -2}}), 2);
        assertThat(statistics.meanGradientSquaredNorm()).isZero();
        assertThat(statistics.covarianceTrace()).isEqualTo(10);
        assertThat(statistics.expectedGradientSquaredNorm()).isEqualTo(-5);
        assertThat(statistics.noiseScale()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(statistics.normTest()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(statistics.innerProductTest()).isNaN();
        assertThat(statistics.orthogonalityTest()).isNaN();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void whatIsNoNumberIsSaidToBeNone(double value) {
        GradientStatistics statistics = statistics(new double[] {1, value, value, 2}, 2);
        assertThat(statistics.gradientNorms()).containsOnly(Double.NaN);
        assertThat(statistics.largestGradientNorm()).isNaN();
        assertThat(statistics.medianGradientNorm()).isNaN();
        assertThat(statistics.meanGradientSquaredNorm()).isNaN();
        assertThat(statistics.covarianceTrace()).isNaN();
        assertThat(statistics.noiseScale()).isNaN();
        assertThat(statistics.normTest()).isNaN();
        assertThat(statistics.innerProductTest()).isNaN();
        assertThat(statistics.orthogonalityTest()).isNaN();
    }

    @Test
    void noGradientAtAll() {
        GradientStatistics statistics = statistics(new double[9], 3);
        assertThat(statistics.meanGradientSquaredNorm()).isZero();
        assertThat(statistics.covarianceTrace()).isZero();
        assertThat(statistics.noiseScale()).isNaN();
        assertThat(statistics.normTest()).isNaN();
    }

    private static void assertAgrees(GradientStatistics statistics, Reference reference, double tolerance) {
        int samples = reference.norms.length;
        assertThat(statistics.gradientNorms()).hasSize(samples);
        double[] sorted = reference.norms.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < samples; i++) {
            assertThat(statistics.gradientNorms()[i])
                    .as("sample %d", i)
                    .isCloseTo(reference.norms[i], within(tolerance * sorted[samples - 1]));
        }
        assertClose("largest", statistics.largestGradientNorm(), sorted[samples - 1], tolerance);
        assertClose(
                "median",
                statistics.medianGradientNorm(),
                (sorted[(samples - 1) / 2] + sorted[samples / 2]) / 2,
                tolerance);
        assertClose("mean", statistics.meanGradientSquaredNorm(), reference.meanSquaredNorm, tolerance);
        assertClose("covariance", statistics.covarianceTrace(), reference.covarianceTrace, tolerance);
        assertThat(statistics.expectedGradientSquaredNorm())
                .isCloseTo(
                        reference.meanSquaredNorm - reference.covarianceTrace / samples,
                        within(tolerance * (reference.meanSquaredNorm + reference.covarianceTrace)));
        double expected = reference.meanSquaredNorm - reference.covarianceTrace / samples;
        if (expected > 0.05 * reference.meanSquaredNorm) {
            assertClose("noise scale", statistics.noiseScale(), reference.covarianceTrace / expected, 100 * tolerance);
        }
        assertClose(
                "norm test",
                statistics.normTest(),
                Math.sqrt(reference.covarianceTrace / (samples * reference.meanSquaredNorm)),
                tolerance);
        assertThat(statistics.innerProductVariance())
                .isCloseTo(
                        reference.innerProductVariance,
                        within(tolerance * reference.covarianceTrace * reference.meanSquaredNorm));
        assertThat(statistics.innerProductTest())
                .isCloseTo(
                        Math.sqrt(reference.innerProductVariance / samples) / reference.meanSquaredNorm,
                        within(tolerance * statistics.normTest()));
        assertThat(statistics.orthogonalVariance())
                .isCloseTo(
                        reference.orthogonalVariance,
                        within(tolerance * (reference.covarianceTrace + reference.meanSquaredNorm)));
        assertThat(statistics.orthogonalityTest())
                .isCloseTo(
                        Math.sqrt(reference.orthogonalVariance / (samples * reference.meanSquaredNorm)),
                        // A root: half the digits where the variance is rounding only (a single parameter).
                        within(Math.max(1e-6, tolerance) * (1 + statistics.normTest())));
    }

    private static void assertClose(String what, double actual, double expected, double tolerance) {
        assertThat(actual).as(what).isCloseTo(expected, within(tolerance * Math.abs(expected)));
    }

    /** The definitions, by loops over vectors. */
    private static final class Reference {

        final double[] norms;
        final double[] mean;
        final double meanSquaredNorm;
        final double covarianceTrace;
        final double innerProductVariance;
        final double orthogonalVariance;

        Reference(double[][] gradients) {
            int samples = gradients.length;
            norms = new double[samples];
            mean = new double[gradients[0].length];
            for (int i = 0; i < samples; i++) {
                norms[i] = Math.sqrt(dot(gradients[i], gradients[i]));
                for (int p = 0; p < mean.length; p++) {
                    mean[p] += gradients[i][p] / samples;
                }
            }
            meanSquaredNorm = dot(mean, mean);
            double spread = 0;
            double along = 0;
            double across = 0;
            for (double[] gradient : gradients) {
                spread += squaredDistance(gradient, mean);
                double product = dot(gradient, mean);
                along += Math.pow(product - meanSquaredNorm, 2);
                double[] projection = new double[mean.length];
                for (int p = 0; p < mean.length; p++) {
                    projection[p] = product / meanSquaredNorm * mean[p];
                }
                across += squaredDistance(gradient, projection);
            }
            covarianceTrace = spread / (samples - 1);
            innerProductVariance = along / (samples - 1);
            orthogonalVariance = across / (samples - 1);
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int p = 0; p < a.length; p++) {
            sum += a[p] * b[p];
        }
        return sum;
    }

    private static double squaredDistance(double[] a, double[] b) {
        double sum = 0;
        for (int p = 0; p < a.length; p++) {
            sum += (a[p] - b[p]) * (a[p] - b[p]);
        }
        return sum;
    }

    private static double[] gram(double[][] gradients) {
        int samples = gradients.length;
        double[] gram = new double[samples * samples];
        for (int i = 0; i < samples; i++) {
            for (int j = 0; j < samples; j++) {
                gram[i * samples + j] = dot(gradients[i], gradients[j]);
            }
        }
        return gram;
    }

    private static Case networks(boolean images) {
        return Case.layers(
                images ? "convolution" : "dense",
                list -> list.layer(
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
                        .setInputType(images ? InputType.convolutionalFlat(4, 2, 1) : InputType.feedForward(INPUTS)),
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(draw.normal(setting.batch, INPUTS), draw.oneHot(setting.batch, CLASSES));
                });
    }

    @Test
    void aSquareRoundedBelowZeroHasNormZero() {
        GradientStatistics statistics = statistics(new double[] {4, 0, 0, -1e-17}, 2);
        assertThat(statistics.gradientNorms()).containsExactly(2, 0);
        assertThat(statistics.largestGradientNorm()).isEqualTo(2);
        assertThat(statistics.medianGradientNorm()).isEqualTo(1);
        assertThat(statistics.covarianceTrace()).isEqualTo(2);
        assertThat(statistics.orthogonalityTest()).isNotNaN();
        FisherMeasurement measurement = new FisherMeasurement.Builder(
                        Figures.none().set(Column.LEARNING_RATE, 0.1))
                .gram(new double[] {-1e-17}, 1)
                .build();
        assertThat(measurement.energy()).isZero();
    }

    private static GradientStatistics statistics(double[] gram, int samples) {
        return FisherMeasurement.builder().gram(gram, samples).build().gradientStatistics();
    }
}
