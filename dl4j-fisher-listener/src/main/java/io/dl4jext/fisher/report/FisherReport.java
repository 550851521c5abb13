package io.dl4jext.fisher.report;

import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.LayerContribution;
import io.dl4jext.fisher.internal.version.RunVersions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;

/**
 * One or more training runs as an HTML page: one file that needs no server and no network, to be opened, kept and sent.
 *
 * <p>It shows, for all runs together, the trajectory in the plane of C̄_K and L_K; C̄_K, L_K, loss and any other {@link
 * io.dl4jext.fisher.Column} over the training; the noise scale with the batch size that it suggests; the spectrum over
 * time as an image; the layers of the network, how each is measured and how much of Tr F̃ it has; configuration and
 * versions; and what the figures mean. Values show where the pointer is. Without JavaScript the tables remain.
 *
 * <pre>{@code
 * FisherReport.builder()
 *         .add("s32-lr0.1", listener.history())
 *         .add("s64-lr0.1", Path.of("s64-lr0.1.jsonl"))
 *         .network(network)
 *         .configuration("data", "MNIST, 6,000 images")
 *         .build()
 *         .write(Path.of("report.html"));
 * }</pre>
 *
 * <p>A page has about 1.4 MB for one run and 3 MB for several, however long they are: of more than 1,000 measurements
 * of a run (fewer where there are many runs) those stay in which some figure is least or largest, and of spectra and
 * traces by layer evenly chosen ones. Every number that stays has all its digits. The same runs give the same bytes.
 *
 * <p>The charts are drawn by Apache ECharts, which lies in this library's jar and in each page. Immutable.
 */
public final class FisherReport {

    private final Page page;

    private FisherReport(Page page) {
        this.page = page;
    }

    /**
     * Writes a report of one run.
     *
     * @param history its measurements so far
     * @param html the file; replaced if it is there
     * @throws IOException if it cannot be written
     * @throws IllegalStateException if nothing was measured
     */
    public static void write(FisherHistory history, Path html) throws IOException {
        builder().add("training", history).build().write(html);
    }

    /**
     * Writes a report of runs from their files. They are named as their files, with the folder or the file's ending
     * where names would be alike.
     *
     * @param files as {@link FisherHistory#read(Path)} reads them
     * @param html the file to write; replaced if it is there
     * @throws IOException if a file cannot be read, or the report not be written; the message names the file
     * @throws IllegalStateException if there is no file, or nothing was measured in any
     */
    public static void write(List<Path> files, Path html) throws IOException {
        Objects.requireNonNull(files, "files");
        Builder builder = builder();
        for (Map.Entry<String, Path> file : named(files).entrySet()) {
            builder.add(file.getKey(), file.getValue());
        }
        builder.build().write(html);
    }

    /** By the shortest names that are all different. */
    private static Map<String, Path> named(List<Path> files) {
        List<Function<Path, String>> ways = List.of(
                FisherReport::stem,
                FisherReport::folderAndStem,
                file -> file.getFileName().toString(),
                Path::toString);
        for (Function<Path, String> way : ways) {
            Map<String, Path> named = new LinkedHashMap<>();
            files.forEach(file -> named.put(way.apply(Objects.requireNonNull(file, "file")), file));
            if (named.size() == files.size()) {
                return named;
            }
        }
        throw new IllegalArgumentException("Report: expected every file once, got " + files);
    }

    private static String stem(Path file) {
        return String.valueOf(file.getFileName()).replaceFirst("(?<=.)\\.[^.]*$", "");
    }

    private static String folderAndStem(Path file) {
        Path whole = file.toAbsolutePath();
        int names = whole.getNameCount();
        return (names > 1 ? whole.getName(names - 2) + "/" : "") + stem(file);
    }

    /** To report several runs, or more than the runs. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Writes the page. A file of that name is replaced in one step, so that a browser never finds half of one; missing
     * folders are made.
     *
     * @param html the file, with any ending; browsers want {@code .html}
     * @throws IOException if it cannot be written
     */
    public void write(Path html) throws IOException {
        Objects.requireNonNull(html, "html");
        if (Files.isDirectory(html)) {
            throw new FileSystemException(
                    html.toString(), null, "expected a file to write the report to, got a folder");
        }
        byte[] bytes = page.html().getBytes(StandardCharsets.UTF_8);
        Path folder = html.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            Files.createDirectories(folder);
        }
        Path unfinished = html.resolveSibling(html.getFileName() + ".tmp");
        try {
            Files.write(unfinished, bytes);
            Files.move(unfinished, html, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Collects what a {@link FisherReport} shows; names are checked in {@link #build()}. */
    public static final class Builder {

        private final List<RunData> runs = new ArrayList<>();
        private final List<String> names = new ArrayList<>();
        private final Map<String, Beacon> beacons = new LinkedHashMap<>();
        private final Map<String, String> configuration = new LinkedHashMap<>();
        private List<LayerContribution> layers = List.of();
        private String title = "Fisher report";

        private Builder() {}

        /**
         * Adds a run; the report keeps the order.
         *
         * @param name its name, unlike those of the other runs
         * @param history its measurements so far, of this JVM, whose versions the report shows with it; for those of an
         *     earlier one {@link #add(String, Path)} takes the file, and the versions from it
         */
        public Builder add(String name, FisherHistory history) {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(history, () -> "history of run '" + name + "'");
            return add(new RunData(name, history, RunVersions.current()));
        }

        /**
         * Adds a run from its file, with the versions that the file names.
         *
         * @param name its name, unlike those of the other runs
         * @param file of a {@code JsonLinesSink}, or of a {@code CsvSink}, which has no spectra
         * @throws IOException as {@link FisherHistory#read(Path)}
         */
        public Builder add(String name, Path file) throws IOException {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(file, () -> "file of run '" + name + "'");
            return add(new RunData(name, FisherHistory.read(file), RecordedVersions.read(file)));
        }

        /**
         * Adds runs in the map's order.
         *
         * @param histories name to measurements
         */
        public Builder addAll(Map<String, FisherHistory> histories) {
            Objects.requireNonNull(histories, "histories").forEach(this::add);
            return this;
        }

        private Builder add(RunData run) {
            names.add(run.name);
            runs.add(run);
            return this;
        }

        /**
         * Shows another training in the plane, for the runs to be compared with, and how far each of them ends from it
         * ({@link Beacon#distance}).
         *
         * @param name its name, unlike those of the runs
         */
        public Builder beacon(String name, Beacon beacon) {
            Objects.requireNonNull(name, "name");
            names.add(name);
            beacons.put(name, Objects.requireNonNull(beacon, () -> "beacon '" + name + "'"));
            return this;
        }

        /**
         * Shows the layers of the network: name, class, parameters, and how each is measured. Default: none; how much
         * of Tr F̃ each layer has is shown whenever runs tell it ({@link
         * io.dl4jext.fisher.FisherListener.Builder#layerTraces(boolean)}).
         *
         * @param network a MultiLayerNetwork or ComputationGraph, initialised; stays as it is
         * @throws IllegalArgumentException if it is null, another model, or not initialised
         */
        public Builder network(Model network) {
            layers = LayerContribution.of(network);
            return this;
        }

        /**
         * Shows a setting of the training, below those set before. Whoever gets the page reads it.
         *
         * @param name what is set, such as "updater"
         * @param value to what, as {@link String#valueOf(Object)} has it
         * @throws IllegalArgumentException if a value was already set under this name
         */
        public Builder configuration(String name, Object value) {
            Objects.requireNonNull(name, "name");
            String before = configuration.putIfAbsent(name, String.valueOf(value));
            if (before != null) {
                throw new IllegalArgumentException(
                        "Setting '" + name + "' was already set to '" + before + "', got '" + value + "'");
            }
            return this;
        }

        /**
         * The heading of the page. Default: "Fisher report".
         *
         * @param text a short line
         */
        public Builder title(String text) {
            this.title = Objects.requireNonNull(text, "text");
            return this;
        }

        /**
         * The report of the runs added so far.
         *
         * @throws IllegalArgumentException if a name is blank, or given twice; the message lists all such faults
         * @throws IllegalStateException if there is nothing to report: no run, or no run with a measurement
         */
        public FisherReport build() {
            List<String> faults = Stream.concat(
                            names.stream()
                                    .filter(String::isBlank)
                                    .map(name -> "expected a name for each run and beacon, got '" + name + "'"),
                            names.stream()
                                    .filter(name -> Collections.frequency(names, name) > 1)
                                    .map(name -> "two are named '" + name + "'"))
                    .distinct()
                    .collect(Collectors.toList());
            if (!faults.isEmpty()) {
                throw new IllegalArgumentException("Report: " + String.join("; ", faults));
            }
            if (runs.stream().allMatch(RunData::isEmpty)) {
                throw new IllegalStateException("Nothing to report: expected at least one run with a measurement, got "
                        + (runs.isEmpty()
                                ? "no run"
                                : "none in "
                                        + runs.stream().map(run -> run.name).collect(Collectors.toList())));
            }
            return new FisherReport(new Page(
                    title,
                    List.copyOf(runs),
                    new LinkedHashMap<>(beacons),
                    layers,
                    new LinkedHashMap<>(configuration)));
        }
    }
}
