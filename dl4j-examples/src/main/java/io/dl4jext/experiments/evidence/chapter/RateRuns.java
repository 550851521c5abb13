package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.PerSeed;
import io.dl4jext.experiments.evidence.claim.StableRates;
import io.dl4jext.experiments.evidence.claim.Verdict;
import io.dl4jext.experiments.report.CsvRows.Row;
import io.dl4jext.experiments.report.Numbers;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Trainings of the command {@code implicit} on one data set at the rates that every method is tried at, and the highest
 * stable rates that were found besides. A method is a variant and, where it clips, its threshold: {@code explicit},
 * {@code explicit-clip-8}.
 */
final class RateRuns {

    private final List<Row> runs;
    private final List<Row> rates;
    private final List<Double> grid;

    /**
     * Some trainings.
     *
     * @param runs rows of {@code runs.csv}; those at other rates than the grid's are left out
     * @param rates rows of {@code rates.csv}
     */
    RateRuns(List<Row> runs, List<Row> rates, List<Double> grid) {
        this.grid = List.copyOf(grid);
        this.runs = runs.stream().filter(row -> grid.contains(rate(row))).collect(Collectors.toList());
        this.rates = List.copyOf(rates);
    }

    private static double rate(Row row) {
        return row.number("learning_rate");
    }

    private static String method(Row row) {
        String clip = row.text("clip");
        return row.text("variant") + (clip.isEmpty() ? "" : "-" + clip);
    }

    private List<Row> of(String method) {
        return runs.stream().filter(row -> method(row).equals(method)).collect(Collectors.toList());
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    List<Double> grid() {
        return grid;
    }

    /** The methods that there are trainings of. */
    List<String> methods() {
        return runs.stream().map(RateRuns::method).distinct().collect(Collectors.toList());
    }

    /** Losses at a rate; NaN where the training diverged. */
    PerSeed at(String method, double rate) {
        return PerSeed.of(
                Form.named(method),
                of(method).stream().filter(row -> rate(row) == rate).collect(Collectors.toList()),
                row -> row.whole("seed"),
                row -> row.number("loss"));
    }

    /** Of each seed the training with the lowest loss, in the order of the seeds. */
    private Collection<Row> best(String method) {
        Map<Long, Row> best = new TreeMap<>();
        // A loss that is not a number comes last.
        Comparator<Row> byLoss = Comparator.comparingDouble(row -> row.number("loss"));
        of(method).forEach(row -> best.merge(row.whole("seed"), row, (a, b) -> byLoss.compare(b, a) < 0 ? b : a));
        return best.values();
    }

    private PerSeed atBest(String method, ToDoubleFunction<Row> value) {
        return PerSeed.of(Form.named(method), best(method), row -> row.whole("seed"), value);
    }

    /** The lowest loss of each seed. */
    PerSeed lowest(String method) {
        return atBest(method, row -> row.number("loss"));
    }

    /**
     * With how many seeds the lowest or the highest rate of the grid is better than all others, so that one beyond may
     * be better still.
     */
    int bestAtEdge(String method) {
        double low = Collections.min(grid);
        double high = Collections.max(grid);
        return (int) of(method).stream().collect(Collectors.groupingBy(row -> row.whole("seed"))).values().stream()
                .filter(rows -> lowest(rows, row -> true) < lowest(rows, row -> rate(row) > low && rate(row) < high))
                .count();
    }

    /**
     * A verdict on lowest losses: undecided where the method that loses may be better at a rate beyond those that were tried.
     *
     * @param first what is claimed to have the lower one
     * @param second what it is compared with
     */
    Finding atTheirBest(Finding lowest, String first, String second) {
        boolean lost = lowest.verdict() == Verdict.NOT_REPRODUCED;
        String loser = lost ? first : second;
        int edge = bestAtEdge(loser);
        return edge > 0 && (lost || lowest.verdict() == Verdict.REPRODUCED)
                ? lowest.undecided("with " + Numbers.count(edge, "seed") + " " + Form.named(loser)
                        + " has its lowest loss at the lowest or highest rate tried")
                : lowest;
    }

    private static double lowest(List<Row> rows, Predicate<Row> which) {
        return rows.stream()
                .filter(which)
                .mapToDouble(row -> row.number("loss"))
                .filter(Double::isFinite)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    /** The test accuracy of each seed at the rate with its lowest training loss. */
    PerSeed accuracies(String method) {
        return atBest(method, row -> row.number("test_accuracy"));
    }

    /** The highest stable rates. */
    StableRates stable(String method) {
        return StableRates.of(
                Form.named(method),
                rates.stream().filter(row -> method(row).equals(method)).collect(Collectors.toList()),
                row -> row.whole("seed"),
                row -> row.number("rate"),
                row -> row.isTrue("open"));
    }

    /** With how many seeds a rate above the bracket was stable again. */
    long stableAgain(String method) {
        return rates.stream()
                .filter(row -> method(row).equals(method) && row.isTrue("stable_again_above"))
                .count();
    }
}
