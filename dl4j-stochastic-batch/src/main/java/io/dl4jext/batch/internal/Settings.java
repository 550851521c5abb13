package io.dl4jext.batch.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.core.JsonToken;
import org.nd4j.shade.jackson.databind.DeserializationConfig;
import org.nd4j.shade.jackson.databind.DeserializationContext;
import org.nd4j.shade.jackson.databind.JsonDeserializer;
import org.nd4j.shade.jackson.databind.JsonMappingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.annotation.JsonDeserialize;
import org.nd4j.shade.jackson.databind.jsontype.PolymorphicTypeValidator.Validity;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.BooleanNode;
import org.nd4j.shade.jackson.databind.node.DoubleNode;
import org.nd4j.shade.jackson.databind.node.JsonNodeFactory;
import org.nd4j.shade.jackson.databind.node.LongNode;
import org.nd4j.shade.jackson.databind.node.NullNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import org.nd4j.shade.jackson.databind.node.TextNode;

/**
 * The settings of one object as JSON has them, to be handed to its builder one by one. DL4J's mapper makes 0, false or
 * null of what is missing or of another type, and skips what it does not know; here a missing setting is the builder's
 * default, and all else is refused. (As in {@code dl4j-implicit-updater}; neither module needs the other.)
 *
 * <pre>{@code
 * @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
 * private static StochasticBatch of(Settings json) {
 *     Builder builder = builder();
 *     json.number("alpha", builder::alpha).end();
 *     return builder.build();
 * }
 * }</pre>
 */
@JsonDeserialize(using = Settings.Reader.class)
public final class Settings {

    /** Far more than any configuration has, far less than what overflows a stack. */
    private static final int MOST_LEVELS = 100;

    /** As Jackson writes them. */
    private static final Set<String> NOT_FINITE = Set.of("NaN", "Infinity", "-Infinity");

    private final ObjectNode all;
    private final JsonParser parser;
    private final DeserializationConfig config;

    private Settings(ObjectNode all, JsonParser parser, DeserializationConfig config) {
        this.all = all;
        this.parser = parser;
        this.config = config;
    }

    private boolean has(String name) {
        return all.has(name);
    }

    /** Where null stands for none. */
    private boolean isGiven(String name) {
        if (all.path(name).isNull()) {
            all.remove(name);
        }
        return has(name);
    }

    /** Hands the number over if it is there. */
    public Settings number(String name, DoubleConsumer setter) {
        if (has(name)) {
            setter.accept(number(name));
        }
        return this;
    }

    /** Hands the whole number over if it is there. */
    public Settings count(String name, IntConsumer setter) {
        if (has(name)) {
            setter.accept(count(name));
        }
        return this;
    }

    /** Hands the whole number over if it is there. */
    public Settings whole(String name, LongConsumer setter) {
        if (has(name)) {
            setter.accept(whole(name));
        }
        return this;
    }

    /** Hands true or false over if it is there. */
    public Settings flag(String name, Consumer<Boolean> setter) {
        if (has(name)) {
            setter.accept(flag(name));
        }
        return this;
    }

    /** Hands the constant over if it is there. */
    public <E extends Enum<E>> Settings choice(String name, Class<E> type, Consumer<E> setter) {
        if (has(name)) {
            setter.accept(choice(name, type));
        }
        return this;
    }

    /** Hands the object over if it is there; null stands for none. */
    public <T> Settings object(String name, Class<T> type, Consumer<T> setter) {
        if (isGiven(name)) {
            setter.accept(object(name, type));
        }
        return this;
    }

    /** Null where there is none. */
    public Double numberOrNull(String name) {
        return isGiven(name) ? (Double) number(name) : null;
    }

    /** Null where there is none. */
    public Integer countOrNull(String name) {
        return isGiven(name) ? (Integer) count(name) : null;
    }

    public double number(String name, double otherwise) {
        return has(name) ? number(name) : otherwise;
    }

    public double number(String name) {
        JsonNode value = take(name);
        if (value.isTextual() && NOT_FINITE.contains(value.textValue())) {
            return Double.parseDouble(value.textValue());
        }
        return require(value.isNumber(), name, "a number", value).doubleValue();
    }

    public int count(String name) {
        return count(name, take(name));
    }

    private static int count(String name, JsonNode value) {
        return require(value.isIntegralNumber() && value.canConvertToInt(), name, "a whole number up to 2^31", value)
                .intValue();
    }

    public long whole(String name) {
        JsonNode value = take(name);
        return require(value.isIntegralNumber(), name, "a whole number up to 2^63", value)
                .longValue();
    }

    public int[] counts(String name) {
        JsonNode values = take(name);
        require(values.isArray(), name, "a list of whole numbers", values);
        int[] counts = new int[values.size()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = count(name + "[" + i + "]", values.get(i));
        }
        return counts;
    }

    public boolean flag(String name) {
        JsonNode value = take(name);
        return require(value.isBoolean(), name, "true or false", value).booleanValue();
    }

    /** Counts by their counts. */
    public Map<Integer, Integer> countsByCount(String name) {
        JsonNode values = take(name);
        require(values.isObject(), name, "an object of whole numbers by whole numbers", values);
        Map<Integer, Integer> counts = new TreeMap<>();
        values.fields().forEachRemaining(entry -> {
            String place = name + "[\"" + entry.getKey() + "\"]";
            try {
                counts.put(Integer.valueOf(entry.getKey()), count(place, entry.getValue()));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "Expected a whole number as a key of " + name + ", got \"" + entry.getKey() + "\"", e);
            }
        });
        return counts;
    }

    public <E extends Enum<E>> E choice(String name, Class<E> type) {
        JsonNode value = take(name);
        for (E constant : type.getEnumConstants()) {
            if (value.isTextual() && value.textValue().equals(constant.name())) {
                return constant;
            }
        }
        throw refusal(name, "one of " + Arrays.toString(type.getEnumConstants()), value);
    }

    /** Objects of one class. */
    public <T> List<T> list(String name, Class<T> type) {
        JsonNode values = take(name);
        require(values.isArray(), name, "a list", values);
        List<T> list = new ArrayList<>();
        for (JsonNode value : values) {
            String place = name + "[" + list.size() + "]";
            require(value.isObject(), place, "a " + type.getSimpleName(), value);
            list.add(read(place, value, type));
        }
        return list;
    }

    /** An object of a class that JSON names, as {@code ISchedule} and {@code IUpdater} have it. */
    public <T> T object(String name, Class<T> type) {
        JsonNode value = take(name);
        requireClass(name, value, type);
        return read(name, value, type);
    }

    private <T> T read(String name, JsonNode value, Class<T> type) {
        try {
            return parser.getCodec().treeToValue(value, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(name + place(e) + ": " + e.getOriginalMessage(), e);
        }
    }

    /** Where in an object Jackson met the problem. */
    private static String place(JsonProcessingException e) {
        StringBuilder place = new StringBuilder();
        if (e instanceof JsonMappingException) {
            for (JsonMappingException.Reference step : ((JsonMappingException) e).getPath()) {
                place.append(step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName());
            }
        }
        return place.toString();
    }

    /**
     * Jackson initialises the class before it looks at its type; a class of another type is refused here, untouched.
     */
    private void requireClass(String name, JsonNode value, Class<?> type) {
        JsonNode named = value.path("@class");
        String expected = "an object of type " + type.getSimpleName() + " with its @class";
        require(named.isTextual(), name, expected, value);
        try {
            Validity validity = config.getPolymorphicTypeValidator()
                    .validateSubClassName(config, config.constructType(type), named.textValue());
            require(validity != Validity.DENIED && isOf(type, named.textValue()), name, expected, named);
        } catch (JsonMappingException e) {
            throw new IllegalArgumentException(name + ": " + e.getOriginalMessage(), e);
        }
    }

    private boolean isOf(Class<?> type, String name) {
        for (ClassLoader loader : new ClassLoader[] {
            config.getTypeFactory().getClassLoader(),
            Thread.currentThread().getContextClassLoader(),
            Settings.class.getClassLoader()
        }) {
            try {
                return type.isAssignableFrom(Class.forName(name, false, loader));
            } catch (ClassNotFoundException | LinkageError e) {
                // the next one may know it
            }
        }
        return false;
    }

    /** @throws IllegalArgumentException if there are settings that nobody has taken */
    public void end() {
        if (!all.isEmpty()) {
            throw unknown(all.fieldNames().next());
        }
    }

    private IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("Expected no setting " + name + ", got " + shown(all.get(name)));
    }

    private JsonNode take(String name) {
        JsonNode value = all.remove(name);
        if (value == null) {
            throw new IllegalArgumentException("Expected a setting " + name + ", got none");
        }
        return value;
    }

    private static JsonNode require(boolean condition, String name, String expected, JsonNode got) {
        if (!condition) {
            throw refusal(name, expected, got);
        }
        return got;
    }

    private static IllegalArgumentException refusal(String name, String expected, JsonNode got) {
        return new IllegalArgumentException("Expected " + name + " to be " + expected + ", got " + shown(got));
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    /** Reads an object, whose first bracket and {@code @class} Jackson may have read already. */
    static final class Reader extends JsonDeserializer<Settings> {

        @Override
        public Settings deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (in.hasToken(JsonToken.START_OBJECT)) {
                in.nextToken();
            }
            if (!in.hasToken(JsonToken.FIELD_NAME) && !in.hasToken(JsonToken.END_OBJECT)) {
                throw JsonMappingException.from(in, "Expected an object with settings, got " + in.getText());
            }
            return new Settings(object(in, 1), in, context.getConfig());
        }

        private static ObjectNode object(JsonParser in, int level) throws IOException {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            for (; in.hasToken(JsonToken.FIELD_NAME); in.nextToken()) {
                String name = in.getCurrentName();
                in.nextToken();
                JsonNode before = object.replace(name, value(in, level));
                if (before != null) {
                    throw JsonMappingException.from(
                            in, "Expected one " + name + ", got " + shown(before) + " and " + shown(object.get(name)));
                }
            }
            return object;
        }

        private static JsonNode value(JsonParser in, int level) throws IOException {
            if (level > MOST_LEVELS) {
                throw JsonMappingException.from(in, "Expected at most " + MOST_LEVELS + " levels, got more");
            }
            switch (in.currentToken()) {
                case START_OBJECT:
                    // YAML has the class beside the object, not in it.
                    Object type = in.canReadTypeId() ? in.getTypeId() : null;
                    in.nextToken();
                    ObjectNode object = object(in, level + 1);
                    return type == null ? object : object.put("@class", type.toString());
                case START_ARRAY:
                    ArrayNode array = JsonNodeFactory.instance.arrayNode();
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        array.add(value(in, level + 1));
                    }
                    return array;
                case VALUE_TRUE:
                case VALUE_FALSE:
                    return BooleanNode.valueOf(in.getBooleanValue());
                case VALUE_NULL:
                    return NullNode.getInstance();
                case VALUE_NUMBER_INT:
                    return in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                            ? DoubleNode.valueOf(in.getDoubleValue())
                            : LongNode.valueOf(in.getLongValue());
                case VALUE_NUMBER_FLOAT:
                    return DoubleNode.valueOf(in.getDoubleValue());
                default:
                    return TextNode.valueOf(in.getText());
            }
        }
    }
}
