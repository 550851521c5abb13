package io.dl4jext.batch.schedule;

import java.util.Objects;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonIgnore;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Grows as a learning rate would decay. */
final class RateDrivenSchedule extends PrintedSchedule {

    private static final long serialVersionUID = 1L;

    private final ISchedule rate;
    private final int base;
    private final int min;
    private final int max;

    @JsonIgnore
    private final double firstRate;

    @JsonCreator
    RateDrivenSchedule(
            @JsonProperty(value = "rate", required = true) ISchedule rate,
            @JsonProperty(value = "base", required = true) int base,
            @JsonProperty(value = "min", required = true) int min,
            @JsonProperty(value = "max", required = true) int max) {
        this.rate = Objects.requireNonNull(rate, "rate");
        if (!(0 < min && min <= base && base <= max)) {
            throw new IllegalArgumentException(
                    "Expected 0 < min <= base <= max, got min " + min + ", base " + base + ", max " + max);
        }
        this.base = base;
        this.min = min;
        this.max = max;
        this.firstRate = rate.valueAt(0, 0);
        if (!(firstRate > 0 && firstRate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "Expected 0 < learning rate < ∞ at the start, got " + firstRate + " from " + rate);
        }
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
