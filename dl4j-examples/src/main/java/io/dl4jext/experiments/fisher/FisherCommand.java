package io.dl4jext.experiments.fisher;

import io.dl4jext.experiments.cli.DataOptions;
import io.dl4jext.experiments.cli.Interruption;
import io.dl4jext.experiments.cli.Numbers;
import io.dl4jext.experiments.cli.Progress;
import io.dl4jext.experiments.cli.ResultFolder;
import io.dl4jext.experiments.cli.UserError;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.network.Architecture;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fisher}: how batch size and learning rate show in C̄_K and L_K, and which of them train best. */
@Command(
        name = "fisher",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains a network with every combination of batch size and learning rate, measures its per-sample gradients"
                    + " while it trains, and prints a table: test error, C_K (mean condition number of the Fisher"
                    + " matrix) and L_K (its weighted cumulative energy).",
            "Writes a CSV and a JSON Lines file for each configuration, a summary, and pictures."
        })
public final class FisherCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

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

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "3",
            description = "Passes over the training examples. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "mlp",
            description = "Network: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Architecture network;

    @Option(
            names = "--momentum",
            paramLabel = "M",
            defaultValue = "0",
            description =
                    "Nesterov momentum; 0 is plain SGD, which stays stable up to learning rate 0.4 and more (with 0.9, as"
                            + " in the paper, take rates up to about 0.1). Default: ${DEFAULT-VALUE}.")
    private double momentum;

    @Option(
            names = "--measure-every",
            paramLabel = "N",
            description =
                    "Measure every Nth iteration. Default: so that a run has 100 to 200 measurements, or all of its iterations"
                            + " where it has fewer.")
    private Integer measureEvery;

    @Option(
            names = "--rank-tolerance",
            paramLabel = "T",
            defaultValue = "3.45e-4",
            description =
                    "Singular values up to T times the largest count as zero. Default: ${DEFAULT-VALUE}, the root of a"
                            + " float's precision, which is what a Fisher matrix in single precision, as in the paper, can tell"
                            + " from zero. With much less, C_K is ruled by examples that are learnt already.")
    private double rankTolerance;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the first parameters and of the order of the examples. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private DataOptions dataOptions;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder for the results, new or empty. Default: results/fisher-NETWORK-DATA-TIMESTAMP.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        checkNumbers();
        ImageSet data = dataOptions.load(seed);
        checkFit(data);
        Training training = new Training(data, network, epochs, momentum, seed, measureEvery, rankTolerance);
        List<Configuration> grid = grid();
        Path folder = ResultFolder.create(output, "fisher-" + network + "-" + data.name());
        PrintWriter out = spec.commandLine().getOut();
        out.println(data);
        out.println(network + ", " + Numbers.count(epochs, "epoch") + ", "
                + (momentum == 0 ? "plain SGD" : "Nesterov momentum " + Numbers.plain(momentum)) + ", seed "
                + seed
                + ", " + grid.size() + " configurations");
        out.flush();

        List<Result> results = train(training, grid, folder);
        Set<String> best = BestRegion.of(results);
        report(results, best, folder);
        return 0;
    }

    private List<Result> train(Training training, List<Configuration> grid, Path folder) throws IOException {
        long work = grid.stream().mapToLong(training::work).sum();
        SummaryFile summary = new SummaryFile(folder.resolve("summary.csv"));
        List<Result> results = new ArrayList<>();
        PrintWriter err = spec.commandLine().getErr();
        try (Interruption stop = Interruption.leaving(folder, err);
                Progress progress = Progress.of("fisher", work, err)) {
            for (Configuration configuration : grid) {
                progress.started(configuration.name());
                Result result = training.run(configuration, folder, progress);
                results.add(result);
                summary.write(results, BestRegion.of(results));
                progress.finished(result.name() + ": "
                        + (result.diverged() ? "diverged" : "test error " + ResultTable.error(result) + " %") + ", C_K "
                        + Numbers.significant(result.history().averageConditionNumber()) + ", L_K "
                        + Numbers.significant(result.history().cumulativeEnergy()) + " (" + results.size() + " of "
                        + grid.size() + ")");
            }
        }
        return results;
    }

    private void report(List<Result> results, Set<String> best, Path folder) throws IOException {
        String title = network + ", " + Numbers.count(epochs, "epoch")
                + (best.isEmpty() ? "" : "; ringed: the best test errors");
        Pictures.write(folder, title, results, best);
        String table = ResultTable.of(results, best);
        String legend = "C_K: mean condition number of the per-sample gradients; L_K: weighted cumulative energy.\n"
                + (best.isEmpty()
                        ? "All trainings diverged: take smaller learning rates.\n"
                        : "* " + BestRegion.RULE + ".\n")
                + Trends.of(results);
        Files.writeString(folder.resolve("table.txt"), table + "\n" + legend);
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        out.println(table);
        out.println(legend);
        out.println("Written to " + folder + ": " + ResultFolder.names(folder));
        out.flush();
    }

    private List<Configuration> grid() {
        List<Configuration> grid = new ArrayList<>();
        for (int batchSize : new TreeSet<>(batchSizes)) {
            for (double learningRate : new TreeSet<>(learningRates)) {
                grid.add(new Configuration(batchSize, learningRate));
            }
        }
        return grid;
    }

    private void checkNumbers() {
        for (double rate : learningRates) {
            UserError.require(
                    rate > 0 && rate < Double.POSITIVE_INFINITY, "--learning-rates", "finite numbers above 0", rate);
        }
        UserError.require(epochs >= 1, "--epochs", "at least 1", epochs);
        UserError.require(momentum >= 0 && momentum < 1, "--momentum", "0 or more and less than 1", momentum);
        UserError.require(
                rankTolerance >= 0 && rankTolerance < 1,
                "--rank-tolerance",
                "0 or more and less than 1",
                rankTolerance);
        if (measureEvery != null) {
            UserError.require(measureEvery >= 1, "--measure-every", "at least 1", measureEvery);
        }
        for (int size : batchSizes) {
            UserError.require(size >= 1, "--batch-sizes", "at least 1", size);
        }
    }

    private void checkFit(ImageSet data) {
        int examples = data.train().size();
        for (int size : batchSizes) {
            UserError.require(
                    size <= examples, "--batch-sizes", "at most " + examples + " (the training examples)", size);
        }
        String problem = network.refusal(data.shape());
        if (problem != null) {
            throw new UserError("--network: " + problem);
        }
    }
}
