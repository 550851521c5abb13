package io.dl4jext.batch.schedule;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Settings;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/** From one size to another, linearly or geometrically. */
final class RampSchedule extends PrintedSchedule {

    private static final long serialVersionUID = 1L;

    private final boolean geometric;
    private final ScheduleType unit;
    private final int from;
    private final int to;
    private final int length;

    RampSchedule(boolean geometric, ScheduleType unit, int from, int to, int length) {
        this.geometric = geometric;
        this.unit = requireUnit(unit);
        this.from = Checks.positive("first batch size", from);
        this.to = Checks.positive("last batch size", to);
        this.length = Checks.positive("length in " + plural(unit), length);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static RampSchedule of(Settings json) {
        RampSchedule read = new RampSchedule(
                json.flag("geometric"),
                json.choice("unit", ScheduleType.class),
                json.count("from"),
                json.count("to"),
                json.count("length"));
        json.end();
        return read;
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
