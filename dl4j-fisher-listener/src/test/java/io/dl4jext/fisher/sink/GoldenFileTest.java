package io.dl4jext.fisher.sink;

import static io.dl4jext.fisher.FisherMeasurements.diagnosed;
import static io.dl4jext.fisher.FisherMeasurements.measurement;
import static io.dl4jext.fisher.FisherMeasurements.summary;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The files, byte for byte but for the lines that name versions: names, order and numbers stay what users' programs
 * read.
 */
class GoldenFileTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"golden.csv", "golden.jsonl"})
    void measurementsAreWrittenAsEver(String golden) throws IOException {
        Path path = folder.resolve(golden);
        try (FisherSink sink = create(path)) {
            sink.accept(measurement(0, 3, 0.1, 1.0 / 3, 4, 1), summary(1, 2, 0.5));
            sink.accept(measurement(1, 13, 1e-7, 1234567.875, 1e10, 3, 0), summary(2, 28868.5, 1e6 / 7));
            sink.accept(measurement(1, 14, Double.NaN, 1e-300, 0), summary(3, 28868.5, Double.NaN));
            Map<String, Double> traces = new LinkedHashMap<>();
            traces.put("layer 0", 1.0 / 3);
            traces.put("layer 1 'out \"x\"'", Double.NaN);
            sink.accept(diagnosed(15, traces), summary(4, 1, 2));
            sink.accept(
                    measurement(2, 2147483647, 0.5, Double.POSITIVE_INFINITY, Double.NaN, 1),
                    summary(20_000_000, Double.NaN, Double.NEGATIVE_INFINITY));
        }
        assertThat(measurementsIn(Files.readString(path))).isEqualTo(content(golden));
    }

    @ParameterizedTest
    @ValueSource(strings = {"golden.csv", "golden.jsonl"})
    void whatIsReadIsWrittenAgain(String golden) throws IOException {
        Path old = folder.resolve("old");
        Files.writeString(old, content(golden));
        FisherHistory history = FisherHistory.read(old);
        Path path = folder.resolve(golden);
        try (FisherSink sink = create(path)) {
            for (int i = 0; i < history.measurements().size(); i++) {
                sink.accept(history.measurements().get(i), history.summaries().get(i));
            }
        }
        assertThat(measurementsIn(Files.readString(path))).isEqualTo(content(golden));
    }

    /** Files of version 0.1.0, which had fewer columns. */
    @ParameterizedTest
    @ValueSource(strings = {"golden-0.1.0.csv", "golden-0.1.0.jsonl"})
    void filesOfEarlierVersionsAreReadAndContinued(String golden) throws IOException {
        Path old = folder.resolve(golden);
        Files.writeString(old, (golden.endsWith("jsonl") ? "{\"run\":{}}\n" : "") + content(golden));
        FisherHistory history = FisherHistory.read(old);
        assertThat(history.measurements()).hasSize(4);
        assertThat(history.measurements().get(1).trace()).isEqualTo(1e10 + 3);
        assertThat(history.measurements().get(1).effectiveRank()).isNaN();
        assertThat(FisherHistory.fromJson(history.toJson()).toJson()).isEqualTo(history.toJson());

        try (FisherSink sink = golden.endsWith(".csv") ? CsvSink.appending(old) : JsonLinesSink.appending(old)) {
            sink.accept(measurement(3, 2147483647, 0.1, 1, 4, 1), summary(4, 2, 0.5));
        }
        FisherHistory continued = FisherHistory.read(old);
        double last = continued.measurements().get(3).effectiveRank();
        if (golden.endsWith(".csv")) {
            assertThat(last).isNaN();
            assertThat(Files.readAllLines(old))
                    .filteredOn(line -> !line.startsWith("#"))
                    .allMatch(line -> line.split(",").length == 20);
        } else {
            // σ = 2, 1: shares of 2/3 and 1/3.
            assertThat(last).isCloseTo(Math.exp(Math.log(3) - 2 * Math.log(2) / 3), within(1e-12));
        }
    }

    private static FisherSink create(Path path) throws IOException {
        return path.toString().endsWith(".csv") ? new CsvSink(path) : new JsonLinesSink(path);
    }

    private static String content(String golden) throws IOException {
        try (InputStream in = GoldenFileTest.class.getResourceAsStream(golden)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String measurementsIn(String file) {
        return file.lines()
                .filter(line -> !line.startsWith("#") && !line.startsWith("{\"run\""))
                .map(line -> line + '\n')
                .collect(Collectors.joining());
    }
}
