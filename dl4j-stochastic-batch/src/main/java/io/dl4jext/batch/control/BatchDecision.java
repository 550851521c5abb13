package io.dl4jext.batch.control;

import java.util.Locale;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * One line of a {@link BatchController}'s log: what a measurement asked for and what became of it.
 *
 * <p>Immutable.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
public final class BatchDecision {

    /** What became of a request. */
    public enum Outcome {
        /** The request, or its average, was NaN or infinite: it was left aside and the size stays. */
        UNDEFINED,
        /** The request entered the average; the next decision is not due yet. */
        NOT_DUE,
        /** The size stays: within the hysteresis, at a bound, or just what was asked for. */
        KEPT,
        /** The size has grown. */
        GREW,
        /** The size has shrunk. */
        SHRANK
    }

    private final int epoch;
    private final int iteration;
    private final int measuredSize;
    private final double requested;
    private final double averaged;
    private final int applied;
    private final Outcome outcome;

    @JsonCreator
    BatchDecision(
            @JsonProperty(value = "epoch", required = true) int epoch,
            @JsonProperty(value = "iteration", required = true) int iteration,
            @JsonProperty(value = "measuredSize", required = true) int measuredSize,
            @JsonProperty(value = "requested", required = true) double requested,
            @JsonProperty(value = "averaged", required = true) double averaged,
            @JsonProperty(value = "applied", required = true) int applied,
            @JsonProperty(value = "outcome", required = true) Outcome outcome) {
        this.epoch = epoch;
        this.iteration = iteration;
        this.measuredSize = measuredSize;
        this.requested = requested;
        this.averaged = averaged;
        this.applied = applied;
        this.outcome = outcome;
    }

    /** The network's epoch counter at the measurement, from 0. */
    public int epoch() {
        return epoch;
    }

    /** The network's iteration counter at the measurement, from 0. */
    public int iteration() {
        return iteration;
    }

    /** The number of examples of the measured mini-batch. */
    public int measuredSize() {
        return measuredSize;
    }

    /** The size that this measurement alone asks for; NaN or infinite where it cannot tell. */
    public double requested() {
        return requested;
    }

    /**
     * The size that the moving average asks for; infinite where it cannot tell, NaN where this request did not enter
     * it.
     */
    public double averaged() {
        return averaged;
    }

    /** The size of the batches to come. */
    public int applied() {
        return applied;
    }

    /** Why that size. */
    public Outcome outcome() {
        return outcome;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "epoch %d, iteration %d: measured at %d, requested %.1f (average %.1f), applied %d (%s)",
                epoch,
                iteration,
                measuredSize,
                requested,
                averaged,
                applied,
                outcome.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
}
