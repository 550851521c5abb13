package io.dl4jext.batch.control;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** The rows of a file of the listener's sinks, in either format; every error names the file and the line. */
final class RunFile implements Closeable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path path;
    private final BufferedReader reader;
    private int number;
    /** Of a CSV file, once it was read. */
    private List<String> columns;

    private RunFile(Path path) throws IOException {
        this.path = path;
        this.reader = Files.newBufferedReader(path, StandardCharsets.UTF_8);
    }

    static RunFile open(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException(path + ": expected a file written by CsvSink or JsonLinesSink, got a folder");
        }
        return new RunFile(path);
    }

    /** A measurement. */
    final class Row {

        private final Map<String, String> values;

        private Row(Map<String, String> values) {
            this.values = values;
        }

        double number(String name) throws IOException {
            try {
                return Double.parseDouble(value(name));
            } catch (NumberFormatException e) {
                throw wrong("a number as " + name, value(name), e);
            }
        }

        long whole(String name) throws IOException {
            try {
                return Long.parseLong(value(name));
            } catch (NumberFormatException e) {
                throw wrong("a whole number as " + name, value(name), e);
            }
        }

        private String value(String name) throws IOException {
            String value = values.get(name);
            if (value == null) {
                throw wrong("a value of " + name, "only " + values.keySet(), null);
            }
            return value;
        }
    }

    /** The next measurement, or null at the end. */
    Row next() throws IOException {
        for (String line = line(); line != null; line = line()) {
            if (line.startsWith("{")) {
                JsonNode json = object(line);
                // What is neither is about the run, or of a line that was cut off.
                if (!json.has("run") && !json.has("cut_off")) {
                    return row(json);
                }
            } else if (columns == null && !isComment(line)) {
                columns = List.of(cells(line));
            } else if (!isComment(line)) {
                return row(cells(line));
            }
        }
        return null;
    }

    private static boolean isComment(String line) {
        return line.startsWith("#") || line.isBlank();
    }

    private static String[] cells(String line) {
        return line.split(",", -1);
    }

    private String line() throws IOException {
        number++;
        try {
            return reader.readLine();
        } catch (CharacterCodingException e) {
            throw wrong("text in UTF-8", "other bytes", e);
        }
    }

    private Row row(String[] cells) throws IOException {
        if (cells.length != columns.size()) {
            throw wrong(
                    columns.size() + " columns " + columns,
                    cells.length + " in '" + String.join(",", cells) + "'",
                    null);
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < cells.length; i++) {
            values.put(columns.get(i), cells[i]);
        }
        return new Row(values);
    }

    private Row row(JsonNode json) {
        Map<String, String> values = new HashMap<>();
        json.fields().forEachRemaining(field -> {
            if (field.getValue().isValueNode()) {
                values.put(field.getKey(), field.getValue().asText());
            }
        });
        return new Row(values);
    }

    private JsonNode object(String line) throws IOException {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw wrong("a JSON object", "'" + line + "'", e);
        }
    }

    private IOException wrong(String expected, String got, Exception cause) {
        return new IOException(
                path + ", line " + number + ": expected " + expected + ", as CsvSink and JsonLinesSink write it, got "
                        + got,
                cause);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
