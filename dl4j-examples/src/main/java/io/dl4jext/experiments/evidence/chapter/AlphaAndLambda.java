package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.chapter.StochasticPlan.Subject;
import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.Order;
import io.dl4jext.experiments.evidence.claim.PerSeed;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.page.DotPlot;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.evidence.page.Table;
import io.dl4jext.experiments.evidence.page.TextKind;
import io.dl4jext.experiments.report.CsvRows.Row;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.stochastic.Table3;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The order in α and λ of the paper's Table 3, at the paper's rate, with batches of 16: command
 * {@code stochastic-batch --sweep}, a cell for each seed.
 */
final class AlphaAndLambda {

    private static final double CONFIDENCE = 0.95;
    private static final String BATCH_SIZE = "16";

    /** SGD's accuracy in the paper with this batch size. */
    private static final double PAPER_SGD = 92.03;

    private final String title;
    private final List<Cell> cells = new ArrayList<>();

    /**
     * A sweep.
     *
     * @param seeds 1 to n; 0 if none is run
     * @param minutes of one seed
     */
    AlphaAndLambda(Subject subject, int images, int epochs, int seeds, double minutes) {
        title = subject.network + ", " + subject.data;
        for (int seed = 1; seed <= seeds; seed++) {
            List<String> arguments = new ArrayList<>(List.of("stochastic-batch", "--sweep"));
            arguments.addAll(subject.arguments(images));
            arguments.addAll(List.of(
                    "--batch-sizes",
                    BATCH_SIZE,
                    "--epochs",
                    String.valueOf(epochs),
                    "--seeds",
                    seed + ",", // with a comma it is the seed, without their number
                    "--measure",
                    "last-epochs"));
            cells.add(new Cell("nakamura-sweep-" + subject.network + "-seed" + seed, minutes, arguments));
        }
    }

    List<Cell> cells() {
        return cells;
    }

    List<Finding> findings(Results results) throws IOException {
        List<Row> rows = results.rows(cells, "runs.csv");
        return Finding.ofAll(
                results.missing(cells),
                Question.together(List.of(
                        order("the accuracies rank by α as in the paper", "Table 3 (1)", Table3.ALPHAS, rows),
                        order("the accuracies rank by λ as in the paper", "Table 3 (2)", Table3.LAMBDAS, rows))));
    }

    private Order order(String text, String source, List<Table3> settings, List<Row> rows) {
        return new Order(
                new Claim(text + " (" + title + ")", source),
                settings.stream()
                        .map(setting -> new Order.Entry(accuracies(rows, setting.method()), setting.vgg11))
                        .collect(Collectors.toList()));
    }

    private static PerSeed accuracies(List<Row> rows, String method) {
        return PerSeed.of(
                method,
                rows.stream().filter(row -> row.text("method").equals(method)).collect(Collectors.toList()),
                row -> row.whole("seed"),
                row -> row.number("last_accuracy"));
    }

    Page page(Results results) throws IOException {
        Page page = new Page();
        List<Row> rows = results.rows(cells, "runs.csv");
        if (rows.isEmpty()) {
            return page;
        }
        page.section("α and λ");
        PerSeed sgd = accuracies(rows, StochasticPlan.SGD);
        List<Table3> settings = List.of(Table3.values());
        page.table(Table.of("Table 3 at rate 0.1, " + title, settings)
                .name("α", setting -> Numbers.plain(setting.alpha))
                .number("λ", setting -> Numbers.plain(setting.lambda))
                .number(
                        "accuracy %",
                        setting -> Numbers.outcome(
                                        accuracies(rows, setting.method()).sample(), Numbers::percent)
                                .replace("+-", "±"))
                .number(
                        "gain over SGD",
                        setting -> Numbers.format(
                                "%+.2f", 100 * gain(rows, setting, sgd).mean()))
                .number("paper: VGG11", setting -> Numbers.format("%.2f", setting.vgg11))
                .number("ResNet18", setting -> Numbers.format("%.2f", setting.resNet18))
                .make());
        page.text(
                TextKind.SMALL,
                "Here SGD has "
                        + Numbers.outcome(sgd.sample(), Numbers::percent).replace("+-", "±")
                        + " %, VGG11 in the paper " + Numbers.format("%.2f", PAPER_SGD)
                        + ". ±: standard deviation over the seeds. λ = 0 with α = 0.1 belongs to both halves of the table.");
        DotPlot plot = new DotPlot(
                "nakamura-alpha-lambda",
                "Gain over SGD by α and λ; the paper's: VGG11 on all of CIFAR-10",
                "points of test accuracy");
        for (Table3 setting : settings) {
            Sample gain = gain(rows, setting, sgd);
            if (gain.notFinite() == 0) {
                plot.row(
                        "α = " + Numbers.plain(setting.alpha) + ", λ = " + Numbers.plain(setting.lambda),
                        100 * gain.mean(),
                        100 * gain.halfWidth(CONFIDENCE),
                        setting.vgg11 - PAPER_SGD);
            }
        }
        return page.figure(plot.reference(0));
    }

    private static Sample gain(List<Row> rows, Table3 setting, PerSeed sgd) {
        return accuracies(rows, setting.method()).minus(sgd, setting.method()).sample();
    }
}
