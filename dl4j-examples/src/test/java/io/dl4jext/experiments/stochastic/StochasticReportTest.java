package io.dl4jext.experiments.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.engine.Run;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StochasticReportTest {

    private static final Variant SGD = Variant.of(Method.SGD, 0, 0);
    private static final Variant STOCHASTIC_BATCH = Variant.of(Method.STOCHASTIC_BATCH, 0.1, -4);

    private static Run<MethodTrial> run(Variant variant, long seed, double seconds, double... accuracies) {
        return Runs.of(variant, seed, seconds, accuracies);
    }

    @SafeVarargs
    private static String text(Run<MethodTrial>... runs) {
        return new StochasticReport(List.of(SGD, STOCHASTIC_BATCH), List.of(Runs.SETTING), 0.5, Path.of("."))
                .text(List.of(runs));
    }

    @Test
    void lastTenthIsRoundedUp() {
        double[] accuracies = new double[11];
        Arrays.setAll(accuracies, epoch -> epoch / 100.0);
        accuracies[4] = 0.9;
        Run<MethodTrial> run = run(SGD, 1, 1, accuracies);
        assertThat(MethodTrial.lastAccuracy(run)).isCloseTo((0.09 + 0.10) / 2, within(1e-12));
        assertThat(MethodTrial.maximumAccuracy(run)).isEqualTo(0.9);
        assertThat(MethodTrial.lastAccuracy(run(SGD, 1, 1, 0.3, 0.2))).isEqualTo(0.2);
        assertThat(MethodTrial.maximumAccuracy(run(SGD, 1, 1, 0.3, Double.NaN))).isNaN();
        assertThat(MethodTrial.counted(70)).isEqualTo(7);
        assertThat(MethodTrial.counted(71)).isEqualTo(8);
    }

    @Test
    void whereOnlyTheLastEpochsAreMeasuredThereIsNoMaximum() {
        MethodTrial trial = new MethodTrial(SGD, Runs.SETTING, 0.1, 1, 20, 2);
        MethodTrial other = new MethodTrial(STOCHASTIC_BATCH, Runs.SETTING, 0.1, 1, 20, 2);
        assertThat(MethodTrial.lastAccuracy(Runs.of(trial, 1, 0.5, 0.6))).isCloseTo(0.55, within(1e-12));
        assertThat(MethodTrial.lastAccuracy(Runs.of(trial, 1, Double.NaN))).isNaN();
        assertThat(text(Runs.of(trial, 1, 0.5, 0.6), Runs.of(other, 1, 0.5, 0.7)))
                .containsPattern("(?m)^16 +0 +1/4 +1500 +55.00 +60.00$")
                .containsPattern("stochastic-batch +sgd +\\+5.00 ")
                .doesNotContainIgnoringCase("maximum");
    }

    @Test
    void improvementIsOfTheSameSeed() {
        String text = text(
                run(SGD, 1, 2, 0.80, 0.70),
                run(STOCHASTIC_BATCH, 1, 3, 0.72, 0.72),
                run(SGD, 2, 4, 0.60, 0.60),
                run(STOCHASTIC_BATCH, 2, 3, 0.66, 0.64));
        // Means 65 and 68; differences 2 and 4, t = 3, p = 2 (1/2 - atan(3)/pi). Maxima 80, 60 and 72, 66; differences
        // -8 and 6.
        // Half of the interval: 12.71 of 1 degree of freedom, times 1.41/√2. Two one-sided tests within 0.5 points: P(T
        // > 2.5).
        assertThat(text)
                .containsPattern("(?m)^16 +0 +1/4 +1500 +65.00 \\+- 7.07 +68.00 \\+- 5.66$")
                .containsPattern("(?m)^16 +0 +1/4 +1500 +70.00 \\+- 14.14 +69.00 \\+- 4.24$")
                .containsPattern(
                        "(?m)^16 +0 +1/4 +stochastic-batch +sgd +\\+3.00 \\+- 1.41 +\\+- 12.71 +0.2048 +[0-9.]+"
                                + " +0.8789 +too few seeds +1.00 +-1.00 \\+- 9.90 +0.9097$")
                .contains("paired t-test");
    }

    @Test
    void divergedRunsHaveNoMean() {
        assertThat(text(run(SGD, 1, 2, 0.8), run(STOCHASTIC_BATCH, 1, 3, Double.NaN)))
                .containsPattern("80.00 +diverged 1 of 1")
                .containsPattern("stochastic-batch +sgd +- +- +- +- +- +diverged +1.50 +- +-");
    }
}
