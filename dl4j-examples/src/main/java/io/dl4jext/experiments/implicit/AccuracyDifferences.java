package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * By how much the test accuracies at the best rates differ from explicit training's over several tables, which are
 * pairs: what Fagan and Iyengar report of 121 UCI tables is the mean difference.
 */
final class AccuracyDifferences {

    private final Collection<AccuracyReport> tables;

    AccuracyDifferences(Collection<AccuracyReport> tables) {
        this.tables = tables;
    }

    /** Of the tables on which the method and its reference have an accuracy. */
    Sample of(Method method) {
        return new Sample(tables.stream()
                .filter(table ->
                        table.methods().contains(method) && table.methods().contains(method.reference()))
                .mapToDouble(table -> table.atBestRate(method) - table.atBestRate(method.reference()))
                .filter(Double::isFinite)
                .toArray());
    }

    /** A line for each method that can be compared, and a blank one; empty if there is none. */
    @Override
    public String toString() {
        Set<Method> methods = new LinkedHashSet<>();
        tables.forEach(table -> methods.addAll(table.methods()));
        StringBuilder text = new StringBuilder();
        for (Method method : methods) {
            if (!method.isReference() && methods.contains(method.reference())) {
                Sample differences = of(method);
                double half = differences.halfWidth(1 - Significance.LEVEL);
                text.append(method + " - " + method.reference() + ": " + points(differences.mean())
                        + " percentage points, 95 % interval " + points(differences.mean() - half) + " to "
                        + points(differences.mean() + half) + " (" + differences.size() + " of " + tables.size()
                        + " tables)\n");
            }
        }
        return text.length() == 0
                ? ""
                : "test accuracy at the best rates, mean of the tables' paired differences\n" + text + "\n";
    }

    private static String points(double share) {
        return Numbers.format("%+.2f", 100 * share);
    }
}
