package io.dl4jext.schedule;

import io.dl4jext.updater.internal.json.Settings;
import java.util.Objects;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * A linear warm-up in front of any schedule:
 *
 * <pre>    k &lt; W:  η_k = f·η(0) + (1 − f)·η(0)·k/W          k ≥ W:  η_k = η(k − W)</pre>
 *
 * with the iteration or epoch k, counted from 0, the warm-up's length W, its first value's share f, and the schedule η
 * that follows. That one sees the count k less W, so it begins when the warm-up ends; the other count (epochs for a
 * warm-up counted in iterations) it sees as it is. (ND4J's RampSchedule multiplies the running schedule instead, counts
 * iterations only and is not equal to its clone.)
 *
 * <pre>{@code
 * new WarmUpSchedule(ScheduleType.EPOCH, 5, 0.1, new MultiStepSchedule(ScheduleType.EPOCH, 0.1, 0.1, 50, 75))
 * }</pre>
 */
public final class WarmUpSchedule implements ISchedule {

    private static final long serialVersionUID = 1L;

    private final ScheduleType scheduleType;
    private final int length;
    private final double startShare;
    private final ISchedule then;

    /**
     * @param scheduleType whether k counts iterations or epochs
     * @param length W ≥ 1
     * @param startShare f, 0 ≤ f ≤ 1; with 0 the first step does not move
     * @param then the schedule that follows
     * @throws IllegalArgumentException if a value is outside its range
     */
    public WarmUpSchedule(ScheduleType scheduleType, int length, double startShare, ISchedule then) {
        this.scheduleType = Checked.present("scheduleType", scheduleType);
        this.length = Checked.atLeast(1, "length", length);
        this.startShare = Checked.fraction("startShare", startShare);
        this.then = Checked.present("schedule to follow", then).clone();
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static WarmUpSchedule of(Settings json) {
        WarmUpSchedule read = new WarmUpSchedule(
                json.choice("scheduleType", ScheduleType.class),
                json.count("length"),
                json.number("startShare"),
                json.object("then", ISchedule.class));
        json.end();
        return read;
    }

    public ScheduleType getScheduleType() {
        return scheduleType;
    }

    public int getLength() {
        return length;
    }

    public double getStartShare() {
        return startShare;
    }

    public ISchedule getThen() {
        return then.clone();
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        int k = Checked.count(scheduleType, iteration, epoch);
        int later = Math.max(0, k - length);
        double value =
                scheduleType == ScheduleType.ITERATION ? then.valueAt(later, epoch) : then.valueAt(iteration, later);
        return k >= length ? value : value * (startShare + (1 - startShare) * k / length);
    }

    @Override
    public WarmUpSchedule clone() {
        return new WarmUpSchedule(scheduleType, length, startShare, then);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof WarmUpSchedule)) {
            return false;
        }
        WarmUpSchedule that = (WarmUpSchedule) other;
        return scheduleType == that.scheduleType
                && length == that.length
                && Double.compare(startShare, that.startShare) == 0
                && then.equals(that.then);
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheduleType.name(), length, startShare, then);
    }

    @Override
    public String toString() {
        return "WarmUpSchedule(" + scheduleType + ", " + length + " from " + startShare + ", then " + then + ")";
    }
}
