package io.dl4jext.experiments.evidence.cell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The data files that cells of a report have read, with their sizes as they are when unpacked. Immutable. */
public final class DataRead {

    /** By set and name; cells that ran before reports were kept to their data may have read a file of several sizes. */
    private final Map<DataSet, Map<String, Set<Long>>> sizes = new EnumMap<>(DataSet.class);

    private final List<Done> cells = new ArrayList<>();

    private DataRead() {}

    /** What the cells in a folder say, which may be absent; one that has not come to its end has read nothing. */
    public static DataRead of(Path cells) throws IOException {
        DataRead read = new DataRead();
        if (Files.isDirectory(cells)) {
            try (Stream<Path> all = Files.list(cells)) {
                all.forEach(cell -> Done.in(cell).ifPresent(read::add));
            }
        }
        return read;
    }

    private void add(Done done) {
        cells.add(done);
        for (DataSet set : DataSet.values()) {
            done.read(set).ifPresent(files -> {
                Map<String, Set<Long>> known = sizes.computeIfAbsent(set, title -> new TreeMap<>());
                files.forEach((file, size) ->
                        known.computeIfAbsent(file, name -> new TreeSet<>()).add(size));
            });
        }
    }

    /**
     * What of it is not in a folder as it was read, in words: a set by its title; where it is there without some of the
     * files, or with others of their names, with these in brackets. Files that no cell has read do no harm.
     */
    public List<String> missing(DataFolder data) {
        List<String> missing = new ArrayList<>();
        sizes.forEach((set, files) -> {
            List<String> unlike = files.entrySet().stream()
                    .map(file -> unlike(file.getKey(), file.getValue(), data.size(set, file.getKey())))
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.toList());
            if (!data.has(set)) {
                missing.add(set.title());
            } else if (!unlike.isEmpty()) {
                missing.add(set.title() + " (" + String.join(", ", unlike) + ")");
            }
        });
        return missing;
    }

    /**
     * What of a folder no cell has read, and would be read by others in the place of cells that there are: sets by their
     * titles.
     *
     * @param plan what is run with some data
     */
    public List<String> replacing(DataFolder data, Function<DataFolder, List<Cell>> plan) {
        DataFolder before = data.only(sizes.keySet());
        Set<String> there = settings(before, plan);
        there.removeIf(setting -> cells.stream().noneMatch(done -> done.isOfSetting(setting)));
        List<String> replacing = new ArrayList<>();
        for (DataSet set : DataSet.values()) {
            if (data.has(set) && !before.has(set)) {
                Set<DataSet> more = EnumSet.of(set);
                more.addAll(sizes.keySet());
                if (!settings(data.only(more), plan).containsAll(there)) {
                    replacing.add(set.title());
                }
            }
        }
        return replacing;
    }

    private static Set<String> settings(DataFolder data, Function<DataFolder, List<Cell>> plan) {
        return plan.apply(data).stream()
                .filter(data::hasAll)
                .map(cell -> CellKey.of(cell, data, Map.of()).setting())
                .collect(Collectors.toSet());
    }

    /** Empty where a file is there in a size that it was read in. */
    private static String unlike(String file, Set<Long> read, Optional<Long> there) {
        if (there.isEmpty()) {
            return file;
        }
        return read.contains(there.get())
                ? ""
                : file + " of " + read.stream().map(String::valueOf).collect(Collectors.joining(" or "))
                        + " bytes when unpacked, not " + there.get();
    }
}
