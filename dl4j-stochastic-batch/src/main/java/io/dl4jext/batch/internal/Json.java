package io.dl4jext.batch.internal;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nd4j.shade.jackson.annotation.JsonSetter;
import org.nd4j.shade.jackson.annotation.Nulls;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.core.JsonToken;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JavaType;
import org.nd4j.shade.jackson.databind.JsonMappingException;
import org.nd4j.shade.jackson.databind.MapperFeature;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.cfg.MapperConfig;
import org.nd4j.shade.jackson.databind.jsontype.PolymorphicTypeValidator;

/** Writes settings as JSON and reads them, strictly, with messages that say what of. */
public final class Json {

    /** What JSON may name: a class is loaded, and runs, only if it is one of these. */
    private static final Set<String> KNOWN = Set.of(
            "io.dl4jext.batch.control.BeaconFollower",
            "io.dl4jext.batch.control.Cabs",
            "io.dl4jext.batch.control.InnerProductTest",
            "io.dl4jext.batch.control.NoiseScale",
            "io.dl4jext.batch.control.NormTest",
            "io.dl4jext.batch.schedule.DoublingSchedule",
            "io.dl4jext.batch.schedule.MultiStepBatches",
            "io.dl4jext.batch.schedule.PiecewiseSchedule",
            "io.dl4jext.batch.schedule.RampSchedule",
            "io.dl4jext.batch.schedule.RateDrivenSchedule",
            "io.dl4jext.batch.schedule.StagedSchedule",
            "io.dl4jext.batch.schedule.WarmUpBatches",
            "io.dl4jext.schedule.BatchMomentumSchedule",
            "io.dl4jext.schedule.LinearDecaySchedule",
            "io.dl4jext.schedule.MultiStepSchedule",
            "io.dl4jext.schedule.SigmoidAnnealingSchedule",
            "io.dl4jext.schedule.WarmUpSchedule",
            "org.nd4j.linalg.schedule.CycleSchedule",
            "org.nd4j.linalg.schedule.ExponentialSchedule",
            "org.nd4j.linalg.schedule.FixedSchedule",
            "org.nd4j.linalg.schedule.InverseSchedule",
            "org.nd4j.linalg.schedule.MapSchedule",
            "org.nd4j.linalg.schedule.PolySchedule",
            "org.nd4j.linalg.schedule.RampSchedule",
            "org.nd4j.linalg.schedule.SigmoidSchedule",
            "org.nd4j.linalg.schedule.StepSchedule");

    /** Far more than any settings have, far less than what overflows a stack. */
    private static final int MOST_LEVELS = 100;

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            // The messages below quote the JSON themselves.
            .disable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
            .setDefaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL));

    private Json() {}

    /**
     * @param type what it is to be read as
     * @param what for the message, such as "batch schedule"
     * @throws IllegalArgumentException if Jackson cannot write it, or could not read what it wrote: a lambda within
     */
    public static String write(Object settings, Class<?> type, String what) {
        try {
            String json = JSON.writeValueAsString(settings);
            reader(settings.getClass()).readValue(json, type);
            return json;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Cannot write the " + what + " " + settings + ": " + e.getMessage(), e);
        }
    }

    /**
     * @param what for the message, such as "batch schedule"
     * @param own classes that JSON may name besides those of this pack and ND4J's schedules
     * @throws IllegalArgumentException if it is something else; the message names the value and the place
     */
    public static <T> T read(String json, Class<T> type, String what, Class<?>... own) {
        String text = String.valueOf(json);
        T settings;
        try {
            requireFewLevels(text);
            settings = reader(own).setPolymorphicTypeValidator(new Named(own)).readValue(text, type);
        } catch (IOException e) {
            String shown = text.length() <= 300 ? text : text.substring(0, 300) + "…";
            throw new IllegalArgumentException("Cannot read the " + what + " " + shown + ": " + e.getMessage(), e);
        }
        if (settings == null) {
            throw new IllegalArgumentException("Expected a " + what + " as JSON, got null");
        }
        return settings;
    }

    private static ObjectMapper reader(Class<?>... own) {
        return JSON.copy().setTypeFactory(JSON.getTypeFactory().withClassLoader(new Loader(own)));
    }

    /** Before anything that takes a call for each. */
    private static void requireFewLevels(String json) throws IOException {
        try (JsonParser in = JSON.getFactory().createParser(json)) {
            int level = 0;
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                level += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (level > MOST_LEVELS) {
                    throw JsonMappingException.from(in, "Expected at most " + MOST_LEVELS + " levels, got more");
                }
            }
        }
    }

    /**
     * @return the argument
     * @throws IllegalArgumentException if it is a lambda, which has no name to be read by
     */
    public static <T> T named(T settings, String what) {
        if (settings.getClass().isSynthetic()) {
            throw new IllegalArgumentException("Expected a " + what + " of a named class, got the lambda " + settings);
        }
        return settings;
    }

    /**
     * Finds the classes that it was given, whoever loaded them; the others where this pack's are, with those given, and
     * where the thread's are. A user's classes may be in a loader that this pack and the thread know nothing of.
     */
    private static final class Loader extends ClassLoader {

        private final Map<String, Class<?>> own = new HashMap<>();

        Loader(Class<?>... own) {
            super(Json.class.getClassLoader());
            Arrays.stream(own).forEach(one -> this.own.put(one.getName(), one));
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            Class<?> given = own.get(name);
            return given != null ? given : super.loadClass(name, resolve);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            Stream<ClassLoader> beside = own.values().stream().map(Class::getClassLoader);
            List<ClassLoader> loaders = Stream.concat(
                            beside, Stream.of(Thread.currentThread()).map(Thread::getContextClassLoader))
                    .filter(Objects::nonNull)
                    .distinct()
                    .collect(Collectors.toList());
            for (ClassLoader loader : loaders) {
                try {
                    return loader.loadClass(name);
                } catch (ClassNotFoundException e) {
                    // the next one may know it
                }
            }
            throw new ClassNotFoundException(name);
        }
    }

    /** Refuses a class by its name, before it is loaded. */
    private static final class Named extends PolymorphicTypeValidator.Base {

        private static final long serialVersionUID = 1L;

        private final HashSet<String> names = new HashSet<>(KNOWN);

        Named(Class<?>... own) {
            Arrays.stream(own).map(Class::getName).forEach(names::add);
        }

        @Override
        public Validity validateSubClassName(MapperConfig<?> config, JavaType base, String name)
                throws JsonMappingException {
            if (!names.contains(name)) {
                throw JsonMappingException.from(
                        (JsonParser) null,
                        "Expected the " + base.getRawClass().getSimpleName()
                                + " of this pack or ND4J, or a class handed to fromJson, got " + name);
            }
            return Validity.ALLOWED;
        }
    }
}
