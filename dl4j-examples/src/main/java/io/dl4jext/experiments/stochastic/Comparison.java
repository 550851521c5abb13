package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.cli.Numbers;
import io.dl4jext.experiments.cli.TextTable;
import io.dl4jext.experiments.sampling.Welch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** All arms beside each other under each setting, as the paper's Tables 3 to 5. */
final class Comparison {

    private final List<Arm> arms;
    private final List<Setting> settings;
    private final List<Run> runs;

    /** @param arms the first is what the others are compared with */
    Comparison(List<Arm> arms, List<Setting> settings, List<Run> runs) {
        this.arms = arms;
        this.settings = settings;
        this.runs = runs;
    }

    /** The tables: by the mean of the last epochs, and by the maximum. */
    String tables() {
        return accuracies("mean of the last tenth of the epochs", Run::lastAccuracy) + "\n"
                + accuracies("maximum over the epochs", Run::maximumAccuracy)
                + (arms.size() > 1 ? "\n" + improvements() : "");
    }

    private String accuracies(String what, ToDoubleFunction<Run> value) {
        List<String> header = new ArrayList<>(List.of("batch", "momentum", "ratio", "examples"));
        arms.forEach(arm -> header.add(arm.name()));
        TextTable table = new TextTable(header.toArray(new String[0]));
        for (Setting setting : settings) {
            List<String> row = head(setting);
            row.add(Integer.toString(of(arms.get(0), setting).get(0).examples()));
            for (Arm arm : arms) {
                row.add(accuracy(values(arm, setting, value)));
            }
            table.row(row.toArray(new String[0]));
        }
        return "Test accuracy %, " + what + "\n" + table;
    }

    private String improvements() {
        TextTable table = new TextTable(
                "batch", "momentum", "ratio", "method", "by mean", "p", "by maximum", "p", "seconds / " + reference());
        for (Setting setting : settings) {
            for (Arm arm : arms.subList(1, arms.size())) {
                List<String> row = head(setting);
                row.add(arm.name());
                addImprovement(row, arm, setting, Run::lastAccuracy);
                addImprovement(row, arm, setting, Run::maximumAccuracy);
                row.add(number("%.2f", median(arm, setting) / median(arms.get(0), setting)));
                table.row(row.toArray(new String[0]));
            }
        }
        return "Improvement on " + reference() + " in %-points\n" + table;
    }

    private void addImprovement(List<String> row, Arm arm, Setting setting, ToDoubleFunction<Run> value) {
        double[] own = values(arm, setting, value);
        double[] base = values(arms.get(0), setting, value);
        double[] differences = new double[own.length];
        for (int i = 0; i < own.length; i++) {
            differences[i] = 100 * (own[i] - base[i]);
        }
        double mean = mean(differences);
        row.add(
                Double.isNaN(mean)
                        ? "-"
                        : number("%+.2f", mean) + (own.length > 1 ? number(" +- %.2f", deviation(differences)) : ""));
        row.add(number("%.3f", Welch.pValue(own, base)));
    }

    private String reference() {
        return arms.get(0).name();
    }

    private static List<String> head(Setting setting) {
        return new ArrayList<>(List.of(
                Integer.toString(setting.batchSize()),
                Numbers.plain(setting.momentum()),
                setting.ratio().toString()));
    }

    /** What the tables mean. */
    static String legend() {
        return "+-: standard deviation over the seeds. Improvement: of the same seed, that is of the same first parameters,"
                + " examples and batches;\np: Welch's two-sample t-test, two-sided. Seconds: medians of the training"
                + " alone.\n";
    }

    private List<Run> of(Arm arm, Setting setting) {
        return runs.stream()
                .filter(run -> run.arm() == arm && run.setting() == setting)
                .collect(Collectors.toList());
    }

    private double[] values(Arm arm, Setting setting, ToDoubleFunction<Run> value) {
        return of(arm, setting).stream().mapToDouble(value).toArray();
    }

    private double median(Arm arm, Setting setting) {
        double[] sorted = values(arm, setting, Run::seconds);
        Arrays.sort(sorted);
        int n = sorted.length;
        return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    private static String accuracy(double[] values) {
        long diverged = Arrays.stream(values).filter(Double::isNaN).count();
        if (diverged > 0) {
            return "diverged " + diverged + " of " + values.length;
        }
        return number("%.2f", 100 * mean(values))
                + (values.length > 1 ? number(" +- %.2f", 100 * deviation(values)) : "");
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }

    private static double deviation(double[] values) {
        double mean = mean(values);
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return Math.sqrt(squares / (values.length - 1));
    }

    private static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
    }
}
