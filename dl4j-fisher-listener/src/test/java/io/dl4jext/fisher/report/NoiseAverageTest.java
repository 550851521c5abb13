package io.dl4jext.fisher.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.GradientStatistics;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoiseAverageTest {

    @Test
    void numeratorAndDenominatorAreAveragedApart() {
        List<FisherMeasurement> measurements = Runs.of(20, 5, 1).measurements();
        NoiseAverage average = new NoiseAverage(measurements);
        for (int n = 0; n < measurements.size(); n++) {
            double numerator = 0;
            double denominator = 0;
            double weights = 0;
            for (int i = 0; i <= n; i++) {
                GradientStatistics gradients = measurements.get(i).gradientStatistics();
                double weight = Math.pow(0.9, n - i);
                numerator += weight * gradients.covarianceTrace();
                denominator += weight * gradients.expectedGradientSquaredNorm();
                weights += weight;
            }
            assertThat(average.covarianceTraces[n]).isCloseTo(numerator / weights, within(1e-12));
            assertThat(average.squaredNorms[n]).isCloseTo(denominator / weights, within(1e-12));
            if (denominator > 0) {
                assertThat(average.scale(n)).isCloseTo(numerator / denominator, within(1e-9 * average.scale(n)));
            }
        }
        assertThat(average.scale(0))
                .isCloseTo(measurements.get(0).gradientStatistics().noiseScale(), within(1e-9));
    }

    @Test
    void whatHasNoVarianceIsPassedOver() {
        FisherMeasurement known =
                Runs.at(1).gradients(new double[] {1, 0}, new double[] {1, 0.5}).build();
        NoiseAverage average = new NoiseAverage(FisherHistory.of(
                        Runs.at(0).eigenvalues(4).build(),
                        known,
                        Runs.at(2).eigenvalues(Double.NaN, 1).build())
                .measurements());
        assertThat(average.scale(0)).isNaN();
        assertThat(average.scale(1)).isCloseTo(known.gradientStatistics().noiseScale(), within(1e-12));
        assertThat(average.last()).isEqualTo(average.scale(1));
        assertThat(new NoiseAverage(new ArrayList<>()).last()).isNaN();
    }

    @Test
    void gradientsAtRightAnglesAreAllNoise() {
        assertThat(new NoiseAverage(List.of(Runs.at(0).eigenvalues(1, 1).build())).last())
                .isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void noGradientsHaveNone() {
        assertThat(new NoiseAverage(List.of(Runs.at(0).eigenvalues(0, 0).build())).last())
                .isNaN();
    }

    @Test
    void theNearestPowerOfTwo() {
        assertThat(NoiseAverage.batchSize(0)).isEqualTo(1);
        assertThat(NoiseAverage.batchSize(0.3)).isEqualTo(1);
        assertThat(NoiseAverage.batchSize(90)).isEqualTo(64);
        assertThat(NoiseAverage.batchSize(91)).isEqualTo(128);
        assertThat(NoiseAverage.batchSize(128)).isEqualTo(128);
        assertThat(NoiseAverage.batchSize(Double.POSITIVE_INFINITY)).isZero();
        assertThat(NoiseAverage.batchSize(Double.NaN)).isZero();
        assertThat(NoiseAverage.batchSize(-1)).isZero();
    }
}
