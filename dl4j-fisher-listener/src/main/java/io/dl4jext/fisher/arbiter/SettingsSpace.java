package io.dl4jext.fisher.arbiter;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.introspect.BeanPropertyDefinition;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Settings of which some are searched and the others stay: an updater, a learning-rate schedule, a batch schedule,
 * whatever DL4J's JSON can hold.
 *
 * <pre>{@code
 * ParameterSpace<IUpdater> updater = SettingsSpace.of(IUpdater.class, ImplicitSgd.builder().mu(1e-4).build())
 *         .search("learningRate", new ContinuousParameterSpace(0.05, 1.5))
 *         .search("batchMode", new DiscreteParameterSpace<>(BatchMode.values()));
 * ParameterSpace<IUpdater> adaGrad = SettingsSpace.of(IUpdater.class, AdaGradPresets.pyTorch().build())
 *         .search("learningRate", new ContinuousParameterSpace(new LogUniformDistribution(1e-3, 1)));
 * }</pre>
 *
 * <p>A property goes by its name in the settings' JSON, which in this pack, and in ND4J's updaters and schedules, is
 * the name of its getter. The values may be spaces of settings themselves: the schedule of an updater's rate, the rule
 * within an {@code ImplicitSgd}. A candidate is made by the settings' own constructor, with its checks: values that it
 * refuses are a candidate that Arbiter counts as failed, with the message.
 *
 * <p>Immutable but for the indices that Arbiter gives its leaves. As JSON it is the settings and the spaces.
 *
 * @param <T> what is made
 */
public final class SettingsSpace<T> extends CompositeSpace<T> {

    private static final ObjectMapper JSON = NeuralNetConfiguration.mapper();

    private final Class<? extends T> type;
    private final ObjectNode settings;
    private final Map<String, ParameterSpace<?>> searched;

    private SettingsSpace(Class<? extends T> type, ObjectNode settings, Map<String, ParameterSpace<?>> searched) {
        this.type = type;
        this.settings = settings;
        this.searched = searched;
    }

    /**
     * A space of one point, to begin with.
     *
     * @param <T> what is made
     * @param kind what the user of the space expects: {@code IUpdater.class}, {@code ISchedule.class}, …
     * @param settings what is not searched stays as it is here
     * @throws IllegalArgumentException if DL4J's JSON cannot hold the settings, or gives others back
     */
    public static <T> SettingsSpace<T> of(Class<T> kind, T settings) {
        if (kind == null || settings == null) {
            throw new IllegalArgumentException(
                    "Expected a kind of settings and such settings, got " + kind + " and " + settings);
        }
        @SuppressWarnings("unchecked")
        Class<? extends T> type = (Class<? extends T>) settings.getClass();
        if (type.isSynthetic()) {
            throw new IllegalArgumentException("Expected settings of a named class, got the lambda " + settings);
        }
        try {
            JsonNode json = JSON.readTree(JSON.writeValueAsString(settings)); // as it is when it was read
            if (!(json instanceof ObjectNode)) {
                throw new IllegalArgumentException("Expected settings with properties, got " + settings);
            }
            JSON.treeToValue(json, type);
            return new SettingsSpace<>(type, (ObjectNode) json, Map.of());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Expected settings that DL4J's JSON can hold, got " + settings + ": " + e.getOriginalMessage());
        }
    }

    @JsonCreator
    private static SettingsSpace<?> of(
            @JsonProperty(value = "type", required = true) Class<?> type,
            @JsonProperty(value = "settings", required = true) ObjectNode settings,
            @JsonProperty(value = "searched", required = true) Map<String, ParameterSpace<?>> searched) {
        SettingsSpace<?> space = new SettingsSpace<>(type, settings, Map.of());
        for (Map.Entry<String, ParameterSpace<?>> each : searched.entrySet()) {
            space = space.search(each.getKey(), each.getValue());
        }
        return space;
    }

    /**
     * The same space with one more property searched, or searched otherwise.
     *
     * @param property its name in the settings' JSON
     * @param values where its values come from
     * @throws IllegalArgumentException if there is no such property
     */
    public SettingsSpace<T> search(String property, ParameterSpace<?> values) {
        if (property == null || values == null) {
            throw new IllegalArgumentException(
                    "Expected a property and a space of its values, got " + property + " and " + values);
        }
        Set<String> known = properties();
        if (!known.contains(property)) {
            throw new IllegalArgumentException(
                    type.getSimpleName() + " has no property " + property + "; it has " + known);
        }
        Map<String, ParameterSpace<?>> more = new LinkedHashMap<>(searched);
        more.put(property, values);
        return new SettingsSpace<>(type, settings, more);
    }

    private Set<String> properties() {
        Set<String> names = new TreeSet<>();
        settings.fieldNames().forEachRemaining(names::add);
        // What is null now may not be written; and settings that read themselves have no properties to read.
        JSON.getSerializationConfig().introspect(JSON.constructType(type)).findProperties().stream()
                .filter(BeanPropertyDefinition::couldSerialize)
                .forEach(property -> names.add(property.getName()));
        for (BeanPropertyDefinition property : JSON.getDeserializationConfig()
                .introspect(JSON.constructType(type))
                .findProperties()) {
            if (property.couldDeserialize()) {
                names.add(property.getName());
            }
        }
        names.remove("@class");
        return names;
    }

    /**
     * @throws IllegalArgumentException if the settings refuse the values; the message is theirs
     */
    @Override
    public T getValue(double[] parameterValues) {
        ObjectNode candidate = settings.deepCopy();
        searched.forEach(
                (property, space) -> candidate.set(property, JSON.valueToTree(space.getValue(parameterValues))));
        try {
            T made = JSON.treeToValue(candidate, type);
            checkTaken(candidate, made);
            return made;
        } catch (JsonProcessingException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(
                    "No " + type.getSimpleName() + " with " + candidate + ": "
                            + (cause instanceof JsonProcessingException
                                    ? ((JsonProcessingException) cause).getOriginalMessage()
                                    : cause.getMessage()),
                    e);
        }
    }

    /** But for what a float rounds off. */
    private static boolean isOther(double wanted, double got) {
        return Math.abs(wanted - got) > 1e-6 * Math.abs(wanted);
    }

    /** Jackson makes a whole number of a fraction, and 0 of nothing. */
    private void checkTaken(ObjectNode candidate, T made) {
        JsonNode is = JSON.valueToTree(made);
        for (String property : searched.keySet()) {
            JsonNode wanted = candidate.get(property);
            JsonNode got = is.path(property);
            if (got.isNumber()
                    && (wanted.isNull() || wanted.isNumber() && isOther(wanted.asDouble(), got.asDouble()))) {
                throw new IllegalArgumentException("Expected a value that " + type.getSimpleName() + " can have as "
                        + property + ", got " + wanted);
            }
        }
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Map<String, ParameterSpace> getNestedSpaces() {
        return Collections.unmodifiableMap(searched);
    }

    @JsonProperty("type")
    private Class<? extends T> type() {
        return type;
    }

    @JsonProperty("settings")
    private ObjectNode settings() {
        return settings;
    }

    @JsonProperty("searched")
    private Map<String, ParameterSpace<?>> searched() {
        return searched;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SettingsSpace
                && type.equals(((SettingsSpace<?>) other).type)
                && settings.equals(((SettingsSpace<?>) other).settings)
                && searched.equals(((SettingsSpace<?>) other).searched);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new Object[] {type, settings, searched});
    }

    @Override
    public String toString() {
        return type.getSimpleName() + searched;
    }
}
