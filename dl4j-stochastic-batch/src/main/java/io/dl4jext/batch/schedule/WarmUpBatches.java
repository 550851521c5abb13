package io.dl4jext.batch.schedule;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Settings;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/** Another schedule, reached linearly from a size of its own. */
final class WarmUpBatches extends PrintedSchedule {

    private static final long serialVersionUID = 1L;

    private final ScheduleType unit;
    private final int from;
    private final int length;
    private final BatchSchedule then;

    WarmUpBatches(ScheduleType unit, int from, int length, BatchSchedule then) {
        this.unit = requireUnit(unit);
        this.from = Checks.positive("first batch size", from);
        this.length = Checks.positive("length in " + plural(unit), length);
        if (then == null) {
            throw new IllegalArgumentException("Expected a schedule to follow, got null");
        }
        this.then = then;
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static WarmUpBatches of(Settings json) {
        WarmUpBatches read = new WarmUpBatches(
                json.choice("unit", ScheduleType.class),
                json.count("from"),
                json.count("length"),
                json.object("then", BatchSchedule.class));
        json.end();
        return read;
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
