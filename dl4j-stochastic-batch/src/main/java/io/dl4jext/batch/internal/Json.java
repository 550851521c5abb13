package io.dl4jext.batch.internal;

import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Writes settings as JSON and reads them, strictly, with messages that say what of. */
public final class Json {

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private Json() {}

    /**
     * @param type what it is to be read as
     * @param what for the message, such as "batch schedule"
     * @throws IllegalArgumentException if Jackson cannot write it, or could not read what it wrote: a lambda within
     */
    public static String write(Object settings, Class<?> type, String what) {
        try {
            String json = JSON.writeValueAsString(settings);
            JSON.readValue(json, type);
            return json;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Cannot write the " + what + " " + settings + ": " + e.getMessage(), e);
        }
    }

    /**
     * @param what for the message, such as "batch schedule"
     * @throws IllegalArgumentException if it is something else; the message names the value and the place
     */
    public static <T> T read(String json, Class<T> type, String what) {
        String text = String.valueOf(json);
        T settings;
        try {
            settings = JSON.readValue(text, type);
        } catch (JsonProcessingException e) {
            String shown = text.length() <= 300 ? text : text.substring(0, 300) + "…";
            throw new IllegalArgumentException(
                    "Cannot read the " + what + " " + shown + ": " + e.getOriginalMessage(), e);
        }
        if (settings == null) {
            throw new IllegalArgumentException("Expected a " + what + " as JSON, got null");
        }
        return settings;
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
}
