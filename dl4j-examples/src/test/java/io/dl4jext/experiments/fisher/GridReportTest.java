package io.dl4jext.experiments.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.command.GridTrial;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Score;
import io.dl4jext.fisher.FisherListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GridReportTest {

    @Test
    void theBestAreAThirdRoundedUp() {
        assertThat(GridReport.best(runs(0.3))).containsExactly("s1-lr0.1");
        assertThat(GridReport.best(runs(0.3, 0.2, 0.1, 0.4))).containsExactly("s2-lr0.1", "s3-lr0.1");
        assertThat(GridReport.best(runs(9, 8, 7, 6, 5, 4, 3, 2, 1)))
                .containsExactly("s7-lr0.1", "s8-lr0.1", "s9-lr0.1");
    }

    @Test
    void atMostFiveUnlessTheyTie() {
        double[] errors = new double[30];
        for (int i = 0; i < errors.length; i++) {
            errors[i] = i;
        }
        assertThat(GridReport.best(runs(errors))).hasSize(5);
        errors[20] = errors[4];
        assertThat(GridReport.best(runs(errors))).hasSize(6).contains("s21-lr0.1");
    }

    @Test
    void divergedRunsAreNotBest() {
        assertThat(GridReport.best(runs(Double.NaN, 0.5, Double.NaN))).containsExactly("s2-lr0.1");
        assertThat(GridReport.best(runs(Double.NaN, Double.NaN))).isEmpty();
    }

    /** Chosen by the validation error, shown with the test error, which is 0.4 less here. */
    @Test
    void tableMarksTheBestAndNamesTheDiverged() {
        assertThat(GridReport.table(runs(0.65, Double.NaN)).toString().lines())
                .containsExactly(
                        "configuration  test error %  C_K  L_K  seconds  best",
                        "s1-lr0.1              25.00    -    0      1.5     *",
                        "s2-lr0.1           diverged    -    0      1.5");
    }

    @Test
    void namesAreThePapers() {
        assertThat(trial(32, 0.1).name()).isEqualTo("s32-lr0.1");
        assertThat(trial(8, 1).name()).isEqualTo("s8-lr1");
        assertThat(trial(8, 1e-4).name()).isEqualTo("s8-lr0.0001");
    }

    @Test
    void eachLineOfTheGridHasItsOwnCorrelation() {
        List<Run<GridTrial>> grid = grid(0.1, 0.2);
        // Grows with the batch size at the lower rate; at the higher one 1, 3, 2, 4 for the sizes in order.
        assertThat(correlations(grid, 5, 7, 8, 9, 1, 3, 2, 4)).containsExactly(1.0, 0.8);
    }

    @Test
    void divergedTrainingsAndUnknownMeasuresAreLeftOut() {
        List<Run<GridTrial>> grid = grid(0.1);
        grid.set(3, run(128, 0.1, Double.NaN));
        assertThat(correlations(grid, 3, 2, 1, 99)).containsExactly(-1.0);
        assertThat(correlations(grid, 3, 2, Double.NaN, 99)).isEmpty();
    }

    @Test
    void nothingIsSaidOfTwoPoints() {
        assertThat(GridReport.trends(grid(0.1).subList(0, 2))).isEmpty();
    }

    private static List<Double> correlations(List<Run<GridTrial>> grid, double... measures) {
        return GridReport.correlations(
                grid, run -> run.trial.batchSize, run -> run.trial.learningRate, run -> measures[grid.indexOf(run)]);
    }

    private static List<Run<GridTrial>> grid(double... rates) {
        List<Run<GridTrial>> runs = new ArrayList<>();
        for (double rate : rates) {
            for (int size : new int[] {16, 32, 64, 128}) {
                runs.add(run(size, rate, 0.1));
            }
        }
        return runs;
    }

    private static List<Run<GridTrial>> runs(double... validationErrors) {
        List<Run<GridTrial>> runs = new ArrayList<>();
        for (int i = 0; i < validationErrors.length; i++) {
            runs.add(run(i + 1, 0.1, validationErrors[i]));
        }
        return runs;
    }

    private static Run<GridTrial> run(int batchSize, double rate, double validationError) {
        GridTrial trial = trial(batchSize, rate);
        trial.history = FisherListener.builder().build().history();
        Run.Point end = new Run.Point(
                10, 1, new Score(1, 1.4 - validationError).with(new Score(Double.NaN, 1 - validationError)));
        return new Run<>(trial, 10, 100, Double.isNaN(validationError), List.of(end), 1.5);
    }

    private static GridTrial trial(int batchSize, double rate) {
        return new GridTrial(batchSize, rate, 1, "", 10);
    }
}
