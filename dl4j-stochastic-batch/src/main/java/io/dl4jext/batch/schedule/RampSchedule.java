package io.dl4jext.batch.schedule;

import io.dl4jext.batch.internal.Checks;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** From one size to another, linearly or geometrically. */
final class RampSchedule extends PrintedSchedule {

    private static final long serialVersionUID = 1L;

    private final boolean geometric;
    private final ScheduleType unit;
    private final int from;
    private final int to;
    private final int length;

    @JsonCreator
    RampSchedule(
            @JsonProperty(value = "geometric", required = true) boolean geometric,
            @JsonProperty(value = "unit", required = true) ScheduleType unit,
            @JsonProperty(value = "from", required = true) int from,
            @JsonProperty(value = "to", required = true) int to,
            @JsonProperty(value = "length", required = true) int length) {
        this.geometric = geometric;
        this.unit = requireUnit(unit);
        this.from = Checks.positive("first batch size", from);
        this.to = Checks.positive("last batch size", to);
        this.length = Checks.positive("length in " + plural(unit), length);
    }

    @Override
    public int batchSize(int epoch, int iteration) {
        double part = Math.min(1, time(unit, epoch, iteration) / (double) length);
        return rounded(geometric ? from * Math.pow(to / (double) from, part) : from + ((double) to - from) * part);
    }

    @Override
    public String toString() {
        return (geometric ? "geometric" : "linear") + "(from=" + from + ", to=" + to + ", " + plural(unit) + "="
                + length + ")";
    }
}
