package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.chapter.SeedGrid.Member;
import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.claim.Throughout;
import io.dl4jext.experiments.evidence.claim.Trend;
import io.dl4jext.experiments.evidence.page.LinePlot;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.evidence.page.Table;
import io.dl4jext.experiments.evidence.page.TextKind;
import io.dl4jext.experiments.report.CsvRows.Row;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.RankTrend;
import io.dl4jext.experiments.statistics.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One network on one data set with every batch size and learning rate, for each seed: command {@code fisher}. */
final class FisherGrid {

    static final String SIZE = "batch_size";
    static final String RATE = "learning_rate";
    private static final String CONDITION = "average_condition_number";
    private static final String ENERGY = "cumulative_energy";

    private final String id;
    private final String title;
    private final List<SeedGrid> seeds;

    /**
     * A grid.
     *
     * @param id of its cells and pictures, such as {@code mlp-mnist}
     * @param title for a reader, such as "mlp on MNIST"
     */
    FisherGrid(String id, String title, List<SeedGrid> seeds) {
        this.id = id;
        this.title = title;
        this.seeds = List.copyOf(seeds);
    }

    /** All its cells, as they are typed. */
    private String all() {
        return "fisher-" + id + "-*";
    }

    List<Cell> cells() {
        return seeds.stream().flatMap(seed -> seed.cells().stream()).collect(Collectors.toList());
    }

    /** The numbers are of the seeds of which every training is done. */
    List<Finding> findings(Results results) throws IOException {
        List<List<Member>> grids = new ArrayList<>();
        for (SeedGrid seed : seeds) {
            if (seed.isWhole(results)) {
                grids.add(seed.members(results));
            }
        }
        List<Finding> findings = new ArrayList<>(Question.together(List.of(
                trend("C̄_K grows with the batch size", grids, SIZE, RATE, CONDITION, 1),
                trend("L_K falls with the batch size", grids, SIZE, RATE, ENERGY, -1),
                trend("C̄_K grows with the learning rate", grids, RATE, SIZE, CONDITION, 1),
                trend("L_K grows with the learning rate", grids, RATE, SIZE, ENERGY, 1))));
        List<AtOnce> whole = new ArrayList<>();
        List<AtOnce> parts = new ArrayList<>();
        for (List<Member> grid : grids) {
            AtOnce at = AtOnce.of(grid);
            if (at != null) {
                whole.add(at);
                parts.addAll(AtOnce.withoutEach(grid));
            }
        }
        findings.addAll(Question.together(List.of(
                share("C̄_K goes by the batch size more than by the rate", whole, parts, AtOnce::conditionShares, 0),
                share(
                        "at one iteration L_K goes by the rate more than by the batch size",
                        whole,
                        parts,
                        AtOnce::energyShares,
                        1))));
        return Finding.ofAll(results.missing(cells()), findings);
    }

    private Trend trend(String text, List<List<Member>> grids, String varied, String fixed, String measure, int sign) {
        List<RankTrend.Row> rows = new ArrayList<>();
        for (List<Member> grid : grids) {
            for (List<Row> line : lines(grid, fixed).values()) {
                rows.add(new RankTrend.Row(
                        Sample.of(line, row -> row.number(varied)), Sample.of(line, row -> finite(row, measure))));
            }
        }
        return new Trend(
                new Claim(text + " (" + title + ")", "section 4.1"),
                grids.isEmpty() ? null : RankTrend.of(rows),
                sign,
                (fixed.equals(RATE) ? "learning rates" : "batch sizes") + (grids.size() > 1 ? " and seeds" : ""),
                all());
    }

    /** Of a training that diverged, C̄_K and L_K are those of some other length. */
    private static double finite(Row row, String measure) {
        return row.isTrue("diverged") ? Double.NaN : row.number(measure);
    }

    private static Map<Double, List<Row>> lines(List<Member> grid, String fixed) {
        return grid.stream()
                .map(Member::row)
                .collect(Collectors.groupingBy(row -> row.number(fixed), TreeMap::new, Collectors.toList()));
    }

    private Throughout share(
            String text, List<AtOnce> whole, List<AtOnce> parts, Function<AtOnce, double[]> shares, int larger) {
        String numbers = whole.stream()
                .map(shares)
                .map(share -> String.format(Locale.ROOT, "%.0f and %.0f %%", 100 * share[0], 100 * share[1]))
                .collect(Collectors.joining(", "));
        return new Throughout(
                new Claim(text + " (" + title + ")", "section 4.2"),
                Stream.concat(whole.stream(), parts.stream())
                        .map(shares)
                        .map(share -> share[larger] > share[1 - larger])
                        .collect(Collectors.toList()),
                "of the logarithm's variance the batch size explains, and the rate: " + numbers
                        + (whole.size() > 1 ? " (by seed)" : "") + ", at the last iteration that all trainings have",
                all());
    }

    Page page(Results results) throws IOException {
        Page page = new Page();
        List<Cell> cells = cells();
        List<Row> rows = results.rows(cells, "summary.csv");
        if (rows.isEmpty()) {
            return page;
        }
        page.section("Batch size and learning rate: " + title)
                .text(
                        TextKind.SMALL,
                        Described.of(cells, results, "images", cells.size() > seeds.size() ? "cell" : "seed"));
        TreeSet<Double> sizes = new TreeSet<>();
        TreeSet<Double> rates = new TreeSet<>();
        rows.forEach(row -> {
            sizes.add(row.number(SIZE));
            rates.add(row.number(RATE));
        });
        Table.Maker<Double> table = Table.of(
                        "C̄_K / L_K / test error in %, " + title
                                + (seeds.size() > 1 ? ", means over the seeds that are done" : ""),
                        rates)
                .name("rate", Numbers::plain);
        for (double size : sizes) {
            table.number("batch " + Numbers.plain(size), rate -> cell(rows, rate, size));
        }
        page.table(table.make());
        page.figure(plot("condition", "C̄_K", rows, rates, sizes, CONDITION));
        page.figure(plot("energy", "L_K", rows, rates, sizes, ENERGY));
        return page;
    }

    private static List<Row> at(List<Row> rows, double rate, double size) {
        return rows.stream()
                .filter(row -> row.number(RATE) == rate && row.number(SIZE) == size)
                .collect(Collectors.toList());
    }

    private static String cell(List<Row> rows, double rate, double size) {
        List<Row> same = at(rows, rate, size);
        if (same.stream().anyMatch(row -> row.isTrue("diverged"))) {
            return "diverged";
        }
        return Numbers.significant(Sample.of(same, row -> row.number(CONDITION)).mean()) + " / "
                + Numbers.significant(Sample.of(same, row -> row.number(ENERGY)).mean()) + " / "
                + Numbers.percent(
                        Sample.of(same, row -> row.number("test_error")).mean());
    }

    private LinePlot plot(
            String kind, String measure, List<Row> rows, TreeSet<Double> rates, TreeSet<Double> sizes, String column) {
        LinePlot plot = new LinePlot(
                "fisher-" + id + "-" + kind,
                measure + " against the batch size, a line for each learning rate: " + title,
                "batch size",
                true,
                measure,
                true);
        double[] x = sizes.stream().mapToDouble(Double::doubleValue).toArray();
        for (double rate : rates) {
            plot.line(
                    "rate " + Numbers.plain(rate),
                    x,
                    Arrays.stream(x)
                            .map(size -> Sample.of(at(rows, rate, size), row -> finite(row, column))
                                    .mean())
                            .toArray());
        }
        return plot;
    }
}
