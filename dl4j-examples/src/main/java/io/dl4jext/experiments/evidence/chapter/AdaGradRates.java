package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.evidence.page.Table;
import io.dl4jext.experiments.optimisers.PaperNumbers;
import io.dl4jext.experiments.report.CsvRows.Row;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Whether Table 5 is AdaGrad at the rate η√m: what a program does that takes a mini-batch's sum of gradients for the
 * step and divides its square by m before adding it to G. Then every step is √m times that of Algorithm 2, and with
 * batches of one there is no difference.
 */
final class AdaGradRates {

    private static final int TABLE = 5;
    private static final double TOLERANCE = 0.01;

    private AdaGradRates() {}

    /** The table's rows with batches of more than one. */
    static List<PaperNumbers.Row> rows() throws IOException {
        return PaperNumbers.rows().stream()
                .filter(row -> row.table == TABLE && row.batchSize() > 1)
                .collect(Collectors.toList());
    }

    /** The same at the rate η√m, to three digits. */
    static PaperNumbers.Row scaled(PaperNumbers.Row row) {
        return row.withRate(
                Double.parseDouble(String.format(Locale.ROOT, "%.3g", row.rate() * Math.sqrt(row.batchSize()))));
    }

    static Page page(Results results, List<Cell> plain, List<Cell> scaled) throws IOException {
        Page page = new Page();
        List<Row> own = results.rows(plain, "runs.csv");
        List<Row> times = results.rows(scaled, "runs.csv");
        if (times.isEmpty()) {
            return page;
        }
        page.section("AdaGrad at the rate η√m");
        page.text(
                "In Table 5 AdaGrad learns faster with larger batches, which Algorithm 2 does not. A program does so that takes the sum of a batch's"
                        + " gradients for its step, and divides the square of that sum by m before adding it to G: its steps are √m times"
                        + " those of Algorithm 2, and the same for m = 1. Where the paper has NaN (η√m = 0.1), outputs then grow until exp"
                        + " overflows in a softmax that does not take the largest off first; DL4J's does. Beside the paper's numbers: Algorithm 2 at"
                        + " the paper's rate η, and at η√m.");
        List<PaperNumbers.Row> rows = rows();
        page.table(Table.of("Table 5 at two rates", rows)
                .name("setting", PaperNumbers.Row::name)
                .number("paper: loss", row -> Double.isNaN(row.loss) ? "NaN" : Numbers.plain(row.loss))
                .number("at η", row -> YotkovTables.loss(own, row.name()))
                .number("at η√m", row -> YotkovTables.loss(times, scaled(row).name()))
                .number("paper: accuracy", row -> Numbers.format("%.3f", row.accuracy))
                .number("at η", row -> YotkovTables.accuracy(own, row.name()))
                .number(
                        "at η√m",
                        row -> YotkovTables.accuracy(times, scaled(row).name()))
                .make());
        int near = 0;
        int run = 0;
        for (PaperNumbers.Row row : rows) {
            double accuracy = Sample.of(
                            times.stream()
                                    .filter(other ->
                                            other.text("run").equals(scaled(row).name()))
                                    .collect(Collectors.toList()),
                            other -> other.number("accuracy"))
                    .mean();
            run += Double.isNaN(accuracy) ? 0 : 1;
            near += Math.abs(accuracy - row.accuracy) <= TOLERANCE ? 1 : 0;
        }
        page.text("At η√m " + near + " of " + run + " accuracies are within " + Numbers.plain(100 * TOLERANCE)
                + " point of the paper's.");
        return page;
    }
}
