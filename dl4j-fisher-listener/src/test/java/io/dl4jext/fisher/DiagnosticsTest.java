package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Diversity, cosines, effective rank and alignment against their definitions on the gradients themselves. */
class DiagnosticsTest {

    private static final double CLOSE = 1e-9;

    private static FisherMeasurement measured(double[]... gradients) {
        return FisherMeasurement.builder()
                .gradients(gradients)
                .topAlignment(true)
                .build();
    }

    private static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int p = 0; p < left.length; p++) {
            sum += left[p] * right[p];
        }
        return sum;
    }

    private static double norm(double[] vector) {
        return Math.sqrt(dot(vector, vector));
    }

    private static double[] sum(double[]... gradients) {
        double[] sum = new double[gradients[0].length];
        for (double[] gradient : gradients) {
            for (int p = 0; p < sum.length; p++) {
                sum[p] += gradient[p];
            }
        }
        return sum;
    }

    private static double[][] draw(Random random, int samples, int parameters, double common) {
        double scale = Math.pow(10, random.nextInt(13) - 6);
        double[] shared = random.doubles(parameters, -1, 1).toArray();
        double[][] gradients = new double[samples][parameters];
        for (double[] gradient : gradients) {
            for (int p = 0; p < parameters; p++) {
                gradient[p] = scale * (random.nextGaussian() + common * shared[p]);
            }
        }
        return gradients;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void areThoseOfTheGradientsThemselves(long seed) {
        Random random = new Random(seed);
        int samples = 2 + random.nextInt(30);
        double[][] gradients = draw(random, samples, 1 + random.nextInt(40), 3 * random.nextDouble());
        if (seed % 3 == 0) {
            // One without a gradient.
            Arrays.fill(gradients[samples / 2], 0);
        }
        FisherMeasurement measured = measured(gradients);
        GradientStatistics statistics = measured.gradientStatistics();

        double squares = Arrays.stream(gradients).mapToDouble(g -> dot(g, g)).sum();
        double[] total = sum(gradients);
        assertThat(statistics.gradientDiversity()).isCloseTo(squares / dot(total, total), relative(CLOSE));

        List<Double> cosines = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            for (int j = i + 1; j < samples; j++) {
                if (norm(gradients[i]) > 0 && norm(gradients[j]) > 0) {
                    cosines.add(dot(gradients[i], gradients[j]) / norm(gradients[i]) / norm(gradients[j]));
                }
            }
        }
        assertThat(statistics.meanCosine())
                .isCloseTo(
                        cosines.stream()
                                .mapToDouble(Double::doubleValue)
                                .average()
                                .orElse(Double.NaN),
                        within(CLOSE));
        assertThat(statistics.smallestCosine())
                .isCloseTo(
                        cosines.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN), within(CLOSE));

        RealMatrix jacobian = MatrixUtils.createRealMatrix(gradients).transpose();
        SingularValueDecomposition svd = new SingularValueDecomposition(jacobian);
        double[] singular = Arrays.stream(svd.getSingularValues())
                .filter(value -> value > 1e-7 * svd.getSingularValues()[0])
                .toArray();
        double all = Arrays.stream(singular).sum();
        double entropy = Arrays.stream(singular)
                .map(value -> -value / all * Math.log(value / all))
                .sum();
        assertThat(measured.effectiveRank()).isCloseTo(Math.exp(entropy), relative(1e-6));
        assertThat(measured.topAlignment())
                .isCloseTo(Math.abs(dot(svd.getU().getColumn(0), total)) / norm(total), within(1e-7));
    }

    private static org.assertj.core.data.Percentage relative(double tolerance) {
        return org.assertj.core.data.Percentage.withPercentage(100 * tolerance);
    }

    @Test
    void allTheSame() {
        FisherMeasurement same = measured(new double[] {3, 4}, new double[] {3, 4}, new double[] {3, 4});
        assertThat(same.gradientStatistics().gradientDiversity()).isCloseTo(1.0 / 3, within(CLOSE));
        assertThat(same.gradientStatistics().meanCosine()).isEqualTo(1);
        assertThat(same.gradientStatistics().smallestCosine()).isEqualTo(1);
        assertThat(same.effectiveRank()).isCloseTo(1, within(CLOSE));
        assertThat(same.topAlignment()).isCloseTo(1, within(CLOSE));
    }

    @Test
    void atRightAnglesAndAsLong() {
        FisherMeasurement diverse =
                measured(new double[] {2, 0, 0, 0}, new double[] {0, 2, 0, 0}, new double[] {0, 0, 2, 0});
        assertThat(diverse.gradientStatistics().gradientDiversity()).isEqualTo(1);
        assertThat(diverse.gradientStatistics().meanCosine()).isZero();
        assertThat(diverse.effectiveRank()).isCloseTo(3, within(CLOSE));
        // The largest eigenvalue is repeated: all of the space is along it.
        assertThat(diverse.topAlignment()).isCloseTo(1, within(CLOSE));
    }

    /**
     * (1, 0), (1, 0) and (0, √8): the largest direction is the second, the mean lies mostly across it, or not at all.
     */
    @Test
    void theMeanAcrossTheLargestDirection() {
        double root = Math.sqrt(8);
        FisherMeasurement measured = measured(new double[] {1, 0}, new double[] {1, 0}, new double[] {0, root});
        assertThat(measured.topAlignment()).isCloseTo(root / Math.sqrt(12), within(CLOSE));
        FisherMeasurement against =
                measured(new double[] {1, 0}, new double[] {1, 0}, new double[] {0, root}, new double[] {0, -root});
        assertThat(against.topAlignment()).isCloseTo(0, within(1e-6));
        assertThat(against.gradientStatistics().smallestCosine()).isEqualTo(-1);
    }

    @Test
    void whereThereIsNothingToTell() {
        FisherMeasurement one = measured(new double[] {3, 4});
        assertThat(one.gradientStatistics().gradientDiversity()).isEqualTo(1);
        assertThat(one.gradientStatistics().meanCosine()).isNaN();
        assertThat(one.gradientStatistics().smallestCosine()).isNaN();
        assertThat(one.effectiveRank()).isEqualTo(1);
        assertThat(one.topAlignment()).isCloseTo(1, within(CLOSE));

        FisherMeasurement zero = measured(new double[2], new double[2]);
        assertThat(zero.gradientStatistics().gradientDiversity()).isNaN();
        assertThat(zero.gradientStatistics().meanCosine()).isNaN();
        assertThat(zero.effectiveRank()).isNaN();
        assertThat(zero.topAlignment()).isNaN();

        FisherMeasurement balanced = measured(new double[] {1, 2}, new double[] {-1, -2});
        assertThat(balanced.gradientStatistics().gradientDiversity()).isInfinite();
        assertThat(balanced.gradientStatistics().meanCosine()).isEqualTo(-1);
        assertThat(balanced.topAlignment()).isNaN();

        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            FisherMeasurement diverged = measured(new double[] {1, bad}, new double[] {1, 2});
            assertThat(diverged.gradientStatistics().gradientDiversity()).isNaN();
            assertThat(diverged.gradientStatistics().meanCosine()).isNaN();
            assertThat(diverged.gradientStatistics().smallestCosine()).isNaN();
            assertThat(diverged.effectiveRank()).isNaN();
            assertThat(diverged.topAlignment()).isNaN();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.9, 0.99})
    void theNoiseScaleOfAverages(double decay) {
        Random random = new Random(5);
        List<FisherMeasurement> run = new ArrayList<>();
        List<GradientStatistics> told = new ArrayList<>();
        for (int k = 0; k < 30; k++) {
            int samples = k % 7 == 0 ? 1 : 2 + random.nextInt(9);
            double[][] gradients = draw(random, samples, 10, 1);
            run.add(FisherMeasurement.builder()
                    .iteration(k)
                    .gradients(gradients)
                    .build());
        }
        double[] scales =
                FisherHistory.of(run.toArray(new FisherMeasurement[0])).noiseScales(decay);
        assertThat(scales).hasSize(30);
        assertThat(scales[0]).isNaN();
        for (int k = 0; k < 30; k++) {
            if (run.get(k).batchSize() > 1) {
                told.add(run.get(k).gradientStatistics());
            }
            // Weighted means, weights (1 − β)·βʲ, which add up to 1 − βᵏ.
            double variances = 0;
            double squares = 0;
            for (int j = 0; j < told.size(); j++) {
                double weight = Math.pow(decay, told.size() - 1 - j);
                variances += weight * told.get(j).covarianceTrace();
                squares += weight * told.get(j).expectedGradientSquaredNorm();
            }
            if (!told.isEmpty() && squares > 0) {
                assertThat(scales[k]).isCloseTo(variances / squares, relative(1e-6));
            } else if (!told.isEmpty()) {
                assertThat(scales[k]).isEqualTo(Double.POSITIVE_INFINITY);
            }
        }
        for (double refused : new double[] {-0.1, 1, Double.NaN}) {
            assertThatThrownBy(() -> FisherHistory.of().noiseScales(refused))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Expected a decay from 0 to below 1, got " + refused);
        }
    }

    @Test
    void aSavedHistoryHasThem() {
        Map<String, Double> traces = new LinkedHashMap<>();
        traces.put("layer 0", 20.0);
        traces.put("layer 1 'out'", 41.0);
        FisherHistory history = FisherHistory.of(FisherMeasurements.diagnosed(3, traces));
        FisherMeasurement read =
                FisherHistory.fromJson(history.toJson()).measurements().get(0);
        assertThat(read.layerTraces()).containsExactlyEntriesOf(traces);
        assertThat(read.topAlignment())
                .isEqualTo(history.measurements().get(0).topAlignment())
                .isNotNaN();
        assertThat(FisherHistory.fromJson(history.toJson()).toJson()).isEqualTo(history.toJson());
        FisherMeasurement both = FisherMeasurement.together(List.of(read, FisherMeasurements.diagnosed(3, traces)));
        assertThat(both.layerTraces()).containsEntry("layer 0", 40.0).containsEntry("layer 1 'out'", 82.0);
    }

    /** A file of version 2, as it was first written: it stays readable. */
    @Test
    void theFormatOfVersion2() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("history-version-2.json")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            FisherHistory history = FisherHistory.fromJson(text);
            assertThat(history.measurements()).hasSize(2);
            assertThat(history.measurements().get(1).layerTraces()).containsEntry("layer 1 'out'", 41.0);
            assertThat(history.measurements().get(1).topAlignment()).isCloseTo(0.98106623475066, within(1e-14));
            assertThat(history.cumulativeEnergy()).isEqualTo(3.66931585237136);
            assertThat(history.toJson()).isEqualTo(text);
        }
    }

    /** One that names columns that this version does not know, or not all that each version has. */
    @Test
    void aSavedHistoryNamesItsColumns() {
        String json =
                FisherHistory.of(FisherMeasurements.diagnosed(3, Map.of())).toJson();
        for (String[] change : new String[][] {
            {"\"smallest_cosine\"", "\"future\"", "got future"},
            {"\"smallest_cosine\"", "\"loss\"", "got loss"},
            {"\"version\":2", "\"version\":3", "of version 1 or 2, got 3"},
            {"\"version\":2", "\"version\":1", "of version 1 or 2, got 1"},
        }) {
            assertThat(json).contains(change[0]);
            assertThatThrownBy(() -> FisherHistory.fromJson(json.replace(change[0], change[1])))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(change[2]);
        }
    }

    @Test
    void theyAreOffUnlessAskedFor() {
        FisherMeasurement plain = FisherMeasurement.builder()
                .gradients(new double[] {1, 2}, new double[] {1, 3})
                .build();
        assertThat(plain.topAlignment()).isNaN();
        assertThat(plain.layerTraces()).isEmpty();
        assertThat(plain.effectiveRank()).isNotNaN();
    }

    /** Vanishing gradients: what the first layers have is far below the rounding of what the last have. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tracesOfSmallLayersAreExact(boolean asGraph) {
        Setting setting = new Setting(DataType.DOUBLE, 5, WorkspaceMode.ENABLED, false, 7);
        NeuralNetConfiguration.ListBuilder list = Case.base(setting).list();
        for (int i = 0; i < 20; i++) {
            list.layer(new DenseLayer.Builder()
                    .nOut(5)
                    .activation(Activation.SIGMOID)
                    .weightInit(new NormalDistribution(0, 0.1))
                    .build());
        }
        MultiLayerNetwork layers = new MultiLayerNetwork(list.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(4))
                .build());
        layers.init();
        Model network = asGraph ? Case.asGraph(layers, Case.base(setting)) : layers;
        Draw draw = setting.draw();
        MultiDataSet data = Draw.data(draw.normal(5, 4), draw.oneHot(5, 3));
        Map<String, Double> expected = SampleLoop.layerTraces(network, SampleLoop.gradients(network, data));
        assertThat(Collections.min(expected.values()) / Collections.max(expected.values()))
                .isBetween(1e-200, 1e-20);
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .layerTraces(true)
                .failFast(true)
                .build();
        network.setListeners(fisher);
        WatchedStep.fit(network, data);
        Map<String, Double> traces = fisher.history().measurements().get(0).layerTraces();
        assertThat(traces).hasSize(21);
        traces.forEach((layer, trace) ->
                assertThat(trace / expected.get(layer)).as(layer).isCloseTo(1, within(1e-9)));
    }
}
