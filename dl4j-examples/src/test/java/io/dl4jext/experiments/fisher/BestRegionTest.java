package io.dl4jext.experiments.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.FisherListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BestRegionTest {

    @Test
    void aThirdRoundedUp() {
        assertThat(BestRegion.of(results(0.3))).containsExactly("s1-lr0.1");
        assertThat(BestRegion.of(results(0.3, 0.2, 0.1, 0.4))).containsExactly("s2-lr0.1", "s3-lr0.1");
        assertThat(BestRegion.of(results(9, 8, 7, 6, 5, 4, 3, 2, 1)))
                .containsExactly("s7-lr0.1", "s8-lr0.1", "s9-lr0.1");
    }

    @Test
    void atMostFiveUnlessTheyTie() {
        double[] errors = new double[30];
        for (int i = 0; i < errors.length; i++) {
            errors[i] = i;
        }
        assertThat(BestRegion.of(results(errors))).hasSize(5);
        errors[20] = errors[4];
        assertThat(BestRegion.of(results(errors))).hasSize(6).contains("s21-lr0.1");
    }

    @Test
    void divergedRunsAreNotBest() {
        assertThat(BestRegion.of(results(Double.NaN, 0.5, Double.NaN))).containsExactly("s2-lr0.1");
        assertThat(BestRegion.of(results(Double.NaN, Double.NaN))).isEmpty();
    }

    @Test
    void tableMarksTheBestAndNamesTheDiverged() {
        List<Result> results = results(0.25, Double.NaN);
        assertThat(ResultTable.of(results, BestRegion.of(results)).lines())
                .containsExactly(
                        "configuration  test error %  C_K  L_K  seconds  best",
                        "s1-lr0.1              25.00    -    0      1.5     *",
                        "s2-lr0.1           diverged    -    0      1.5");
    }

    @Test
    void namesAreThePapers() {
        assertThat(new Configuration(32, 0.1).name()).isEqualTo("s32-lr0.1");
        assertThat(new Configuration(8, 1).name()).isEqualTo("s8-lr1");
        assertThat(new Configuration(8, 1e-4).name()).isEqualTo("s8-lr0.0001");
    }

    private static List<Result> results(double... errors) {
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < errors.length; i++) {
            results.add(new Result(
                    new Configuration(i + 1, 0.1),
                    10,
                    errors[i],
                    new FisherListener.Builder().build().history(),
                    1.5));
        }
        return results;
    }
}
