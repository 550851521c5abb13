package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.LineChart;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import io.dl4jext.experiments.stochastic.MethodTrial.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** All variants beside each other under each setting, as the paper's Tables 3 to 5; files and learning curves. */
final class StochasticReport {

    /** The first epochs lie below what is interesting: the axis begins at this quantile of all values. */
    private static final double LOWEST = 0.1;

    private static final String LEGEND =
            "\nDifferences are of the same seed, that is of the same initial parameters, examples and"
                    + " batches. 95 %: of their mean, half the confidence interval.\np: paired t-test over the seeds, two-sided; p same: two"
                    + " one-sided tests; each with Holm's correction over its column. resolved: the smallest difference\nthat so many seeds"
                    + " find with a probability of 80 %, if it varies as here (without the correction). A verdict takes "
                    + Comparison.LEAST_SEEDS + " seeds: gain or loss where p is below "
                    + Significance.LEVEL
                    + ",\nsame where p same is, open where neither is. seconds: ratio of the medians of the"
                    + " training alone.\n";

    private final List<Variant> variants;
    private final List<Setting> settings;
    private final CsvFile<Run<MethodTrial>> runFile;
    private final CsvFile<Epoch> epochFile;
    private final Path folder;

    /** The difference that does not matter, in %-points. */
    private final double margin;

    /**
     * A report.
     *
     * @param variants the first is what the others are compared with
     * @param margin the difference that does not matter, in %-points
     */
    StochasticReport(List<Variant> variants, List<Setting> settings, double margin, Path folder) {
        this.variants = variants;
        this.settings = settings;
        this.margin = margin;
        this.folder = folder;
        runFile = keys(folder.resolve("runs.csv"), (Run<MethodTrial> run) -> run.trial)
                .column("examples", run -> run.trial.setting.examples)
                .column("seed", run -> run.trial.seed)
                .column("diverged", run -> run.diverged)
                .column("last_accuracy", MethodTrial::lastAccuracy)
                .column("last_validation_error", MethodTrial::lastValidationError)
                .column("maximum_accuracy", MethodTrial::maximumAccuracy)
                .column("seconds", run -> run.seconds);
        epochFile = keys(folder.resolve("epochs.csv"), (Epoch epoch) -> epoch.run.trial)
                .column("seed", epoch -> epoch.run.trial.seed)
                .column("epoch", epoch -> epoch.run.trial.epochs - epoch.run.trial.measured + epoch.number + 1)
                .column("training_loss", Epoch::loss)
                .column("test_accuracy", epoch -> MethodTrial.accuracies(epoch.run)[epoch.number]);
    }

    private static <T> CsvFile<T> keys(Path file, Function<T, MethodTrial> trial) {
        return new CsvFile<T>(file)
                .quotedColumn("method", item -> trial.apply(item).variant.name())
                .column("batch_size", item -> trial.apply(item).setting.batchSize)
                .column("momentum", item -> trial.apply(item).setting.momentum)
                .column("ratio", item -> trial.apply(item).setting.ratio)
                .column("learning_rate", item -> trial.apply(item).rate);
    }

    /** One measured epoch of a training. */
    private static final class Epoch {

        final Run<MethodTrial> run;

        /** Of those that were measured, from 0 on. */
        final int number;

        Epoch(Run<MethodTrial> run, int number) {
            this.run = run;
            this.number = number;
        }

        double loss() {
            return number < run.curve.size() ? run.curve.get(number).trainLoss : Double.NaN;
        }
    }

    static String line(Run<MethodTrial> run) {
        return (run.diverged ? "diverged" : "test accuracy " + Numbers.percent(MethodTrial.lastAccuracy(run)) + " %")
                + Numbers.format(", %.1f s", run.seconds);
    }

    void add(Run<MethodTrial> run) throws IOException {
        runFile.add(run);
        epochFile.add(IntStream.range(0, run.trial.measured)
                .mapToObj(epoch -> new Epoch(run, epoch))
                .collect(Collectors.toList()));
    }

    /** What was updated in the first seed's trainings with a stochastic batch size. */
    void drawUpdates(List<Run<MethodTrial>> runs) throws IOException {
        long first = runs.get(0).trial.seed;
        for (Run<MethodTrial> run : Run.of(runs, trial -> trial.updates != null && trial.seed == first)) {
            MethodTrial trial = run.trial;
            trial.updates.writePng(
                    folder.resolve("updates-" + trial.variant.name() + "-" + trial.setting.fileName() + ".png"));
        }
    }

    /**
     * Test accuracy after each epoch of each setting, the mean over the seeds that did not diverge; none without such,
     * or where only the last epochs were measured.
     */
    void drawCurves(String title, List<Run<MethodTrial>> runs) throws IOException {
        for (Setting setting : settings) {
            if (everyEpoch(runs)) {
                draw(title, setting, runs);
            }
        }
    }

    private static boolean everyEpoch(List<Run<MethodTrial>> runs) {
        return runs.stream().allMatch(run -> run.trial.measured == run.trial.epochs);
    }

    private void draw(String title, Setting setting, List<Run<MethodTrial>> runs) throws IOException {
        LineChart chart = new LineChart(900, 560, title + ", " + setting, "epoch", "test accuracy %");
        double[] all = {};
        for (int i = 0; i < variants.size(); i++) {
            List<Run<MethodTrial>> own = new ArrayList<>(of(variants.get(i), setting, runs));
            own.removeIf(run -> run.diverged);
            if (!own.isEmpty()) {
                double[] epochs = new double[own.get(0).trial.epochs];
                double[] means = new double[epochs.length];
                Arrays.setAll(epochs, epoch -> epoch + 1);
                Arrays.setAll(
                        means,
                        epoch -> 100
                                * Sample.of(own, run -> MethodTrial.accuracies(run)[epoch])
                                        .mean());
                chart.line(variants.get(i).name(), epochs, means, i, i >= 7).setMarker(SeriesMarkers.NONE);
                all = DoubleStream.concat(Arrays.stream(all), Arrays.stream(means))
                        .toArray();
            }
        }
        if (all.length > 0) {
            Arrays.sort(all);
            double high = all[all.length - 1];
            double low = all[(int) (LOWEST * all.length)];
            double room = high > low ? 0.05 * (high - low) : 1;
            chart.y(low - room, high + room, false);
            LineChart.writePng(folder.resolve("curves-" + setting.fileName() + ".png"), chart);
        }
    }

    /**
     * The tables: by the mean of the last epochs, by the maximum where every epoch was measured, and the comparisons;
     * and what they mean.
     *
     * @param runs of one learning rate for each variant and setting
     */
    String text(List<Run<MethodTrial>> runs) {
        boolean maxima = everyEpoch(runs);
        return accuracies("mean of the last tenth of the epochs", MethodTrial::lastAccuracy, runs) + "\n"
                + (maxima ? accuracies("maximum over the epochs", MethodTrial::maximumAccuracy, runs) + "\n" : "")
                + (variants.size() > 1 ? comparisons(runs, maxima) + "\n" : "")
                + "+-: standard deviation over the seeds."
                + (maxima
                        ? " Maximum: as in the paper, of the test examples themselves, so it is too high for every method."
                        : "")
                + (variants.size() > 1 ? LEGEND : "\n");
    }

    private String accuracies(String what, ToDoubleFunction<Run<MethodTrial>> value, List<Run<MethodTrial>> runs) {
        TextTable<Setting> table =
                bySetting(settings, setting -> setting).column("examples", setting -> setting.examples);
        for (Variant variant : variants) {
            table.column(variant.name(), setting -> {
                Sample sample = Sample.of(of(variant, setting, runs), value);
                return sample.notFinite() > 0
                        ? "diverged " + sample.notFinite() + " of " + sample.size()
                        : Numbers.spread(sample, Numbers::percent);
            });
        }
        return "Test accuracy %, " + what + "\n" + table;
    }

    private static <T> TextTable<T> bySetting(List<T> rows, Function<T, Setting> setting) {
        return new TextTable<>(rows)
                .column("batch", row -> setting.apply(row).batchSize)
                .column("momentum", row -> Numbers.plain(setting.apply(row).momentum))
                .column("ratio", row -> setting.apply(row).ratio);
    }

    private String comparisons(List<Run<MethodTrial>> runs, boolean maxima) {
        TextTable<Comparison> table = bySetting(
                        Comparison.all(variants, settings, runs, margin), comparison -> comparison.setting)
                .column("method", comparison -> comparison.variant.name())
                .column("against", comparison -> comparison.base.name())
                .column("difference", comparison -> difference(comparison.differences))
                .column("95 %", comparison -> Numbers.format("+- %.2f", comparison.halfWidth()))
                .column("p", comparison -> Numbers.p(comparison.p))
                .column("resolved", comparison -> Numbers.format("%.2f", comparison.detectable))
                .column("p same", comparison -> Numbers.p(comparison.equivalence))
                .column("verdict", Comparison::verdict)
                .column("seconds", comparison -> Numbers.format("%.2f", comparison.time()));
        if (maxima) {
            table.column("by maximum", comparison -> difference(comparison.maximumDifferences))
                    .column("p", comparison -> Numbers.p(comparison.maximumP));
        }
        return "Differences in %-points of test accuracy, seed by seed; same: within " + Numbers.plain(margin) + "\n"
                + table;
    }

    /** Of each comparison, all numbers. */
    void writeComparisons(List<Run<MethodTrial>> runs) throws IOException {
        new CsvFile<Comparison>(folder.resolve("comparisons.csv"))
                .quotedColumn("method", comparison -> comparison.variant.name())
                .quotedColumn("against", comparison -> comparison.base.name())
                .column("batch_size", comparison -> comparison.setting.batchSize)
                .column("momentum", comparison -> comparison.setting.momentum)
                .column("ratio", comparison -> comparison.setting.ratio)
                .column("examples", comparison -> comparison.setting.examples)
                .column("learning_rate", Comparison::rate)
                .column("learning_rate_against", Comparison::baseRate)
                .column("seeds", comparison -> comparison.differences.size())
                .column("diverged", comparison -> comparison.differences.notFinite())
                .column("difference_points", comparison -> comparison.differences.mean())
                .column("deviation", comparison -> comparison.differences.deviation())
                .column("half_width_95", Comparison::halfWidth)
                .column("p_holm", comparison -> comparison.p)
                .column("resolved_power_80", comparison -> comparison.detectable)
                .column("margin", comparison -> margin)
                .column("p_equivalence_holm", comparison -> comparison.equivalence)
                .column("verdict", Comparison::verdict)
                .column("seconds_ratio", Comparison::time)
                .add(Comparison.all(variants, settings, runs, margin));
    }

    private static String difference(Sample differences) {
        return differences.notFinite() > 0
                ? "-"
                : Numbers.format("%+.2f", differences.mean())
                        + (differences.size() > 1 ? Numbers.format(" +- %.2f", differences.deviation()) : "");
    }

    private static List<Run<MethodTrial>> of(Variant variant, Setting setting, List<Run<MethodTrial>> runs) {
        return Run.of(runs, trial -> trial.variant == variant && trial.setting == setting);
    }
}
