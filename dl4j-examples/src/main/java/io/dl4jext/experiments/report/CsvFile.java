package io.dl4jext.experiments.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A CSV file with a header (RFC 4180). Written anew as a whole, so that an interrupted experiment leaves the old rows or the
 * new ones, never half of them.
 */
public final class CsvFile {

    private final Path file;
    private final int columns;
    private final List<String> lines = new ArrayList<>();

    /** Makes no file yet. */
    public CsvFile(Path file, String... header) {
        this.file = file;
        this.columns = header.length;
        lines.add(String.join(",", header));
    }

    /** Adds a row: one cell for each column, numbers as Java writes them. */
    public CsvFile row(Object... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(file + ": expected " + columns + " cells, got " + cells.length);
        }
        lines.add(Arrays.stream(cells).map(CsvFile::cell).collect(Collectors.joining(",")));
        return this;
    }

    /** Forgets all rows. */
    public CsvFile clear() {
        lines.subList(1, lines.size()).clear();
        return this;
    }

    /** Writes what there is. */
    public void write() throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, lines);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A text that stands in quotes even where it needs none. */
    public static Object quoted(String text) {
        return new Quoted(text);
    }

    private static String cell(Object value) {
        String text = String.valueOf(value);
        boolean quotes =
                value instanceof Quoted || text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return quotes ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    private static final class Quoted {

        private final String text;

        Quoted(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
