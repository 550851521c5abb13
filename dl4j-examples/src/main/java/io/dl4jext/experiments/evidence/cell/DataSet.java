package io.dl4jext.experiments.evidence.cell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Data that do not come with the program: where they lie below {@code --data-dir}, and how to get them. */
public enum DataSet {
    MNIST(
            "MNIST",
            "60,000 and 10,000 images in four IDX files (train-images-idx3-ubyte and so on, plain or .gz) in DIR/mnist",
            "(train|t10k)-(images-idx3|labels-idx1)-ubyte(\\.gz)?",
            4,
            "mnist",
            ""),
    CIFAR10(
            "CIFAR-10",
            "the binary version of https://www.cs.toronto.edu/~kriz/cifar.html (data_batch_1.bin to data_batch_5.bin,"
                    + " test_batch.bin) in DIR/cifar10",
            "(data_batch_[1-5]|test_batch)\\.bin",
            6,
            "cifar10",
            "cifar-10",
            "cifar10/cifar-10-batches-bin",
            "cifar-10/cifar-10-batches-bin",
            "cifar-10-batches-bin",
            ""),
    JSB(
            "JSB Chorales",
            "the piano rolls as JSON (jsb-chorales.json or .json.gz: train, valid and test lists of pieces, time steps, MIDI"
                    + " pitches) in DIR/jsb",
            "jsb-chorales\\.json(\\.gz)?",
            1,
            "jsb"),
    UCI(
            "UCI sets",
            "tables of numbers, label last (NAME.csv or NAME.data, plain or .gz), in DIR/uci, from"
                    + " https://archive.ics.uci.edu",
            "[^.].*\\.(?i:csv|data)(\\.gz)?", // as the command takes them from a folder
            1,
            "uci");

    private final String title;
    private final String howToGet;
    private final Predicate<String> belongs;
    private final int fewest;
    private final List<String> folders;

    DataSet(String title, String howToGet, String files, int fewest, String... folders) {
        this.title = title;
        this.howToGet = howToGet;
        this.belongs = Pattern.compile(files).asMatchPredicate();
        this.fewest = fewest;
        this.folders = List.of(folders);
    }

    /** What it is called. */
    public String title() {
        return title;
    }

    /** What to put where, in a sentence's end. */
    public String howToGet() {
        return howToGet;
    }

    /** What stands for the set's folder in the arguments of a {@link Cell}. */
    public String placeholder() {
        return "{" + name() + "}";
    }

    /**
     * The names below {@code directory} under which it may lie, the first that holds its files; "" is the directory
     * itself.
     */
    Optional<String> in(Path directory) throws IOException {
        for (String folder : folders) {
            long different = files(directory.resolve(folder)).stream()
                    .map(file -> PackedFile.nameUnpacked(file.getFileName().toString()))
                    .distinct()
                    .count();
            if (different >= fewest) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }

    /** Those of its files that are in a folder, by name. */
    List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> belongs.test(file.getFileName().toString()) && Files.isRegularFile(file))
                    .sorted()
                    .collect(Collectors.toList());
        }
    }
}
