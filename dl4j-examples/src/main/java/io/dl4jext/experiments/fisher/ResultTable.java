package io.dl4jext.experiments.fisher;

import io.dl4jext.experiments.cli.Numbers;
import io.dl4jext.experiments.cli.TextTable;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The results as a table in plain text. */
final class ResultTable {

    private ResultTable() {}

    static String of(List<Result> results, Set<String> best) {
        TextTable table = new TextTable("configuration", "test error %", "C_K", "L_K", "seconds", "best");
        for (Result result : results) {
            table.row(
                    result.name(),
                    error(result),
                    Numbers.significant(result.history().averageConditionNumber()),
                    Numbers.significant(result.history().cumulativeEnergy()),
                    String.format(Locale.ROOT, "%.1f", result.seconds()),
                    best.contains(result.name()) ? "*" : "");
        }
        return table.toString();
    }

    /** The test error in percent, or "diverged". */
    static String error(Result result) {
        return result.diverged() ? "diverged" : String.format(Locale.ROOT, "%.2f", 100 * result.testError());
    }
}
