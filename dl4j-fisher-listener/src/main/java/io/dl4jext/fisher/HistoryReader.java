package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.text.JsonLine;
import io.dl4jext.fisher.internal.text.TextLines;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.nd4j.shade.jackson.core.JsonFactory;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the files of {@code CsvSink} and {@code JsonLinesSink} back. */
final class HistoryReader {

    private static final Logger log = LoggerFactory.getLogger(FisherHistory.class);

    /** What {@link Double#toString(double)} writes, and what spreadsheets make of it; not "1d", "0x1p3". */
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?([0-9]++\\.?[0-9]*+|\\.[0-9]++)([eE][+-]?[0-9]++)?|NaN|-?Infinity");

    private static final int LONGEST_ROW = 1 << 16;

    /** What a measurement takes in memory besides its spectrum and its norms. */
    private static final int MEASUREMENT_BYTES = 800;

    /** What a layer's trace takes, with its name. */
    private static final int TRACE_BYTES = 200;

    private final Path path;
    private final TextLines lines;
    private final long room = room();
    private final FisherHistory.Recorder recorder = new FisherHistory.Recorder();
    // Names are not kept: Jackson gives up where too many are alike.
    private final ObjectMapper json = new ObjectMapper(
                    new JsonFactory().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES))
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private Map<Column, Integer> header;
    private int headerCells;
    private long taken;

    private HistoryReader(Path path, TextLines lines) {
        this.path = path;
        this.lines = lines;
    }

    static FisherHistory read(Path path) throws IOException {
        if (path == null) {
            throw new IllegalArgumentException("Expected a path, got null");
        }
        if (Files.isDirectory(path)) {
            throw new FileSystemException(path.toString(), null, "expected a file, got a folder");
        }
        try (TextLines lines = new TextLines(path)) {
            return new HistoryReader(path, lines).read();
        }
    }

    private static long room() {
        Runtime heap = Runtime.getRuntime();
        return (heap.maxMemory() - heap.totalMemory() + heap.freeMemory()) / 2;
    }

    private FisherHistory read() throws IOException {
        String text = lines.next();
        if (text == null) {
            throw new FileSystemException(
                    path.toString(), null, "expected a file of CsvSink or JsonLinesSink, got an empty file");
        }
        boolean objects = text.trim().startsWith("{");
        for (; text != null; text = lines.next()) {
            if (text.isBlank()) {
                continue;
            }
            if (objects) {
                object(text);
            } else {
                row(text);
            }
        }
        if (!objects && header == null) {
            throw lines.fault("expected a file of CsvSink or JsonLinesSink, got one without a header row");
        }
        return recorder.snapshot();
    }

    private void row(String text) throws IOException {
        if (text.startsWith("#")) {
            return;
        }
        if (text.length() > LONGEST_ROW) {
            throw lines.fault("expected a row of at most " + LONGEST_ROW + " characters, got " + text.length());
        }
        String[] cells = text.split(",", -1);
        if (header == null) {
            header = header(cells);
            headerCells = cells.length;
            return;
        }
        if (!lines.isWhole()) {
            // Its last number may lack digits.
            log.warn("{}: line {} was cut off and is left out", path, lines.number());
            return;
        }
        if (cells.length != headerCells) {
            throw lines.fault("expected a row of " + headerCells + " columns, as the header has, got " + cells.length);
        }
        Figures row = Figures.none();
        for (Map.Entry<Column, Integer> column : header.entrySet()) {
            row.set(column.getKey(), number(column.getKey(), cells[column.getValue()].trim()));
        }
        add(row, new double[0], new double[0], Map.of());
    }

    private Map<Column, Integer> header(String[] cells) throws IOException {
        List<String> titles = new ArrayList<>();
        for (String cell : cells) {
            titles.add(cell.trim());
        }
        Map<Column, Integer> places = new EnumMap<>(Column.class);
        List<String> missing = new ArrayList<>();
        for (Column column : Column.values()) {
            int place = titles.indexOf(column.title());
            if (place >= 0) {
                places.put(column, place);
            } else if (column.isOfFirstVersion()) {
                missing.add(column.title());
            }
        }
        if (!missing.isEmpty()) {
            throw lines.fault("expected the header row of a CsvSink, or JSON Lines, got "
                    + TextLines.quoted(String.join(",", cells)) + " without " + String.join(", ", missing));
        }
        return places;
    }

    private void object(String text) throws IOException {
        JsonNode node = JsonLine.parse(json, text);
        if (node == null || !node.isObject()) {
            if (!lines.isWhole()) {
                log.warn("{}: line {} was cut off and is left out", path, lines.number());
                return;
            }
            throw lines.fault("expected a JSON object, got " + TextLines.quoted(text));
        }
        if (node.has("run") || node.has("cut_off") || node.has("done_again")) {
            return;
        }
        Figures row = Figures.none();
        for (Column column : Column.values()) {
            JsonNode value = node.get(column.title());
            if (value != null) {
                row.set(column, number(column, text(value)));
            } else if (column.isOfFirstVersion()) {
                throw lines.fault("expected a field '" + column.title() + "', got none");
            }
        }
        add(row, values(node, "eigenvalues"), values(node, "gradient_norms"), traces(node));
    }

    private Map<String, Double> traces(JsonNode node) throws IOException {
        JsonNode object = node.path("layer_traces");
        if (!object.isMissingNode() && !object.isObject()) {
            throw lines.fault("expected an object 'layer_traces', got " + TextLines.quoted(object.toString()));
        }
        Map<String, Double> traces = new LinkedHashMap<>();
        for (Iterator<Map.Entry<String, JsonNode>> fields = object.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            traces.put(field.getKey(), parse("layer_traces", text(field.getValue())));
        }
        return traces;
    }

    private double[] values(JsonNode node, String name) throws IOException {
        JsonNode array = node.path(name);
        if (!array.isArray()) {
            throw lines.fault("expected an array '" + name + "', got " + TextLines.quoted(array.toString()));
        }
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode value = array.get(i);
            values[i] = value.isNumber() ? value.doubleValue() : parse(name, text(value));
        }
        return values;
    }

    /** Numbers that are none are strings. */
    private static String text(JsonNode value) {
        return value.isTextual() ? value.textValue() : value.toString();
    }

    private double number(Column column, String text) throws IOException {
        double value = parse(column.title(), text);
        if (!column.holds(value)) {
            throw lines.fault("expected a whole number >= " + column.least + " as " + column.title() + ", got "
                    + TextLines.quoted(text));
        }
        return value;
    }

    private double parse(String name, String text) throws IOException {
        if (text.length() > JsonLine.LONGEST_NUMBER || !NUMBER.matcher(text).matches()) {
            throw lines.fault("expected a number as " + name + ", got " + TextLines.quoted(text));
        }
        return Double.parseDouble(text);
    }

    private void add(Figures row, double[] eigenvalues, double[] norms, Map<String, Double> traces) throws IOException {
        taken += MEASUREMENT_BYTES
                + (long) Double.BYTES * (eigenvalues.length + norms.length)
                + (long) TRACE_BYTES * traces.size();
        if (taken > room) {
            throw lines.fault("expected at most " + room / (1 << 20)
                    + " MB of measurements, half of the heap that is free (-Xmx makes it larger), got more");
        }
        FisherMeasurement measurement =
                FisherMeasurement.read(row, eigenvalues, GradientStatistics.read(row, norms), traces);
        recorder.resumeAt(measurement.iteration());
        recorder.add(measurement, row.get(Column.AVERAGE_CONDITION_NUMBER), row.get(Column.CUMULATIVE_ENERGY), (long)
                row.get(Column.EXAMPLES));
    }
}
