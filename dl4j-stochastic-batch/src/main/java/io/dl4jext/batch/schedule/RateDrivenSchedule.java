package io.dl4jext.batch.schedule;

import io.dl4jext.batch.internal.Settings;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/** Grows as a learning rate would decay. */
final class RateDrivenSchedule extends PrintedSchedule {

    private static final long serialVersionUID = 1L;

    private final ISchedule rate;
    private final int base;
    private final int min;
    private final int max;

    @JsonIgnore
    private final double firstRate;

    RateDrivenSchedule(ISchedule rate, int base, int min, int max) {
        if (rate == null) {
            throw new IllegalArgumentException("Expected a schedule of learning rates, got null");
        }
        this.rate = rate;
        if (!(0 < min && min <= base && base <= max)) {
            throw new IllegalArgumentException(
                    "Expected 0 < min <= base <= max, got min " + min + ", base " + base + ", max " + max);
        }
        this.base = base;
        this.min = min;
        this.max = max;
        this.firstRate = firstRate(rate);
        if (!(firstRate > 0 && firstRate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "Expected 0 < learning rate < ∞ at the start, got " + firstRate + " from " + rate);
        }
    }

    private static double firstRate(ISchedule rate) {
        try {
            return rate.valueAt(0, 0);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("Expected a schedule with a first value, got " + rate + ": " + e, e);
        }
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static RateDrivenSchedule of(Settings json) {
        RateDrivenSchedule read = new RateDrivenSchedule(
                json.object("rate", ISchedule.class).clone(), json.count("base"), json.count("min"), json.count("max"));
        json.end();
        return read;
    }

    /** @throws IllegalStateException if the rate is negative or NaN */
    @Override
    public int batchSize(int epoch, int iteration) {
        double now = rate.valueAt(iteration, epoch);
        if (!(now >= 0)) {
            throw new IllegalStateException("Expected a learning rate >= 0, got " + now + " from " + rate + " at epoch "
                    + epoch + ", iteration " + iteration);
        }
        return Math.max(min, Math.min(max, rounded(base * (firstRate / now))));
    }

    @Override
    public String toString() {
        return "instead-of-decaying(base=" + base + ", min=" + min + ", max=" + max + ", rate=" + rate + ")";
    }
}
