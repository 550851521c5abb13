package io.dl4jext.fisher.report;

import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.Column;
import io.dl4jext.fisher.FisherMeasurement;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.shade.jackson.core.JsonFactory;
import org.nd4j.shade.jackson.core.JsonGenerator;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * What the charts of a page are drawn from, as JSON: numbers with all their digits, "NaN", "Infinity" and "-Infinity"
 * as the strings that they are in the files of the sinks. Its size is bounded whatever the length of the runs.
 */
final class ReportJson {

    /** Measurements of all runs together, and how many of one run may be and must be shown. */
    private static final int ROWS = 4000;

    private static final int MOST_ROWS = 1000;
    private static final int FEWEST_ROWS = 60;

    /** Eigenvalues of all runs together, and of one run at least. */
    private static final int CELLS = 24_000;

    private static final int FEWEST_CELLS = 640;

    /** Shares of layers of all runs together; of one run at least as many as eigenvalues. */
    private static final int SHARES = 16_000;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final StringWriter text = new StringWriter();
    private final JsonGenerator json;

    /** The rows of the table of layers. */
    private final List<String> layers;

    private ReportJson(List<String> layers) throws IOException {
        this.layers = layers;
        json = new JsonFactory().createGenerator(text);
    }

    /** Safe within a script element: no character in it begins a tag or a comment of HTML. */
    static String of(List<RunData> runs, List<String> layers, Map<String, Beacon> beacons) throws IOException {
        ReportJson writer = new ReportJson(layers);
        writer.write(runs, beacons);
        // These stand in strings only.
        return writer.text
                .toString()
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026");
    }

    private void write(List<RunData> runs, Map<String, Beacon> beacons) throws IOException {
        int rows = between(FEWEST_ROWS, ROWS / runs.size(), MOST_ROWS);
        int cells = Math.max(FEWEST_CELLS, CELLS / runs.size());
        int shares = Math.max(FEWEST_CELLS, SHARES / runs.size());
        json.writeStartObject();
        json.writeArrayFieldStart("columns");
        for (Column column : Column.values()) {
            json.writeStartObject();
            json.writeStringField("title", column.title());
            json.writeStringField("description", column.description());
            json.writeBooleanField("count", column.isCount());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("layers");
        for (String layer : layers) {
            json.writeString(layer);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("runs");
        for (RunData run : runs) {
            write(run, rows, cells, shares);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("beacons");
        for (Map.Entry<String, Beacon> beacon : beacons.entrySet()) {
            write(beacon.getKey(), beacon.getValue(), rows);
        }
        json.writeEndArray();
        json.writeEndObject();
        json.close();
    }

    private void write(RunData run, int rows, int cells, int shares) throws IOException {
        int[] shown = run.shown(rows);
        json.writeStartObject();
        json.writeStringField("name", run.name);
        json.writeNumberField("held", run.count());
        json.writeObjectFieldStart("figures");
        for (Column column : Column.values()) {
            writeArray(column.title(), at(shown, run.figures(column)), column.isCount());
        }
        json.writeEndObject();
        writeArray("averaged_noise_scale", at(shown, run.noiseScales), false);
        write(new SpectrumImage(run.history.measurements(), cells));
        writeShares(run, run.layers.shown(shares));
        json.writeEndObject();
    }

    private void write(SpectrumImage image) throws IOException {
        if (image.isEmpty()) {
            json.writeNullField("spectrum");
            return;
        }
        json.writeObjectFieldStart("spectrum");
        json.writeNumberField("rows", image.rows);
        json.writeArrayFieldStart("columns");
        for (FisherMeasurement measurement : image.measurements) {
            json.writeStartObject();
            json.writeNumberField("iteration", measurement.iteration());
            json.writeNumberField("epoch", measurement.epoch());
            json.writeNumberField("samples", measurement.eigenvalues().length);
            json.writeNumberField("rank", measurement.rank());
            writeArray("eigenvalues", image.column(measurement), false);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Of each layer that has traces, by its row in the table. */
    private void writeShares(RunData run, int[] shown) throws IOException {
        if (run.layers.isEmpty()) {
            json.writeNullField("shares");
            return;
        }
        json.writeObjectFieldStart("shares");
        writeArray("iteration", at(shown, run.figures(Column.ITERATION)), true);
        writeArray("examples", at(shown, run.figures(Column.EXAMPLES)), true);
        json.writeArrayFieldStart("layers");
        for (String layer : run.layers.layers) {
            json.writeStartObject();
            json.writeNumberField("row", layers.indexOf(layer));
            writeArray(
                    "values",
                    Arrays.stream(shown)
                            .mapToDouble(row -> run.layers.share(layer, row))
                            .toArray(),
                    false);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** A beacon is, as JSON, its lists. */
    private void write(String name, Beacon beacon, int rows) throws IOException {
        JsonNode lists = MAPPER.valueToTree(beacon);
        double[] examples = MAPPER.convertValue(lists.get("examples"), double[].class);
        double[] conditionNumbers = MAPPER.convertValue(lists.get("conditionNumbers"), double[].class);
        double[] energies = MAPPER.convertValue(lists.get("energies"), double[].class);
        int[] shown = Thinning.rows(List.of(), conditionNumbers, energies, rows);
        json.writeStartObject();
        json.writeStringField("name", name);
        writeArray("examples", at(shown, examples), true);
        writeArray(Column.AVERAGE_CONDITION_NUMBER.title(), at(shown, conditionNumbers), false);
        writeArray(Column.CUMULATIVE_ENERGY.title(), at(shown, energies), false);
        json.writeEndObject();
    }

    private void writeArray(String name, double[] values, boolean count) throws IOException {
        json.writeArrayFieldStart(name);
        for (double value : values) {
            if (count) {
                json.writeNumber((long) value);
            } else {
                json.writeNumber(value);
            }
        }
        json.writeEndArray();
    }

    private static double[] at(int[] indices, double[] values) {
        return Arrays.stream(indices).mapToDouble(index -> values[index]).toArray();
    }

    private static int between(int least, int value, int most) {
        return Math.max(least, Math.min(value, most));
    }
}
