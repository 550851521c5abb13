package io.dl4jext.batch;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Json;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Where in its data an iterator stands: what it takes to go on later with the very next example. Saved beside the model
 * as JSON; {@link TrainingCheckpoints} does so.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
public final class BatchState {

    private final int epoch;
    private final int iteration;
    private final long examples;
    private final long carried;
    private final boolean exhausted;

    @JsonCreator
    BatchState(
            @JsonProperty(value = "epoch", required = true) int epoch,
            @JsonProperty(value = "iteration", required = true) int iteration,
            @JsonProperty(value = "examples", required = true) long examples,
            @JsonProperty(value = "carried", required = true) long carried,
            @JsonProperty(value = "exhausted", required = true) boolean exhausted) {
        Checks.notNegative("epoch", epoch);
        Checks.notNegative("iteration", iteration);
        this.epoch = epoch;
        this.iteration = iteration;
        this.examples = Checks.notNegative("examples", examples);
        this.carried = Checks.notNegative("carried", carried);
        this.exhausted = exhausted;
    }

    /**
     * What {@link #toJson()} wrote.
     *
     * @throws IllegalArgumentException if it is something else; the message names the value and the place
     */
    public static BatchState fromJson(String json) {
        return Json.read(json, BatchState.class, "batch state");
    }

    /** As JSON, to be read by {@link #fromJson(String)}. */
    public String toJson() {
        return Json.write(this, BatchState.class, "batch state");
    }

    /** The epoch that the next batch is for, from 0. */
    public int epoch() {
        return epoch;
    }

    /** The iteration that the next batch is for, from 0. */
    public int iteration() {
        return iteration;
    }

    /** How many examples of this pass through the data have been handed out. */
    public long examples() {
        return examples;
    }

    /** How many examples of the epoch before come first, with {@link LastBatch#CARRY}. */
    public long carried() {
        return carried;
    }

    /** Whether this pass through the data has come to its end, and the next begins with {@code reset()}. */
    public boolean isExhausted() {
        return exhausted;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof BatchState)) {
            return false;
        }
        BatchState state = (BatchState) other;
        return epoch == state.epoch
                && iteration == state.iteration
                && examples == state.examples
                && carried == state.carried
                && exhausted == state.exhausted;
    }

    @Override
    public int hashCode() {
        return Objects.hash(epoch, iteration, examples, carried, exhausted);
    }

    @Override
    public String toString() {
        return "epoch " + epoch + ", iteration " + iteration + ", " + examples + " examples handed out"
                + (carried == 0 ? "" : ", " + carried + " carried over")
                + (exhausted ? ", to be reset" : "");
    }
}
