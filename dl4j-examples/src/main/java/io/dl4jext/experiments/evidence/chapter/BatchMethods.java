package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Difference;
import io.dl4jext.experiments.evidence.claim.Difference.Unit;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.PerSeed;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.page.DotPlot;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.evidence.page.Table;
import io.dl4jext.experiments.report.CsvRows.Row;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One network on a part of one data set with one batch size, trained by several methods with several seeds, each method at the rate that it does best with on
 * a validation split; a cell for each method: command {@code stochastic-batch}.
 */
final class BatchMethods {

    static final String OURS = "stochastic-batch";
    static final String SGD = "sgd";
    static final String HALF = "stochastic-batch-half";
    private static final double CONFIDENCE = 0.95;
    private static final String SOURCE = "Tables 4 and 5";

    private final String id;
    private final String title;
    private final String batchSize;
    private final String paperRatio;
    private final Map<String, Cell> cells = new LinkedHashMap<>();

    /**
     * The trainings.
     *
     * @param id of the cells, such as {@code vgg-1500-b16}
     * @param title for a reader
     * @param paperRatio the part of CIFAR-10 in the paper's Table 4 to hold it against; empty for none
     * @param minutes of one method
     * @param arguments of the command, without method and batch size
     */
    BatchMethods(
            String id,
            String title,
            String batchSize,
            String paperRatio,
            List<String> methods,
            double minutes,
            List<String> arguments) {
        this.id = id;
        this.title = title;
        this.batchSize = batchSize;
        this.paperRatio = paperRatio;
        for (String method : methods) {
            List<String> all = new ArrayList<>(List.of("stochastic-batch", "--methods", method));
            all.addAll(List.of("--batch-sizes", batchSize));
            all.addAll(arguments);
            cells.put(method, new Cell("batch-" + id + "-" + method, minutes, all));
        }
    }

    List<Cell> cells() {
        return new ArrayList<>(cells.values());
    }

    String title() {
        return title;
    }

    /** The same network and batch size, with the larger of the two parts of CIFAR-10. */
    boolean hasMoreImagesThan(BatchMethods other) {
        return !id.equals(other.id) && id.replace("-6250-", "-1500-").equals(other.id);
    }

    /** Test errors by seed at the chosen rate. */
    PerSeed errors(Results results, String method) throws IOException {
        return PerSeed.of(
                method, runs(results, method), row -> row.whole("seed"), row -> 1 - row.number("last_accuracy"));
    }

    /** How much lower this updater's error is than SGD's. */
    PerSeed gains(Results results) throws IOException {
        return errors(results, OURS).lowerThan(errors(results, SGD)).named(title);
    }

    private List<Row> runs(Results results, String method) throws IOException {
        Cell cell = cells.get(method);
        if (cell == null) {
            return List.of();
        }
        Optional<Double> rate = rate(results, cell);
        return results.rows(List.of(cell), "runs.csv").stream()
                .filter(row -> rate.isEmpty() || row.number("learning_rate") == rate.get())
                .collect(Collectors.toList());
    }

    private static Optional<Double> rate(Results results, Cell cell) throws IOException {
        return results.has(cell, "rates.csv")
                ? results.rows(List.of(cell), "rates.csv").stream()
                        .filter(row -> row.isTrue("chosen"))
                        .map(row -> row.number("learning_rate"))
                        .findFirst()
                : Optional.empty();
    }

    List<Finding> findings(Results results) throws IOException {
        PerSeed ours = errors(results, OURS);
        List<Question> questions = new ArrayList<>();
        for (String method : cells.keySet()) {
            boolean isOurs = method.startsWith(OURS);
            if (!isOurs) {
                questions.add(Difference.below(
                        new Claim(title + ": a higher test accuracy than by " + method, SOURCE),
                        ours,
                        errors(results, method),
                        Unit.POINTS));
            } else if (method.equals(HALF)) {
                questions.add(Difference.below(
                        new Claim(
                                title + ": probabilities that follow the gradients add to what p = 1/2 for all does",
                                "not in the paper: the control"),
                        ours,
                        errors(results, method),
                        Unit.POINTS));
            }
        }
        return Question.together(questions);
    }

    Page page(Results results) throws IOException {
        Page page = new Page();
        Map<String, PerSeed> errors = new LinkedHashMap<>();
        for (String method : cells.keySet()) {
            PerSeed own = errors(results, method);
            if (!own.isEmpty()) {
                errors.put(method, own);
            }
        }
        if (errors.isEmpty()) {
            return page;
        }
        Map<String, String> rates = new LinkedHashMap<>();
        for (String method : errors.keySet()) {
            rates.put(
                    method, rate(results, cells.get(method)).map(Numbers::plain).orElse("-"));
        }
        Map<String, Double> paper = paper("1");
        Map<String, Double> part = paper(paperRatio);
        page.section(title);
        Table.Maker<String> table = Table.of(
                        title + ": test accuracies in %, and differences in points", errors.keySet())
                .name("method", method -> method)
                .number("rate", rates::get)
                .number(
                        "accuracy",
                        method ->
                                Numbers.spread(accuracies(errors.get(method)), value -> Numbers.format("%.2f", value)))
                .number("seeds", method -> errors.get(method).seeds());
        if (errors.containsKey(SGD)) {
            table.number("against SGD", method -> method.equals(SGD) ? "" : against(errors, method, SGD));
        }
        if (!paper.isEmpty()) {
            table.number("paper, all images", method -> number(paper, method))
                    .number("paper, 6,250 images", method -> number(part, method));
        }
        page.table(table.make());
        return page.figure(plot(errors, part));
    }

    private static Sample accuracies(PerSeed errors) {
        return errors.map(error -> 100 * (1 - error)).sample();
    }

    private static String number(Map<String, Double> paper, String method) {
        return paper.containsKey(method) ? Numbers.format("%.2f", paper.get(method)) : "";
    }

    private static Sample differences(Map<String, PerSeed> errors, String method, String other) {
        return errors.get(method)
                .lowerThan(errors.get(other))
                .map(value -> 100 * value)
                .sample();
    }

    private static String against(Map<String, PerSeed> errors, String method, String other) {
        Sample differences = differences(errors, method, other);
        return Numbers.format("%+.2f", differences.mean()) + " ± "
                + Numbers.format("%.2f", differences.halfWidth(CONFIDENCE));
    }

    private DotPlot plot(Map<String, PerSeed> errors, Map<String, Double> paper) {
        DotPlot plot = new DotPlot(
                        "batch-" + id,
                        title + ": by how much the test accuracy is above SGD's, and 95 % intervals",
                        "points")
                .reference(0);
        if (errors.containsKey(SGD)) {
            for (String method : errors.keySet()) {
                if (!method.equals(SGD)) {
                    Sample differences = differences(errors, method, SGD);
                    plot.row(
                            method,
                            differences.mean(),
                            differences.halfWidth(CONFIDENCE),
                            paper.containsKey(method) && paper.containsKey(SGD)
                                    ? paper.get(method) - paper.get(SGD)
                                    : Double.NaN);
                }
            }
        }
        return plot;
    }

    /** Accuracies of VGG11 on that part of CIFAR-10; none where this is nothing to hold against them. */
    private Map<String, Double> paper(String ratio) throws IOException {
        Map<String, Double> accuracies = new LinkedHashMap<>();
        if (!paperRatio.isEmpty()) {
            for (Row row : PaperTable.read("paper-2-vgg11.csv")) {
                if (row.text("batch_size").equals(batchSize)
                        && row.text("ratio").equals(ratio)) {
                    accuracies.put(row.text("method"), row.number("accuracy"));
                }
            }
        }
        return accuracies;
    }
}
