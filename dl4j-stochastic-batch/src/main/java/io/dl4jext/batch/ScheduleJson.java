package io.dl4jext.batch;

import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Writes schedules as JSON and reads them. */
final class ScheduleJson {

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private ScheduleJson() {}

    static String write(BatchSchedule schedule) {
        if (schedule.getClass().isSynthetic()) {
            throw new IllegalArgumentException("Expected a schedule of a named class, got the lambda " + schedule);
        }
        try {
            return JSON.writeValueAsString(schedule);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Cannot write the batch schedule " + schedule + ": " + e.getMessage(), e);
        }
    }

    static BatchSchedule read(String json) {
        BatchSchedule schedule;
        try {
            schedule = JSON.readValue(String.valueOf(json), BatchSchedule.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Cannot read the batch schedule " + json + ": " + e.getMessage(), e);
        }
        if (schedule == null) {
            throw new IllegalArgumentException("Expected a batch schedule as JSON, got null");
        }
        return schedule;
    }
}
