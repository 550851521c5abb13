package io.dl4jext.schedule;

import io.dl4jext.updater.internal.json.Settings;
import java.util.Objects;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * Linear decay (Yotkov, "Gradient-based optimisation", eq. 5):
 *
 * <pre>    η_k = η₀·(1 − k/N) + η_N·k/N      for k &lt; N,      η_N from there on</pre>
 *
 * with the iteration or epoch k, counted from 0, and the length N. The last of N epochs, k = N − 1, still has
 * η_N + (η₀ − η_N)/N, as the formula says.
 *
 * <pre>{@code
 * new Sgd(new LinearDecaySchedule(ScheduleType.EPOCH, 0.1, 1e-4, 10))
 * }</pre>
 */
public final class LinearDecaySchedule implements ISchedule {

    private static final long serialVersionUID = 1L;

    private final ScheduleType scheduleType;
    private final double initialValue;
    private final double finalValue;
    private final int length;

    /**
     * @param scheduleType whether k counts iterations or epochs
     * @param initialValue η₀, 0 ≤ η₀ &lt; ∞
     * @param finalValue η_N, 0 ≤ η_N &lt; ∞; may be larger than η₀
     * @param length N ≥ 1
     * @throws IllegalArgumentException if a value is outside its range
     */
    public LinearDecaySchedule(ScheduleType scheduleType, double initialValue, double finalValue, int length) {
        this.scheduleType = Checked.present("scheduleType", scheduleType);
        this.initialValue = Checked.value("initialValue", initialValue);
        this.finalValue = Checked.value("finalValue", finalValue);
        this.length = Checked.atLeast(1, "length", length);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static LinearDecaySchedule of(Settings json) {
        LinearDecaySchedule read = new LinearDecaySchedule(
                json.choice("scheduleType", ScheduleType.class),
                json.number("initialValue"),
                json.number("finalValue"),
                json.count("length"));
        json.end();
        return read;
    }

    public ScheduleType getScheduleType() {
        return scheduleType;
    }

    public double getInitialValue() {
        return initialValue;
    }

    public double getFinalValue() {
        return finalValue;
    }

    public int getLength() {
        return length;
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        int k = Checked.count(scheduleType, iteration, epoch);
        if (k >= length) {
            return finalValue;
        }
        double part = (double) k / length;
        return initialValue * (1 - part) + finalValue * part;
    }

    @Override
    public LinearDecaySchedule clone() {
        return new LinearDecaySchedule(scheduleType, initialValue, finalValue, length);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof LinearDecaySchedule)) {
            return false;
        }
        LinearDecaySchedule that = (LinearDecaySchedule) other;
        return scheduleType == that.scheduleType
                && Double.compare(initialValue, that.initialValue) == 0
                && Double.compare(finalValue, that.finalValue) == 0
                && length == that.length;
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheduleType.name(), initialValue, finalValue, length);
    }

    @Override
    public String toString() {
        return "LinearDecaySchedule(" + scheduleType + ", " + initialValue + " to " + finalValue + " within " + length
                + ")";
    }
}
