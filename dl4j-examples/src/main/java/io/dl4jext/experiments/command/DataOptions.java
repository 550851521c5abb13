package io.dl4jext.experiments.command;

import io.dl4jext.experiments.data.Cifar10;
import io.dl4jext.experiments.data.CsvTable;
import io.dl4jext.experiments.data.Digits;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Mnist;
import io.dl4jext.experiments.engine.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that choose a data set. */
public final class DataOptions {

    /** Share of a CSV table's rows that is set aside for testing. */
    private static final double CSV_TEST_SHARE = 0.2;

    /** The data sets by name. */
    public enum Source {
        MNIST_SUBSET,
        DIGITS,
        MNIST,
        CIFAR10,
        CSV;

        @Override
        public String toString() {
            return EnumName.typed(name());
        }
    }

    @Option(
            names = "--data",
            paramLabel = "NAME",
            description =
                    "Data set: ${COMPLETION-CANDIDATES}. The first two come with the program. Default: mnist-subset,"
                            + " or what --data-dir or --csv holds.")
    private Source source;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Folder with MNIST's IDX files (plain or .gz) or CIFAR-10's binary version.")
    private Path directory;

    @Option(
            names = "--csv",
            paramLabel = "FILE",
            description =
                    "Table of numbers, label last, header optional (plain or .gz); a fifth of its rows, drawn by the seed, is"
                            + " for testing, features are standardised.")
    private Path csv;

    @Option(
            names = "--missing",
            paramLabel = "WHAT",
            description =
                    "What to do about missing values of a table (empty cells or ?): ${COMPLETION-CANDIDATES}; drop leaves"
                            + " the row out, mean takes the feature's mean. Default: error.")
    private CsvTable.Missing missing = CsvTable.Missing.ERROR;

    @Option(
            names = "--split-seed",
            paramLabel = "N",
            description =
                    "Which rows of a table are for testing, the same ones whatever the seed. Default: the (first) seed.")
    private Long splitSeed;

    @Option(names = "--limit", paramLabel = "N", description = "Use the first N training examples only.")
    private Integer limit;

    /**
     * Reads the data set.
     *
     * @param seed of the random split of a CSV table, unless it has one of its own
     * @throws UserError when the options contradict each other
     * @throws io.dl4jext.experiments.data.DataFileException when a file is missing or faulty
     */
    public ImageSet load(long seed) throws IOException {
        ImageSet set = read(chosen(), seed);
        if (limit == null) {
            return set;
        }
        int size = set.train().size();
        UserError.require(
                limit >= 1 && limit <= size,
                "--limit",
                "1 to " + size + " (the training examples of " + set.name() + ")",
                limit);
        return set.limitTrain(limit);
    }

    /** The options that choose the same data from any folder. */
    public List<String> arguments() {
        List<String> arguments =
                new ArrayList<>(List.of("--data", chosen().toString(), "--missing", missing.toString()));
        add(arguments, "--split-seed", splitSeed);
        add(arguments, "--data-dir", directory == null ? null : directory.toAbsolutePath());
        add(arguments, "--csv", csv == null ? null : csv.toAbsolutePath());
        add(arguments, "--limit", limit);
        return arguments;
    }

    private static void add(List<String> arguments, String option, Object value) {
        if (value != null) {
            arguments.addAll(List.of(option, value.toString()));
        }
    }

    private Source chosen() {
        if (directory != null && csv != null) {
            throw new UserError("expected --data-dir or --csv, got both");
        }
        Source chosen = source;
        if (chosen == null) {
            chosen = csv != null ? Source.CSV : directory != null ? sourceIn(directory) : Source.MNIST_SUBSET;
        }
        boolean needsDirectory = chosen == Source.MNIST || chosen == Source.CIFAR10;
        checkFor(chosen, needsDirectory, "--data-dir", "DIR with its files", directory);
        checkFor(chosen, chosen == Source.CSV, "--csv", "FILE", csv);
        if (chosen != Source.CSV) {
            // Not "--missing error", which a search of an earlier version has in its options whatever its data.
            checkFor(chosen, false, "--missing", "", missing == CsvTable.Missing.ERROR ? null : missing);
            checkFor(chosen, false, "--split-seed", "", splitSeed);
        }
        return chosen;
    }

    private static void checkFor(Source chosen, boolean needed, String option, String what, Object given) {
        String expected = needed ? option + " " + what : "no " + option;
        UserError.require(needed == (given != null), "--data " + chosen, expected, given == null ? "none" : given);
    }

    private static Source sourceIn(Path directory) {
        boolean cifar10 = Files.exists(directory.resolve("test_batch.bin"))
                || Files.exists(directory.resolve("data_batch_1.bin"))
                || Files.exists(directory.resolve("cifar-10-batches-bin"));
        return cifar10 ? Source.CIFAR10 : Source.MNIST;
    }

    private ImageSet read(Source chosen, long seed) throws IOException {
        switch (chosen) {
            case MNIST_SUBSET:
                return Mnist.subset();
            case DIGITS:
                return Digits.embedded();
            case MNIST:
                return Mnist.read(directory);
            case CIFAR10:
                return Cifar10.read(directory);
            case CSV:
                return CsvTable.read(csv, CSV_TEST_SHARE, splitSeed == null ? seed : splitSeed, missing);
            default:
                throw new AssertionError(chosen);
        }
    }
}
