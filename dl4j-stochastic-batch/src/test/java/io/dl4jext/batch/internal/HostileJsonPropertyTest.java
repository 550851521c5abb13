package io.dl4jext.batch.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.batch.control.BatchController;
import io.dl4jext.batch.control.Cabs;
import io.dl4jext.batch.control.InnerProductTest;
import io.dl4jext.batch.control.NoiseScale;
import io.dl4jext.batch.control.NormTest;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.stochastic.StochasticBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Whatever becomes of the JSON of schedules, controllers and updaters: it is taken as it stands there, or refused by
 * name.
 */
class HostileJsonPropertyTest {

    private static final ObjectMapper DL4J = NeuralNetConfiguration.mapper();
    private static final ObjectMapper PLAIN = new ObjectMapper();

    private static final ScheduleType EPOCH = ScheduleType.EPOCH;

    private static final List<Object> ALL = List.of(
            BatchSchedule.constant(17),
            BatchSchedule.named("s32-to-512-MS", 40, 13, 21),
            BatchSchedule.doubling(8, 512, 9, 33),
            BatchSchedule.multiStep(ScheduleType.ITERATION, 32, 1.5, 100, 200),
            BatchSchedule.geometric(EPOCH, 10, 20, 4000),
            BatchSchedule.piecewise(EPOCH, Map.of(0, 5, 2, 9)),
            BatchSchedule.warmUp(
                    EPOCH, 4, 5, BatchSchedule.insteadOfDecaying(new StepSchedule(EPOCH, 0.1, 0.5, 3), 32, 1, 300)),
            BatchSchedule.insteadOfDecaying(new ExponentialSchedule(EPOCH, 0.1, 0.9), 32, 16, 300),
            BatchSchedule.insteadOfDecaying(new MapSchedule(EPOCH, Map.of(0, 0.1, 5, 0.01)), 32, 16, 300),
            BatchController.builder(new NormTest(0.3)).initialSize(64).build(),
            BatchController.builder(new InnerProductTest(0.9, 5.84))
                    .neverShrink()
                    .build(),
            BatchController.builder(new NoiseScale(0.5))
                    .growthCap(Double.POSITIVE_INFINITY)
                    .build(),
            BatchController.builder(new Cabs(-1)).bounds(8, 64).multipleOf(8).build(),
            BatchController.fromJson(
                    "{\"rule\":{\"@class\":\"io.dl4jext.batch.control.BeaconFollower\",\"beacons\":"
                            + "[{\"examples\":[32,64],\"conditionNumbers\":[2.5,3.0],\"energies\":[0.0,0.125],\"sizes\":[32,32]}]}}"),
            LearningRateScaling.linear(32),
            LearningRateScaling.constantRatio(0.001),
            StochasticBatch.builder().momentum(0.9).seed(1L << 60).build(),
            StochasticBatch.builder()
                    .fixedProbability(0.5)
                    .scaleLearningRate(false)
                    .build());

    @Provide
    static Arbitrary<Object> settings() {
        return Arbitraries.of(ALL);
    }

    @Provide
    static Arbitrary<String> values() {
        return Arbitraries.of(
                ("null true false 0 -0.0 1 -1 0.5 3.5 2147483647 2147483648 -9223372036854775808 9223372036854775808"
                                + " 1e308 1e-320 1e999999 '' '0' '0.5' 'true' 'NaN' 'Infinity' 'EPOCH' 'many' [] [1] [null]"
                                + " [2147483647] [3,2] {} {'0':null} {'0':7} {'x':7} {'@class':null} {'@class':'no.such.Class'}"
                                + " {'@class':'io.dl4jext.batch.internal.Trap'}"
                                + " {'@class':'io.dl4jext.batch.schedule.StagedSchedule'}"
                                + " {'@class':'io.dl4jext.batch.control.NormTest'}"
                                + " {'@class':'org.nd4j.linalg.schedule.FixedSchedule'}"
                                + " {'@class':'org.nd4j.linalg.schedule.RampSchedule','baseSchedule':null,'numIter':0}"
                                + " {'@class':'org.nd4j.linalg.schedule.MapSchedule','scheduleType':'EPOCH','values':{}} "
                                + "[".repeat(300) + "]".repeat(300) + " " + "{'a':".repeat(300) + "1" + "}".repeat(300))
                        .replace('\'', '"')
                        .split(" "));
    }

    @Property(tries = 3000)
    void anotherValue(
            @ForAll("settings") Object settings, @ForAll @IntRange(max = 50) int place, @ForAll("values") String value)
            throws IOException {
        ObjectNode json = tree(settings);
        Place at = Place.number(place, json);
        at.object.set(at.name, PLAIN.readTree(value));
        check(settings, json, at.name);
    }

    @Property(tries = 500)
    void aMissingField(@ForAll("settings") Object settings, @ForAll @IntRange(max = 50) int place) throws IOException {
        ObjectNode json = tree(settings);
        Place at = Place.number(place, json);
        at.object.remove(at.name);
        check(settings, json, at.name);
    }

    @Property(tries = 500)
    void aFieldTooMany(
            @ForAll("settings") Object settings, @ForAll @IntRange(max = 50) int place, @ForAll("values") String value)
            throws IOException {
        ObjectNode json = tree(settings);
        Place.number(place, json).object.set("colour", PLAIN.readTree(value));
        assertThat(read(settings, json.toString(), "colour")).isNull();
    }

    @Property(tries = 2000)
    void otherBytes(
            @ForAll("settings") Object settings,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 100_000) Integer> places,
            @ForAll @IntRange(min = 1, max = 127) int other)
            throws IOException {
        byte[] bytes = tree(settings).toString().getBytes(StandardCharsets.UTF_8);
        for (int place : places) {
            bytes[place % bytes.length] = (byte) other;
        }
        Object read = read(settings, new String(bytes, StandardCharsets.UTF_8), "line: 1|^|Could not resolve");
        if (read != null) {
            checkKept(read);
        }
    }

    private static void check(Object settings, ObjectNode json, String name) throws IOException {
        Object read = read(settings, json.toString(), name);
        if (read != null) {
            checkTaken(PLAIN.readTree(json.toString()), tree(read));
            checkKept(read);
            if (read instanceof BatchSchedule) {
                try {
                    assertThat(((BatchSchedule) read).batchSize(7, 70)).isPositive();
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("Expected a learning rate >= 0, got ");
                }
            }
        }
    }

    private static void checkKept(Object settings) throws IOException {
        assertThat(tree(read(settings, tree(settings).toString(), "nothing"))).isEqualTo(tree(settings));
    }

    private static ObjectNode tree(Object settings) throws IOException {
        return (ObjectNode) PLAIN.readTree(PLAIN.writeValueAsString(settings));
    }

    /** Or null if it is refused. */
    private static Object read(Object settings, String json, String name) {
        try {
            if (settings instanceof BatchSchedule) {
                return BatchSchedule.fromJson(json);
            }
            if (settings instanceof BatchController) {
                return BatchController.fromJson(json);
            }
            return settings instanceof IUpdater
                    ? DL4J.readValue(json, StochasticBatch.class)
                    : DL4J.readValue(json, LearningRateScaling.class);
        } catch (IllegalArgumentException | JsonProcessingException e) {
            // Of two settings that exclude each other the message may name the other one.
            assertThat(e.getMessage()).matches("(?s).*([Ee]xpected .+, got .+|" + name + ").*");
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                assertThat(cause).isNotInstanceOf(Error.class);
            }
            return null;
        } finally {
            assertThat(System.getProperty("io.dl4jext.batch.internal.Trap")).isNull();
        }
    }

    private static void checkTaken(JsonNode given, JsonNode read) {
        given.fields().forEachRemaining(field -> {
            String name = field.getKey();
            JsonNode value = field.getValue();
            JsonNode is = read.path(name);
            // A controller's bounds become multiples.
            boolean idle = name.equals("learningRate") && given.has("learningRateSchedule")
                    || name.equals("min")
                    || name.equals("max");
            if (value.isObject()) {
                checkTaken(value, is);
            } else if (value.isNull()) {
                assertThat(is.isNull() || is.isMissingNode()).as("%s", given).isTrue();
            } else if (!idle) {
                Comparator<JsonNode> byValue = (one, other) -> one.equals(other)
                                || one.isNumber() && other.isNumber() && one.doubleValue() == other.doubleValue()
                        ? 0
                        : 1;
                assertThat(value.equals(byValue, is))
                        .as("%s: %s in %s", name, is, given)
                        .isTrue();
            }
        });
    }

    /** A field, at any level. */
    private static final class Place {

        private final ObjectNode object;
        private final String name;

        private Place(ObjectNode object, String name) {
            this.object = object;
            this.name = name;
        }

        static Place number(int number, ObjectNode root) {
            List<Place> all = new ArrayList<>();
            collect(root, all);
            return all.get(number % all.size());
        }

        private static void collect(ObjectNode object, List<Place> all) {
            object.fields().forEachRemaining(field -> {
                all.add(new Place(object, field.getKey()));
                JsonNode value = field.getValue().isArray() ? field.getValue().path(0) : field.getValue();
                if (value.isObject()) {
                    collect((ObjectNode) value, all);
                }
            });
        }
    }
}
