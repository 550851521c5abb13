package io.dl4jext.updater.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.implicit.ImplicitSgd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** Whatever becomes of a configuration's JSON: it is taken as it stands there, or refused by name. */
class HostileSettingsPropertyTest {

    private static final ObjectMapper DL4J = NeuralNetConfiguration.mapper();

    @Provide
    static Arbitrary<Object> configurations() {
        return Arbitraries.of(Configurations.ALL);
    }

    @Provide
    static Arbitrary<String> values() {
        return Arbitraries.of(
                "null",
                "true",
                "false",
                "0",
                "-0.0",
                "1",
                "-1",
                "0.5",
                "3.5",
                "2147483647",
                "2147483648",
                "-9223372036854775808",
                "9223372036854775808",
                "1e308",
                "1e-320",
                "1e999999",
                "\"\"",
                "\"0\"",
                "\"0.5\"",
                "\"true\"",
                "\"NaN\"",
                "\"Infinity\"",
                "\"EPOCH\"",
                "\"many\"",
                "[]",
                "[1]",
                "[null]",
                "{}",
                "{\"@class\":\"" + Trap.class.getName() + "\"}",
                "{\"@class\":\"no.such.Class\"}",
                "{\"@class\":null}",
                "{\"@class\":\"[I\"}",
                "{\"@class\":\"io.dl4jext.implicit.ImplicitSgd\"}",
                "{\"@class\":\"io.dl4jext.schedule.LinearDecaySchedule\"}",
                "[".repeat(300) + "]".repeat(300),
                "{\"a\":".repeat(300) + "1" + "}".repeat(300));
    }

    @Property(tries = 3000)
    void anotherValue(
            @ForAll("configurations") Object configuration,
            @ForAll @IntRange(max = 50) int place,
            @ForAll("values") String value)
            throws IOException {
        ObjectNode json = tree(configuration);
        Place at = Place.number(place, json);
        at.object.set(at.name, DL4J.readTree(value));
        check(configuration, json, at);
    }

    @Property(tries = 500)
    void aMissingField(@ForAll("configurations") Object configuration, @ForAll @IntRange(max = 50) int place)
            throws IOException {
        ObjectNode json = tree(configuration);
        Place at = Place.number(place, json);
        at.object.remove(at.name);
        check(configuration, json, at);
    }

    @Property(tries = 500)
    void aFieldTooMany(
            @ForAll("configurations") Object configuration,
            @ForAll @IntRange(max = 50) int place,
            @ForAll("values") String value)
            throws IOException {
        ObjectNode json = tree(configuration);
        Place at = new Place(Place.number(place, json).object, "colour");
        at.object.set(at.name, DL4J.readTree(value));
        if (isOurs(at.object)) {
            assertThat(read(configuration, json.toString(), at)).isNull();
        }
    }

    @Property(tries = 2000)
    void otherBytes(
            @ForAll("configurations") Object configuration,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 100_000) Integer> places,
            @ForAll @IntRange(min = 1, max = 127) int other)
            throws IOException {
        byte[] bytes = tree(configuration).toString().getBytes(StandardCharsets.UTF_8);
        int behindClass =
                "{\"@class\":\"\"".length() + configuration.getClass().getName().length();
        for (int place : places) {
            // A class of another name is Jackson's to find.
            if (behindClass < bytes.length) {
                bytes[behindClass + place % (bytes.length - behindClass)] = (byte) other;
            }
        }
        Object read = read(configuration, new String(bytes, StandardCharsets.UTF_8), null);
        if (read != null) {
            assertThat(DL4J.readValue(DL4J.writeValueAsString(read), Configurations.kind(configuration)))
                    .isEqualTo(read);
        }
    }

    private static void check(Object configuration, ObjectNode json, Place at) throws IOException {
        Object read = read(configuration, json.toString(), at);
        if (read != null) {
            checkTaken(DL4J.readTree(json.toString()), tree(read));
            assertThat(DL4J.readValue(DL4J.writeValueAsString(read), Configurations.kind(configuration)))
                    .isEqualTo(read);
        }
    }

    private static ObjectNode tree(Object configuration) throws IOException {
        return (ObjectNode) DL4J.readTree(DL4J.writeValueAsString(configuration));
    }

    /** Or null if it is refused. */
    private static Object read(Object configuration, String json, Place at) {
        try {
            Object read = DL4J.readValue(json, Configurations.kind(configuration));
            assertThat(System.getProperty(Trap.class.getName())).isNull();
            return read;
        } catch (JsonProcessingException e) {
            // Of two settings that exclude each other the message may name the other one.
            assertThat(e.getOriginalMessage() + Settings.place(e))
                    .matches("(?s).*([Ee]xpected .+, got .+" + (at == null ? "|line: 1|^" : "|" + at.name) + ").*");
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                assertThat(cause).isNotInstanceOf(Error.class);
            }
            return null;
        }
    }

    /**
     * Every scalar of ours, but for a rate beside a schedule or rule, which does not count, and an updater for the bias
     * that is the layer's ImplicitSgd at another rate.
     */
    private static void checkTaken(JsonNode given, JsonNode read) {
        given.fields().forEachRemaining(field -> {
            JsonNode value = field.getValue();
            JsonNode is = read.path(field.getKey());
            boolean idle =
                    field.getKey().equals("learningRate") && (given.has("learningRateSchedule") || given.has("rule"));
            boolean former = field.getKey().equals("biasUpdater") && isImplicitSgd(value) && is.isNull();
            if (former) {
                assertThat(isImplicitSgd(given.path("iupdater")))
                        .as("%s", given)
                        .isTrue();
            } else if (value.isObject() && isOurs(value)) {
                checkTaken(value, is);
            } else if (value.isNull()) {
                assertThat(is.isNull() || is.isMissingNode()).as("%s", given).isTrue();
            } else if (value.isNumber() && !idle) {
                assertThat(is.isNumber() && is.doubleValue() == value.doubleValue())
                        .as("%s: %s in %s", field.getKey(), is, given)
                        .isTrue();
            } else if (value.isValueNode() && !idle) {
                assertThat(is).as("%s in %s", field.getKey(), given).isEqualTo(value);
            }
        });
    }

    private static boolean isImplicitSgd(JsonNode object) {
        return object.path("@class").asText().equals(ImplicitSgd.class.getName());
    }

    private static boolean isOurs(JsonNode object) {
        return object.path("@class").asText().startsWith("io.dl4jext.");
    }

    /** A field of a configuration of ours, or of one within it. */
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
            return all.isEmpty() ? new Place(root, "nothing") : all.get(number % all.size());
        }

        private static void collect(ObjectNode object, List<Place> all) {
            object.fields().forEachRemaining(field -> {
                if (!field.getKey().equals("@class")) {
                    all.add(new Place(object, field.getKey()));
                }
                if (field.getValue().isObject() && isOurs(field.getValue())) {
                    collect((ObjectNode) field.getValue(), all);
                }
            });
        }
    }
}
