package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.dl4jext.batch.control.BatchController;
import io.dl4jext.batch.control.NormTest;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherHistory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** Files of a training's state that are cut, altered or made up: read, or refused with a message, soon. */
@Tag("once")
class HostileStatePropertyTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GOLDEN = golden();

    private static String golden() {
        try (InputStream in = HostileStatePropertyTest.class.getResourceAsStream("/checkpoint-version-1.state.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What resume does with it, all parts. */
    private static void read(String text) {
        assertTimeoutPreemptively(LIMIT, () -> {
            try {
                CheckpointState state = CheckpointState.fromJson(text);
                String controller = state.parts.get("controller");
                if (controller != null) {
                    BatchController control = BatchController.builder(new NormTest())
                            .bounds(2, 9)
                            .initialSize(3)
                            .build();
                    control.restore(controller);
                    assertThat(control.batchSize(0, 0)).isBetween(2, 9);
                }
                String fisher = state.parts.get("fisher");
                if (fisher != null) {
                    FisherHistory.fromJson(fisher).toJson();
                }
                String data = state.parts.get("data");
                if (data != null) {
                    for (boolean dynamic : new boolean[] {false, true}) {
                        ListSource source = new ListSource(Nets.data(4, 5, 3));
                        DataPlace.of(
                                        dynamic
                                                ? DynamicBatchIterator.builder(source, BatchSchedule.constant(3))
                                                        .build()
                                                : source)
                                .restore(data, (long) state.iteration + state.epoch, true);
                    }
                }
            } catch (IllegalArgumentException | IllegalStateException e) {
                assertThat(e).hasMessageMatching("(?s)(Cannot read|Expected).{10,1500}");
            }
        });
    }

    @Property(tries = 2000, shrinking = ShrinkingMode.OFF)
    void otherBytes(
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 100_000) Integer> places,
            @ForAll @IntRange(max = 255) int other) {
        byte[] bytes = GOLDEN.getBytes(StandardCharsets.UTF_8);
        for (int place : places) {
            bytes[place % bytes.length] = (byte) other;
        }
        read(new String(bytes, StandardCharsets.UTF_8));
    }

    @Property(tries = 500, shrinking = ShrinkingMode.OFF)
    void cutOff(@ForAll @IntRange(max = 100_000) int length) {
        read(GOLDEN.substring(0, length % GOLDEN.length()));
    }

    @Property(tries = 500, shrinking = ShrinkingMode.OFF)
    void anyText(@ForAll String text) {
        read(text);
    }

    @Provide
    static Arbitrary<String> values() {
        return Arbitraries.of(
                ("null true 0 -1 0.5 2147483647 2147483648 9223372036854775807 1e308 1e999999 '' 'NaN' '7' [] [null]"
                                + " [1e308] {} {'@class':'java.lang.Runtime'} " + "[".repeat(2000) + "]".repeat(2000))
                        .replace('\'', '"')
                        .split(" "));
    }

    /** A value in it, or in a part of it, is another, or is there no more. */
    @Property(tries = 2000, shrinking = ShrinkingMode.OFF)
    void anotherValue(
            @ForAll @IntRange(max = 100_000) int place, @ForAll("values") String value, @ForAll boolean missing)
            throws IOException {
        ObjectNode state = (ObjectNode) JSON.readTree(GOLDEN);
        ObjectNode parts = (ObjectNode) state.get("parts");
        List<String> names = List.of("controller", "data", "fisher");
        for (String name : names) {
            parts.set(name, JSON.readTree(parts.get(name).textValue()));
        }
        List<ObjectNode> objects = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        collect(state, objects, fields);
        int chosen = place % fields.size();
        if (missing) {
            objects.get(chosen).remove(fields.get(chosen));
        } else {
            objects.get(chosen).set(fields.get(chosen), JSON.readTree(value));
        }
        if (state.get("parts") instanceof ObjectNode) {
            for (String name : names) {
                if (parts.has(name)) {
                    parts.put(name, parts.get(name).toString());
                }
            }
        }
        read(state.toString());
    }

    private static void collect(JsonNode node, List<ObjectNode> objects, List<String> fields) {
        if (node instanceof ObjectNode) {
            node.fields().forEachRemaining(field -> {
                objects.add((ObjectNode) node);
                fields.add(field.getKey());
                collect(field.getValue(), objects, fields);
            });
        } else if (node instanceof ArrayNode) {
            node.forEach(element -> collect(element, objects, fields));
        }
    }
}
