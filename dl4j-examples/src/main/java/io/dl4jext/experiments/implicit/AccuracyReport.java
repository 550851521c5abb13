package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The accuracies on the test examples of one task: a table, and for each method the accuracy at the rate that was
 * chosen by the training loss, as Fagan and Iyengar choose it (section 5, UCI datasets).
 */
final class AccuracyReport {

    /** For below the tables. */
    static final String LEGEND =
            "Test accuracy: mean +- standard deviation over the seeds of the share of the test examples"
                    + " that are classified rightly, in percent.\n"
                    + "The best rate of a method is the one with its lowest mean training loss.\n";

    private final RateCurves accuracies;
    private final RateCurves losses;

    AccuracyReport(List<Run<RateTrial>> runs) {
        accuracies = new RateCurves(runs, RateTrial::testAccuracy);
        losses = new RateCurves(runs, RateTrial::loss);
    }

    Set<Method> methods() {
        return losses.methods();
    }

    /** The mean accuracy at the method's best rate; NaN if it diverged at every rate. */
    double atBestRate(Method method) {
        Sample best = best(method);
        return best.notFinite() > 0 ? Double.NaN : best.mean();
    }

    private Sample best(Method method) {
        return accuracies.of(method).get(losses.lowestAt(method));
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        for (Method method : methods()) {
            parts.add(method + " " + cell(best(method)) + " (rate " + Numbers.plain(losses.lowestAt(method)) + ")");
        }
        return "test accuracy in percent\n" + accuracies.table(AccuracyReport::cell) + "at the best rate: "
                + String.join(", ", parts) + "\n";
    }

    private static String cell(Sample sample) {
        return Numbers.outcome(sample, Numbers::percent);
    }
}
