package io.dl4jext.experiments.implicit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Score;
import io.dl4jext.implicit.activation.RootRule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccuracyReportTest {

    private static final double NAN = Double.NaN;
    private static final Method IMPLICIT = Method.of(Variant.IMPLICIT, 1);
    private static final Task TASK = task();

    private final List<Run<RateTrial>> runs = new ArrayList<>();

    private static Task task() {
        ImageShape shape = new ImageShape(1, 1, 4);
        return Task.table(
                new ImageSet("noise", RandomImages.of(shape, 2, 8, 1), RandomImages.of(shape, 2, 2, 2)),
                4,
                InitialWeights.XAVIER);
    }

    /** Two seeds with this loss and this accuracy, one of them a hundredth above. */
    private void add(Method method, double rate, double loss, double accuracy) {
        for (int seed = 1; seed <= 2; seed++) {
            RateTrial trial = new RateTrial(TASK, method, rate, seed, new RateTrial.Setting(1, RootRule.NEAREST));
            Score score = new Score(loss, accuracy + (seed - 1) * 0.01);
            runs.add(new Run<>(trial, 1, 1, Double.isNaN(loss), List.of(new Run.Point(1, 1, score)), 0));
        }
    }

    private AccuracyReport report() {
        AccuracyReport report = new AccuracyReport(runs);
        runs.clear();
        return report;
    }

    /** The rate is chosen by the training loss, not by the accuracy on the test examples. */
    @Test
    void tableAndBestRates() {
        add(Method.EXPLICIT, 0.1, 0.5, 0.9);
        add(Method.EXPLICIT, 0.2, 0.4, 0.8);
        add(Method.EXPLICIT, 0.4, NAN, 0.1);
        add(IMPLICIT, 0.1, 0.5, 0.7);
        add(IMPLICIT, 0.2, 0.6, 0.9);
        add(IMPLICIT, 0.4, Double.POSITIVE_INFINITY, 0.95);
        AccuracyReport report = report();
        assertThat(report.toString().replaceAll(" +\n", "\n"))
                .isEqualTo("test accuracy in percent\n"
                        + "rate         explicit         implicit\n"
                        + "0.1     90.50 +- 0.71    70.50 +- 0.71\n"
                        + "0.2     80.50 +- 0.71    90.50 +- 0.71\n"
                        + "0.4   diverged 2 of 2  diverged 2 of 2\n"
                        + "at the best rate: explicit 80.50 +- 0.71 (rate 0.2), implicit 70.50 +- 0.71 (rate 0.1)\n");
        assertThat(report.atBestRate(Method.EXPLICIT)).isCloseTo(0.805, within(1e-12));
    }

    private AccuracyReport table(double explicit, double implicit) {
        add(Method.EXPLICIT, 0.1, Double.isNaN(explicit) ? NAN : 1, explicit);
        add(IMPLICIT, 0.1, 1, implicit);
        return report();
    }

    /**
     * Differences of 1, 2 and 3 points: deviation 1, t of 2 degrees of freedom 4.302653; one table has no explicit
     * accuracy.
     */
    @Test
    void differencesOverTables() {
        AccuracyDifferences differences =
                new AccuracyDifferences(List.of(table(0.5, 0.51), table(0.6, 0.62), table(0.7, 0.73), table(NAN, 0.9)));
        assertThat(differences.of(IMPLICIT).values()).hasSize(3);
        assertThat(differences.toString())
                .isEqualTo(
                        "test accuracy at the best rates, mean of the tables' paired differences\n"
                                + "implicit - explicit: +2.00 percentage points, 95 % interval -0.48 to +4.48 (3 of 4 tables)\n\n");
    }

    @Test
    void noDifferencesWithoutTheReference() {
        add(IMPLICIT, 0.1, 1, 0.5);
        AccuracyReport one = report();
        assertThat(new AccuracyDifferences(List.of(one, one)).toString()).isEmpty();
    }
}
