package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.data.CsvTable;
import io.dl4jext.experiments.data.DataFileException;
import io.dl4jext.experiments.data.Digits;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.TableFiles;
import io.dl4jext.experiments.data.TestShare;
import io.dl4jext.experiments.engine.UserError;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code implicit uci}: tables of numbers with a class. */
@Command(
        name = "uci",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        defaultValueProvider = RateSweepCommand.Defaults.class,
        description =
                "Classifies the rows of tables with three arctan layers as wide as the table, which are implicit, and a"
                        + " softmax. Rates and epochs are those of the paper on 121 tables of the UCI repository, whose splits it does not tell; here a"
                        + " random fifth of the rows is for testing.")
final class UciCommand extends RateSweepCommand {

    @Option(
            names = "--file",
            paramLabel = "FILE|DIR[,FILE|DIR...]",
            description =
                    "Tables of numbers, label last, header optional (plain or .gz), and folders with such tables (*.csv,"
                            + " *.data, plain or .gz), all of which are taken; features are standardised. Default: the UCI digits that"
                            + " come with the program.")
    private List<String> files = List.of();

    @Option(
            names = "--missing",
            paramLabel = "WHAT",
            defaultValue = "error",
            description =
                    "What to do about missing values (empty cells or ?): ${COMPLETION-CANDIDATES}; drop leaves the row"
                            + " out, mean takes the feature's mean. Default: ${DEFAULT-VALUE}.")
    private CsvTable.Missing missing;

    @Option(
            names = "--split",
            paramLabel = "PART",
            defaultValue = "0.8",
            description =
                    "Part of the rows, drawn at random with the first seed, to train on; the test rows are rounded up, as"
                            + " scikit-learn does. Default: ${DEFAULT-VALUE}.")
    private double split;

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            defaultValue = "100",
            description = "Rows a step. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--weights",
            paramLabel = "NAME",
            defaultValue = "small",
            description =
                    "Initial weights: small (uniform in +-0.1 in the arctan layers, as in the authors' program: these give"
                            + " the paper's table) or xavier (as the paper says). Default: ${DEFAULT-VALUE}.")
    private InitialWeights weights;

    UciCommand() {
        super("0.001,0.01,0.1,0.5,1,3,5,10,30,50", "5", "10", "explicit,implicit,implicit-scaled", "1");
    }

    @Override
    List<Task> tasks(long seed) throws IOException {
        UserError.require(split > 0 && split < 1, "--split", "more than 0 and less than 1", split);
        UserError.require(batchSize >= 1, "--batch-size", "at least 1", batchSize);
        TestShare testShare = TestShare.besides(split);
        List<Task> tasks = new ArrayList<>();
        List<Path> paths = paths();
        for (Path file : paths) {
            for (ImageSet table :
                    Files.isDirectory(file) ? tablesIn(file, testShare, seed) : List.of(read(file, testShare, seed))) {
                tasks.add(task(table));
            }
        }
        if (paths.isEmpty()) {
            tasks.add(task(Digits.standardised(testShare, seed)));
        }
        Set<String> names = new HashSet<>();
        for (Task task : tasks) {
            UserError.require(
                    names.add(task.name),
                    "--file",
                    "tables of different names",
                    files + " with two named " + task.name);
        }
        return tasks;
    }

    /** What is a path as it stands is one, though it has commas. */
    private List<Path> paths() {
        return files.stream()
                .flatMap(text -> new File(text).exists() ? Stream.of(text) : Arrays.stream(text.split(",")))
                .map(Path::of)
                .collect(Collectors.toList());
    }

    private ImageSet read(Path file, TestShare testShare, long seed) throws IOException {
        return CsvTable.read(file, testShare, seed, missing);
    }

    /** All of them; where some cannot be read, each is named with the reason. */
    private List<ImageSet> tablesIn(Path folder, TestShare testShare, long seed) throws IOException {
        List<Path> all = TableFiles.in(folder);
        List<ImageSet> tables = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (Path file : all) {
            try {
                tables.add(read(file, testShare, seed));
            } catch (DataFileException e) {
                faults.add(e.getMessage());
            }
        }
        if (!faults.isEmpty()) {
            throw new UserError("--file: expected tables in " + folder + ", got " + faults.size() + " of " + all.size()
                    + " files that cannot be read as one: " + String.join("; ", faults));
        }
        return tables;
    }

    private Task task(ImageSet data) {
        return Task.table(data, batchSize, weights);
    }
}
