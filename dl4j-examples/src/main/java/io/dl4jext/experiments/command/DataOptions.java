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
                    "Table of numbers, label last, header optional (plain or .gz); a fifth of its rows is for testing,"
                            + " features are standardised.")
    private Path csv;

    @Option(
            names = "--missing",
            paramLabel = "WHAT",
            defaultValue = "error",
            description =
                    "What to do about missing values of a table (empty cells or ?): ${COMPLETION-CANDIDATES}; drop leaves"
                            + " the row out, mean takes the feature's mean. Default: ${DEFAULT-VALUE}.")
    private CsvTable.Missing missing;

    @Option(names = "--limit", paramLabel = "N", description = "Use the first N training examples only.")
    private Integer limit;

    /**
     * Reads the data set.
     *
     * @param seed of the random split of a CSV table
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
        return chosen;
    }

    private static void checkFor(Source chosen, boolean needed, String option, String what, Path given) {
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
                return CsvTable.read(csv, CSV_TEST_SHARE, seed, missing);
            default:
                throw new AssertionError(chosen);
        }
    }
}
