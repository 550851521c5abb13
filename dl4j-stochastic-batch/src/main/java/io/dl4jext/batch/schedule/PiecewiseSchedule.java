package io.dl4jext.batch.schedule;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Settings;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/** Each size from its epoch or iteration up to the next. */
final class PiecewiseSchedule extends PrintedSchedule {

    private static final long serialVersionUID = 1L;

    private final ScheduleType unit;
    private final TreeMap<Integer, Integer> sizes;

    PiecewiseSchedule(ScheduleType unit, Map<Integer, Integer> sizes) {
        this.unit = requireUnit(unit);
        this.sizes = new TreeMap<>(sizes);
        if (this.sizes.isEmpty() || this.sizes.firstKey() != 0) {
            throw new IllegalArgumentException("Expected sizes from 0 on, got " + this.sizes);
        }
        this.sizes.forEach((start, size) -> Checks.positive("batch size from " + start, size));
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static PiecewiseSchedule of(Settings json) {
        PiecewiseSchedule read =
                new PiecewiseSchedule(json.choice("unit", ScheduleType.class), json.countsByCount("sizes"));
        json.end();
        return read;
    }

    @Override
    public int batchSize(int epoch, int iteration) {
        return sizes.floorEntry(time(unit, epoch, iteration)).getValue();
    }

    @Override
    public String toString() {
        return "piecewise(" + plural(unit) + "="
                + sizes.entrySet().stream()
                        .map(entry -> entry.getKey() + ":" + entry.getValue())
                        .collect(Collectors.joining(";"))
                + ")";
    }
}
