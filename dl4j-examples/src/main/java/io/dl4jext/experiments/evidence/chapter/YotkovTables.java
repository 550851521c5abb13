package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.claim.Breaks;
import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Difference;
import io.dl4jext.experiments.evidence.claim.Difference.Unit;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.Near;
import io.dl4jext.experiments.evidence.claim.PerSeed;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.page.DotPlot;
import io.dl4jext.experiments.evidence.page.LinePlot;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.evidence.page.Table;
import io.dl4jext.experiments.optimisers.PaperNumbers;
import io.dl4jext.experiments.report.CsvRows.Row;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;

/**
 * Yotkov's Tables 1 to 6: cells on all of MNIST, whose numbers are held against the paper's, and cells with more seeds,
 * perhaps on fewer images, that decide which setting is better than which. Command {@code optimisers}.
 */
final class YotkovTables {

    /** An accuracy that differs by more from the paper's is another one. */
    private static final double TOLERANCE = 0.01;

    /** Of the test images the share of the largest class, and what a broken network gets at most. */
    private static final double GUESSING = 0.12;

    private static final double CONFIDENCE = 0.95;

    private final List<PaperNumbers.Row> rows;
    private final List<Cell> whole;
    private final List<Cell> paired;
    private final String data;
    private final String notComparable;

    /**
     * The tables.
     *
     * @param whole on the paper's data and epochs
     * @param paired with seeds enough for tests; may be the same
     * @param data what the latter are trained on, for a reader
     * @param notComparable why the former cannot be held against the paper's numbers; empty if they can
     */
    YotkovTables(List<Cell> whole, List<Cell> paired, String data, String notComparable) throws IOException {
        this.rows = PaperNumbers.rows();
        this.whole = whole;
        this.paired = paired;
        this.data = data;
        this.notComparable = notComparable;
    }

    /** Accuracies by the names of their settings; none of a setting that a cell which is not done trains, too. */
    private final class Accuracies {

        private final List<Row> runs;

        /** With how many of their cells are done. */
        private final Map<String, String> incomplete = new HashMap<>();

        Accuracies(Results results, List<Cell> cells) throws IOException {
            runs = results.rows(cells, "runs.csv");
            for (PaperNumbers.Row row : rows) {
                List<Cell> own = cells.stream()
                        .filter(cell -> List.of(cell.value("--also").orElse("").split(","))
                                .contains(row.argument()))
                        .collect(Collectors.toList());
                int missing = results.missing(own).size();
                if (missing > 0) {
                    int done = own.size() - missing;
                    incomplete.put(
                            row.name(),
                            row.name() + (done == 0 ? "" : " (" + done + " of " + own.size() + " cells are)"));
                }
            }
        }

        PerSeed of(String setting) {
            if (incomplete.containsKey(setting)) {
                return PerSeed.none(incomplete.get(setting));
            }
            return PerSeed.of(
                    setting,
                    runs.stream().filter(row -> row.text("run").equals(setting)).collect(Collectors.toList()),
                    row -> row.whole("seed"),
                    row -> row.number("accuracy"));
        }
    }

    List<Finding> findings(Results results) throws IOException {
        Accuracies onAll = new Accuracies(results, whole);
        List<Finding> findings = new ArrayList<>();
        for (int table = 1; table < PaperNumbers.LAST_TABLE; table++) {
            findings.addAll(accuracies(table, onAll));
        }
        broken(onAll)
                .forEach(finding -> findings.add(notComparable.isEmpty() ? finding : finding.undecided(notComparable)));
        findings.addAll(differences(new Accuracies(results, paired)));
        return findings;
    }

    /**
     * Batch size by batch size: what one of them takes to run, or leaves open, is no reason to say nothing of another.
     */
    private List<Finding> accuracies(int table, Accuracies of) {
        Map<Integer, List<Near.Entry>> bySize = new TreeMap<>();
        rows.stream()
                .filter(row -> row.table == table)
                .forEach(row -> bySize.computeIfAbsent(row.batchSize(), size -> new ArrayList<>())
                        .add(new Near.Entry(of.of(row.name()), row.accuracy)));
        List<Finding> findings = new ArrayList<>();
        bySize.forEach((size, entries) -> findings.addAll(Question.together(List.of(new Near(
                new Claim(
                        "the accuracies of Yotkov's Table " + table + ", batches of " + size,
                        PaperNumbers.title(table)),
                entries,
                TOLERANCE,
                notComparable)))));
        return findings;
    }

    private static List<Finding> broken(Accuracies of) {
        return Question.together(List.of(
                breaks(
                        "SGD breaks at rate 0.1 with batches of 1, not with 10",
                        "section 2.1",
                        of,
                        "sgd 0.1, m 1",
                        "sgd 0.1, m 10"),
                breaks(
                        "momentum 0.9 breaks SGD at rate 0.1 with batches of 10, not with 100",
                        "Table 3",
                        of,
                        "sgd 0.1, m 10, momentum 0.9",
                        "sgd 0.1, m 100, momentum 0.9"),
                breaks(
                        "decay and momentum together break with batches of 10, not with 100",
                        "section 3.3",
                        of,
                        "sgd 0.1 to 0.001, m 10, momentum 0.9",
                        "sgd 0.1 to 0.001, m 100, momentum 0.9"),
                breaks(
                        "AdaGrad breaks at rate 0.01 with batches of 100, not with 10",
                        "section 4",
                        of,
                        "adagrad 0.01, m 100",
                        "adagrad 0.01, m 10")));
    }

    private static Breaks breaks(String text, String source, Accuracies of, String broken, String whole) {
        return new Breaks(new Claim(text, source), List.of(of.of(broken)), List.of(of.of(whole)), GUESSING);
    }

    /** All better-than's are looked at together. */
    private List<Finding> differences(Accuracies of) {
        return Question.together(List.of(
                better(
                        "decay to 0.001 improves SGD at rate 0.1",
                        "section 3.1",
                        of,
                        "sgd 0.1 to 0.001, m 10",
                        "sgd 0.1, m 10"),
                better(
                        "a smaller last rate improves the decay further",
                        "section 3.1",
                        of,
                        "sgd 0.1 to 0.0001, m 10",
                        "sgd 0.1 to 0.001, m 10"),
                better(
                        "momentum 0.9 reaches more than 0.5 at rate 0.001",
                        "section 3.2",
                        of,
                        "sgd 0.001, m 10, momentum 0.9",
                        "sgd 0.001, m 10, momentum 0.5"),
                better("AdaGrad reaches more than SGD", "section 4", of, "adagrad 0.01, m 10", "sgd 0.01, m 10"),
                better(
                        "SGD with decay reaches more than AdaGrad",
                        "Table 6",
                        of,
                        "sgd 0.1 to 0.0001, m 10",
                        "adagrad 0.01, m 10"),
                better(
                        "SGD with decay reaches more than with momentum",
                        "Table 6",
                        of,
                        "sgd 0.1 to 0.0001, m 10",
                        "sgd 0.01, m 10, momentum 0.9")));
    }

    private Difference better(String text, String source, Accuracies of, String higher, String lower) {
        return Difference.above(
                new Claim(text + " (batches of 10, " + data + ")", source), of.of(higher), of.of(lower), Unit.ACCURACY);
    }

    Page page(Results results) throws IOException {
        Page page = new Page();
        List<Row> runs = results.rows(whole, "runs.csv");
        List<Row> more = whole.equals(paired) ? List.of() : results.rows(paired, "runs.csv");
        if (runs.isEmpty() && more.isEmpty()) {
            return page;
        }
        page.section("Yotkov's Tables 1 to 6");
        page.table(Table.of("Yotkov's tables", rows)
                .name("table", row -> row.table)
                .text("setting", PaperNumbers.Row::name)
                .number("paper: loss", row -> Double.isNaN(row.loss) ? "NaN" : Numbers.plain(row.loss))
                .number("here: loss", row -> loss(runs, row.name()))
                .number("paper: accuracy", row -> Numbers.format("%.3f", row.accuracy))
                .number("here: accuracy", row -> accuracy(runs, row.name()))
                .number(
                        "seeds",
                        row -> of(runs, row.name()).isEmpty()
                                ? "not run"
                                : of(runs, row.name()).size())
                .number("seconds", row -> seconds(runs, row.name()))
                .make());
        page.figure(agreement(runs));
        page.figure(courses(results.rows(whole, "curves.csv")));
        List<String> names =
                more.stream().map(row -> row.text("run")).distinct().collect(Collectors.toList());
        page.table(Table.of("With more seeds: " + data, names)
                .name("setting", name -> name)
                .number("loss", name -> loss(more, name))
                .number("accuracy", name -> accuracy(more, name))
                .number("seeds", name -> of(more, name).size())
                .number("seconds", name -> seconds(more, name))
                .make());
        return page;
    }

    private static List<Row> of(List<Row> runs, String setting) {
        return runs.stream().filter(row -> row.text("run").equals(setting)).collect(Collectors.toList());
    }

    static String loss(List<Row> runs, String setting) {
        List<Row> own = of(runs, setting);
        Sample losses = Sample.of(own, row -> row.number("loss"));
        return own.isEmpty()
                ? "-"
                : losses.notFinite() == own.size()
                        ? "NaN"
                        : spread(losses.finite(), Numbers::significant)
                                + (losses.notFinite() == 0 ? "" : ", NaN " + losses.notFinite() + " of " + own.size());
    }

    static String accuracy(List<Row> runs, String setting) {
        return spread(
                Sample.of(of(runs, setting), row -> row.number("accuracy")), value -> Numbers.format("%.4f", value));
    }

    private static String spread(Sample sample, DoubleFunction<String> text) {
        return Numbers.spread(sample, text).replace("+-", "±");
    }

    private static String seconds(List<Row> runs, String setting) {
        return Numbers.format(
                "%.0f",
                Sample.of(of(runs, setting), row -> row.number("seconds")).median());
    }

    private DotPlot agreement(List<Row> runs) {
        DotPlot plot = new DotPlot(
                "yotkov-accuracies", "Test accuracy of the settings that train, here and in the paper", "accuracy %");
        Map<String, PaperNumbers.Row> settings = new LinkedHashMap<>();
        rows.forEach(row -> settings.putIfAbsent(row.name(), row));
        settings.forEach((name, row) -> {
            Sample here = Sample.of(of(runs, name), run -> 100 * run.number("accuracy"));
            if (here.size() > 0 && here.mean() > 100 * GUESSING) {
                plot.row(
                        name,
                        here.mean(),
                        here.halfWidth(CONFIDENCE),
                        row.accuracy > GUESSING ? 100 * row.accuracy : Double.NaN);
            }
        });
        return plot;
    }

    /** Of the settings of the last table. */
    private LinePlot courses(List<Row> points) {
        LinePlot plot = new LinePlot(
                "yotkov-courses",
                "Test accuracy after each epoch, the settings of Table " + PaperNumbers.LAST_TABLE,
                "epoch",
                false,
                "accuracy %",
                false);
        for (PaperNumbers.Row row : rows) {
            if (row.table == PaperNumbers.LAST_TABLE) {
                List<Row> own = of(points, row.name());
                List<Row> first = own.stream()
                        .filter(point -> point.whole("seed") == own.get(0).whole("seed"))
                        .collect(Collectors.toList());
                double[] epochs = new double[first.size()];
                double[] accuracies = new double[first.size()];
                for (int i = 0; i < epochs.length; i++) {
                    epochs[i] = i + 1;
                    accuracies[i] = 100 * first.get(i).number("test_accuracy");
                }
                if (epochs.length > 0) {
                    plot.line(row.name(), epochs, accuracies);
                }
            }
        }
        return plot;
    }
}
