package io.dl4jext.experiments.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Score;
import io.dl4jext.experiments.stochastic.MethodTrial.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StochasticReportTest {

    private static final Setting SETTING = new Setting(16, 0, Ratio.parse("1/4"), 6000);
    private static final Variant SGD = Variant.of(Method.SGD, 0, 0);
    private static final Variant STOCHASTIC_BATCH = Variant.of(Method.STOCHASTIC_BATCH, 0.1, -4);

    private static Run<MethodTrial> run(Variant variant, long seed, double seconds, double... accuracies) {
        MethodTrial trial = new MethodTrial(variant, SETTING, seed, accuracies.length);
        List<Run.Point> curve = new ArrayList<>();
        for (double accuracy : accuracies) {
            curve.add(new Run.Point(curve.size() + 1, 1, new Score(1, accuracy)));
        }
        boolean diverged = Double.isNaN(accuracies[accuracies.length - 1]);
        return new Run<>(trial, curve.size(), 16 * curve.size(), diverged, curve, seconds);
    }

    @SafeVarargs
    private static String text(Run<MethodTrial>... runs) {
        return new StochasticReport(List.of(SGD, STOCHASTIC_BATCH), List.of(SETTING), Path.of(".")).text(List.of(runs));
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
        assertThat(text)
                .containsPattern("(?m)^16 +0 +1/4 +1500 +65.00 \\+- 7.07 +68.00 \\+- 5.66$")
                .containsPattern("(?m)^16 +0 +1/4 +1500 +70.00 \\+- 14.14 +69.00 \\+- 4.24$")
                .containsPattern(
                        "(?m)^16 +0 +1/4 +stochastic-batch +\\+3.00 \\+- 1.41 +0.2048 +-1.00 \\+- 9.90 +0.9097 +1.00$")
                .contains("paired t-test");
    }

    @Test
    void divergedRunsHaveNoMean() {
        assertThat(text(run(SGD, 1, 2, 0.8), run(STOCHASTIC_BATCH, 1, 3, Double.NaN)))
                .containsPattern("80.00 +diverged 1 of 1")
                .containsPattern("stochastic-batch +- +- +- +- +1.50");
    }
}
