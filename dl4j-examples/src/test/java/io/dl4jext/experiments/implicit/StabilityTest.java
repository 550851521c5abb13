package io.dl4jext.experiments.implicit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StabilityTest {

    private static final double[] RATES = {0.1, 0.2, 0.4, 0.8};
    private static final double NAN = Double.NaN;

    @Test
    void meanAndDeviation() {
        LossCurve.Point point = new LossCurve.Point(0.1, 1, 2, 6);
        assertThat(point.mean()).isEqualTo(3);
        assertThat(point.deviation()).isCloseTo(Math.sqrt(7), within(1e-12));
        assertThat(new LossCurve.Point(0.1, 5).deviation()).isZero();
        LossCurve.Point diverged = new LossCurve.Point(0.1, 1, NAN, Double.POSITIVE_INFINITY);
        assertThat(diverged.mean()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(diverged.diverged()).isEqualTo(2);
    }

    @Test
    void curvesAreInOrderOfTheRates() {
        List<Run> runs = new ArrayList<>();
        for (double rate : new double[] {0.4, 0.1}) {
            runs.add(new Run(Arm.EXPLICIT, rate, 1, rate, 0));
            runs.add(new Run(Arm.IMPLICIT, rate, 1, 100, 0));
            runs.add(new Run(Arm.EXPLICIT, rate, 2, 3 * rate, 0));
        }
        LossCurve curve = LossCurve.of(Arm.EXPLICIT, runs);
        assertThat(curve.points()).extracting(LossCurve.Point::rate).containsExactly(0.1, 0.4);
        assertThat(curve.at(0.1).mean()).isCloseTo(0.2, within(1e-12));
        assertThat(curve.at(0.2)).isNull();
    }

    /** Footnote 7 as it stands: (1 + 5)/2 = 3. */
    @Test
    void thresholdIsTheMiddleOfExplicitsMeans() {
        Stability stability = Stability.of(explicit(4, 1, 2, 5), 9);
        assertThat(stability.threshold()).isEqualTo(3);
        assertThat(stability.highestStableRate(explicit(4, 1, 2, 5))).isEqualTo(0.4);
        assertThat(stability.isOpen(explicit(4, 1, 2, 5))).isFalse();
        assertThat(stability.highestStableRate(explicit(4, 1, 1, 2.9))).isEqualTo(0.8);
        assertThat(stability.isOpen(explicit(4, 1, 1, 2.9))).isTrue();
    }

    @Test
    void explodedAndInfiniteMeansCountAsTheUntrainedLoss() {
        assertThat(Stability.of(explicit(4, 1, 2, 1e30), 9).threshold()).isEqualTo(5);
        assertThat(Stability.of(explicit(4, 1, 2, NAN), 9).threshold()).isEqualTo(5);
        assertThat(Stability.of(explicit(4, 1, 2, NAN), 9).highestStableRate(explicit(4, 1, 2, NAN)))
                .isEqualTo(0.4);
    }

    @Test
    void aRateTooLowHasNotDiverged() {
        // The loss at 0.1 is above the threshold of 3, but the rate is below the best one.
        assertThat(Stability.of(explicit(5, 4, 1, 2), 9).highestStableRate(explicit(5, 4, 1, 2)))
                .isEqualTo(0.8);
    }

    @Test
    void aRateBehindADivergedOneDoesNotCount() {
        assertThat(Stability.of(explicit(1, 5, 2, 5), 9).highestStableRate(explicit(1, 5, 2, 5)))
                .isEqualTo(0.1);
    }

    @Test
    void nothingIsStableWhereAllDiverged() {
        LossCurve lost = explicit(NAN, NAN, NAN, NAN);
        assertThat(Stability.of(lost, 9).highestStableRate(lost)).isNaN();
        assertThat(Stability.of(lost, 9).highestStableRate(explicit(1, 1, 1, 1)))
                .isNaN();
        Stability stability = Stability.of(explicit(4, 1, 2, 5), 9);
        assertThat(stability.highestStableRate(lost)).isNaN();
        assertThat(stability.highestStableRate(explicit(8, 7, 7, 8))).isNaN();
        assertThat(stability.isOpen(lost)).isFalse();
    }

    private static LossCurve explicit(double... losses) {
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < losses.length; i++) {
            runs.add(new Run(Arm.EXPLICIT, RATES[i], 1, losses[i], 0));
        }
        return LossCurve.of(Arm.EXPLICIT, runs);
    }
}
