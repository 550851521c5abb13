package io.dl4jext.schedule;

import io.dl4jext.updater.internal.json.Settings;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * A value that is multiplied by a factor at each milestone (staircase):
 *
 * <pre>    η_k = η₀·γ^(number of milestones ≤ k)</pre>
 *
 * with the iteration or epoch k, counted from 0. Milestones are counts, or fractions of the whole training:
 *
 * <pre>{@code
 * new MultiStepSchedule(ScheduleType.EPOCH, 0.1, 0.1, 50, 75)                          // ÷ 10 when epochs 50 and 75 begin
 * MultiStepSchedule.atFractions(ScheduleType.EPOCH, 0.1, 0.1, 100, 0.5, 0.75)         // the same
 * }</pre>
 */
public final class MultiStepSchedule implements ISchedule {

    private static final long serialVersionUID = 1L;

    private final ScheduleType scheduleType;
    private final double initialValue;
    private final double factor;
    private final int[] milestones;

    /**
     * @param scheduleType whether k counts iterations or epochs
     * @param initialValue η₀, 0 ≤ η₀ &lt; ∞
     * @param factor γ, 0 &lt; γ &lt; ∞
     * @param milestones at least one; the first ≥ 0, each larger than the one before
     * @throws IllegalArgumentException if a value is outside its range
     */
    public MultiStepSchedule(ScheduleType scheduleType, double initialValue, double factor, int... milestones) {
        this.scheduleType = Checked.present("scheduleType", scheduleType);
        this.initialValue = Checked.value("initialValue", initialValue);
        this.factor = Checked.positive("factor", factor);
        this.milestones = Checked.present("milestones", milestones).clone();
        if (milestones.length == 0) {
            throw new IllegalArgumentException("Expected at least one milestone, got none");
        }
        for (int i = 0; i < milestones.length; i++) {
            if (milestones[i] < 0 || i > 0 && milestones[i] <= milestones[i - 1]) {
                throw new IllegalArgumentException("Expected rising milestones from 0, got " + milestones[i]
                        + " at position " + i + " of " + Arrays.toString(milestones));
            }
        }
    }

    /**
     * Milestones at fractions of the training: the first k with k ≥ fraction · length.
     *
     * @param length of the whole training, in iterations or epochs, ≥ 1
     * @param fractions 0 ≤ fraction ≤ 1, rising, so far apart that no two fall on one k
     * @throws IllegalArgumentException if a value is outside its range
     */
    public static MultiStepSchedule atFractions(
            ScheduleType scheduleType, double initialValue, double factor, int length, double... fractions) {
        Checked.atLeast(1, "length", length);
        int[] milestones = new int[fractions.length];
        for (int i = 0; i < fractions.length; i++) {
            // Rounded first: 0.07 · 100 is a little more than 7 in binary.
            double exact = Checked.fraction("fraction", fractions[i]) * length;
            double whole = Math.rint(exact);
            milestones[i] = (int) (Math.abs(exact - whole) < 1e-9 * length ? whole : Math.ceil(exact));
            if (i > 0 && milestones[i] <= milestones[i - 1]) {
                throw new IllegalArgumentException("Expected rising fractions with a milestone each, got "
                        + fractions[i] + " after " + fractions[i - 1] + " of length " + length + ", at "
                        + milestones[i] + " after " + milestones[i - 1]);
            }
        }
        return new MultiStepSchedule(scheduleType, initialValue, factor, milestones);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static MultiStepSchedule of(Settings json) {
        MultiStepSchedule read = new MultiStepSchedule(
                json.choice("scheduleType", ScheduleType.class),
                json.number("initialValue"),
                json.number("factor"),
                json.counts("milestones"));
        json.end();
        return read;
    }

    public ScheduleType getScheduleType() {
        return scheduleType;
    }

    public double getInitialValue() {
        return initialValue;
    }

    public double getFactor() {
        return factor;
    }

    public int[] getMilestones() {
        return milestones.clone();
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        int k = Checked.count(scheduleType, iteration, epoch);
        int passed = 0;
        while (passed < milestones.length && milestones[passed] <= k) {
            passed++;
        }
        return initialValue * Math.pow(factor, passed);
    }

    @Override
    public MultiStepSchedule clone() {
        return new MultiStepSchedule(scheduleType, initialValue, factor, milestones);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof MultiStepSchedule)) {
            return false;
        }
        MultiStepSchedule that = (MultiStepSchedule) other;
        return scheduleType == that.scheduleType
                && Double.compare(initialValue, that.initialValue) == 0
                && Double.compare(factor, that.factor) == 0
                && Arrays.equals(milestones, that.milestones);
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheduleType.name(), initialValue, factor, Arrays.hashCode(milestones));
    }

    @Override
    public String toString() {
        return "MultiStepSchedule(" + scheduleType + ", " + initialValue + ", times " + factor + " at "
                + Arrays.toString(milestones) + ")";
    }
}
