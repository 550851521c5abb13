package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * A history as JSON, to the last bit: also what follows from the figures to rounding only, and the iterations since the
 * last measurement, which the files of the sinks do not hold. Gram matrices are left out.
 */
final class HistoryJson {

    /** Version 1 named no columns: it had the {@linkplain Column#isOfFirstVersion() first ones}. */
    private static final int VERSION = 2;

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private HistoryJson() {}

    /** The JSON's own structure: names of fields are the format, and none may be missing. */
    @JsonAutoDetect(fieldVisibility = Visibility.ANY)
    private static final class Content {

        final int version;
        /** What the figures of a row are, by their titles. */
        final List<String> columns;

        final boolean whole;
        final FisherSummary now;
        final Row before;
        final List<Row> rows;

        @JsonCreator
        Content(
                @JsonProperty(value = "version", required = true) int version,
                @JsonProperty("columns") List<String> columns,
                @JsonProperty(value = "whole", required = true) boolean whole,
                @JsonProperty(value = "now", required = true) FisherSummary now,
                @JsonProperty(value = "before", required = true) Row before,
                @JsonProperty(value = "rows", required = true) List<Row> rows) {
            this.version = version;
            this.columns = columns;
            this.whole = whole;
            this.now = now;
            this.before = before;
            this.rows = rows;
        }
    }

    @JsonAutoDetect(fieldVisibility = Visibility.ANY)
    private static final class Row {

        /** One for each column. */
        final double[] figures;

        /** See {@link GradientStatistics#unwritten()}. */
        final double[] unwritten;

        final double[] gradientNorms;
        final double[] eigenvalues;

        /** Null where they were not taken. */
        @JsonInclude(JsonInclude.Include.NON_NULL)
        final Map<String, Double> layerTraces;

        final FisherSummary soFar;

        @JsonCreator
        Row(
                @JsonProperty(value = "figures", required = true) double[] figures,
                @JsonProperty(value = "unwritten", required = true) double[] unwritten,
                @JsonProperty(value = "gradientNorms", required = true) double[] gradientNorms,
                @JsonProperty(value = "eigenvalues", required = true) double[] eigenvalues,
                @JsonProperty("layerTraces") Map<String, Double> layerTraces,
                @JsonProperty(value = "soFar", required = true) FisherSummary soFar) {
            this.figures = figures;
            this.unwritten = unwritten;
            this.gradientNorms = gradientNorms;
            this.eigenvalues = eigenvalues;
            this.layerTraces = layerTraces;
            this.soFar = soFar;
        }

        Row(FisherHistory.Recorder.Row row) {
            this(
                    row.measurement.figures(),
                    row.measurement.gradientStatistics().unwritten(),
                    row.measurement.gradientStatistics().gradientNorms(),
                    row.measurement.eigenvalues(),
                    row.measurement.layerTraces().isEmpty() ? null : row.measurement.layerTraces(),
                    row.summary);
        }

        FisherHistory.Recorder.Row read(List<Column> columns) {
            if (figures == null || unwritten == null || gradientNorms == null || eigenvalues == null || soFar == null) {
                throw new IllegalArgumentException(
                        "Expected a row with figures, unwritten, gradientNorms, eigenvalues and soFar, got null in one");
            }
            require(figures.length == columns.size(), columns.size() + " figures in a row", figures.length);
            require(
                    unwritten.length == GradientStatistics.UNWRITTEN,
                    GradientStatistics.UNWRITTEN + " unwritten figures in a row",
                    unwritten.length);
            Figures table = Figures.none();
            for (int i = 0; i < figures.length; i++) {
                Column column = columns.get(i);
                double value = figures[i];
                require(
                        !column.isOfMeasurement() || column.holds(value),
                        "a whole number >= " + column.least + " as " + column.title(),
                        value);
                table.set(column, value);
            }
            int samples = table.count(Column.BATCH_SIZE);
            for (double[] values : List.of(gradientNorms, eigenvalues)) {
                require(
                        values.length == 0 || values.length == samples,
                        samples + " norms and eigenvalues, or none",
                        values.length);
            }
            Map<String, Double> traces = layerTraces == null ? Map.of() : layerTraces;
            require(traces.values().stream().noneMatch(Objects::isNull), "numbers as layerTraces", traces);
            FisherMeasurement measurement = FisherMeasurement.read(
                    table, eigenvalues, GradientStatistics.read(table, gradientNorms, unwritten), traces);
            return new FisherHistory.Recorder.Row(measurement, soFar.checked());
        }
    }

    static String write(
            List<FisherHistory.Recorder.Row> rows,
            FisherSummary now,
            FisherHistory.Recorder.Row before,
            boolean whole) {
        List<Row> written = new ArrayList<>(rows.size());
        rows.forEach(row -> written.add(new Row(row)));
        try {
            return JSON.writeValueAsString(
                    new Content(VERSION, titles(), whole, now, before == null ? null : new Row(before), written));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write a history as JSON: " + e.getMessage(), e);
        }
    }

    private static List<String> titles() {
        return Arrays.stream(Column.values()).map(Column::title).collect(Collectors.toList());
    }

    private static List<Column> columns(Content content) {
        List<Column> all = List.of(Column.values());
        if (content.version == 1 && content.columns == null) {
            return all.subList(0, Column.EXAMPLES.ordinal() + 1);
        }
        require(content.version == VERSION, "a history of version 1 or " + VERSION, content.version);
        require(content.columns != null, "columns in a history of version " + VERSION, null);
        List<String> titles = titles();
        List<Column> columns = new ArrayList<>();
        for (String title : content.columns) {
            int place = titles.indexOf(title);
            require(place >= 0 && !columns.contains(all.get(place)), "columns each once of " + titles, title);
            columns.add(all.get(place));
        }
        for (Column column : all) {
            require(!column.isOfFirstVersion() || columns.contains(column), "a column " + column.title(), "none");
        }
        return columns;
    }

    static FisherHistory read(String json) {
        Content content;
        try {
            content = JSON.readValue(String.valueOf(json), Content.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Expected a history as JSON, got something else: " + e.getMessage(), e);
        }
        if (content == null || content.rows == null || content.now == null) {
            throw new IllegalArgumentException("Expected a history with rows and a summary, got null");
        }
        List<Column> columns = columns(content);
        List<FisherMeasurement> measurements = new ArrayList<>();
        List<FisherSummary> summaries = new ArrayList<>();
        FisherHistory.Recorder.Row before = content.before == null ? null : content.before.read(columns);
        FisherMeasurement last = before == null ? null : before.measurement;
        for (Row row : content.rows) {
            require(row != null, "rows", null);
            FisherHistory.Recorder.Row read = row.read(columns);
            require(
                    last == null || read.measurement.iteration() > last.iteration(),
                    "iterations that ascend",
                    read.measurement.iteration());
            last = read.measurement;
            measurements.add(read.measurement);
            summaries.add(read.summary);
        }
        return new FisherHistory(measurements, summaries, content.now.checked(), before, content.whole);
    }

    private static void require(boolean holds, String expected, Object got) {
        if (!holds) {
            throw new IllegalArgumentException("Expected " + expected + ", got " + got);
        }
    }
}
