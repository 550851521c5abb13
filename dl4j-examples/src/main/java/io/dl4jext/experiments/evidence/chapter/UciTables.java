package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.DataSet;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Difference;
import io.dl4jext.experiments.evidence.claim.Difference.Unit;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.HigherRate;
import io.dl4jext.experiments.evidence.claim.Near;
import io.dl4jext.experiments.evidence.claim.PerSeed;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.claim.RateRatios;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.evidence.page.Table;
import io.dl4jext.experiments.report.CsvRows.Row;
import io.dl4jext.experiments.report.Numbers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoublePredicate;
import java.util.stream.Collectors;

/**
 * The paper's small classification tables, and in full all others of the folder, a cell for each: command
 * {@code implicit uci}.
 */
final class UciTables {

    /** Those of its 121 that the paper's losses are kept of, small ones first. */
    static final List<String> TABLES = List.of("car", "yeast", "page-blocks", "spambase", "pendigits", "letter");

    /** What is compared in pairs: seeds of one table share its split. */
    private static final String EACH = "table";

    private static final String SOURCE = "section 5, UCI; appendix E.15";

    /** Losses are told with two decimals, and depend on the split, which the paper does not tell. */
    private static final double SHARE = 0.1;

    private static final double LEAST = 0.02;

    /** The highest of the paper's rates at which all of these tables are stable there. */
    private static final double HIGHEST_STABLE = 1;

    private final Map<String, Cell> cells = new LinkedHashMap<>();
    private final List<Double> grid;
    private final boolean searches;

    UciTables(Scale scale, DataFolder data) {
        String rates = scale.choose("0.1,1", "0.001,0.01,0.1,0.5,1", "0.001,0.01,0.1,0.5,1,3,5,10,30,50");
        this.grid = RateExperiment.rates(rates);
        this.searches = scale == Scale.FULL;
        files(scale, data).forEach((table, file) -> {
            List<String> arguments = new ArrayList<>(List.of(
                    "implicit",
                    "uci",
                    "--file",
                    DataSet.UCI.placeholder() + "/" + file,
                    "--learning-rates",
                    rates,
                    "--variants",
                    Form.ALL,
                    "--epochs",
                    scale.choose("2", "10", "10"),
                    "--seeds",
                    scale.choose("1", "3", "5")));
            if (searches) {
                arguments.add("--find-highest-rate"); // it tries all given rates first
            }
            cells.put(table, new Cell("implicit-uci-" + table, minutes(scale, table), arguments));
        });
    }

    private static double minutes(Scale scale, String table) {
        boolean large = table.equals("letter");
        return scale.choose(0.1, large ? 6.0 : 1.5, large ? 30.0 : 6.0);
    }

    /** Files by the tables' names: those that the scale names, there or not, and in full all others of the folder. */
    private static Map<String, String> files(Scale scale, DataFolder data) {
        Map<String, String> there = new TreeMap<>();
        Set<String> tables = new HashSet<>();
        for (String file : data.files(DataSet.UCI)) {
            String unpacked = file.replaceFirst("\\.gz$", "");
            if (tables.add(unpacked)) { // packed and unpacked it is one table
                there.put(unlike(there.keySet(), unpacked.replaceFirst("\\.(?i:csv|data)$", "")), file);
            }
        }
        Map<String, String> files = new LinkedHashMap<>();
        for (String table : TABLES.subList(0, scale.choose(1, 5, 6))) {
            files.put(table, there.getOrDefault(table, table + ".csv"));
        }
        if (scale == Scale.FULL) {
            there.forEach(files::putIfAbsent);
        }
        return files;
    }

    /** A table's name in letters that a cell's name may have, unlike those that there are. */
    private static String unlike(Set<String> others, String table) {
        String name = table.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]", "-");
        String own = name;
        for (int number = 2; others.contains(own); number++) {
            own = name + "-" + number;
        }
        return own;
    }

    List<Cell> cells() {
        return new ArrayList<>(cells.values());
    }

    private RateRuns runs(Results results, String table) throws IOException {
        List<Cell> cell = List.of(cells.get(table));
        return new RateRuns(
                results.rows(cell, "runs.csv"), searches ? results.rows(cell, "rates.csv") : List.of(), grid);
    }

    /** The highest stable rates, where they are searched for; the paper's grid is too coarse to tell them. */
    List<RateLine> lines(Results results) throws IOException {
        List<RateLine> lines = new ArrayList<>();
        for (String table : cells.keySet()) {
            lines.addAll(RateLine.of("UCI, " + table, runs(results, table), ""));
        }
        return lines;
    }

    List<Finding> findings(Results results) throws IOException {
        Map<String, RateRuns> runs = new LinkedHashMap<>();
        for (String table : cells.keySet()) {
            runs.put(table, runs(results, table));
        }
        Collection<RateRuns> tables = there(results, runs);
        List<Question> accuracies = new ArrayList<>();
        for (Form form : Form.values()) {
            accuracies.add(Difference.above(
                    new Claim(
                            "UCI tables: a higher test accuracy by implicit training (" + form.words
                                    + ") at the rate with the lowest training loss; the paper has +0.13 points",
                            SOURCE),
                    accuracies(tables, form.variant),
                    accuracies(tables, Form.EXPLICIT),
                    Unit.ACCURACY));
        }
        List<Finding> findings = new ArrayList<>();
        if (searches) {
            findings.addAll(Question.together(higher(tables)));
        }
        findings.addAll(Question.together(accuracies));
        findings.replaceAll(finding -> finding.naming(results.failed(cells())));
        for (Map.Entry<String, RateRuns> table : runs.entrySet()) {
            if (!TABLES.contains(table.getKey())) {
                continue;
            }
            List<String> failed = results.failed(List.of(cells.get(table.getKey())));
            losses(table.getKey(), table.getValue()).forEach(finding -> findings.add(finding.naming(failed)));
        }
        return findings;
    }

    /** Those of the tables whose files are there; of all, so that they are told as not run, where none is. */
    private Collection<RateRuns> there(Results results, Map<String, RateRuns> runs) {
        Map<String, RateRuns> there = new LinkedHashMap<>(runs);
        there.keySet().removeIf(table -> !results.data().hasAll(cells.get(table)));
        return there.isEmpty() ? runs.values() : there.values();
    }

    /** Over all tables, each with its mean ratio; the paper's own grid of rates is too coarse to claim anything. */
    private static List<Question> higher(Collection<RateRuns> tables) {
        List<Question> higher = new ArrayList<>();
        for (Form form : Form.values()) {
            List<RateRatios> ratios = tables.stream()
                    .map(runs -> runs.stable(form.variant).over(runs.stable(Form.EXPLICIT)))
                    .collect(Collectors.toList());
            higher.add(new HigherRate(
                    new Claim(
                            "UCI tables: over all of them implicit training (" + form.words
                                    + ") is stable at higher rates than explicit; the paper does not claim it, from its losses follow 1.03 times",
                            SOURCE),
                    RateRatios.together(ratios, EACH),
                    1));
        }
        return higher;
    }

    /** The test accuracy on each table, the mean over its seeds; nothing where a table was not run. */
    private static PerSeed accuracies(Collection<RateRuns> tables, String method) {
        List<PerSeed> each =
                tables.stream().map(runs -> runs.accuracies(method)).collect(Collectors.toList());
        return PerSeed.together(Form.named(method), each, EACH);
    }

    /** Whether the losses are the paper's: claims of their own for those of trainings that stay stable, and for others. */
    private List<Finding> losses(String table, RateRuns runs) throws IOException {
        String claim = table + ": explicit training's losses are the paper's, at rates ";
        List<Finding> findings = new ArrayList<>();
        near(claim + "up to 1", runs, table, rate -> rate <= HIGHEST_STABLE).ifPresent(findings::add);
        near(claim + "above 1", runs, table, rate -> rate > HIGHEST_STABLE).ifPresent(findings::add);
        return findings;
    }

    /** Empty where none of the rates is tried. */
    private Optional<Finding> near(String claim, RateRuns runs, String table, DoublePredicate rates)
            throws IOException {
        List<Near.Entry> entries = new ArrayList<>();
        for (Row row : paper(table)) {
            double rate = row.number("learning_rate");
            if (grid.contains(rate) && rates.test(rate)) {
                entries.add(Near.Entry.ofOneSeed(
                        runs.at(Form.EXPLICIT, rate).named("rate " + Numbers.plain(rate)), row.number(Form.EXPLICIT)));
            }
        }
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(Question.together(
                                List.of(Near.losses(new Claim(claim, "appendix E.15"), entries, SHARE, LEAST)))
                        .get(0));
    }

    private static List<Row> paper(String table) throws IOException {
        return PaperTable.read("paper-4-uci-losses.csv").stream()
                .filter(row -> row.text("data").equals(table))
                .collect(Collectors.toList());
    }

    Page page(Results results) throws IOException {
        Page page = new Page();
        for (String table : cells.keySet()) {
            RateRuns runs = runs(results, table);
            if (runs.isEmpty()) {
                continue;
            }
            Map<Double, Row> paper = new TreeMap<>();
            paper(table).forEach(row -> paper.put(row.number("learning_rate"), row));
            Table.Maker<Double> lines =
                    Table.of("UCI, " + table + ": training loss", runs.grid()).name("rate", Numbers::plain);
            for (String method : Form.methods()) {
                lines.number(Form.named(method), rate -> LossTable.mean(runs.at(method, rate)));
            }
            for (String method : paper.isEmpty() ? List.<String>of() : List.of(Form.EXPLICIT, Form.MEAN.variant)) {
                lines.number(
                        "paper, " + method,
                        rate -> paper.containsKey(rate) ? paper.get(rate).text(method) : "");
            }
            page.table(lines.make());
        }
        return page;
    }

    /** What became of the test accuracies. */
    Page accuracies(Results results) throws IOException {
        Map<String, RateRuns> runs = new LinkedHashMap<>();
        for (String table : cells.keySet()) {
            RateRuns one = runs(results, table);
            if (!one.isEmpty()) {
                runs.put(table, one);
            }
        }
        if (runs.isEmpty()) {
            return new Page();
        }
        Table.Maker<String> lines = Table.of(
                        "Test accuracies in %, each method at the rate with its lowest training loss", runs.keySet())
                .name("table", table -> table);
        for (String method : Form.methods()) {
            lines.number(
                    Form.named(method),
                    table -> Numbers.format(
                            "%.2f",
                            100 * runs.get(table).accuracies(method).sample().mean()));
        }
        return new Page().section("UCI tables").table(lines.make());
    }
}
