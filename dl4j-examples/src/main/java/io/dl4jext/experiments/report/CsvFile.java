package io.dl4jext.experiments.report;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A CSV file (RFC 4180) with a row for each item. Written anew as a whole, so that an interrupted experiment leaves the
 * old rows or the new ones, never half of them.
 */
public final class CsvFile<T> {

    private final Path file;
    private final List<String> names = new ArrayList<>();
    private final List<Function<T, String>> values = new ArrayList<>();
    private final List<String> rows = new ArrayList<>();

    public CsvFile(Path file) {
        this.file = file;
    }

    /** Adds a column: texts in quotes where it must be, numbers as Java writes them. */
    public CsvFile<T> column(String name, Function<? super T, ?> value) {
        names.add(name);
        values.add(item -> cell(String.valueOf(value.apply(item)), false));
        return this;
    }

    /** Adds a column of texts that stand in quotes in any case. */
    public CsvFile<T> quotedColumn(String name, Function<? super T, ?> value) {
        names.add(name);
        values.add(item -> cell(String.valueOf(value.apply(item)), true));
        return this;
    }

    /** Adds rows and writes the file. */
    public void add(Collection<? extends T> items) throws IOException {
        for (T item : items) {
            rows.add(values.stream().map(value -> value.apply(item)).collect(Collectors.joining(",")));
        }
        List<String> lines = new ArrayList<>(List.of(String.join(",", names)));
        lines.addAll(rows);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.write(fresh, lines);
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e instanceof FileSystemException ? e : new FileSystemException(file.toString(), null, e.getMessage());
        }
    }

    public void add(T item) throws IOException {
        add(List.of(item));
    }

    /** Writes these rows instead of what there was. */
    public void replace(Collection<? extends T> items) throws IOException {
        rows.clear();
        add(items);
    }

    private static String cell(String text, boolean quoted) {
        boolean quotes = quoted || text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return quotes ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
