package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.claim.Checked;
import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Closer;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.page.LinePlot;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.report.CsvRows.Row;
import io.dl4jext.experiments.report.Numbers;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** Gradients against differences of the loss (Yotkov, section 2.2): command {@code gradient-check}. */
final class GradientErrors {

    private static final String USUAL = "usual";
    private static final String CLOSER = "closer.csv";
    private static final double PAPER_STEP = 1e-8;

    /** 3e-40 %. */
    private static final double PAPER_ERROR = 3e-42;

    private final List<Cell> cells;

    GradientErrors(Cell cell) {
        cells = List.of(cell);
    }

    List<Finding> findings(Results results) throws IOException {
        List<Row> rows = results.rows(cells, "errors.csv").stream()
                .filter(row -> row.text("type").equals("double"))
                .collect(Collectors.toList());
        String missing = cells.get(0).name();
        double central = error(rows, "central", PAPER_STEP, "mean");
        double at = error(rows, "central", PAPER_STEP, "median");
        double forward = error(rows, "forward", PAPER_STEP, "median");
        double backward = error(rows, "backward", PAPER_STEP, "median");
        double bestCentral = least(rows, "central");
        double bestForward = least(rows, "forward");
        double bestBackward = least(rows, "backward");
        String source = "section 2.2";
        // A cell of a version that kept no digests may have none: the earliest did not write it.
        List<Row> all = results.has(cells.get(0), CLOSER) ? results.rows(cells, CLOSER) : List.of();
        String missingPairs = rows.isEmpty() ? missing : missing + " (" + CLOSER + " missing)";
        List<Row> closer =
                all.stream().filter(row -> row.text("type").equals("double")).collect(Collectors.toList());
        return Question.together(List.of(
                new Checked(
                        new Claim("gradients and differences agree to 3e-40 % on average at h = 1e-8", source),
                        rows.isEmpty() ? null : central < PAPER_ERROR,
                        "mean relative error of central differences " + Numbers.scientific(100 * central)
                                + " %; a double has 16 digits",
                        missing),
                closer(
                        "central differences are the most exact ones at h = 1e-8",
                        closer,
                        String.valueOf(PAPER_STEP),
                        medians(at, forward, backward),
                        missingPairs),
                closer(
                        "central differences are the most exact ones, each at its best h",
                        closer,
                        "best",
                        medians(bestCentral, bestForward, bestBackward),
                        missingPairs)));
    }

    private static Closer closer(String text, List<Row> rows, String step, String medians, String missing) {
        Closer question = new Closer(new Claim(text, "section 2.2"), medians, missing);
        rows.stream()
                .filter(row -> row.text("step").equals(step))
                .forEach(row -> question.against(
                        row.text("against"), (int) row.whole("central_closer"), (int) row.whole("other_closer")));
        return question;
    }

    private static String medians(double central, double forward, double backward) {
        return "median relative errors in double: central " + Numbers.scientific(central) + ", forward "
                + Numbers.scientific(forward) + ", backward " + Numbers.scientific(backward);
    }

    private static double error(List<Row> rows, String difference, double step, String column) {
        return rows.stream()
                .filter(row -> row.text("difference").equals(difference)
                        && !row.text("step").equals(USUAL)
                        && row.number("step") == step)
                .mapToDouble(row -> row.number(column))
                .findFirst()
                .orElse(Double.NaN);
    }

    private static double least(List<Row> rows, String difference) {
        return rows.stream()
                .filter(row -> row.text("difference").equals(difference)
                        && !row.text("step").equals(USUAL))
                .mapToDouble(row -> row.number("median"))
                .filter(Double::isFinite)
                .min()
                .orElse(Double.NaN);
    }

    Page page(Results results) throws IOException {
        Page page = new Page();
        List<Row> rows = results.rows(cells, "errors.csv");
        if (rows.isEmpty()) {
            return page;
        }
        LinePlot plot = new LinePlot(
                "gradient-errors",
                "Median relative error of differences against their step h, double and float",
                "h",
                true,
                "median relative error",
                true);
        for (String type : List.of("double", "float")) {
            for (String difference : List.of("forward", "backward", "central")) {
                List<Row> own = rows.stream()
                        .filter(row -> row.text("type").equals(type)
                                && row.text("difference").equals(difference)
                                && !row.text("step").equals(USUAL))
                        .collect(Collectors.toList());
                if (!own.isEmpty()) {
                    plot.line(
                            difference + ", " + type,
                            own.stream().mapToDouble(row -> row.number("step")).toArray(),
                            own.stream()
                                    .mapToDouble(row -> row.number("median"))
                                    .toArray());
                }
            }
        }
        return page.section("Gradients against differences").figure(plot);
    }
}
