package io.dl4jext.experiments.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of a CSV file as {@link CsvFile} writes it: a header, texts in quotes where it must be. */
public final class CsvRows {

    /** A row: texts by the names of the columns. Immutable. */
    public static final class Row {

        private final String file;
        private final Map<String, String> cells;

        private Row(String file, Map<String, String> cells) {
            this.file = file;
            this.cells = cells;
        }

        /**
         * What stands in a column.
         *
         * @throws UncheckedIOException when there is no such column
         */
        public String text(String column) {
            String text = cells.get(column);
            if (text == null) {
                throw fault("expected a column " + column + ", found " + String.join(", ", cells.keySet()));
            }
            return text;
        }

        /** As a number; NaN where nothing stands there. */
        public double number(String column) {
            String text = text(column);
            try {
                return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw fault("expected a number in the column " + column + ", found '" + text + "'");
            }
        }

        private UncheckedIOException fault(String problem) {
            return new UncheckedIOException(new FileSystemException(file, null, problem));
        }

        /** As a whole number. */
        public long whole(String column) {
            String text = text(column);
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw fault("expected a whole number in the column " + column + ", found '" + text + "'");
            }
        }

        /** As true or false. */
        public boolean isTrue(String column) {
            String text = text(column);
            if (!text.equals("true") && !text.equals("false")) {
                throw fault("expected true or false in the column " + column + ", found '" + text + "'");
            }
            return text.equals("true");
        }
    }

    private CsvRows() {}

    /**
     * All rows of a file.
     *
     * @throws FileSystemException when it is not such a file
     */
    public static List<Row> read(Path file) throws IOException {
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new FileSystemException(file.toString(), null, "expected text in UTF-8, found other bytes");
        }
    }

    /**
     * All rows of a file's text.
     *
     * @param file its name, for whoever reads that something is wrong with it
     */
    public static List<Row> parse(String file, String text) throws IOException {
        List<List<String>> lines = lines(text);
        if (lines.isEmpty()) {
            throw new FileSystemException(file, null, "expected a header, found nothing");
        }
        List<String> header = lines.get(0);
        List<Row> rows = new ArrayList<>();
        for (List<String> line : lines.subList(1, lines.size())) {
            if (line.size() != header.size()) {
                throw new FileSystemException(file, null, "expected " + header.size() + " cells, found " + line);
            }
            Map<String, String> cells = new LinkedHashMap<>();
            for (int i = 0; i < header.size(); i++) {
                cells.put(header.get(i), line.get(i));
            }
            rows.add(new Row(file, cells));
        }
        return rows;
    }

    /** The cells of each line; a line that begins with # is a comment. */
    private static List<List<String>> lines(String text) {
        List<List<String>> lines = new ArrayList<>();
        List<String> line = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean atStart = line.isEmpty() && cell.length() == 0;
            if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                cell.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '#' && atStart) {
                int end = text.indexOf('\n', i);
                i = end < 0 ? text.length() : end;
            } else if (!quoted && c == ',') {
                line.add(cell.toString());
                cell.setLength(0);
            } else if (!quoted && c == '\n') {
                if (!atStart) {
                    line.add(cell.toString());
                    lines.add(line);
                    line = new ArrayList<>();
                    cell.setLength(0);
                }
            } else if (quoted || c != '\r') {
                cell.append(c);
            }
        }
        if (!line.isEmpty() || cell.length() > 0) {
            line.add(cell.toString());
            lines.add(line);
        }
        return lines;
    }
}
