package io.dl4jext.experiments.fisher;

import io.dl4jext.experiments.command.DataOptions;
import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.command.GridTrial;
import io.dl4jext.experiments.command.MeasuringOptions;
import io.dl4jext.experiments.command.MomentumOption;
import io.dl4jext.experiments.command.TrainingOptions;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.engine.HeldOut;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSink;
import io.dl4jext.fisher.FisherSummary;
import io.dl4jext.fisher.report.FisherReport;
import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.FixedSchedule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fisher}: how batch size and learning rate show in C̄_K and L_K, and which of them train best. */
@Command(
        name = "fisher",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains a network with every combination of batch size and learning rate, measures its per-sample gradients"
                    + " while it trains, and prints a table: test error, C_K (mean condition number of the Fisher"
                    + " matrix) and L_K (its weighted cumulative energy).",
            "Writes a CSV and a JSON Lines file for each configuration, a summary, pictures, and all of it as a page to open in"
                    + " a browser (report.html).",
            "Liao et al., who found these measures, train with momentum 0.9; learning rates above about 0.1 then diverge."
        })
public final class FisherCommand extends ExperimentCommand {

    /** The least measurements of a run, if it has as many iterations, when it is not said how often to measure. */
    private static final int MEASUREMENTS = 100;

    /** Of so many measurements spectra are held for the page: 8 MB a run with batches of 512. */
    private static final int SPECTRA = 1000;

    @Option(
            names = "--batch-sizes",
            split = ",",
            paramLabel = "B",
            defaultValue = "16,64,256",
            description = "Batch sizes. Default: ${DEFAULT-VALUE}.")
    private List<Integer> batchSizes;

    @Option(
            names = "--learning-rates",
            split = ",",
            paramLabel = "RATE",
            defaultValue = "0.025,0.1,0.4",
            description = "Learning rates. Default: ${DEFAULT-VALUE}.")
    private List<Double> learningRates;

    @Mixin
    private TrainingOptions options = new TrainingOptions(Architecture.MLP, 3);

    @Mixin
    private MomentumOption momentum = new MomentumOption(0);

    @Mixin
    private MeasuringOptions measuring;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the initial parameters, of the order of the examples and, without --split-seed, of"
                    + " which rows of a table are for testing. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private DataOptions dataOptions;

    private IOException unwritten;

    @Override
    public Integer call() throws IOException {
        requirePositive("--learning-rates", learningRates);
        options.check();
        momentum.check();
        measuring.check();
        requireAtLeast(1, "--batch-sizes", batchSizes);
        UserError.require(seed != 0, "--seed", "a whole number other than 0 (ND4J takes 0 for the time of day)", seed);
        ImageSet data = dataOptions.load(seed);
        requireAtMost(data.train().size(), "--batch-sizes", batchSizes);
        options.checkFit(data);
        HeldOut heldOut = new HeldOut(data, options.network().layout());
        Path folder = folder("fisher-" + options.network() + "-" + data.name());
        List<GridTrial> grid = GridTrial.grid(batchSizes, learningRates, seed, "", options.epochs(), data);
        print(data, options + ", " + momentum + ", seed " + seed + ", " + grid.size() + " configurations");
        GridReport report = new GridReport(folder);
        List<Run<GridTrial>> runs = experiment(folder)
                .run(
                        grid,
                        trial -> trial.training(data, options, momentum, listener(trial, folder))
                                .measure(heldOut),
                        GridReport::line,
                        (latest, all) -> {
                            requireWritten();
                            report.writeSummary(all);
                        });
        report.draw(options.toString(), runs);
        report.writePage(page(data), runs);
        return report(folder, "table.txt", "", GridReport.text(runs, heldOut));
    }

    private FisherReport.Builder page(ImageSet data) {
        IUpdater updater = momentum.updater(new FixedSchedule(learningRates.get(0)));
        return FisherReport.builder()
                .title("fisher: " + options.network() + " on " + data.name())
                .network(options.network().create(data, updater, seed))
                .configuration("data", data)
                .configuration("network", options)
                .configuration("updater", momentum)
                .configuration("seed", seed);
    }

    private FisherListener listener(GridTrial trial, Path folder) {
        try {
            return measuring
                    .listener(trial.steps / MEASUREMENTS)
                    .layerTraces(true)
                    .spectraOfLast(SPECTRA)
                    .sink(remembering(new CsvSink(folder.resolve(trial.name() + ".csv"))))
                    .sink(remembering(new JsonLinesSink(folder.resolve(trial.name() + ".jsonl"))))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A listener logs the sink that fails and goes on; here the file is the result, and its fault ends the experiment.
     */
    private FisherSink remembering(FisherSink sink) {
        return new FisherSink() {
            @Override
            public void accept(FisherMeasurement measurement, FisherSummary soFar) {
                try {
                    if (unwritten == null) {
                        sink.accept(measurement, soFar);
                    }
                } catch (IOException e) {
                    unwritten = e;
                }
            }

            @Override
            public void close() throws IOException {
                sink.close();
            }
        };
    }

    private void requireWritten() throws IOException {
        if (unwritten != null) {
            throw unwritten;
        }
    }
}
