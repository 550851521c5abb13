package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.experiments.statistics.GeometricMean;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The highest stable rates on one task: of each seed, their geometric mean, and the mean of the seeds' ratios to
 * explicit training, with the intervals that Student's t gives the logarithms. Where a rate is a lower bound only, so
 * is its mean, and there is no interval.
 */
final class HighestRateReport {

    private static final double CONFIDENCE = 1 - Significance.LEVEL;

    private final String title;

    /** By method and seed. */
    private final Map<Method, Map<Long, FoundRate>> rates = new LinkedHashMap<>();

    HighestRateReport(String title, List<FoundRate> found) {
        this.title = title;
        for (FoundRate rate : found) {
            rates.computeIfAbsent(rate.method, method -> new LinkedHashMap<>()).put(rate.seed, rate);
        }
    }

    /** For below the tables. */
    static String legend(double precision) {
        return "Highest stable rate of a seed: on the way up from the best rate, the last stable one before the first unstable"
                + " one, which is at most "
                + Numbers.plain(precision) + "\n"
                + "times as high. Unstable: the mean loss over all training examples after the last epoch is above the"
                + " threshold: the middle between the\n"
                + "lowest and the highest loss of explicit training with the same seed, the highest counting as the untrained"
                + " network's at most. Explicit\n"
                + "training is tried at the given rates and further up until it breaks. >=: stable at all given rates and at "
                + Math.round(Math.pow(2, RateSearch.MOST_DOUBLINGS)) + " times the highest.\n"
                + "*: stable again at a higher rate that was tried. none: at no given rate below the threshold, or explicit training was not"
                + " below the\n"
                + "untrained network's loss at any, so that there is no threshold.\n"
                + "Means are geometric, of the seeds that have a rate. Ratios are of the same seed, to explicit-clip for those"
                + " that clip. Intervals: by\n"
                + "Student's t on the logarithms; - of fewer than two values, or where one is only a bound.\n";
    }

    Set<Method> methods() {
        return rates.keySet();
    }

    /** Of the seeds with which both methods have a rate. */
    private List<BoundedRate> ratios(Method method) {
        List<BoundedRate> ratios = new ArrayList<>();
        Map<Long, FoundRate> references = rates.get(method.reference());
        rates.get(method).forEach((seed, rate) -> {
            if (rate.bracket.exists() && references.get(seed).bracket.exists()) {
                ratios.add(new BoundedRate(rate.bracket).over(new BoundedRate(references.get(seed).bracket)));
            }
        });
        return ratios;
    }

    private boolean isCompared(Method method) {
        return !method.isReference() && rates.containsKey(method.reference());
    }

    /**
     * The geometric mean of the ratios to explicit training; NaN if there is none, or if one of them is only a bound.
     */
    double ratio(Method method) {
        List<BoundedRate> ratios = isCompared(method) ? ratios(method) : List.of();
        return areExact(ratios) ? mean(ratios).value() : Double.NaN;
    }

    @Override
    public String toString() {
        List<Row> rows = new ArrayList<>();
        for (long seed : rates.values().iterator().next().keySet()) {
            rows.add(new Row("seed " + seed, method -> cell(rates.get(method).get(seed).bracket)));
        }
        rows.add(new Row("geometric mean", method -> meanCell(own(method))));
        rows.add(new Row("95 % interval", method -> intervalCell(own(method))));
        if (methods().stream().anyMatch(this::isCompared)) {
            rows.add(new Row("ratio to explicit", method -> isCompared(method) ? meanCell(ratios(method)) : ""));
            rows.add(new Row("95 % interval", method -> isCompared(method) ? intervalCell(ratios(method)) : ""));
        }
        TextTable<Row> table = new TextTable<>(rows).column("highest stable rate", row -> row.label);
        methods().forEach(method -> table.column(method.toString(), row -> row.cell.apply(method)));
        return title + "\n" + table;
    }

    private List<BoundedRate> own(Method method) {
        return rates.get(method).values().stream()
                .filter(rate -> rate.bracket.exists())
                .map(rate -> new BoundedRate(rate.bracket))
                .collect(Collectors.toList());
    }

    private static String cell(RateSearch.Bracket bracket) {
        return !bracket.exists()
                ? "none"
                : (bracket.isOpen() ? ">= " : "")
                        + Numbers.plain(bracket.stable)
                        + (bracket.isStableAgainAbove ? " *" : "");
    }

    private static GeometricMean mean(List<BoundedRate> values) {
        return new GeometricMean(Sample.of(values, bounded -> bounded.value), CONFIDENCE);
    }

    private static boolean areExact(List<BoundedRate> values) {
        return values.stream().allMatch(BoundedRate::isExact);
    }

    private static String meanCell(List<BoundedRate> values) {
        boolean low = values.stream().anyMatch(bounded -> bounded.mayBeHigher);
        boolean high = values.stream().anyMatch(bounded -> bounded.mayBeLower);
        return values.isEmpty() || low && high
                ? "-"
                : (low ? ">= " : high ? "<= " : "")
                        + Numbers.significant(mean(values).value());
    }

    private static String intervalCell(List<BoundedRate> values) {
        GeometricMean mean = mean(values);
        return values.size() > 1 && areExact(values)
                ? Numbers.significant(mean.low()) + " to " + Numbers.significant(mean.high())
                : "-";
    }

    /**
     * Over several tasks the geometric mean of their ratios to explicit training, and a blank line; empty if nothing is
     * compared.
     */
    static String over(List<HighestRateReport> tasks) {
        StringBuilder text = new StringBuilder();
        HighestRateReport first = tasks.get(0);
        for (Method method : first.methods()) {
            if (first.isCompared(method)) {
                Sample ratios = Sample.of(tasks, task -> task.ratio(method)).finite();
                GeometricMean mean = new GeometricMean(ratios, CONFIDENCE);
                text.append(method + " / " + method.reference() + ": " + Numbers.significant(mean.value())
                        + ", 95 % interval " + Numbers.significant(mean.low()) + " to "
                        + Numbers.significant(mean.high()) + "; of " + tasks.size() + " tables higher on "
                        + count(ratios, 1) + ", the same on " + count(ratios, 0) + ", lower on " + count(ratios, -1)
                        + ", unknown or only bounded on " + (tasks.size() - ratios.size()) + "\n");
            }
        }
        return text.length() == 0
                ? ""
                : "ratio of the highest stable rates, geometric mean over the tables\n" + text + "\n";
    }

    private static long count(Sample ratios, int sign) {
        return Arrays.stream(ratios.values())
                .filter(ratio -> Math.signum(Math.log(ratio)) == sign)
                .count();
    }

    /** A line of the table. */
    private static final class Row {

        private final String label;
        private final Function<Method, String> cell;

        Row(String label, Function<Method, String> cell) {
            this.label = label;
            this.cell = cell;
        }
    }
}
