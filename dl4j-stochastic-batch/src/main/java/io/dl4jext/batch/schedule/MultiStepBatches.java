package io.dl4jext.batch.schedule;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Settings;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/** base · factorᵐ with the number m of milestones reached. */
final class MultiStepBatches extends PrintedSchedule {

    private static final long serialVersionUID = 1L;

    private final ScheduleType unit;
    private final int base;
    private final double factor;
    private final int[] milestones;

    MultiStepBatches(ScheduleType unit, int base, double factor, int... milestones) {
        this.unit = requireUnit(unit);
        this.base = Checks.positive("base batch size", base);
        if (milestones.length == 0) {
            throw new IllegalArgumentException("Expected at least one milestone, got none");
        }
        this.factor = Checks.positive("factor", factor);
        this.milestones = requireIncreasing(milestones);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static MultiStepBatches of(Settings json) {
        MultiStepBatches read = new MultiStepBatches(
                json.choice("unit", ScheduleType.class),
                json.count("base"),
                json.number("factor"),
                json.counts("milestones"));
        json.end();
        return read;
    }

    @Override
    public int batchSize(int epoch, int iteration) {
        int time = time(unit, epoch, iteration);
        long reached =
                Arrays.stream(milestones).filter(milestone -> milestone <= time).count();
        return rounded(base * Math.pow(factor, reached));
    }

    @Override
    public String toString() {
        return "multi-step(base=" + base + ", factor=" + factor + ", " + plural(unit) + "="
                + Arrays.stream(milestones).mapToObj(Integer::toString).collect(Collectors.joining(";")) + ")";
    }
}
