package io.dl4jext.schedule;

import io.dl4jext.updater.internal.json.Settings;
import java.util.Objects;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * Sigmoid annealing, the learning rate of Nakamura, Soatto and Hong, "Stochastic batch size for adaptive regularization
 * in deep network optimization" (2020; section 5.1: from 0.1 to 0.001 "with the
 * steepness parameter"):
 *
 * <pre>    η_k = η_N + (η₀ − η_N)·(s(x_k) − s(1))/(s(−1) − s(1)),    s(x) = 1/(1 + e^(κx)),    x_k = 2k/(N−1) − 1</pre>
 *
 * for the iteration or epoch k = 0 … N−1, and η_N from there on. The paper gives neither formula nor steepness. This is
 * the form in public PyTorch schedulers of that name: scaled so that the first value is exactly η₀ and the last exactly
 * η_N, with κ = 10; κ near 0 is linear decay, a large κ a step in the middle.
 *
 * <pre>{@code
 * new Sgd(new SigmoidAnnealingSchedule(ScheduleType.EPOCH, 0.1, 0.001, 100))
 * }</pre>
 */
public final class SigmoidAnnealingSchedule implements ISchedule {

    public static final double DEFAULT_STEEPNESS = 10;

    private static final long serialVersionUID = 1L;

    private final ScheduleType scheduleType;
    private final double initialValue;
    private final double finalValue;
    private final int length;
    private final double steepness;

    /** With the steepness κ = {@value #DEFAULT_STEEPNESS}. */
    public SigmoidAnnealingSchedule(ScheduleType scheduleType, double initialValue, double finalValue, int length) {
        this(scheduleType, initialValue, finalValue, length, DEFAULT_STEEPNESS);
    }

    /**
     * @param scheduleType whether k counts iterations or epochs
     * @param initialValue η₀, 0 ≤ η₀ &lt; ∞
     * @param finalValue η_N, 0 ≤ η_N &lt; ∞
     * @param length N ≥ 2
     * @param steepness κ, 0 &lt; κ &lt; ∞
     * @throws IllegalArgumentException if a value is outside its range
     */
    public SigmoidAnnealingSchedule(
            ScheduleType scheduleType, double initialValue, double finalValue, int length, double steepness) {
        this.scheduleType = Checked.present("scheduleType", scheduleType);
        this.initialValue = Checked.value("initialValue", initialValue);
        this.finalValue = Checked.value("finalValue", finalValue);
        this.length = Checked.atLeast(2, "length", length);
        this.steepness = Checked.positive("steepness", steepness);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static SigmoidAnnealingSchedule of(Settings json) {
        SigmoidAnnealingSchedule read = new SigmoidAnnealingSchedule(
                json.choice("scheduleType", ScheduleType.class),
                json.number("initialValue"),
                json.number("finalValue"),
                json.count("length"),
                json.has("steepness") ? json.number("steepness") : DEFAULT_STEEPNESS);
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

    public double getSteepness() {
        return steepness;
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        int k = Checked.count(scheduleType, iteration, epoch);
        if (k <= 0) {
            return initialValue;
        }
        if (k >= length - 1) {
            return finalValue;
        }
        double x = 2.0 * k / (length - 1) - 1;
        // s(x) − s(1) over s(−1) − s(1), by s(x) = (1 − tanh(κx/2))/2: no cancellation for small κ.
        double end = Math.tanh(steepness / 2);
        double part = (end - Math.tanh(steepness * x / 2)) / (2 * end);
        return finalValue + (initialValue - finalValue) * part;
    }

    @Override
    public SigmoidAnnealingSchedule clone() {
        return new SigmoidAnnealingSchedule(scheduleType, initialValue, finalValue, length, steepness);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof SigmoidAnnealingSchedule)) {
            return false;
        }
        SigmoidAnnealingSchedule that = (SigmoidAnnealingSchedule) other;
        return scheduleType == that.scheduleType
                && Double.compare(initialValue, that.initialValue) == 0
                && Double.compare(finalValue, that.finalValue) == 0
                && length == that.length
                && Double.compare(steepness, that.steepness) == 0;
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheduleType.name(), initialValue, finalValue, length, steepness);
    }

    @Override
    public String toString() {
        return "SigmoidAnnealingSchedule(" + scheduleType + ", " + initialValue + " to " + finalValue + " within "
                + length + ", steepness " + steepness + ")";
    }
}
