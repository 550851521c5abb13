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

    private TextTable medians() {
        TextTable table = new TextTable("step", "forward", "backward", "central");
        for (Map.Entry<Double, Map<Difference, ErrorSample>> entry :
                sweep.bySteps().entrySet()) {
            table.row(
                    Numbers.scientific(entry.getKey()).replace(".0e", "e"),
                    median(entry, Difference.FORWARD),
                    median(entry, Difference.BACKWARD),
                    median(entry, Difference.CENTRAL));
        }
        return table;
    }

    private String median(Map.Entry<Double, Map<Difference, ErrorSample>> entry, Difference difference) {
        String text = Numbers.scientific(entry.getValue().get(difference).median());
        return text + (entry.getKey() == sweep.bestStep(difference) ? "*" : " ");
    }

    private TextTable distribution() {
        TextTable table = new TextTable("difference", "step", "parameters", "mean", "median", "95 %", "max");
        for (Difference difference : Difference.values()) {
            ErrorSample errors = sweep.sensible(difference);
            table.row(
                    Sweep.name(difference),
                    Numbers.scientific(sweep.sensibleStep(difference)),
                    Integer.toString(errors.count()),
                    Numbers.scientific(errors.mean()),
                    Numbers.scientific(errors.median()),
                    Numbers.scientific(errors.quantile(0.95)),
                    Numbers.scientific(errors.max()));
        }
        return table;
    }

    private TextTable decades() {
        String[] header = new String[3 - ErrorSample.LOWEST];
        header[0] = "errors from";
        for (int i = 1; i < header.length; i++) {
            header[i] = ErrorSample.decade(i - 1);
        }
        TextTable table = new TextTable(header);
        for (Difference difference : Difference.values()) {
            int[] counts = sweep.sensible(difference).decades();
            String[] row = new String[header.length];
            row[0] = Sweep.name(difference);
            for (int i = 1; i < row.length; i++) {
                row[i] = counts[i - 1] == 0 ? "." : Integer.toString(counts[i - 1]);
            }
            table.row(row);
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
