package io.dl4jext.experiments.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SamplingReportTest {

    /** Test errors are 1 percentage point above the validation errors unless set otherwise. */
    private static List<Run<SamplingTrial>> runs(String name, double[] errors, double... seconds) {
        return runs(
                name, errors, Arrays.stream(errors).map(error -> error - 0.01).toArray(), seconds);
    }

    private static List<Run<SamplingTrial>> runs(String name, double[] errors, double[] validation, double... seconds) {
        Policy policy = Policy.scheduled(name, 20);
        List<Run<SamplingTrial>> runs = new ArrayList<>();
        for (int i = 0; i < errors.length; i++) {
            SamplingTrial trial = new SamplingTrial(policy, i, false, 1);
            Run.Point end =
                    new Run.Point(100, 1, new Score(1, 1 - errors[i]).with(new Score(Double.NaN, 1 - validation[i])));
            runs.add(new Run<>(trial, 100 + i, 16 * (100 + i), Double.isNaN(errors[i]), List.of(end), seconds[i]));
        }
        return runs;
    }

    private static final List<Run<SamplingTrial>> S16 = runs("s16", new double[] {0.05, 0.06, 0.07}, 10, 14, 12);
    private static final List<Run<SamplingTrial>> S32 = runs("s32", new double[] {0.05, 0.05, 0.051}, 9, 9, 9);
    private static final List<Run<SamplingTrial>> DYNAMIC =
            runs("s16-to-64", new double[] {0.061, 0.062, 0.06}, 9, 6, 7);

    @SafeVarargs
    private static String text(List<Run<SamplingTrial>>... policies) {
        return SamplingReport.text(
                Arrays.stream(policies).flatMap(List::stream).collect(Collectors.toList()), "held out");
    }

    @SafeVarargs
    private static List<String> table(List<Run<SamplingTrial>>... policies) {
        return text(policies)
                .lines()
                .takeWhile(line -> !line.isEmpty())
                .map(line -> line.replaceAll(" +", " "))
                .collect(Collectors.toList());
    }

    /**
     * Differences to s32: 0, 1, 1.9 points for s16 (t = 1.7617, 2 degrees of freedom, p = 0.2202), 1.1, 1.2, 0.9 for
     * s16-to-64 (t = 12.0949, p = 0.00677), -4, -3.8, -4.1 (t = 45, p = 0.000493); Holm multiplies by 1, 2 and 3.
     */
    @Test
    void theTableComparesSeedBySeedWithTheBestBeacon() {
        List<Run<SamplingTrial>> better = runs("s32-to-512", new double[] {0.01, 0.012, 0.01}, 6, 6, 6);
        List<Run<SamplingTrial>> diverged = runs("s512", new double[] {Double.NaN, 0.01, Double.NaN}, 1, 9, 1);
        assertThat(table(S16, S32, diverged, DYNAMIC, better))
                .containsExactly(
                        "policy test error % validation % p vs s32 iterations mean size seconds time / s16",
                        "s16 6.00 +- 1.00 5.00 0.2202 101 16.0 12.00 1.00",
                        "s32 * 5.03 +- 0.06 4.03 101 16.0 9.00 0.75",
                        "s512 diverged 2 of 3 - - 101 16.0 - -",
                        "s16-to-64 6.10 +- 0.10 5.10 0.0135 101 16.0 7.00 0.58",
                        "s32-to-512 1.07 +- 0.12 0.07 0.0015 101 16.0 6.00 0.50");
    }

    /** The best beacon is the one with the lower validation error, though its test error is higher. */
    @Test
    void theBestBeaconIsChosenOnOtherExamplesThanItIsTestedOn() {
        List<Run<SamplingTrial>> lucky =
                runs("s64", new double[] {0.01, 0.011, 0.012}, new double[] {0.2, 0.2, 0.2}, 1, 1, 1);
        assertThat(text(S32, lucky)).contains("p vs s32", "s32 *").doesNotContain("s64 *");
    }

    /**
     * With 2 degrees of freedom Student's tail is 1/2 - t / (2 sqrt(2 + t^2)), from which these p-values were computed.
     */
    @Test
    void thePapersFindingIsChecked() {
        List<Run<SamplingTrial>> multiStep = runs("s16-to-64-MS", new double[] {0.04, 0.041, 0.0395}, 11, 11, 11);
        assertThat(text(S16, DYNAMIC, multiStep)
                        .lines()
                        .filter(line -> line.startsWith("s16-to-64") && line.contains("p-value")))
                .containsExactly(
                        "s16-to-64 took 0.58 of s16's time (expected <= 0.85: met), accuracy difference -0.10 points (95 % confidence:"
                                + " +- 2.62), paired"
                                + " t-test, p-value 0.8845 (not significant); the same within 0.5 points: TOST, p-value 0.2892"
                                + " (not shown)",
                        "s16-to-64-MS took 0.92 of s16's time (expected <= 0.85: missed), accuracy difference +1.98 points (95 % confidence:"
                                + " +- 2.55),"
                                + " paired t-test, p-value 0.0790 (not significant); the same within 0.5 points: TOST, p-value"
                                + " 0.9352 (not shown)",
                        "s16-to-64 against s16-to-64-MS: paired t-test, p-value <0.0001");
        assertThat(text(S16, runs("s16-to-64", new double[] {0.2, 0.21, 0.221}, 9, 6, 7)))
                .contains("-15.03 points (95", "(a significant loss)");
        assertThat(text(S16, runs("s16-to-64", new double[] {0.051, 0.061, 0.0705}, 9, 6, 7)))
                .contains("TOST, p-value 0.0008 (shown)");
        assertThat(text(S32, DYNAMIC)).doesNotContain("took");
        assertThat(table(DYNAMIC, S32)).last().asString().endsWith("1.00");
    }

    @Test
    void oneSeedTellsNothing() {
        List<Run<SamplingTrial>> first = runs("s16", new double[] {0.1}, 9);
        assertThat(text(first, runs("s16-to-64", new double[] {0.2}, 9)))
                .contains(", no test: not enough seeds to tell\n")
                .doesNotContain("TOST");
    }

    /** Neither its time nor its error is one of a whole training. */
    @Test
    void whereATrainingDivergedThereIsNothingToTell() {
        List<Run<SamplingTrial>> diverged = runs("s16", new double[] {0.05, Double.NaN, 0.07}, 10, 1, 12);
        assertThat(text(diverged, DYNAMIC))
                .contains("s16-to-64 against s16: nothing to tell, s16 diverged with 1 of 3 seeds\n")
                .doesNotContain("missed", "met)", "not enough seeds");
    }

    @Test
    void equalDifferencesAreNoTest() {
        assertThat(text(S16, runs("s16-to-64", new double[] {0.052, 0.062, 0.072}, 9, 6, 7)))
                .contains("accuracy difference -0.20 points", ", no test: it is the same with each seed\n")
                .doesNotContain("TOST");
    }

    @Test
    void withoutABeaconThereIsNothingToCompareWith() {
        assertThat(text(DYNAMIC)).contains("p-value").doesNotContain("*", "the best beacon:");
        assertThat(table(DYNAMIC)).last().asString().endsWith(" -");
    }
}
