package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * A history as JSON, to the last bit: also what follows from the figures to rounding only, and the iterations since the last
 * measurement, which the files of the sinks do not hold. Gram matrices are left out.
 */
final class HistoryJson {

    private static final int VERSION = 1;

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private HistoryJson() {}

    /** The file's own structure: names of fields are the format. */
    @JsonAutoDetect(fieldVisibility = Visibility.ANY)
    private static final class Content {

        int version;
        boolean whole;
        FisherSummary.State now;
        List<Row> rows;
        Row before;
    }

    @JsonAutoDetect(fieldVisibility = Visibility.ANY)
    private static final class Row {

        /** In the order of {@link Column}, those of the measurement. */
        double[] figures;

        /** See {@link GradientStatistics#unwritten()}. */
        double[] unwritten;

        double[] gradientNorms;
        double[] eigenvalues;
        FisherSummary.State soFar;
    }

    static String write(
            List<FisherMeasurement> measurements,
            List<FisherSummary> summaries,
            FisherSummary now,
            FisherHistory.Recorder.Row before,
            boolean whole) {
        Content content = new Content();
        content.version = VERSION;
        content.whole = whole;
        content.now = now.state();
        content.rows = new ArrayList<>(measurements.size());
        for (int i = 0; i < measurements.size(); i++) {
            content.rows.add(row(measurements.get(i), summaries.get(i)));
        }
        content.before = before == null ? null : row(before.measurement, before.summary);
        try {
            return JSON.writeValueAsString(content);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write a history as JSON: " + e.getMessage(), e);
        }
    }

    private static Row row(FisherMeasurement measurement, FisherSummary summary) {
        Row row = new Row();
        row.figures = measurement.figures();
        row.unwritten = measurement.gradientStatistics().unwritten();
        row.gradientNorms = measurement.gradientStatistics().gradientNorms();
        row.eigenvalues = measurement.eigenvalues();
        row.soFar = summary.state();
        return row;
    }

    static FisherHistory read(String json) {
        Content content;
        try {
            content = JSON.readValue(String.valueOf(json), Content.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Expected a history as JSON, got something else: " + e.getMessage(), e);
        }
        require(content != null, "a history as JSON", null);
        require(content.version == VERSION, "a history of version " + VERSION, content.version);
        require(content.rows != null && content.now != null, "a history with rows and a summary", null);
        List<FisherMeasurement> measurements = new ArrayList<>();
        List<FisherSummary> summaries = new ArrayList<>();
        FisherHistory.Recorder.Row before = content.before == null ? null : read(content.before, null);
        FisherMeasurement last = before == null ? null : before.measurement;
        for (Row row : content.rows) {
            FisherHistory.Recorder.Row read = read(row, last);
            last = read.measurement;
            measurements.add(read.measurement);
            summaries.add(read.summary);
        }
        return new FisherHistory(measurements, summaries, FisherSummary.of(content.now), before, content.whole);
    }

    private static FisherHistory.Recorder.Row read(Row row, FisherMeasurement before) {
        require(
                row != null
                        && row.figures != null
                        && row.unwritten != null
                        && row.gradientNorms != null
                        && row.eigenvalues != null
                        && row.soFar != null,
                "a row with figures, unwritten, gradientNorms, eigenvalues and soFar",
                null);
        Column[] columns = Column.values();
        require(row.figures.length == columns.length, columns.length + " figures in a row", row.figures.length);
        require(
                row.unwritten.length == GradientStatistics.UNWRITTEN,
                GradientStatistics.UNWRITTEN + " unwritten figures in a row",
                row.unwritten.length);
        Figures figures = Figures.none();
        for (Column column : columns) {
            double value = row.figures[column.ordinal()];
            require(
                    !column.isOfMeasurement()
                            || !column.isCount()
                            || value >= column.least && value <= column.most && value == Math.rint(value),
                    "a whole number >= " + column.least + " as " + column.title(),
                    value);
            figures.set(column, value);
        }
        int samples = figures.count(Column.BATCH_SIZE);
        for (double[] values : new double[][] {row.gradientNorms, row.eigenvalues}) {
            require(
                    values.length == 0 || values.length == samples,
                    samples + " norms and eigenvalues, or none",
                    values.length);
        }
        FisherMeasurement measurement = FisherMeasurement.read(
                figures, row.eigenvalues, GradientStatistics.read(figures, row.gradientNorms, row.unwritten));
        require(
                before == null || measurement.iteration() > before.iteration(),
                "iterations that ascend",
                measurement.iteration());
        return new FisherHistory.Recorder.Row(measurement, FisherSummary.of(row.soFar));
    }

    private static void require(boolean holds, String expected, Object got) {
        if (!holds) {
            throw new IllegalArgumentException("Expected " + expected + ", got " + got);
        }
    }
}
