package io.dl4jext.experiments.gradientcheck;

import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.gradientcheck.Difference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A sweep in words and as rows of {@code errors.csv}. */
final class SweepReport {

    static CsvFile<Row> file(Path folder) {
        return new CsvFile<Row>(folder.resolve("errors.csv"))
                .column("type", row -> row.sweep.precision())
                .column("difference", row -> Sweep.name(row.difference))
                .column("step", row -> row.step)
                .column("parameters", row -> row.errors.count())
                .column("zeros", row -> row.errors.zeros())
                .column("mean", row -> row.errors.mean())
                .column("median", row -> row.errors.median())
                .column("quantile95", row -> row.errors.quantile(0.95))
                .column("max", row -> row.errors.max());
    }

    private final Sweep sweep;

    SweepReport(Sweep sweep) {
        this.sweep = sweep;
    }

    /** Median errors by step size, and the distribution at the sensible step. */
    @Override
    public String toString() {
        return sweep.precision() + ": median relative error (* the best step)\n" + medians() + "\n" + sweep.precision()
                + ": relative errors with the usual step of the type\n" + distribution() + "\n" + decades() + worst();
    }

    private TextTable<Map.Entry<Double, Map<Difference, ErrorSample>>> medians() {
        TextTable<Map.Entry<Double, Map<Difference, ErrorSample>>> table = new TextTable<>(
                        sweep.bySteps().entrySet())
                .column("step", entry -> Numbers.scientific(entry.getKey()).replace(".0e", "e"));
        for (Difference difference : Difference.values()) {
            table.column(
                    Sweep.name(difference),
                    entry -> Numbers.scientific(entry.getValue().get(difference).median())
                            + (entry.getKey() == sweep.bestStep(difference) ? "*" : " "));
        }
        return table;
    }

    private TextTable<Difference> distribution() {
        return new TextTable<>(List.of(Difference.values()))
                .column("difference", Sweep::name)
                .column("step", difference -> Numbers.scientific(sweep.sensibleStep(difference)))
                .column("parameters", difference -> sweep.sensible(difference).count())
                .column(
                        "mean",
                        difference ->
                                Numbers.scientific(sweep.sensible(difference).mean()))
                .column(
                        "median",
                        difference ->
                                Numbers.scientific(sweep.sensible(difference).median()))
                .column(
                        "95 %",
                        difference ->
                                Numbers.scientific(sweep.sensible(difference).quantile(0.95)))
                .column(
                        "max",
                        difference ->
                                Numbers.scientific(sweep.sensible(difference).max()));
    }

    private TextTable<Difference> decades() {
        TextTable<Difference> table = new TextTable<>(List.of(Difference.values())).column("errors from", Sweep::name);
        for (int i = 0; i < 2 - ErrorSample.LOWEST; i++) {
            int decade = i;
            table.column(ErrorSample.decade(i), difference -> {
                int count = sweep.sensible(difference).decades()[decade];
                return count == 0 ? "." : count;
            });
        }
        return table;
    }

    private String worst() {
        ErrorSample errors = sweep.sensible(Difference.CENTRAL);
        return (errors.count() == 0 ? "" : "worst of central: " + errors.worst() + "\n")
                + (errors.zeros() == 0
                        ? ""
                        : errors.zeros() + " more parameters have gradient and difference 0 and are left out.\n");
    }

    /** Every step, then the usual one, whose step is written as "usual". */
    void addTo(CsvFile<Row> file) throws IOException {
        List<Row> rows = new ArrayList<>();
        sweep.bySteps()
                .forEach((step, errors) -> errors.forEach(
                        (difference, sample) -> rows.add(new Row(sweep, difference, step.toString(), sample))));
        for (Difference difference : Difference.values()) {
            rows.add(new Row(sweep, difference, "usual", sweep.sensible(difference)));
        }
        file.add(rows);
    }

    static final class Row {

        final Sweep sweep;
        final Difference difference;
        final String step;
        final ErrorSample errors;

        Row(Sweep sweep, Difference difference, String step, ErrorSample errors) {
            this.sweep = sweep;
            this.difference = difference;
            this.step = step;
            this.errors = errors;
        }
    }
}
