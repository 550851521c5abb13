package io.dl4jext.experiments.gradientcheck;

import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.gradientcheck.Difference;
import java.nio.file.Path;
import java.util.List;

/** The checks in one data type in words; all checks as rows of {@code errors.csv}. */
final class SweepReport {

    static CsvFile<Check> file(Path folder) {
        return new CsvFile<Check>(folder.resolve("errors.csv"))
                .column("type", check -> Check.name(check.type))
                .column("difference", check -> Check.name(check.difference))
                .column("step", check -> check.isUsual() ? "usual" : check.step)
                .column("parameters", check -> check.errors.count())
                .column("zeros", check -> check.errors.zeros())
                .column("mean", check -> check.errors.mean())
                .column("median", check -> check.errors.median())
                .column("quantile95", check -> check.errors.quantile(0.95))
                .column("max", check -> check.errors.max());
    }

    private final List<Check> checks;
    private final List<Check> usual;

    /** @param checks of one data type */
    SweepReport(List<Check> checks) {
        this.checks = checks;
        this.usual = Check.usual(checks);
    }

    /** Median errors by step size, and the distribution at the usual step. */
    @Override
    public String toString() {
        String type = Check.name(checks.get(0).type);
        return type + ": median relative error (* the best step)\n" + medians() + "\n" + type
                + ": relative errors with the usual step of the type\n" + distribution() + "\n" + decades() + worst();
    }

    private TextTable<Check> medians() {
        List<Check> rows = Check.of(Difference.FORWARD, checks);
        TextTable<Check> table = new TextTable<>(rows)
                .column("step", row -> Numbers.scientific(row.step).replace(".0e", "e"));
        for (Difference difference : Difference.values()) {
            List<Check> column = Check.of(difference, checks);
            Check best = Closer.best(column).orElse(null);
            table.column(Check.name(difference), row -> {
                Check check = column.get(rows.indexOf(row));
                return Numbers.scientific(check.errors.median()) + (check == best ? "*" : " ");
            });
        }
        return table;
    }

    private TextTable<Check> distribution() {
        return new TextTable<>(usual)
                .column("difference", check -> Check.name(check.difference))
                .column("step", check -> Numbers.scientific(check.difference.step(check.type, 0)))
                .column("parameters", check -> check.errors.count())
                .column("mean", check -> Numbers.scientific(check.errors.mean()))
                .column("median", check -> Numbers.scientific(check.errors.median()))
                .column("95 %", check -> Numbers.scientific(check.errors.quantile(0.95)))
                .column("max", check -> Numbers.scientific(check.errors.max()));
    }

    private TextTable<Check> decades() {
        TextTable<Check> table = new TextTable<>(usual).column("errors from", check -> Check.name(check.difference));
        for (int i = 0; i < 2 - ErrorSample.LOWEST; i++) {
            int decade = i;
            table.column(ErrorSample.decade(i), check -> {
                int count = check.errors.decades()[decade];
                return count == 0 ? "." : count;
            });
        }
        return table;
    }

    private String worst() {
        ErrorSample errors = usual.get(Difference.CENTRAL.ordinal()).errors;
        return (errors.count() == 0 ? "" : "worst of central: " + errors.worst() + "\n")
                + (errors.zeros() == 0
                        ? ""
                        : errors.zeros() + " more parameters have gradient and difference 0 and are left out.\n");
    }
}
