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
        List<String> header = new ArrayList<>(List.of("batch", "momentum", "ratio", "examples"));
        variants.forEach(variant -> header.add(variant.name()));
        TextTable table = new TextTable(header);
        for (Setting setting : settings) {
            List<String> row = head(setting);
            row.add(Integer.toString(setting.examples));
            for (Variant variant : variants) {
                Sample sample = Sample.of(of(variant, setting, runs), value);
                row.add(
                        sample.notFinite() > 0
                                ? "diverged " + sample.notFinite() + " of " + sample.size()
                                : Numbers.spread(sample, Numbers::percent));
            }
            table.row(row);
        }
        return "Test accuracy %, " + what + "\n" + table;
    }

    private String improvements(List<Run<MethodTrial>> runs) {
        Improvements mean = new Improvements(MethodTrial::lastAccuracy, runs);
        Improvements maximum = new Improvements(MethodTrial::maximumAccuracy, runs);
        String reference = variants.get(0).name();
        TextTable table = new TextTable(
                "batch", "momentum", "ratio", "method", "by mean", "p", "by maximum", "p", "seconds / " + reference);
        int i = 0;
        for (Setting setting : settings) {
            for (Variant variant : variants.subList(1, variants.size())) {
                List<String> row = head(setting);
                row.addAll(List.of(
                        variant.name(),
                        mean.texts.get(i),
                        Numbers.p(mean.p[i]),
                        maximum.texts.get(i),
                        Numbers.p(maximum.p[i]),
                        Numbers.format(
                                "%.2f", seconds(variant, setting, runs) / seconds(variants.get(0), setting, runs))));
                table.row(row);
                i++;
            }
        }
        return "Improvement on " + reference + " in %-points\n" + table;
    }

    /** By one measure, in the order of the rows. */
    private final class Improvements {

        final List<String> texts = new ArrayList<>();
        final double[] p;

        Improvements(ToDoubleFunction<Run<MethodTrial>> value, List<Run<MethodTrial>> runs) {
            List<Double> each = new ArrayList<>();
            for (Setting setting : settings) {
                Sample base = Sample.of(of(variants.get(0), setting, runs), value);
                for (Variant variant : variants.subList(1, variants.size())) {
                    Sample own = Sample.of(of(variant, setting, runs), value);
                    Sample differences = own.minus(base);
                    texts.add(
                            differences.notFinite() > 0
                                    ? "-"
                                    : Numbers.format("%+.2f", 100 * differences.mean())
                                            + (differences.size() > 1
                                                    ? " +- " + Numbers.percent(differences.deviation())
                                                    : ""));
                    each.add(Significance.paired(own, base));
                }
            }
            p = Significance.holm(each.stream().mapToDouble(Double::doubleValue).toArray());
        }
    }

    private static List<String> head(Setting setting) {
        return new ArrayList<>(List.of(
                Integer.toString(setting.batchSize), Numbers.plain(setting.momentum), setting.ratio.toString()));
    }

    private static double seconds(Variant variant, Setting setting, List<Run<MethodTrial>> runs) {
        return Sample.of(of(variant, setting, runs), run -> run.seconds).median();
    }

    private static List<Run<MethodTrial>> of(Variant variant, Setting setting, List<Run<MethodTrial>> runs) {
        return Run.of(runs, trial -> trial.variant == variant && trial.setting == setting);
    }
}
