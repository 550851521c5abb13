package io.dl4jext.experiments.evidence.cell;

import io.dl4jext.experiments.engine.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The data sets that there are below {@code --data-dir}. Immutable. */
public final class DataFolder {

    /** What stands for {@code --data-dir} where its place does not matter. */
    private static final String ANY = "DIR";

    private final Path directory;
    private final Map<DataSet, String> folders = new EnumMap<>(DataSet.class);

    /** Sizes, as they are when unpacked, by the names of the files. */
    private final Map<DataSet, Map<String, Long>> files = new EnumMap<>(DataSet.class);

    private DataFolder(Path directory) {
        this.directory = directory;
    }

    /** Without {@code --data-dir}: none. */
    public static DataFolder none() {
        return new DataFolder(null);
    }

    /**
     * What is there.
     *
     * @throws UserError when it is no folder
     */
    public static DataFolder at(Path directory) throws IOException {
        UserError.require(Files.isDirectory(directory), "--data-dir", "a folder with data sets", directory);
        return at(directory.toAbsolutePath().normalize(), EnumSet.allOf(DataSet.class));
    }

    private static DataFolder at(Path directory, Collection<DataSet> sets) throws IOException {
        DataFolder data = new DataFolder(directory);
        for (DataSet set : sets) {
            String folder = set.in(directory).orElse(null);
            if (folder != null) {
                data.folders.put(set, folder);
                Map<String, Long> sizes = new TreeMap<>();
                for (Path file : set.files(directory.resolve(folder))) {
                    sizes.put(file.getFileName().toString(), PackedFile.sizeUnpacked(file));
                }
                data.files.put(set, sizes);
            }
        }
        return data;
    }

    public boolean has(DataSet set) {
        return folders.containsKey(set);
    }

    /** As if only some of its sets were there. */
    DataFolder only(Set<DataSet> some) {
        DataFolder fewer = new DataFolder(directory);
        fewer.folders.putAll(folders);
        fewer.folders.keySet().retainAll(some);
        fewer.files.putAll(files);
        fewer.files.keySet().retainAll(some);
        return fewer;
    }

    /** The files that a cell reads and that are there no longer as they were, looked at now; each once. */
    Set<String> changed(Cell cell) throws IOException {
        DataFolder now = directory == null ? this : at(directory, cell.data());
        Set<String> changed = new TreeSet<>();
        for (DataSet set : cell.data()) {
            Map<String, Long> before = read(cell, set);
            Map<String, Long> after = now.read(cell, set);
            Stream.of(before, after)
                    .flatMap(files -> files.keySet().stream())
                    .filter(file -> !Objects.equals(before.get(file), after.get(file)))
                    .forEach(changed::add);
        }
        return changed;
    }

    /** Whether all is there that a cell reads: its sets, and of these the files that its arguments name. */
    public boolean hasAll(Cell cell) {
        return missing(cell.data(), List.of(cell)).isEmpty();
    }

    /**
     * What of some sets is not there, and how to get it: a set by its title; where it is there without files that cells
     * name, with these in brackets.
     */
    public Map<String, String> missing(Collection<DataSet> sets, Collection<Cell> cells) {
        Map<String, String> missing = new LinkedHashMap<>();
        for (DataSet set : new TreeSet<>(sets)) {
            Set<String> files = new TreeSet<>();
            cells.forEach(cell -> files.addAll(named(cell, set)));
            files.removeAll(sizes(set).keySet());
            if (!has(set)) {
                missing.put(set.title(), set.howToGet());
            } else if (!files.isEmpty()) {
                missing.put(set.title() + " (" + String.join(", ", files) + ")", set.howToGet());
            }
        }
        return missing;
    }

    /** The names of a set's files; empty if it is not there. */
    public Set<String> files(DataSet set) {
        return new TreeSet<>(sizes(set).keySet());
    }

    private Map<String, Long> sizes(DataSet set) {
        return files.getOrDefault(set, Map.of());
    }

    /** The size of a file by its name when unpacked; of the one that cells read where it lies there packed, too. */
    Optional<Long> size(DataSet set, String file) {
        return sizes(set).entrySet().stream()
                .filter(any -> PackedFile.nameUnpacked(any.getKey()).equals(file))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /**
     * The files of a set that a cell reads, by which they are known again wherever they lie and however they are
     * packed: those that its arguments name, or else all. Names and sizes are those of the unpacked files.
     */
    Map<String, Long> read(Cell cell, DataSet set) {
        Set<String> named = named(cell, set);
        Map<String, Long> read = new TreeMap<>();
        sizes(set).forEach((file, size) -> {
            if (named.isEmpty() || named.contains(file)) {
                read.putIfAbsent(PackedFile.nameUnpacked(file), size);
            }
        });
        return read;
    }

    /** The files of a set that a cell's arguments name. */
    private static Set<String> named(Cell cell, DataSet set) {
        return cell.arguments().stream()
                .filter(argument -> argument.startsWith(set.placeholder() + "/"))
                .map(argument -> argument.substring(set.placeholder().length() + 1))
                .collect(Collectors.toSet());
    }

    /** A cell's arguments with the folders that the sets are in. */
    List<String> resolved(List<String> arguments) {
        return replaced(arguments, set -> directory.resolve(folders.get(set)).toString());
    }

    /** The same, as one types them who has the data in a folder DIR. */
    public List<String> shown(List<String> arguments) {
        return replaced(arguments, set -> {
            String folder = folders.getOrDefault(set, "");
            return folder.isEmpty() ? ANY : ANY + "/" + folder;
        });
    }

    private interface Place {
        String of(DataSet set);
    }

    private static List<String> replaced(List<String> arguments, Place place) {
        return arguments.stream()
                .map(argument -> {
                    for (DataSet set : DataSet.values()) {
                        if (argument.startsWith(set.placeholder())) {
                            return place.of(set)
                                    + argument.substring(set.placeholder().length());
                        }
                    }
                    return argument;
                })
                .collect(Collectors.toList());
    }
}
