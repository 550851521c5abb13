package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Difference;
import io.dl4jext.experiments.evidence.claim.Difference.Unit;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.PerSeed;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.evidence.page.Table;
import io.dl4jext.experiments.report.CsvRows.Row;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Values of α and λ in the order of the paper's Table 3, a cell for each seed: command {@code stochastic-batch --sweep}. */
final class Table3Order {

    private static final String SOURCE = "Table 3, VGG11";

    private final String title;
    private final List<Cell> cells = new ArrayList<>();

    Table3Order(String id, String title, int seeds, double minutes, List<String> arguments) {
        this.title = title;
        for (int seed = 1; seed <= seeds; seed++) {
            List<String> all = new ArrayList<>(List.of("stochastic-batch", "--sweep"));
            all.addAll(arguments);
            all.addAll(List.of("--seeds", seed + "," + seed));
            cells.add(new Cell("batch-table3-" + id + "-seed" + seed, minutes, all));
        }
    }

    List<Cell> cells() {
        return cells;
    }

    /** The paper's mean accuracies by the variant's name in {@code runs.csv}. */
    private static Map<String, Double> paper(String part) throws IOException {
        Map<String, Double> accuracies = new LinkedHashMap<>();
        for (Row row : PaperTable.read("paper-2-table-3.csv")) {
            if (part.isEmpty() || row.text("part").contains(part)) {
                accuracies.put("a=" + row.text("alpha") + ",l=" + row.text("lambda"), row.number("accuracy"));
            }
        }
        return accuracies;
    }

    List<Finding> findings(Results results) throws IOException {
        List<Row> runs = results.rows(cells, "runs.csv");
        return Question.together(
                List.of(order(runs, "α (λ = 0)", paper("alpha")), order(runs, "λ (α = 0.1)", paper("lambda"))));
    }

    /** That the rank correlations with the paper's accuracies are above 0. */
    private Question order(List<Row> runs, String of, Map<String, Double> paper) {
        PerSeed correlations = correlations(runs, of, paper);
        return Difference.above(
                new Claim(title + ": the accuracies' order in " + of + " is the paper's", SOURCE),
                correlations,
                correlations.map(value -> 0).named("no order"),
                Unit.NUMBER);
    }

    private PerSeed correlations(List<Row> runs, String of, Map<String, Double> paper) {
        Map<Long, Map<String, Double>> bySeed = new TreeMap<>();
        runs.forEach(row -> bySeed.computeIfAbsent(row.whole("seed"), seed -> new LinkedHashMap<>())
                .put(row.text("method"), row.number("last_accuracy")));
        Sample there = Sample.of(paper.values(), value -> value);
        return PerSeed.of("rank correlation in " + of, bySeed.entrySet(), Map.Entry::getKey, seed -> {
            Sample here = Sample.of(paper.keySet(), name -> seed.getValue().getOrDefault(name, Double.NaN));
            return here.notFinite() > 0 ? Double.NaN : Significance.spearman(here, there);
        });
    }

    Page page(Results results) throws IOException {
        List<Row> runs = results.rows(cells, "runs.csv");
        Page page = new Page();
        if (runs.isEmpty()) {
            return page;
        }
        Map<String, Double> paper = paper("");
        page.section("Values of α and λ: " + title);
        return page.table(Table.of(title + ": test accuracies in %", paper.keySet())
                .name("α, λ", name -> name.replace("a=", "").replace(",l=", ", "))
                .number(
                        "here",
                        name -> Numbers.outcome(
                                Sample.of(
                                        runs.stream()
                                                .filter(row ->
                                                        row.text("method").equals(name))
                                                .collect(Collectors.toList()),
                                        row -> row.number("last_accuracy")),
                                Numbers::percent))
                .number("paper: VGG11, all images", name -> Numbers.format("%.2f", paper.get(name)))
                .make());
    }
}
