package io.dl4jext.experiments.gradientcheck;

import io.dl4jext.experiments.cli.TextTable;
import io.dl4jext.gradientcheck.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A sweep in words and as rows of a CSV file. */
final class SweepReport {

    static final String HEADER = "type,difference,step,parameters,zeros,mean,median,quantile95,max";

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
                    number(entry.getKey()).replace(".0e", "e"),
                    median(entry, Difference.FORWARD),
                    median(entry, Difference.BACKWARD),
                    median(entry, Difference.CENTRAL));
        }
        return table;
    }

    private String median(Map.Entry<Double, Map<Difference, ErrorSample>> entry, Difference difference) {
        String text = number(entry.getValue().get(difference).median());
        return text + (entry.getKey() == sweep.bestStep(difference) ? "*" : " ");
    }

    private TextTable distribution() {
        TextTable table = new TextTable("difference", "step", "parameters", "mean", "median", "95 %", "max");
        for (Difference difference : Difference.values()) {
            ErrorSample errors = sweep.sensible(difference);
            table.row(
                    name(difference),
                    number(sweep.sensibleStep(difference)),
                    Integer.toString(errors.count()),
                    number(errors.mean()),
                    number(errors.median()),
                    number(errors.quantile(0.95)),
                    number(errors.max()));
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
            row[0] = name(difference);
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

    /** For the CSV file: every step, then the usual one, whose step is written as "usual". */
    List<String> rows() {
        List<String> rows = new ArrayList<>();
        sweep.bySteps()
                .forEach((step, errors) -> errors.forEach(
                        (difference, sample) -> rows.add(row(difference, Double.toString(step), sample))));
        for (Difference difference : Difference.values()) {
            rows.add(row(difference, "usual", sweep.sensible(difference)));
        }
        return rows;
    }

    private String row(Difference difference, String step, ErrorSample errors) {
        return String.join(
                ",",
                sweep.precision().toString(),
                name(difference),
                step,
                Integer.toString(errors.count()),
                Integer.toString(errors.zeros()),
                Double.toString(errors.mean()),
                Double.toString(errors.median()),
                Double.toString(errors.quantile(0.95)),
                Double.toString(errors.max()));
    }

    static String name(Difference difference) {
        return difference.name().toLowerCase(Locale.ROOT);
    }

    /** Two significant digits: 1.5e-8. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        String[] parts = String.format(Locale.ROOT, "%.1e", value).split("e");
        return parts[0] + "e" + Integer.parseInt(parts[1]);
    }
}
