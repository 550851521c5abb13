package io.dl4jext.batch.internal.scaling;

import java.io.IOException;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.core.JsonGenerator;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonSerializer;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.SerializerProvider;
import org.nd4j.shade.jackson.databind.jsontype.TypeSerializer;
import org.nd4j.shade.jackson.databind.module.SimpleModule;

/** Writes in the place of a schedule its number in a list, to which it is added. */
final class SchedulesOfUpdater extends JsonSerializer<ISchedule> {

    private static final ObjectMapper JSON = NeuralNetConfiguration.mapper()
            .copy()
            .registerModule(new SimpleModule().addSerializer(ISchedule.class, new SchedulesOfUpdater()));

    /** An updater as DL4J saves it, but for its schedules, which are added to the list. */
    static String write(IUpdater updater, List<ISchedule> schedules) throws JsonProcessingException {
        return JSON.writer().withAttribute(SchedulesOfUpdater.class, schedules).writeValueAsString(updater);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void serialize(ISchedule schedule, JsonGenerator out, SerializerProvider serializers) throws IOException {
        List<ISchedule> schedules = (List<ISchedule>) serializers.getAttribute(SchedulesOfUpdater.class);
        out.writeNumber(schedules.size());
        schedules.add(schedule);
    }

    @Override
    public void serializeWithType(
            ISchedule schedule, JsonGenerator out, SerializerProvider serializers, TypeSerializer type)
            throws IOException {
        serialize(schedule, out, serializers);
    }
}
