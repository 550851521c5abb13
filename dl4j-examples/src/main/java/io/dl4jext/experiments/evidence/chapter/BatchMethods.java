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

    /** Test accuracies by seed at the chosen rate. */
    private PerSeed accuracies(Results results, String method) throws IOException {
        return PerSeed.of(method, runs(results, method), row -> row.whole("seed"), row -> row.number("last_accuracy"));
    }

    /** By how much this updater's accuracy is above SGD's. */
    PerSeed gains(Results results) throws IOException {
        return accuracies(results, SGD).lowerThan(accuracies(results, OURS)).named("gain, " + title);
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
        PerSeed ours = accuracies(results, OURS);
        List<Question> questions = new ArrayList<>();
        for (String method : cells.keySet()) {
            boolean isOurs = method.startsWith(OURS);
            if (!isOurs) {
                questions.add(Difference.above(
                        new Claim(title + ": a higher test accuracy than by " + method, SOURCE),
                        ours,
                        accuracies(results, method),
                        Unit.POINTS));
            } else if (method.equals(HALF)) {
                questions.add(Difference.above(
                        new Claim(
                                title + ": probabilities that follow the gradients add to what p = 1/2 for all does",
                                "not in the paper: the control"),
                        ours,
                        accuracies(results, method),
                        Unit.POINTS));
            }
        }
        return Question.together(questions);
    }

    Page page(Results results) throws IOException {
        Page page = new Page();
        Map<String, PerSeed> accuracies = new LinkedHashMap<>();
        for (String method : cells.keySet()) {
            PerSeed own = accuracies(results, method);
            if (!own.isEmpty()) {
                accuracies.put(method, own);
            }
        }
        if (accuracies.isEmpty()) {
            return page;
        }
        Map<String, String> rates = new LinkedHashMap<>();
        for (String method : accuracies.keySet()) {
            rates.put(
                    method, rate(results, cells.get(method)).map(Numbers::plain).orElse("-"));
        }
        Map<String, Double> paper = paper("1");
        Map<String, Double> part = paper(paperRatio);
        page.section(title);
        Table.Maker<String> table = Table.of(
                        title + ": test accuracies in %, and differences in points", accuracies.keySet())
                .name("method", method -> method)
                .number("rate", rates::get)
                .number(
                        "accuracy",
                        method -> Numbers.spread(
                                accuracies.get(method).map(share -> 100 * share).sample(),
                                value -> Numbers.format("%.2f", value)))
                .number("seeds", method -> accuracies.get(method).seeds());
        if (accuracies.containsKey(SGD)) {
            table.number("against SGD", method -> method.equals(SGD) ? "" : against(accuracies, method, SGD));
        }
        if (!paper.isEmpty()) {
            table.number("paper, all images", method -> number(paper, method))
                    .number("paper, 6,250 images", method -> number(part, method));
        }
        page.table(table.make());
        return page.figure(plot(accuracies, part));
    }

    private static String number(Map<String, Double> paper, String method) {
        return paper.containsKey(method) ? Numbers.format("%.2f", paper.get(method)) : "";
    }

    private static Sample differences(Map<String, PerSeed> accuracies, String method, String other) {
        return accuracies
                .get(other)
                .lowerThan(accuracies.get(method))
                .map(value -> 100 * value)
                .sample();
    }

    private static String against(Map<String, PerSeed> accuracies, String method, String other) {
        Sample differences = differences(accuracies, method, other);
        return Numbers.format("%+.2f", differences.mean()) + " ± "
                + Numbers.format("%.2f", differences.halfWidth(CONFIDENCE));
    }

    private DotPlot plot(Map<String, PerSeed> accuracies, Map<String, Double> paper) {
        DotPlot plot = new DotPlot(
                        "batch-" + id,
                        title + ": by how much the test accuracy is above SGD's, and 95 % intervals",
                        "points")
                .reference(0);
        if (accuracies.containsKey(SGD)) {
            for (String method : accuracies.keySet()) {
                if (!method.equals(SGD)) {
                    Sample differences = differences(accuracies, method, SGD);
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
