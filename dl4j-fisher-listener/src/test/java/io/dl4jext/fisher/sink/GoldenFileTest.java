package io.dl4jext.fisher.sink;

import static io.dl4jext.fisher.FisherMeasurements.measurement;
import static io.dl4jext.fisher.FisherMeasurements.summary;
import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files, byte for byte but for the lines that name versions: names, order and numbers stay what users' programs read. */
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
