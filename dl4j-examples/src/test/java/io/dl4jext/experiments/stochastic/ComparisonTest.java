package io.dl4jext.experiments.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

    private static final Variant SGD = Variant.of(Method.SGD, 0.1, -4);
    private static final Variant HALF = Variant.of(Method.STOCHASTIC_BATCH_HALF, 0.1, -4);
    private static final Variant ADAPTIVE = Variant.of(Method.STOCHASTIC_BATCH, 0.1, -4);
    private static final Variant BY_SIZE = Variant.of(Method.STOCHASTIC_BATCH_WEIGHTED, 0.1, -4);
    private static final double[] NOISE = {0.3, -0.2, 0.1, -0.4, 0.2, 0.1, -0.3, 0.2, 0.1};

    /** Accuracies in points: the noise of a seed, scaled, around a mean. */
    private static List<Run<MethodTrial>> runs(Variant variant, int seeds, double mean, double scale) {
        List<Run<MethodTrial>> runs = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            runs.add(Runs.of(variant, seed + 1, 1, (mean + scale * NOISE[seed]) / 100));
        }
        return runs;
    }

    private static Comparison one(int seeds, double gain, double scale) {
        List<Run<MethodTrial>> runs = runs(SGD, seeds, 60, 0);
        runs.addAll(runs(ADAPTIVE, seeds, 60 + gain, scale));
        return Comparison.all(List.of(SGD, ADAPTIVE), List.of(Runs.SETTING), runs, 0.5)
                .get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "8, 2, 1, gain",
        "8, -2, 1, loss",
        "8, 0, 1, same within 0.5",
        "8, 0.3, 0.1, gain below 0.5",
        "8, 0.3, 3, open",
        "7, 2, 1, too few seeds"
    })
    void verdict(int seeds, double gain, double scale, String verdict) {
        assertThat(one(seeds, gain, scale).verdict()).isEqualTo(verdict);
    }

    @Test
    void divergenceIsNoVerdict() {
        List<Run<MethodTrial>> runs = runs(SGD, 8, 60, 1);
        runs.addAll(runs(ADAPTIVE, 7, 61, 1));
        runs.add(Runs.of(ADAPTIVE, 8, 1, Double.NaN));
        Comparison comparison = Comparison.all(List.of(SGD, ADAPTIVE), List.of(Runs.SETTING), runs, 0.5)
                .get(0);
        assertThat(comparison.verdict()).isEqualTo("diverged");
        assertThat(comparison.halfWidth()).isNaN();
        assertThat(comparison.detectable).isNaN();
    }

    /** With 7 degrees of freedom a mean is told from 0 with 80 % at about (2.365 + 0.896)·s/√8. */
    @Test
    void resolutionIsThatOfTheDifferences() {
        Comparison comparison = one(8, 0.3, 2);
        double error = comparison.differences.deviation() / Math.sqrt(8);
        assertThat(comparison.halfWidth()).isCloseTo(2.3646 * error, within(1e-3));
        assertThat(comparison.detectable).isCloseTo(3.26 * error, within(0.03 * error));
    }

    @Test
    void adaptiveOnesStandAgainstOneHalfToo() {
        List<Variant> variants = List.of(SGD, HALF, ADAPTIVE, BY_SIZE);
        List<Run<MethodTrial>> runs = runs(SGD, 8, 60, 0);
        runs.addAll(runs(HALF, 8, 60.5, 1));
        runs.addAll(runs(ADAPTIVE, 8, 61, 2));
        runs.addAll(runs(BY_SIZE, 8, 55, 3));
        List<Comparison> all = Comparison.all(variants, List.of(Runs.SETTING), runs, 0.5);
        assertThat(all.stream()
                        .map(comparison -> comparison.variant.name() + " - " + comparison.base.name())
                        .collect(Collectors.toList()))
                .containsExactly(
                        "stochastic-batch-half - sgd",
                        "stochastic-batch - sgd",
                        "stochastic-batch-weighted - sgd",
                        "stochastic-batch - stochastic-batch-half",
                        "stochastic-batch-weighted - stochastic-batch-half");
        Comparison last = all.get(4);
        assertThat(last.differences.mean()).isCloseTo(-5.5, within(1e-9));
        double[] raw = new double[5];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = Significance.paired(points(all.get(i).own), points(all.get(i).others));
        }
        assertThat(all.stream().mapToDouble(comparison -> comparison.p).toArray())
                .containsExactly(Significance.holm(raw), within(1e-9));
    }

    private static Sample points(List<Run<MethodTrial>> runs) {
        return Sample.of(runs, MethodTrial::lastAccuracy);
    }
}
