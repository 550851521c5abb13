package io.dl4jext.experiments.search;

import io.dl4jext.batch.arbiter.BatchCandidates;
import io.dl4jext.batch.arbiter.TrainingSpace;
import io.dl4jext.experiments.command.DataOptions;
import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.command.MeasuringOptions;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.engine.Evaluator;
import io.dl4jext.experiments.engine.HeldOut;
import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.arbiter.AllCandidatesDone;
import io.dl4jext.fisher.arbiter.CandidateTaskCreator;
import io.dl4jext.fisher.arbiter.FisherCandidates;
import io.dl4jext.fisher.arbiter.FisherScore;
import io.dl4jext.fisher.arbiter.GeneticGenerator;
import io.dl4jext.fisher.arbiter.ResumableGenerator;
import io.dl4jext.fisher.earlystopping.FisherTerminationCondition;
import io.dl4jext.fisher.sink.CsvSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.deeplearning4j.arbiter.DL4JConfiguration;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.CandidateGenerator;
import org.deeplearning4j.arbiter.optimize.api.score.ScoreFunction;
import org.deeplearning4j.arbiter.optimize.config.OptimizationConfiguration;
import org.deeplearning4j.arbiter.optimize.generator.GridSearchCandidateGenerator;
import org.deeplearning4j.arbiter.optimize.generator.RandomSearchGenerator;
import org.deeplearning4j.arbiter.optimize.runner.LocalOptimizationRunner;
import org.deeplearning4j.arbiter.saver.local.FileModelSaver;
import org.deeplearning4j.arbiter.scoring.impl.TestSetLossScoreFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code arbiter}: a search with Arbiter over everything that this pack adds. */
@Command(
        name = "arbiter",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Searches with Arbiter: the width of a perceptron, its updater (SGD, implicit SGD, AdaGrad as PyTorch's, StochasticBatch)"
                    + " with its rate, and the batch size or schedule. Every candidate is measured, trained in its own batches"
                    + " and scored on half of the test examples; the best is then tested on the other half.",
            "Writes the search and all candidates as they come, their networks and measurements, the best network's"
                    + " configuration and batch schedule as JSON, and a picture. A search that was broken off goes on with"
                    + " --resume."
        })
public final class ArbiterCommand extends ExperimentCommand {

    private static final int MEASUREMENTS = 50;

    /** Arbiter's generators. */
    public enum Generator {
        RANDOM,
        GRID,
        GENETIC;

        @Override
        public String toString() {
            return EnumName.typed(name());
        }
    }

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--generator",
            paramLabel = "NAME",
            defaultValue = "random",
            description = "Where candidates come from: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Generator generator;

    @Option(
            names = "--candidates",
            paramLabel = "N",
            defaultValue = "12",
            description = "How many to train. Default: ${DEFAULT-VALUE}.")
    private int candidates;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many to train at a time. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "5",
            description =
                    "Passes over the training examples, at least 5, so that a batch that grows reaches its last size."
                            + " Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--beacon",
            paramLabel = "FILE",
            description =
                    "A measured training (a CSV or JSON Lines file of the listener) that candidates are to be close to:"
                            + " their score is the distance from it in the plane of C_K and L_K. Default: their loss.")
    private Path beacon;

    @Option(
            names = "--loss-weight",
            paramLabel = "W",
            defaultValue = "0",
            description = "With --beacon: the score is the distance plus W times the loss. Default: ${DEFAULT-VALUE}.")
    private double lossWeight;

    @Option(
            names = "--end-beyond",
            paramLabel = "D",
            description =
                    "With --beacon: candidates farther from it are trained no further, once they have seen half an epoch.")
    private Double endBeyond;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Seed of the candidates, of their initial parameters, of the order of the examples and, without"
                            + " --split-seed, of which rows of a table are for testing. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Goes on with the search in that folder, with its options.")
    private Path resumed;

    @Mixin
    private MeasuringOptions measuring;

    @Mixin
    private DataOptions dataOptions;

    @Override
    public Integer call() throws IOException {
        return resumed == null ? begin() : resume();
    }

    private int begin() throws IOException {
        check();
        SearchSpace.requireEpochsEnough(epochs); // not of a search that an earlier version has begun
        beacon();
        ImageSet data = dataOptions.load(seed);
        HeldOut.requireHalves(data);
        Path folder = folder("arbiter-" + data.name());
        Files.write(folder.resolve("options.txt"), options());
        return search(data, folder);
    }

    private List<String> options() {
        List<String> options = new ArrayList<>(List.of(
                "--generator", generator.toString(),
                "--candidates", String.valueOf(candidates),
                "--threads", String.valueOf(threads),
                "--epochs", String.valueOf(epochs),
                "--loss-weight", String.valueOf(lossWeight),
                "--seed", String.valueOf(seed)));
        if (beacon != null) {
            options.addAll(List.of("--beacon", beacon.toAbsolutePath().toString()));
        }
        if (endBeyond != null) {
            options.addAll(List.of("--end-beyond", endBeyond.toString()));
        }
        options.addAll(measuring.arguments());
        options.addAll(dataOptions.arguments());
        return options;
    }

    private int resume() throws IOException {
        List<String> others = spec.commandLine().getParseResult().matchedOptions().stream()
                .map(OptionSpec::longestName)
                .filter(name -> !name.equals("--resume"))
                .collect(Collectors.toList());
        UserError.require(others.isEmpty(), "--resume", "no other option: the search has its own", others);
        Path file = resumed.resolve("options.txt");
        UserError.require(Files.isRegularFile(file), "--resume", "the folder of a search, with options.txt", resumed);
        ArbiterCommand broken = new ArbiterCommand();
        CommandLine parser = new CommandLine(broken);
        EnumName.registerAll(parser);
        parser.setOut(out()).setErr(err());
        parser.parseArgs(Files.readAllLines(file).toArray(new String[0]));
        broken.check();
        return broken.search(broken.dataOptions.load(broken.seed), claimed(resumed));
    }

    private void check() {
        measuring.check();
        requireAtLeast(1, "--candidates", candidates);
        requireAtLeast(1, "--threads", threads);
        requireAtLeast(1, "--epochs", epochs);
        UserError.require(seed != 0, "--seed", "a whole number other than 0 (ND4J takes 0 for the time of day)", seed);
        UserError.require(
                lossWeight >= 0 && lossWeight < Double.POSITIVE_INFINITY,
                "--loss-weight",
                "0 or more, and finite",
                lossWeight);
        UserError.require(endBeyond == null || endBeyond > 0, "--end-beyond", "a number above 0", endBeyond);
        UserError.require(
                beacon != null || lossWeight == 0 && endBeyond == null,
                "--beacon",
                "a file, as --loss-weight and --end-beyond need one",
                "none");
    }

    private int search(ImageSet data, Path folder) throws IOException {
        Beacon good = beacon();
        TrainingSpace<DL4JConfiguration> space = SearchSpace.of(data, epochs, seed);
        ScoreFunction score = score(good);
        Path log = folder.resolve("search.jsonl");
        SearchReport report = new SearchReport(folder, space, log);
        int done = done(report);
        OptimizationConfiguration configuration = new OptimizationConfiguration.Builder()
                .candidateGenerator(ResumableGenerator.of(generator(space, score), log, candidates))
                .rngSeed(seed)
                .dataSource(SearchData.class, SearchData.properties(dataOptions.arguments(), seed))
                .modelSaver(new FileModelSaver(folder.resolve("models").toFile()))
                .scoreFunction(score)
                .terminationConditions(new AllCandidatesDone())
                .build();
        Files.writeString(folder.resolve("search.json"), configuration.toJson());
        String heading = data + "\n" + generator + " search, " + candidates + " candidates, " + epochs
                + " epochs, seed " + seed + ", score: " + score;
        print(heading);
        LocalOptimizationRunner runner = new LocalOptimizationRunner(
                threads, configuration, new CandidateTaskCreator(measured(data, good, folder), new BatchCandidates()));
        try (Progress progress = Progress.of(name(), candidates, err())) {
            progress.started(generator + " search");
            progress.advanced(done);
            runner.addListeners(report.live(progress));
            runner.execute();
        }
        ImageSet testing = data.forChoosingAndTesting()[1];
        report.draw(data + ", " + generator + " search");
        return report(
                folder,
                "table.txt",
                heading + "\n\n",
                report.text(
                        new Evaluator(testing.test(), Layout.FLAT),
                        testing.test().size()));
    }

    private static int done(SearchReport report) {
        try {
            return report.done();
        } catch (IOException e) {
            throw new UserError("--resume: " + e.getMessage());
        }
    }

    /** Null where none is asked for. */
    private Beacon beacon() {
        try {
            return beacon == null ? null : Beacon.read(beacon);
        } catch (IOException | IllegalArgumentException e) {
            throw new UserError("--beacon: cannot read " + beacon + " (" + e + ")");
        }
    }

    private ScoreFunction score(Beacon good) {
        ScoreFunction loss = new TestSetLossScoreFunction();
        if (good == null) {
            return loss;
        }
        FisherScore distance = FisherScore.distance(good);
        return lossWeight == 0 ? distance : distance.plus(lossWeight, loss);
    }

    private CandidateGenerator generator(TrainingSpace<DL4JConfiguration> space, ScoreFunction score) {
        switch (generator) {
            case RANDOM:
                return new RandomSearchGenerator(space);
            case GRID:
                return new GridSearchCandidateGenerator(
                        space, 3, GridSearchCandidateGenerator.Mode.RandomOrder, Map.of());
            default:
                return GeneticGenerator.of(space, score);
        }
    }

    private FisherCandidates measured(ImageSet data, Beacon good, Path folder) {
        long examples = data.train().size();
        FisherCandidates measured = FisherCandidates.measuredBy(candidate -> listener(candidate, examples, folder));
        return endBeyond == null
                ? measured
                : measured.endedWhen(() -> FisherTerminationCondition.distanceAbove(good, endBeyond)
                        .notBefore(examples / 2));
    }

    /** A candidate that is trained once more after a crash is measured once more. */
    private FisherListener.Builder listener(Candidate<?> candidate, long examples, Path folder) {
        try {
            Path file = SearchReport.measurements(folder, candidate.getIndex());
            Files.createDirectories(file.getParent());
            Files.deleteIfExists(file);
            return measuring.listener(epochs * examples / 16 / MEASUREMENTS).sink(new CsvSink(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
