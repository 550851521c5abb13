package io.dl4jext.batch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherProbe;
import io.dl4jext.fisher.FisherSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Sgd;

/** What each rule asks for, against its paper's formula on gradients taken one sample at a time. */
class RuleTest {

    private static final double RATE = 0.3;

    static Stream<Arguments> grid() {
        List<Arguments> arguments = new ArrayList<>();
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            for (boolean graph : new boolean[] {false, true}) {
                for (int batch : new int[] {2, 7, 32}) {
                    arguments.add(Arguments.of(type, graph, batch));
                }
            }
        }
        return arguments.stream();
    }

    @ParameterizedTest(name = "{0}, graph {1}, B {2}")
    @MethodSource("grid")
    void asksForWhatThePaperSays(DataType type, boolean graph, int batch) {
        DataSet data = Networks.data(type, batch, 100 + batch);
        Model network = Networks.network(type, graph, new Sgd(RATE), 7);
        Moments moments = new Moments(Networks.gradients(network, data));
        Step step = new Step(network, data);

        double tolerance = type == DataType.DOUBLE ? 1e-8 : 1e-3;
        double norm = moments.spread / (0.5 * 0.5 * moments.squaredMean);
        assertThat(step.size(new NormTest(0.5))).isCloseTo(norm, within(tolerance * norm));

        double inner = moments.innerVariance / (0.9 * 0.9 * moments.squaredMean * moments.squaredMean);
        assertThat(step.size(new InnerProductTest(0.9))).isCloseTo(inner, within(tolerance * (1 + inner)));

        double orthogonal = moments.orthogonalVariance / (0.4 * 0.4 * moments.squaredMean);
        assertThat(step.size(new InnerProductTest(0.9, 0.4)))
                .isCloseTo(Math.max(inner, orthogonal), within(tolerance * (1 + inner + orthogonal)));

        double cabs = RATE * moments.spread / (step.score - 0.05);
        assertThat(step.size(new Cabs(0.05))).isCloseTo(cabs, within(tolerance * cabs));

        double squaredExpectation = moments.squaredMean - moments.spread / batch;
        double noise = step.size(new NoiseScale(2));
        if (squaredExpectation > 0) {
            double expected = 2 * moments.spread / squaredExpectation;
            double condition = moments.squaredMean / squaredExpectation;
            assertThat(noise).isCloseTo(expected, within(tolerance * condition * expected));
        } else {
            assertThat(noise).isEqualTo(Double.POSITIVE_INFINITY);
        }
    }

    /** A batch of the size asked for passes its test with equality, if it has the same moments. */
    @Test
    void theSizeAskedForIsWhereTheTestTurns() {
        FisherMeasurement measured = FisherProbe.measure(
                Networks.network(DataType.DOUBLE, false, new Sgd(RATE), 1), Networks.data(DataType.DOUBLE, 20, 5));
        double statistic = measured.gradientStatistics().normTest();
        assertThat(new NormTest(statistic).request(measured, null, 20).size()).isCloseTo(20, within(1e-9));
        double inner = measured.gradientStatistics().innerProductTest();
        assertThat(new InnerProductTest(inner).request(measured, null, 20).size())
                .isCloseTo(20, within(1e-9));
        double orthogonal = measured.gradientStatistics().orthogonalityTest();
        assertThat(new InnerProductTest(1e3, orthogonal)
                        .request(measured, null, 20)
                        .size())
                .isCloseTo(20, within(1e-9));
        assertThat(new NoiseScale().request(measured, null, 20).size())
                .isCloseTo(measured.gradientStatistics().noiseScale(), within(1e-9));
    }

    @Test
    void oneSampleAsksForNothing() {
        DataSet one = Networks.data(DataType.DOUBLE, 1, 3);
        Step step = new Step(Networks.network(DataType.DOUBLE, false, new Sgd(RATE), 7), one);
        for (BatchRule rule : List.of(
                new NormTest(),
                new InnerProductTest(),
                new InnerProductTest(0.9, 5.84),
                new Cabs(),
                new NoiseScale())) {
            assertThat(step.size(rule)).as(rule.toString()).isNaN();
        }
    }

    @Test
    void noLearningRateLeavesCabsUndefined() {
        Step step = new Step(
                Networks.network(DataType.DOUBLE, false, new AdaDelta(), 7), Networks.data(DataType.DOUBLE, 4, 3));
        assertThat(step.size(new Cabs())).isNaN();
        assertThat(step.size(new NormTest())).isFinite();
    }

    @Test
    void aLossBelowItsBoundAsksForMoreThanThereIs() {
        Step step = new Step(
                Networks.network(DataType.DOUBLE, false, new Sgd(RATE), 7), Networks.data(DataType.DOUBLE, 4, 3));
        assertThat(step.size(new Cabs(step.score + 1))).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void settingsAreNamedWhenRefused() {
        assertRefused(() -> new NormTest(0), "theta", "0.0");
        assertRefused(() -> new NormTest(Double.NaN), "theta", "NaN");
        assertRefused(() -> new InnerProductTest(-1), "theta", "-1");
        assertRefused(() -> new InnerProductTest(0.9, 0), "nu", "0.0");
        assertRefused(() -> new InnerProductTest(0.9, Double.POSITIVE_INFINITY), "nu", "Infinity");
        assertRefused(() -> new Cabs(Double.NaN), "lowestLoss", "NaN");
        assertRefused(() -> new NoiseScale(Double.POSITIVE_INFINITY), "fraction", "Infinity");
    }

    private static void assertRefused(Runnable call, String... parts) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }

    /** One measured training step. */
    private static final class Step {

        private FisherMeasurement measurement;
        private FisherSummary summary;
        private double score;

        Step(Model network, DataSet data) {
            FisherListener listener = FisherListener.builder()
                    .failFast(true)
                    .sink((measured, soFar) -> {
                        measurement = measured;
                        summary = soFar;
                    })
                    .build();
            BaseTrainingListener scores = new BaseTrainingListener() {
                @Override
                public void iterationDone(Model model, int iteration, int epoch) {
                    score = model.score();
                }
            };
            network.setListeners(listener, scores);
            Networks.fit(network, data);
            network.setListeners();
        }

        double size(BatchRule rule) {
            return rule.request(measurement, summary, measurement.batchSize()).size();
        }
    }

    /** Moments of the gradients by the definitions. */
    private static final class Moments {

        final double squaredMean;
        final double spread;
        final double innerVariance;
        final double orthogonalVariance;

        Moments(double[][] gradients) {
            int samples = gradients.length;
            int parameters = gradients[0].length;
            double[] mean = new double[parameters];
            for (double[] gradient : gradients) {
                for (int p = 0; p < parameters; p++) {
                    mean[p] += gradient[p] / samples;
                }
            }
            double square = 0;
            for (double value : mean) {
                square += value * value;
            }
            double distances = 0;
            double products = 0;
            double rests = 0;
            for (double[] gradient : gradients) {
                double product = 0;
                for (int p = 0; p < parameters; p++) {
                    product += gradient[p] * mean[p];
                }
                for (int p = 0; p < parameters; p++) {
                    distances += Math.pow(gradient[p] - mean[p], 2);
                    rests += Math.pow(gradient[p] - product / square * mean[p], 2);
                }
                products += Math.pow(product - square, 2);
            }
            squaredMean = square;
            spread = distances / (samples - 1);
            innerVariance = products / (samples - 1);
            orthogonalVariance = rests / (samples - 1);
        }
    }
}
