package io.dl4jext.batch.control;

import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSummary;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;

/**
 * Which batch size one measurement asks for. When and how far it is followed is the {@link BatchController}'s affair:
 * a rule knows no bounds and rounds nothing.
 *
 * <p>A rule may keep state, which is saved with its controller if it hands it over as numbers ({@link #state()}); then
 * it belongs to one controller.
 *
 * <p>The settings of this package's rules are JSON too, with the name of the class; a rule of one's own needs what
 * Jackson needs, properties or annotations, and is handed to {@link BatchController#fromJson}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS, property = "@class")
@FunctionalInterface
public interface BatchRule {

    /**
     * The size that this measurement asks for. Called once for each measurement, in the order of training, on the
     * training thread.
     *
     * @param measurement what was measured on the mini-batch of this iteration
     * @param soFar the running measures of the listener up to and including this iteration
     * @param size the controller's present size: that of the mini-batches since the last decision. The measured one may
     *     have been smaller, at the end of an epoch
     * @return the request; one that is not finite leaves the size as it is
     */
    SizeRequest request(FisherMeasurement measurement, FisherSummary soFar, int size);

    /**
     * What it has kept of the measurements so far, for {@link #restore}; empty by default, for a rule that keeps
     * nothing.
     */
    default double[] state() {
        return new double[0];
    }

    /**
     * Goes on from what {@link #state()} gave.
     *
     * @throws IllegalArgumentException if that was the state of another rule
     */
    default void restore(double[] state) {
        if (state.length > 0) {
            throw new IllegalArgumentException(
                    "Expected no state for " + this + ", which keeps none, got " + state.length + " numbers");
        }
    }
}
