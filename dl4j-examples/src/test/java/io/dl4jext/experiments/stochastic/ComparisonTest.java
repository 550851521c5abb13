package io.dl4jext.experiments.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private static final Setting SETTING = new Setting(16, 0, Ratio.parse("1/4"));
    private static final Arm SGD = Arm.of(Method.SGD, 0, 0);
    private static final Arm OURS = Arm.of(Method.OURS, 0.1, -4);

    private static Run run(Arm arm, long seed, double seconds, double... accuracies) {
        return new Run(arm, SETTING, seed, 1500, accuracies, new double[accuracies.length], seconds);
    }

    @Test
    void lastTenthIsRoundedUp() {
        double[] accuracies = new double[11];
        Arrays.setAll(accuracies, epoch -> epoch / 100.0);
        accuracies[4] = 0.9;
        Run run = run(SGD, 1, 1, accuracies);
        assertThat(run.lastAccuracy()).isCloseTo((0.09 + 0.10) / 2, within(1e-12));
        assertThat(run.maximumAccuracy()).isEqualTo(0.9);
        assertThat(run(SGD, 1, 1, 0.3, 0.2).lastAccuracy()).isEqualTo(0.2);
        assertThat(run(SGD, 1, 1, 0.3, Double.NaN).maximumAccuracy()).isNaN();
    }

    @Test
    void improvementIsOfTheSameSeed() {
        String text = new Comparison(
                        List.of(SGD, OURS),
                        List.of(SETTING),
                        List.of(
                                run(SGD, 1, 2, 0.80, 0.70),
                                run(OURS, 1, 3, 0.72, 0.72),
                                run(SGD, 2, 4, 0.60, 0.60),
                                run(OURS, 2, 3, 0.66, 0.64)))
                .tables();
        // Means 65 and 68; differences 2 and 4. Maxima 80, 60 and 72, 66; differences −8 and 6.
        assertThat(text)
                .containsPattern("(?m)^16 +0 +1/4 +1500 +65.00 \\+- 7.07 +68.00 \\+- 5.66$")
                .containsPattern("(?m)^16 +0 +1/4 +1500 +70.00 \\+- 14.14 +69.00 \\+- 4.24$")
                .containsPattern("(?m)^16 +0 +1/4 +ours +\\+3.00 \\+- 1.41 +0.\\d+ +-1.00 \\+- 9.90 +0.\\d+ +1.00$");
    }

    @Test
    void divergedRunsHaveNoMean() {
        String text = new Comparison(
                        List.of(SGD, OURS), List.of(SETTING), List.of(run(SGD, 1, 2, 0.8), run(OURS, 1, 3, Double.NaN)))
                .tables();
        assertThat(text).containsPattern("80.00 +diverged 1 of 1").containsPattern("ours +- +- +- +- +1.50");
    }
}
