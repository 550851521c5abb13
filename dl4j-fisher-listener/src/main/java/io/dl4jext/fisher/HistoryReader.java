package io.dl4jext.fisher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the files of {@code CsvSink} and {@code JsonLinesSink} back. */
final class HistoryReader {

    private static final Logger log = LoggerFactory.getLogger(FisherHistory.class);

    /** What {@link Double#toString(double)} writes, and what spreadsheets make of it; not "1d", "0x1p3". */
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?|NaN|-?Infinity");

    private final Path path;
    private final FisherHistory.Recorder recorder = new FisherHistory.Recorder();
    private final ObjectMapper json = new ObjectMapper();
    private Map<Column, Integer> header;
    private int headerCells;
    private int line;

    private HistoryReader(Path path) {
        this.path = path;
    }

    static FisherHistory read(Path path) throws IOException {
        if (path == null) {
            throw new IllegalArgumentException("Expected a path, got null");
        }
        if (Files.isDirectory(path)) {
            throw new FileSystemException(path.toString(), null, "expected a file, got a folder");
        }
        return new HistoryReader(path).read();
    }

    private FisherHistory read() throws IOException {
        if (Files.size(path) == 0) {
            throw new FileSystemException(
                    path.toString(), null, "expected a file of CsvSink or JsonLinesSink, got an empty file");
        }
        boolean whole = endsWithLineFeed();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(Files.newInputStream(path), StandardCharsets.UTF_8))) {
            String text = reader.readLine();
            if (text != null && text.startsWith("\uFEFF")) {
                text = text.substring(1);
            }
            boolean objects = text != null && text.trim().startsWith("{");
            while (text != null) {
                line++;
                String next = reader.readLine();
                boolean cut = next == null && !whole;
                if (!text.isBlank()) {
                    if (objects) {
                        object(text, cut);
                    } else {
                        row(text, cut);
                    }
                }
                text = next;
            }
            if (!objects && header == null) {
                throw wrong("expected a file of CsvSink or JsonLinesSink, got one without a header row");
            }
        }
        return recorder.snapshot();
    }

    private boolean endsWithLineFeed() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(file.length() - 1);
            return file.read() == '\n';
        }
    }

    private void row(String text, boolean cut) throws IOException {
        if (text.startsWith("#")) {
            return;
        }
        String[] cells = text.split(",", -1);
        if (header == null) {
            header = header(cells);
            headerCells = cells.length;
            return;
        }
        if (cut) {
            // Its last number may lack digits.
            log.warn("{}: line {} was cut off and is left out", path, line);
            return;
        }
        if (cells.length != headerCells) {
            throw wrong("expected a row of " + headerCells + " columns, as the header has, got " + cells.length);
        }
        Figures row = Figures.none();
        for (Map.Entry<Column, Integer> column : header.entrySet()) {
            row.set(column.getKey(), number(column.getKey(), cells[column.getValue()].trim()));
        }
        add(row, new double[0], new double[0]);
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
            if (place < 0) {
                missing.add(column.title());
            } else {
                places.put(column, place);
            }
        }
        if (!missing.isEmpty()) {
            throw wrong("expected the header row of a CsvSink, or JSON Lines, got '"
                    + shortened(String.join(",", cells)) + "' without " + String.join(", ", missing));
        }
        return places;
    }

    private void object(String text, boolean cut) throws IOException {
        JsonNode node;
        try {
            node = json.readTree(text);
        } catch (IOException e) {
            node = null;
        }
        if (node == null || !node.isObject()) {
            if (cut) {
                log.warn("{}: line {} was cut off and is left out", path, line);
                return;
            }
            throw wrong("expected a JSON object, got '" + shortened(text) + "'");
        }
        if (node.has("run") || node.has("cut_off") || node.has("done_again")) {
            return;
        }
        Figures row = Figures.none();
        for (Column column : Column.values()) {
            JsonNode value = node.get(column.title());
            if (value == null) {
                throw wrong("expected a field '" + column.title() + "', got none");
            }
            row.set(column, number(column, text(value)));
        }
        add(row, values(node, "eigenvalues"), values(node, "gradient_norms"));
    }

    private double[] values(JsonNode node, String name) throws IOException {
        JsonNode array = node.path(name);
        if (!array.isArray()) {
            throw wrong("expected an array '" + name + "', got " + shortened(array.toString()));
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
        if (column.isCount() && !(value >= column.least && value <= column.most && value == Math.rint(value))) {
            throw wrong("expected a whole number >= " + column.least + " as " + column.title() + ", got '"
                    + shortened(text) + "'");
        }
        return value;
    }

    private double parse(String name, String text) throws IOException {
        if (!NUMBER.matcher(text).matches()) {
            throw wrong("expected a number as " + name + ", got '" + shortened(text) + "'");
        }
        return Double.parseDouble(text);
    }

    private void add(Figures row, double[] eigenvalues, double[] norms) {
        FisherMeasurement measurement = FisherMeasurement.read(row, eigenvalues, norms);
        recorder.resumeAt(measurement.iteration());
        recorder.add(measurement, row.get(Column.AVERAGE_CONDITION_NUMBER), row.get(Column.CUMULATIVE_ENERGY), (long)
                row.get(Column.EXAMPLES));
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    private IOException wrong(String what) {
        return new FileSystemException(path.toString(), null, "line " + line + ": " + what);
    }
}
