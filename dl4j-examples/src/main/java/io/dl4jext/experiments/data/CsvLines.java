package io.dl4jext.experiments.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Collectors;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.datavec.api.writable.Writable;

/** The rows of a comma separated file through DataVec's {@code CSVRecordReader}, without blank ones. */
final class CsvLines implements AutoCloseable {

    /** A row with its number in the file, from 1 on. Immutable. */
    static final class Line {

        private final int number;
        private final List<String> cells;

        private Line(int number, List<String> cells) {
            this.number = number;
            this.cells = cells;
        }

        int number() {
            return number;
        }

        int columns() {
            return cells.size();
        }

        /** What stands in a column, from 0 on, without the blanks around it. */
        String cell(int column) {
            return cells.get(column).trim();
        }

        String last() {
            return cell(columns() - 1);
        }

        /** The cells before the last one. */
        List<String> features() {
            return cells.subList(0, columns() - 1);
        }

        /** As it stands in the file. */
        String text() {
            return String.join(",", cells);
        }
    }

    /** What a row takes besides its values: arrays, a label's text, and their places in lists. */
    private static final int LINE_BYTES = 128;

    private final DataFile file;
    private final CSVRecordReader reader = new CSVRecordReader();
    private final long valueBytes;
    private final long mostBytes;
    private long taken;
    private int number;

    /**
     * The rows of a file.
     *
     * @param valueBytes what a value takes in memory
     * @param most so many bytes may be taken even of a larger heap
     */
    CsvLines(DataFile file, long valueBytes, long most) throws IOException {
        this.file = file;
        this.valueBytes = valueBytes;
        initialize(file.textStream());
        mostBytes = Math.min(DataFile.room(), most);
    }

    private void initialize(InputStream in) throws IOException {
        try {
            reader.initialize(new InputStreamInputSplit(in));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading", e);
        }
    }

    /** The next row, or null. */
    Line next() throws IOException {
        for (List<Writable> record; (record = record()) != null; ) {
            number++;
            List<String> cells = record.stream().map(Writable::toString).collect(Collectors.toList());
            // A blank line counts as well: gzip packs a thousand millions of them into one megabyte.
            taken += LINE_BYTES + valueBytes * cells.size();
            if (taken > mostBytes) {
                throw file.fault(DataFile.tooLarge(mostBytes, "more by line " + number));
            }
            if (cells.size() > 1 || cells.size() == 1 && !cells.get(0).isBlank()) {
                taken += cells.get(cells.size() - 1).length(); // a label is kept as its text
                return new Line(number, cells);
            }
        }
        return null;
    }

    /** DataVec wraps what goes wrong below it; the fault of the file is what the user needs. */
    private List<Writable> record() throws IOException {
        try {
            return reader.hasNext() ? reader.next() : null;
        } catch (RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof DataFileException) {
                    throw (DataFileException) cause;
                }
            }
            throw file.fault("expected comma separated text: " + e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
