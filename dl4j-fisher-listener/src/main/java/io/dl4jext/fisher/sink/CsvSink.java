package io.dl4jext.fisher.sink;

import io.dl4jext.fisher.Column;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSink;
import io.dl4jext.fisher.FisherSummary;
import io.dl4jext.fisher.internal.text.TextLines;
import io.dl4jext.fisher.internal.version.RunVersions;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes a comma-separated file (UTF-8, lines ended by a line feed): comment lines that begin with {@code #} and name
 * the versions of this library, DL4J, ND4J, its backend and Java, then a header row, then one row for each
 * measurement.
 *
 * <p>The columns are those of {@link Column}, in its order, under their titles.
 *
 * <p>Numbers are written as {@link Double#toString(double)} does: all digits, a decimal point in every locale, and
 * {@code NaN}, {@code Infinity}, {@code -Infinity} where a value is none. Each row is handed to the operating system
 * at once, so the file of an interrupted training run reads well up to its last measurement.
 *
 * <p>The whole spectrum and all gradient norms are in the files of {@link JsonLinesSink}.
 */
public final class CsvSink implements FisherSink {

    private static final String COMMENT = "# ";

    private static final List<Column> ALL = List.of(Column.values());

    private final LineFile file;
    private final List<Column> columns;

    /**
     * Starts a new file.
     *
     * @param path the file; folders that are missing are made. An empty file is taken, too
     * @throws java.nio.file.FileAlreadyExistsException if the file already holds something: it is never replaced
     * @throws IOException if the file cannot be made or written, or is a folder
     */
    public CsvSink(Path path) throws IOException {
        this(LineFile.create(path).begin(header()), ALL);
    }

    private CsvSink(LineFile file, List<Column> columns) {
        this.file = file;
        this.columns = columns;
    }

    /**
     * Continues an earlier run's file, or starts it where there is none or an empty one.
     *
     * <p>New rows go below the old ones, after comment lines with the versions that write them. If the earlier run
     * was killed in the middle of a row, what there is of that row becomes a comment. Where training is resumed, rows
     * that are missing (the disk was full, the file was moved) are written from the listener's history.
     *
     * <p>A file of an earlier version of this library, which has fewer columns, goes on with those that it has.
     *
     * @param path the file
     * @throws IOException if the file's header row is not one of this class, so that rows would not fit below
     *     it, or if the file cannot be read or written
     */
    public static CsvSink appending(Path path) throws IOException {
        LineFile.refuseFolder(path);
        if (!LineFile.hasContent(path)) {
            return new CsvSink(LineFile.create(path, true).begin(header()), ALL);
        }
        String found = firstRow(path);
        List<Column> columns = columns(path, found);
        LineFile file =
                LineFile.append(path, row -> row.equals(found) ? row + '\n' : COMMENT + "cut off: " + row + '\n');
        return new CsvSink(file.begin(versions()), columns);
    }

    /** The first line that is not a comment, or "" if there is none. */
    private static String firstRow(Path path) throws IOException {
        try (TextLines lines = new TextLines(path)) {
            String line = lines.next();
            while (line != null && line.startsWith(COMMENT.trim())) {
                line = lines.next();
            }
            return line == null ? "" : line;
        }
    }

    private static String header() {
        return versions() + headerRow(ALL) + '\n';
    }

    private static String headerRow(List<Column> columns) {
        return CsvRow.of(columns.stream().map(Column::title).toArray());
    }

    /** Those up to the last one of version 0.1.0, or any more in their order. */
    private static List<Column> columns(Path path, String headerRow) throws IOException {
        for (int count = Column.EXAMPLES.ordinal() + 1; count <= ALL.size(); count++) {
            List<Column> columns = ALL.subList(0, count);
            if (headerRow(columns).equals(headerRow)) {
                return columns;
            }
        }
        throw new FileSystemException(
                path.toString(),
                null,
                "expected the header row '" + headerRow(ALL) + "', got " + TextLines.quoted(headerRow));
    }

    private static String versions() {
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, String> version : RunVersions.current().entrySet()) {
            lines.append(COMMENT)
                    .append(version.getKey())
                    .append(": ")
                    .append(version.getValue())
                    .append('\n');
        }
        return lines.toString();
    }

    /** @throws IOException if the row cannot be written, or the sink is closed */
    @Override
    public void accept(FisherMeasurement measurement, FisherSummary soFar) throws IOException {
        String row = CsvRow.of(
                columns.stream().map(column -> column.of(measurement, soFar)).toArray());
        file.write(row + '\n');
    }

    /**
     * Rows of this iteration and later, of the part of the training that is done again, become comments; to a file that
     * is continued, rows are added that it has lost.
     */
    @Override
    public void resumeAt(int iteration, FisherHistory before) throws IOException {
        file.resumeAt(iteration, before, this, CsvSink::iteration, row -> COMMENT + "done again: " + row);
    }

    /** NaN where the line is no row. */
    private static double iteration(String line) {
        String[] cells = line.split(",", Column.ITERATION.ordinal() + 2);
        try {
            return line.startsWith(COMMENT.trim()) || cells.length < Column.ITERATION.ordinal() + 2
                    ? Double.NaN
                    : Integer.parseInt(cells[Column.ITERATION.ordinal()]);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** Closes the file; a second call does nothing. */
    @Override
    public void close() throws IOException {
        file.close();
    }

    /** With the path of its file. */
    @Override
    public String toString() {
        return "CsvSink(" + file + ")";
    }
}
