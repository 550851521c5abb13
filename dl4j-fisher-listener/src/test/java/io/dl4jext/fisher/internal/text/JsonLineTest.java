package io.dl4jext.fisher.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherMeasurements;
import io.dl4jext.fisher.sink.JsonLinesSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** What a line of a file may hold, and that nothing overflows the stack on one of ours that holds it. */
class JsonLineTest {

    /** Deep enough for Jackson's trees to overflow the stack of any thread. */
    private static final int DEEP = 1_000_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":", "{\"run\":[", "[{\"a\":"})
    void deepNestingIsNone(String level) {
        assertThat(JsonLine.parse(JSON, level.repeat(DEEP))).isNull();
    }

    @Test
    void deepNestingThatEndsIsNone() {
        assertThat(JsonLine.parse(JSON, "[".repeat(DEEP) + "]".repeat(DEEP))).isNull();
        assertThat(JsonLine.parse(JSON, "[".repeat(11) + "]".repeat(11))).isNull();
        assertThat(JsonLine.parse(JSON, "[".repeat(10) + "]".repeat(10))).isNotNull();
    }

    @Test
    void manyBracketsBesideEachOtherAreJson() {
        assertThat(JsonLine.parse(JSON, "[" + "[],".repeat(DEEP) + "[]]")).hasSize(DEEP + 1);
    }

    @Test
    void longNumbersAreNone() {
        assertThat(JsonLine.parse(JSON, "1".repeat(JsonLine.LONGEST_NUMBER))).isNotNull();
        assertThat(JsonLine.parse(JSON, "1".repeat(JsonLine.LONGEST_NUMBER + 1)))
                .isNull();
        assertThat(JsonLine.parse(JSON, "{\"a\":0." + "1".repeat(JsonLine.LONGEST_NUMBER) + "}"))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"a\":}", "]", "{\"a\":1", "nul", "\"open"})
    void whatIsNoJsonIsNone(String text) {
        assertThat(JsonLine.parse(JSON, text)).isNull();
    }

    @Test
    void aDeepLineInAFileIsAFaultOrLeftOut(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("run.jsonl");
        try (JsonLinesSink sink = new JsonLinesSink(file)) {
            sink.accept(FisherMeasurements.measurement(0, 0, 0.1, 1, 4, 1), FisherMeasurements.summary(1, 2, 0.5));
        }
        String deep = "{\"run\":" + "[".repeat(DEEP);
        Files.writeString(file, deep, StandardOpenOption.APPEND);
        assertThat(FisherHistory.read(file).measurements())
                .as("cut off: left out")
                .hasSize(1);

        JsonLinesSink.appending(file).close();
        assertThat(Files.readString(file)).contains("{\"cut_off\":\"{\\\"run\\\":[[[[");
        assertThat(FisherHistory.read(file).measurements()).hasSize(1);

        Files.writeString(file, deep + "\n");
        assertThatThrownBy(() -> FisherHistory.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 1")
                .hasMessageContaining("expected a JSON object");
        assertThatThrownBy(() -> JsonLinesSink.appending(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected a first line");
    }
}
