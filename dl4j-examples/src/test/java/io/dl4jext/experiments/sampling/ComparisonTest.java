package io.dl4jext.experiments.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private static Result result(String name, double[] errors, double... seconds) {
        Policy policy = Scheduled.named(name, 20);
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < errors.length; i++) {
            runs.add(new Run(policy, i, 100 + i, 16, errors[i], seconds[i], null, List.of()));
        }
        runs.add(new Run(Scheduled.named("s2", 20), 1, 1, 1, 1, 1, null, List.of()));
        return Result.of(policy, runs);
    }

    private static final Result S16 = result("s16", new double[] {0.05, 0.06, 0.07}, 10, 14, 12);
    private static final Result S32 = result("s32", new double[] {0.05, 0.05, 0.051}, 9, 9, 9);
    private static final Result DYNAMIC = result("s16-to-64", new double[] {0.061, 0.062, 0.06}, 9, 6, 7);

    @Test
    void aResultIsThatOfItsPolicy() {
        assertThat(S16.count()).isEqualTo(3);
        assertThat(S16.meanError()).isEqualTo(0.06);
        assertThat(S16.deviation()).isEqualTo(0.01, org.assertj.core.api.Assertions.within(1e-15));
        assertThat(S16.seconds()).isEqualTo(12);
        assertThat(result("s16", new double[] {1, 1}, 4, 8).seconds()).isEqualTo(6);
        assertThat(S16.meanIterations()).isEqualTo(101);
        Result diverged = result("s512", new double[] {Double.NaN, 0.01}, 1, 9);
        assertThat(diverged.diverged()).isEqualTo(1);
        assertThat(diverged.seconds()).isNaN();
        assertThat(diverged.meanError()).isNaN();
    }

    @Test
    void theTableComparesWithTheBestBeacon() {
        Result better = result("s32-to-512", new double[] {0.01, 0.012, 0.01}, 6, 6, 6);
        Result diverged = result("s512", new double[] {Double.NaN, 0.01, Double.NaN}, 1, 9, 1);
        Comparison comparison = new Comparison(List.of(S16, S32, diverged, DYNAMIC, better));
        assertThat(comparison.best()).isSameAs(S32);
        assertThat(comparison.beacons()).containsExactly("s16", "s32", "s512");
        assertThat(comparison.table().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "policy test error % p vs s32 iterations mean size seconds time / s16",
                        "s16 6.00 +- 1.00 " + p(S16, S32) + " 101 16.0 12.00 1.00",
                        "s32 * 5.03 +- 0.06 101 16.0 9.00 0.75",
                        "s512 diverged 2 of 3 - 101 16.0 - -",
                        "s16-to-64 6.10 +- 0.10 " + p(DYNAMIC, S32) + " 101 16.0 7.00 0.58",
                        "s32-to-512 1.07 +- 0.12 <0.0001 101 16.0 6.00 0.50");
    }

    private static String p(Result a, Result b) {
        return Comparison.p(Welch.pValue(a.testErrors(), b.testErrors()));
    }

    @Test
    void thePapersFindingIsChecked() {
        Result multiStep = result("s16-to-64-MS", new double[] {0.04, 0.041, 0.0395}, 11, 11, 11);
        assertThat(new Comparison(List.of(S16, DYNAMIC, multiStep)).checks().lines())
                .containsExactly(
                        "s16-to-64 took 0.58 of s16's time (expected <= 0.85: met), accuracy difference -0.10 points, p-value "
                                + p(DYNAMIC, S16) + " (not significant)",
                        "s16-to-64-MS took 0.92 of s16's time (expected <= 0.85: missed), accuracy difference +1.98 points,"
                                + " p-value " + p(multiStep, S16) + " (not significant)",
                        "s16-to-64 against s16-to-64-MS: p-value <0.0001");
        Result worse = result("s16-to-64", new double[] {0.2, 0.21, 0.2}, 9, 6, 7);
        assertThat(new Comparison(List.of(S16, worse)).checks()).contains("-14.33 points", "(a significant loss)");
        Result single = result("s16-to-64", new double[] {0.2}, 9);
        assertThat(new Comparison(List.of(S16, single)).checks()).contains("p-value - (not enough seeds to tell)");
        assertThat(new Comparison(List.of(S32, DYNAMIC)).checks()).isEmpty();
        assertThat(new Comparison(List.of(DYNAMIC, S32)).table())
                .contains("time / s32")
                .containsPattern("s16-to-64 .* 0\\.78\n");
    }

    @Test
    void withoutABeaconThereIsNothingToCompareWith() {
        Comparison comparison = new Comparison(List.of(DYNAMIC));
        assertThat(comparison.best()).isNull();
        assertThat(comparison.table()).contains("p-value").doesNotContain("*").endsWith("  -\n");
        assertThat(comparison.legend()).doesNotContain("the best beacon:");
    }
}
