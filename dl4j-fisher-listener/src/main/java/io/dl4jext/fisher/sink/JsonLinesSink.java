package io.dl4jext.fisher.sink;

import io.dl4jext.fisher.Column;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSink;
import io.dl4jext.fisher.FisherSummary;
import io.dl4jext.fisher.internal.text.JsonLine;
import io.dl4jext.fisher.internal.text.TextLines;
import io.dl4jext.fisher.internal.version.RunVersions;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.shade.jackson.core.JsonFactory;
import org.nd4j.shade.jackson.core.JsonGenerator;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonToken;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.MissingNode;

/**
 * Writes JSON Lines (UTF-8, one JSON object a line): first {@code {"run":{...}}} with the versions of this library,
 * DL4J, ND4J, its backend and Java, then one object for each measurement.
 *
 * <p>Its fields are the {@link Column}s, under their titles; two arrays are added: {@code gradient_norms}, the norms of
 * the B per-sample gradients in the order of the mini-batch, and {@code eigenvalues}, the B eigenvalues of F̃,
 * descending; and an object, {@code layer_traces}, the trace of each layer, where they are taken.
 *
 * <p>Numbers keep all their digits. JSON has no numbers for NaN and the infinities: they are the strings {@code
 * "NaN"}, {@code "Infinity"} and {@code "-Infinity"}, which {@code Double.parseDouble}, Jackson's {@code asDouble()}
 * and Python's {@code float()} understand. Each line is handed to the operating system at once, so the file of an
 * interrupted training run reads well up to its last measurement.
 */
public final class JsonLinesSink implements FisherSink {

    private static final String RUN = "run";
    private static final JsonFactory JSON = new JsonFactory();

    private final LineFile file;

    /**
     * Starts a new file.
     *
     * @param path the file; folders that are missing are made. An empty file is taken, too
     * @throws java.nio.file.FileAlreadyExistsException if the file already holds something: it is never replaced
     * @throws IOException if the file cannot be made or written, or is a folder
     */
    public JsonLinesSink(Path path) throws IOException {
        this(LineFile.create(path).begin(run()));
    }

    private JsonLinesSink(LineFile file) {
        this.file = file;
    }

    /**
     * Continues an earlier run's file, or starts it where there is none or an empty one.
     *
     * <p>New lines go below the old ones, after another {@code {"run":{...}}}. If the earlier run was killed in the
     * middle of a line, what there is of that line becomes the string in {@code {"cut_off":"..."}}. Where training is
     * resumed, lines that are missing (the disk was full, the file was moved) are written from the listener's history;
     * of measurements whose spectra it no longer holds, the two arrays are empty.
     *
     * @param path the file
     * @throws IOException if the file's first line is not an object with a field {@code run}, or if the file cannot be
     *     read or written
     */
    public static JsonLinesSink appending(Path path) throws IOException {
        LineFile.refuseFolder(path);
        if (!LineFile.hasContent(path)) {
            return new JsonLinesSink(LineFile.create(path, true).begin(run()));
        }
        String first;
        try (TextLines lines = new TextLines(path)) {
            first = lines.next();
        }
        if (!isRun(first)) {
            throw new FileSystemException(
                    path.toString(), null, "expected a first line '{\"run\":{...}}', got " + TextLines.quoted(first));
        }
        return new JsonLinesSink(LineFile.append(path, JsonLinesSink::mend).begin(run()));
    }

    private static boolean isRun(String line) {
        return parse(line).path(RUN).isObject();
    }

    /** What a line without an end becomes: itself if only the end is missing, since no part of an object is one. */
    private static String mend(String line) {
        if (parse(line).isObject()) {
            return line + '\n';
        }
        return new ObjectMapper().createObjectNode().put("cut_off", line).toString() + '\n';
    }

    /** The line's JSON, or a missing node where it is none. */
    private static JsonNode parse(String line) {
        JsonNode node = JsonLine.parse(new ObjectMapper(), line);
        return node == null ? MissingNode.getInstance() : node;
    }

    private static String run() throws IOException {
        StringWriter line = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(line)) {
            generator.writeStartObject();
            generator.writeObjectFieldStart(RUN);
            for (Map.Entry<String, String> version : RunVersions.current().entrySet()) {
                generator.writeStringField(version.getKey(), version.getValue());
            }
            generator.writeEndObject();
            generator.writeEndObject();
        }
        return line.append('\n').toString();
    }

    /** @throws IOException if the line cannot be written, or the sink is closed */
    @Override
    public void accept(FisherMeasurement measurement, FisherSummary soFar) throws IOException {
        StringWriter line = new StringWriter();
        // Jackson writes NaN and the infinities as strings by default (QUOTE_NON_NUMERIC_NUMBERS).
        try (JsonGenerator generator = JSON.createGenerator(line)) {
            generator.writeStartObject();
            for (Column column : Column.values()) {
                Number value = column.of(measurement, soFar);
                if (column.isCount()) {
                    generator.writeNumberField(column.title(), value.longValue());
                } else {
                    generator.writeNumberField(column.title(), value.doubleValue());
                }
            }
            writeArray(
                    generator,
                    "gradient_norms",
                    measurement.gradientStatistics().gradientNorms());
            writeArray(generator, "eigenvalues", measurement.eigenvalues());
            if (!measurement.layerTraces().isEmpty()) {
                generator.writeObjectFieldStart("layer_traces");
                for (Map.Entry<String, Double> trace : measurement.layerTraces().entrySet()) {
                    generator.writeNumberField(trace.getKey(), trace.getValue());
                }
                generator.writeEndObject();
            }
            generator.writeEndObject();
        }
        file.write(line.append('\n').toString());
    }

    private static void writeArray(JsonGenerator generator, String name, double[] values) throws IOException {
        generator.writeArrayFieldStart(name);
        for (double value : values) {
            generator.writeNumber(value);
        }
        generator.writeEndArray();
    }

    /**
     * Objects of this iteration and later, of the part of the training that is done again, go into {@code
     * {"done_again":{...}}}; to a file that is continued, objects are added that it has lost.
     */
    @Override
    public void resumeAt(int iteration, FisherHistory before) throws IOException {
        file.resumeAt(iteration, before, this, JsonLinesSink::iteration, line -> "{\"done_again\":" + line + "}");
    }

    /** NaN where the line is no measurement. It is among the first fields: the rest is not read. */
    private static double iteration(String line) {
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.getCurrentName();
                    JsonToken value = parser.nextToken();
                    if (name.equals(Column.ITERATION.title())) {
                        return value == JsonToken.VALUE_NUMBER_INT ? parser.getDoubleValue() : Double.NaN;
                    }
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            // A line of something else.
        }
        return Double.NaN;
    }

    /** Closes the file; a second call does nothing. */
    @Override
    public void close() throws IOException {
        file.close();
    }

    /** With the path of its file. */
    @Override
    public String toString() {
        return "JsonLinesSink(" + file + ")";
    }
}
