package io.dl4jext.batch.schedule;

import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;

/** A schedule that is what it prints. */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
abstract class PrintedSchedule implements BatchSchedule {

    private static final long serialVersionUID = 1L;

    @Override
    public abstract String toString();

    @Override
    public final boolean equals(Object other) {
        return other instanceof PrintedSchedule && toString().equals(other.toString());
    }

    @Override
    public final int hashCode() {
        return toString().hashCode();
    }

    static ScheduleType requireUnit(ScheduleType unit) {
        if (unit == null) {
            throw new IllegalArgumentException("Expected ScheduleType.EPOCH or ITERATION, got null");
        }
        return unit;
    }

    /** Milestones must be positive and increase. */
    static int[] requireIncreasing(int[] milestones) {
        for (int i = 0; i < milestones.length; i++) {
            if (milestones[i] <= (i == 0 ? 0 : milestones[i - 1])) {
                throw new IllegalArgumentException(
                        "Expected milestones > 0 that increase, got " + java.util.Arrays.toString(milestones));
            }
        }
        return milestones.clone();
    }

    static int time(ScheduleType unit, int epoch, int iteration) {
        return Math.max(0, unit == ScheduleType.EPOCH ? epoch : iteration);
    }

    /** The nearest size; at least 1, and never so large that it does not fit an int. */
    static int rounded(double size) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.floor(size + 0.5)));
    }

    static String plural(ScheduleType unit) {
        return unit == ScheduleType.EPOCH ? "epochs" : "iterations";
    }
}
