package io.dl4jext.experiments.evidence.cell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The data files that cells of a report have read, with their sizes as they are when unpacked. Immutable. */
public final class DataRead {

    /** By set and name; cells that ran before reports were kept to their data may have read a file of several sizes. */
    private final Map<DataSet, Map<String, Set<Long>>> sizes = new EnumMap<>(DataSet.class);

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
