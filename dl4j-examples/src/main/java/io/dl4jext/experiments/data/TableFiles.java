package io.dl4jext.experiments.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of a folder that are named as tables are. */
public final class TableFiles {

    private static final String TABLE = ".*\\.(?i:csv|data)(\\.gz)?";

    private TableFiles() {}

    /**
     * All files {@code *.csv} and {@code *.data}, also with {@code .gz}, in the order of their names; hidden ones and
     * those in folders below do not count.
     *
     * @throws DataFileException when there is none
     */
    public static List<Path> in(Path folder) throws IOException {
        List<Path> tables;
        try (Stream<Path> files = Files.list(folder)) {
            tables = files.filter(file -> isTable(file.getFileName().toString()) && !Files.isDirectory(file))
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .collect(Collectors.toList());
        }
        if (tables.isEmpty()) {
            throw new DataFileException(folder, "expected files *.csv or *.data, plain or .gz, found none");
        }
        return tables;
    }

    private static boolean isTable(String name) {
        return name.matches(TABLE) && !name.startsWith(".");
    }

    /** The name of a file without what says that it is a table. */
    static String tableName(Path file) {
        return file.getFileName().toString().replaceFirst("\\.(?i:csv|data)(\\.gz)?$", "");
    }
}
