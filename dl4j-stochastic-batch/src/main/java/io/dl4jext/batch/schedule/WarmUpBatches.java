package io.dl4jext.batch.schedule;

import io.dl4jext.batch.internal.Checks;
import java.util.Objects;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Another schedule, reached linearly from a size of its own. */
final class WarmUpBatches extends PrintedSchedule {

    private static final long serialVersionUID = 1L;

    private final ScheduleType unit;
    private final int from;
    private final int length;
    private final BatchSchedule then;

    @JsonCreator
    WarmUpBatches(
            @JsonProperty(value = "unit", required = true) ScheduleType unit,
            @JsonProperty(value = "from", required = true) int from,
            @JsonProperty(value = "length", required = true) int length,
            @JsonProperty(value = "then", required = true) BatchSchedule then) {
        this.unit = requireUnit(unit);
        this.from = Checks.positive("first batch size", from);
        this.length = Checks.positive("length in " + plural(unit), length);
        this.then = Objects.requireNonNull(then, "then");
    }

    @Override
    public int batchSize(int epoch, int iteration) {
        int time = time(unit, epoch, iteration);
        int size = then.batchSize(epoch, iteration);
        return time >= length ? size : rounded(from + ((double) size - from) * time / length);
    }

    @Override
    public String toString() {
        return "warm-up(from=" + from + ", " + plural(unit) + "=" + length + ", then=" + then + ")";
    }
}
