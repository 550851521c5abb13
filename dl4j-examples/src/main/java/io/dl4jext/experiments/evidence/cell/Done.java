package io.dl4jext.experiments.evidence.cell;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * That a cell has come to its end, and how: {@code done.json} in its folder, which is written last and appears as a
 * whole.
 */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public final class Done {

    static final String FILE = "done.json";

    private static final String TABLE = ".csv";

    private static final ObjectMapper JSON = new ObjectMapper();

    private String cell;
    private String key;
    private String setting;

    /** As a user types it, with DIR for the folder of the data sets, so that a report can be passed on. */
    private String command;

    private String started;
    private double seconds;
    private Map<String, String> versions = new LinkedHashMap<>();
    private Map<String, String> hardware = new LinkedHashMap<>();

    /** Sizes of the data files, as they are when unpacked, by set and name. */
    private Map<String, Map<String, Long>> data = new TreeMap<>();

    /** Digests of the tables that it has written, by name; none of a cell that an earlier version has run. */
    private Map<String, String> tables = new TreeMap<>();

    private Done() {}

    static Done of(Cell cell, CellKey key, DataFolder data, Share share, Instant started, double seconds, Path results)
            throws IOException {
        Done done = new Done();
        done.cell = cell.name();
        done.key = key.whole();
        done.setting = key.setting();
        done.command = Cell.typed(data.shown(cell.arguments()));
        done.started = started.truncatedTo(ChronoUnit.SECONDS).toString();
        done.seconds = seconds;
        done.versions.putAll(Machine.versions());
        done.hardware.putAll(Machine.hardware(share));
        cell.data().forEach(set -> done.data.put(set.title(), data.read(cell, set)));
        for (Path table : tables(results)) {
            done.tables.put(table.getFileName().toString(), digest(table));
        }
        return done;
    }

    private static List<Path> tables(Path results) throws IOException {
        if (!Files.isDirectory(results)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(results)) {
            return files.filter(file -> file.getFileName().toString().endsWith(TABLE) && Files.isRegularFile(file))
                    .sorted()
                    .collect(Collectors.toList());
        }
    }

    /** Of the text, however its lines end, which Git may change. */
    private static String digest(Path table) throws IOException {
        String text = new String(Files.readAllBytes(table), StandardCharsets.ISO_8859_1);
        return new Digest().add(text.replace("\r\n", "\n")).hex();
    }

    /** What is wrong with the first of its tables that is not as the cell has left it, in words. */
    Optional<String> damage(Path results) throws IOException {
        for (Map.Entry<String, String> left : tables.entrySet()) {
            Path table = results.resolve(left.getKey());
            if (!Files.isRegularFile(table)) {
                return Optional.of(table + ": expected a file, found nothing there");
            }
            if (!left.getValue().equals(digest(table))) {
                return Optional.of(table + ": not as the cell has left it");
            }
        }
        return Optional.empty();
    }

    /** That in a folder; none where there is no file, or none that is whole. */
    static Optional<Done> in(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            Done done = Files.isRegularFile(file) ? JSON.readValue(file.toFile(), Done.class) : null;
            return Optional.ofNullable(done).filter(Done::isWhole);
        } catch (IOException e) {
            return Optional.empty(); // then the cell is run again
        }
    }

    private boolean isWhole() {
        return Stream.of(cell, key, setting, command, started, versions, hardware, data, tables)
                        .allMatch(Objects::nonNull)
                && Stream.concat(Stream.of(versions, hardware, data, tables), data.values().stream())
                        .noneMatch(map -> map == null || map.containsValue(null));
    }

    void write(Path folder) throws IOException {
        Path fresh = folder.resolve(FILE + ".new");
        Files.write(fresh, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(fresh, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    boolean isOf(CellKey other) {
        return key.equals(other.whole());
    }

    /** Whether it is of the same arguments and data, of whatever version. */
    boolean isOfSetting(CellKey other) {
        return isOfSetting(other.setting());
    }

    boolean isOfSetting(String other) {
        return setting.equals(other);
    }

    /** With DIR for the folder of the data sets. */
    public String command() {
        return command;
    }

    /** When the cell began, in UTC. */
    public String started() {
        return started;
    }

    /** How long it took, with the start of its process. */
    public double seconds() {
        return seconds;
    }

    /** Versions by program. */
    public Map<String, String> versions() {
        return new LinkedHashMap<>(versions);
    }

    /** The files of a set that it has read, with their sizes; none of a set that it has not. */
    Optional<Map<String, Long>> read(DataSet set) {
        return Optional.ofNullable(data.get(set.title())).map(TreeMap::new);
    }

    /** What it ran on, by name. */
    public Map<String, String> hardware() {
        return new LinkedHashMap<>(hardware);
    }
}
