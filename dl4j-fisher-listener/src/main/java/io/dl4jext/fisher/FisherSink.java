package io.dl4jext.fisher;

import java.io.Closeable;
import java.io.IOException;

/**
 * Takes the measurements of a {@link FisherListener} as they come: a log, a file, a monitor.
 *
 * <p>Called on the training thread after the parameter update of the measured iteration. A sink that throws is
 * reported once and dropped; training goes on and the history stays whole. Meanwhile any thread may read
 * {@link FisherListener#history()}; other threads' other calls of the listener wait for the sink.
 */
@FunctionalInterface
public interface FisherSink extends Closeable {

    /**
     * One more measurement.
     *
     * @param measurement the measurement of this iteration
     * @param soFar C̄_K and L_K up to and including this iteration
     * @throws IOException when it cannot be written; the listener then drops this sink
     */
    void accept(FisherMeasurement measurement, FisherSummary soFar) throws IOException;

    /**
     * Training goes on at this iteration, from a checkpoint: what was measured at it and later will be measured again.
     * Called before the first measurement of the training that goes on, or when the listener is closed before there is
     * one; by default nothing happens.
     *
     * @param before what was measured before that iteration, as far as it is held: rows that a file has lost are here
     * @throws IOException when it cannot be done; the listener then drops this sink
     */
    default void resumeAt(int iteration, FisherHistory before) throws IOException {}

    /** Releases what the sink holds; called by {@link FisherListener#close()} and when the sink is dropped. */
    @Override
    default void close() throws IOException {}
}
