package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Difference;
import io.dl4jext.experiments.evidence.claim.Difference.Unit;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.Near;
import io.dl4jext.experiments.evidence.claim.PerSeed;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.claim.Verdict;
import io.dl4jext.experiments.evidence.page.LinePlot;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.evidence.page.Table;
import io.dl4jext.experiments.optimisers.PaperNumbers;
import io.dl4jext.experiments.report.CsvRows.Row;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Daza's networks on CIFAR-10: command {@code optimisers cifar10}. */
final class DazaNetworks {

    /** An accuracy that differs by more from the paper's is another one. */
    private static final double TOLERANCE = 0.02;

    private static final String MLP = "mlp";
    private static final String PYTORCH = "mlp-pytorch";
    private static final String DEEP = "deep-mlp";
    private static final String VGG = "vgg";
    private static final String PLAIN = "vgg-plain";

    private final List<Cell> cells;
    private final Map<String, PaperNumbers.Model> paper;
    private final Map<String, String> notComparable;

    /** @param notComparable why a network's accuracy cannot be held against the paper's, by its name */
    DazaNetworks(List<Cell> cells, Map<String, String> notComparable) throws IOException {
        this.cells = cells;
        this.paper = PaperNumbers.modelsByName();
        this.notComparable = notComparable;
    }

    private static PerSeed accuracies(List<Row> runs, String model) {
        return PerSeed.of(model, of(runs, model), row -> row.whole("seed"), row -> row.number("accuracy"));
    }

    private static List<Row> of(List<Row> rows, String model) {
        return rows.stream().filter(row -> row.text("run").equals(model)).collect(Collectors.toList());
    }

    List<Finding> findings(Results results) throws IOException {
        List<Row> runs = results.rows(cells, "runs.csv");
        List<Question> questions = new ArrayList<>();
        Map<String, String> sources = new LinkedHashMap<>();
        sources.put(MLP, "section 1.2");
        sources.put(PYTORCH, "section 2");
        sources.put(DEEP, "section 2");
        sources.put(VGG, "section 4");
        sources.put(PLAIN, "section 4");
        sources.forEach((model, source) -> {
            double accuracy = Double.parseDouble(paper.get(model).accuracy);
            questions.add(new Near(
                    new Claim(model + " reaches " + Numbers.format("%.1f", 100 * accuracy) + " %", source),
                    List.of(new Near.Entry(accuracies(runs, model), accuracy)),
                    TOLERANCE,
                    notComparable.getOrDefault(model, "")));
        });
        List<Finding> findings = new ArrayList<>(Question.together(questions));
        List<Finding> better = Question.together(List.of(
                more("small normal weights reach more than PyTorch's", "section 2", runs, MLP, PYTORCH),
                more("a deeper network with Adam, dropout and weight decay reaches more", "section 2", runs, DEEP, MLP),
                more("batch normalisation improves the VGG", "section 4", runs, VGG, PLAIN),
                more("the VGG reaches more than the deep perceptron", "section 4", runs, VGG, DEEP)));
        findings.addAll(better.subList(0, 3));
        findings.add(atTheLeast(better.get(3)));
        return findings;
    }

    /** What a smaller VGG, or one trained less, reaches the paper's would too; what it does not reach says nothing. */
    private Finding atTheLeast(Finding finding) {
        return finding.verdict() == Verdict.NOT_REPRODUCED && notComparable.containsKey(VGG)
                ? finding.undecided(notComparable.get(VGG))
                : finding;
    }

    private static Difference more(String text, String source, List<Row> runs, String higher, String lower) {
        return Difference.above(
                new Claim(text, source), accuracies(runs, higher), accuracies(runs, lower), Unit.ACCURACY);
    }

    Page page(Results results) throws IOException {
        Page page = new Page();
        List<Row> runs = results.rows(cells, "runs.csv");
        if (runs.isEmpty()) {
            return page;
        }
        List<String> models = new ArrayList<>(paper.keySet());
        page.section("Daza's networks on CIFAR-10");
        page.table(Table.of("Test accuracies on CIFAR-10", models)
                .name("network", model -> model)
                .number("paper", model -> paper.get(model).accuracy)
                .number("here", model -> YotkovTables.accuracy(runs, model))
                .number(
                        "seeds",
                        model -> of(runs, model).isEmpty()
                                ? "not run"
                                : of(runs, model).size())
                .number(
                        "seconds",
                        model -> Numbers.format(
                                "%.0f",
                                Sample.of(of(runs, model), row -> row.number("seconds"))
                                        .median()))
                .text("otherwise than there", model -> notComparable.getOrDefault(model, ""))
                .make());
        List<Row> points = results.rows(cells, "curves.csv");
        LinePlot plot = new LinePlot(
                "daza-courses",
                "Test accuracy while the networks train, first seed",
                "step",
                false,
                "accuracy %",
                false);
        for (String model : models) {
            List<Row> own = of(points, model);
            List<Row> first = own.stream()
                    .filter(point -> point.whole("seed") == own.get(0).whole("seed"))
                    .collect(Collectors.toList());
            if (!first.isEmpty()) {
                plot.line(
                        model,
                        first.stream()
                                .mapToDouble(point -> point.number("steps"))
                                .toArray(),
                        first.stream()
                                .mapToDouble(point -> 100 * point.number("test_accuracy"))
                                .toArray());
            }
        }
        return page.figure(plot);
    }
}
