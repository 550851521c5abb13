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
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** All variants beside each other under each setting, as the paper's Tables 3 to 5; files and learning curves. */
final class StochasticReport {

    /** The first epochs lie below what is interesting: the axis begins at this quantile of all values. */
    private static final double LOWEST = 0.1;

    private final List<Variant> variants;
    private final List<Setting> settings;
    private final CsvFile<Run<MethodTrial>> runFile;
    private final CsvFile<Epoch> epochFile;
    private final Path folder;

    /** @param variants the first is what the others are compared with */
    StochasticReport(List<Variant> variants, List<Setting> settings, Path folder) {
        this.variants = variants;
        this.settings = settings;
        this.folder = folder;
        runFile = keys(folder.resolve("runs.csv"), (Run<MethodTrial> run) -> run.trial)
                .column("examples", run -> run.trial.setting.examples)
                .column("seed", run -> run.trial.seed)
                .column("diverged", run -> run.diverged)
                .column("last_accuracy", MethodTrial::lastAccuracy)
                .column("maximum_accuracy", MethodTrial::maximumAccuracy)
                .column("seconds", run -> run.seconds);
        epochFile = keys(folder.resolve("epochs.csv"), (Epoch epoch) -> epoch.run.trial)
                .column("seed", epoch -> epoch.run.trial.seed)
                .column("epoch", epoch -> epoch.number + 1)
                .column("training_loss", Epoch::loss)
                .column("test_accuracy", epoch -> MethodTrial.accuracies(epoch.run)[epoch.number]);
    }

    private static <T> CsvFile<T> keys(Path file, Function<T, MethodTrial> trial) {
        return new CsvFile<T>(file)
                .quotedColumn("method", item -> trial.apply(item).variant.name())
                .column("batch_size", item -> trial.apply(item).setting.batchSize)
                .column("momentum", item -> trial.apply(item).setting.momentum)
                .column("ratio", item -> trial.apply(item).setting.ratio);
    }

    /** One epoch of a training. */
    private static final class Epoch {

        final Run<MethodTrial> run;

        /** From 0 on. */
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
        epochFile.add(IntStream.range(0, run.trial.epochs)
                .mapToObj(epoch -> new Epoch(run, epoch))
                .collect(Collectors.toList()));
    }

    /** Test accuracy after each epoch of a setting, the mean over the seeds that did not diverge; none without such. */
    void draw(String title, Setting setting, List<Run<MethodTrial>> runs) throws IOException {
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
            double margin = high > low ? 0.05 * (high - low) : 1;
            chart.y(low - margin, high + margin, false);
            LineChart.writePng(folder.resolve("curves-" + setting.fileName() + ".png"), chart);
        }
    }

    /** The tables: by the mean of the last epochs, and by the maximum; and what they mean. */
    String text(List<Run<MethodTrial>> runs) {
        return accuracies("mean of the last tenth of the epochs", MethodTrial::lastAccuracy, runs) + "\n"
                + accuracies("maximum over the epochs", MethodTrial::maximumAccuracy, runs)
                + (variants.size() > 1 ? "\n" + improvements(runs) : "")
                + "\n+-: standard deviation over the seeds. Improvement: of the same seed, that is of the same initial"
                + " parameters, examples and batches.\np: paired t-test over the seeds, two-sided, Holm's correction over the"
                + " column. Maximum: as in the paper, of the test examples themselves,\nso it is too high for every method."
                + " Seconds: medians of the training alone.\n";
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

    private String improvements(List<Run<MethodTrial>> runs) {
        List<List<Run<MethodTrial>>> rows = settings.stream()
                .flatMap(setting -> variants.stream().skip(1).map(variant -> of(variant, setting, runs)))
                .collect(Collectors.toList());
        String reference = variants.get(0).name();
        UnaryOperator<List<Run<MethodTrial>>> base = own -> of(variants.get(0), own.get(0).trial.setting, runs);
        TextTable<List<Run<MethodTrial>>> table = bySetting(rows, own -> own.get(0).trial.setting)
                .column("method", own -> own.get(0).trial.variant.name());
        addImprovement(table, "by mean", MethodTrial::lastAccuracy, rows, base);
        addImprovement(table, "by maximum", MethodTrial::maximumAccuracy, rows, base);
        table.column("seconds / " + reference, own -> Numbers.format("%.2f", seconds(own) / seconds(base.apply(own))));
        return "Improvement on " + reference + " in %-points\n" + table;
    }

    /** Adds two columns: by how much a measure is better than that of the base, and the p-value. */
    private static void addImprovement(
            TextTable<List<Run<MethodTrial>>> table,
            String header,
            ToDoubleFunction<Run<MethodTrial>> value,
            List<List<Run<MethodTrial>>> rows,
            UnaryOperator<List<Run<MethodTrial>>> base) {
        double[] p = Significance.holm(rows.stream()
                .mapToDouble(own -> Significance.paired(Sample.of(own, value), Sample.of(base.apply(own), value)))
                .toArray());
        table.column(header, own -> improvement(Sample.of(own, value).minus(Sample.of(base.apply(own), value))))
                .column("p", own -> Numbers.p(p[rows.indexOf(own)]));
    }

    private static String improvement(Sample differences) {
        return differences.notFinite() > 0
                ? "-"
                : Numbers.format("%+.2f", 100 * differences.mean())
                        + (differences.size() > 1 ? " +- " + Numbers.percent(differences.deviation()) : "");
    }

    private static double seconds(List<Run<MethodTrial>> runs) {
        return Sample.of(runs, run -> run.seconds).median();
    }

    private static List<Run<MethodTrial>> of(Variant variant, Setting setting, List<Run<MethodTrial>> runs) {
        return Run.of(runs, trial -> trial.variant == variant && trial.setting == setting);
    }
}
