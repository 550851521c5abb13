package io.dl4jext.experiments.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.engine.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class Table3Test {

    /** A training for each row and seed, with a seed's own level and an accuracy (%) that follows from the row. */
    private static List<Run<MethodTrial>> runs(int seeds, ToDoubleFunction<Table3> accuracy) {
        List<Run<MethodTrial>> runs = new ArrayList<>();
        runs.add(Runs.of(Variant.of(Method.SGD, 0.1, -4), 1, 1, 0.1));
        for (Table3 row : Table3.values()) {
            Variant variant = Variant.swept(Method.STOCHASTIC_BATCH, row.alpha, row.lambda);
            for (int seed = 1; seed <= seeds; seed++) {
                runs.add(Runs.of(variant, seed, 1, (accuracy.applyAsDouble(row) - seed) / 100));
            }
        }
        return runs;
    }

    @Test
    void thePapersOwnNumbersAreInThePapersOrder() {
        List<Run<MethodTrial>> runs = runs(3, row -> row.vgg11);
        assertThat(Table3.correlations(Table3.ALPHAS, runs, row -> row.vgg11).values())
                .containsExactly(1, 1, 1);
        assertThat(Table3.correlations(Table3.LAMBDAS, runs, row -> row.vgg11).values())
                .containsExactly(1, 1, 1);
        // ResNet18 has -2 above -4: ranks 1, 3, 2, 4.
        assertThat(Table3.correlations(Table3.LAMBDAS, runs, row -> row.resNet18)
                        .mean())
                .isCloseTo(0.8, within(1e-12));
        String text = Table3.text(List.of(Runs.SETTING), runs, true);
        assertThat(text)
                .containsPattern("(?m)^-0.1 +0 +90.09 \\+- 1.00 +90.09 \\+- 1.00 +92.09 +92.44 +94.85 +95.13$")
                .containsPattern("(?m)^0.1 +-8 +90.46 \\+- 1.00 +90.46 \\+- 1.00 +92.46 +92.74 +95.15 +95.46$")
                .contains(
                        "order in lambda, alpha = 0.1: rank correlation with VGG11 1.00 +- 0.00 (p -); with ResNet18 0.80");
    }

    @Test
    void reverse() {
        List<Run<MethodTrial>> runs = runs(2, row -> 100 - row.resNet18);
        assertThat(Table3.correlations(Table3.ALPHAS, runs, row -> row.resNet18).mean())
                .isCloseTo(-1, within(1e-12));
        assertThat(Table3.text(List.of(Runs.SETTING), runs, false))
                .contains("with ResNet18 -1.00 +- 0.00")
                .containsPattern("(?m)^1 +0 +3.71 \\+- 0.71 +91.78 ");
    }

    @Test
    void divergenceHasNoOrder() {
        List<Run<MethodTrial>> runs = runs(1, row -> row == Table3.ALPHA_1 ? Double.NaN : 50);
        assertThat(Table3.correlations(Table3.ALPHAS, runs, row -> row.vgg11).mean())
                .isNaN();
        assertThat(Table3.text(List.of(Runs.SETTING), runs, false)).containsPattern("(?m)^1 +0 +diverged +91.78 ");
    }
}
