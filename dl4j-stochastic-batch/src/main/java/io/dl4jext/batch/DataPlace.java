package io.dl4jext.batch;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Json;
import java.util.Iterator;
import java.util.function.BooleanSupplier;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Where in its data a training stands: what a checkpoint says of an iterator. */
abstract class DataPlace {

    private static final String STATE = "place in the data";

    private DataPlace() {}

    /** Names of fields are the format. */
    @JsonAutoDetect(fieldVisibility = Visibility.ANY)
    private static final class State {

        /** How often the training has begun the data anew. */
        private final int passes;

        private final BatchState batches;

        @JsonCreator
        State(
                @JsonProperty(value = "passes", required = true) int passes,
                @JsonProperty(value = "batches", required = true) BatchState batches) {
            Checks.notNegative("passes", passes);
            this.passes = passes;
            this.batches = batches;
        }
    }

    static DataPlace of(DataSetIterator batches) {
        return of(batches, batches::resetSupported, batches::reset);
    }

    static DataPlace of(MultiDataSetIterator batches) {
        return of(batches, batches::resetSupported, batches::reset);
    }

    private static DataPlace of(Iterator<?> batches, BooleanSupplier resetSupported, Runnable reset) {
        return batches instanceof RebatchingIterator
                ? new Rebatched((RebatchingIterator<?>) batches)
                : new Counted(batches, resetSupported, reset);
    }

    /** How often the training has begun the data anew. */
    private int passes;
    /** Whether the next epoch to begin is on data that is not to be begun anew. */
    private boolean fresh = true;

    final int passes() {
        return passes;
    }

    /** @return whether the data begins anew */
    boolean epochBegins() {
        boolean anew = !fresh;
        fresh = false;
        passes += anew ? 1 : 0;
        return anew;
    }

    void iterationDone() {}

    /** A pass through the data of which no listener was told is over. */
    void passEnds() {
        epochBegins();
    }

    /**
     * Why a checkpoint cannot be taken now, or null.
     *
     * @param epochOver whether all that was handed out was trained on
     */
    abstract String problem(boolean epochOver);

    /** Whether an update is not complete. */
    abstract boolean isWithinBatch();

    /**
     * As JSON.
     *
     * @param iteration of the next update
     * @param epochOver whether the network's epoch has come to its end
     */
    final String state(int epoch, int iteration, boolean epochOver) {
        return Json.write(new State(passes, batches(epoch, iteration, epochOver)), State.class, STATE);
    }

    abstract BatchState batches(int epoch, int iteration, boolean epochOver);

    /**
     * Goes there.
     *
     * @param most how often the data can have been begun anew: going there takes as many passes through it
     * @return whether the epoch has no batch left, though the network was not told its end
     * @throws IllegalArgumentException if it is no place
     */
    final boolean restore(String saved, long most) {
        State state = Json.read(saved, State.class, STATE);
        if (state.passes > most) {
            throw new IllegalArgumentException(
                    "Expected at most " + most + " passes through the data so far, got " + state.passes);
        }
        passes = state.passes;
        boolean over = goTo(state.batches);
        fresh = !over && !state.batches.isExhausted();
        return over;
    }

    abstract boolean goTo(BatchState state);

    /** An iterator of this package, which knows. */
    private static final class Rebatched extends DataPlace {

        private final RebatchingIterator<?> batches;

        Rebatched(RebatchingIterator<?> batches) {
            this.batches = batches;
        }

        @Override
        String problem(boolean epochOver) {
            return batches.rebatcher().isDrawnAhead()
                            && !(epochOver && batches.state().isExhausted())
                    ? "batches are drawn ahead of training (AsyncDataSetIterator): what was handed out is not what was"
                            + " trained on. Hand the iterator itself to fit"
                    : null;
        }

        @Override
        boolean isWithinBatch() {
            return batches.rebatcher().isWithinBatch();
        }

        @Override
        BatchState batches(int epoch, int iteration, boolean epochOver) {
            BatchState state = batches.state();
            return new BatchState(state.epoch(), iteration, state.examples(), state.carried(), state.isExhausted());
        }

        @Override
        boolean goTo(BatchState state) {
            batches.rebatcher().restore(state, passes());
            if (!batches.rebatcher().isPassOver()) {
                return false;
            }
            batches.rebatcher().finishPass();
            return true;
        }
    }

    /** Another iterator, whose batches are counted: one an iteration. */
    private static final class Counted extends DataPlace {

        private final Iterator<?> iterator;
        private final BooleanSupplier resetSupported;
        private final Runnable reset;
        private long batches;

        Counted(Iterator<?> iterator, BooleanSupplier resetSupported, Runnable reset) {
            this.iterator = iterator;
            this.resetSupported = resetSupported;
            this.reset = reset;
        }

        private void reset() {
            if (resetSupported.getAsBoolean()) {
                reset.run();
            }
        }

        @Override
        boolean epochBegins() {
            boolean anew = super.epochBegins();
            batches = anew ? 0 : batches;
            return anew;
        }

        @Override
        void iterationDone() {
            batches++;
        }

        @Override
        void passEnds() {
            super.passEnds();
            batches = 0;
        }

        @Override
        String problem(boolean epochOver) {
            return null;
        }

        @Override
        boolean isWithinBatch() {
            return false;
        }

        @Override
        BatchState batches(int epoch, int iteration, boolean epochOver) {
            return new BatchState(epoch, iteration, batches, 0, epochOver);
        }

        @Override
        boolean goTo(BatchState state) {
            if (!iterator.hasNext()) {
                reset();
            }
            for (int pass = 0; pass < passes(); pass++) {
                if (iterator.hasNext()) {
                    iterator.next();
                }
                reset();
            }
            for (batches = 0; (batches < state.examples() || state.isExhausted()) && iterator.hasNext(); batches++) {
                iterator.next();
            }
            if (batches < state.examples()) {
                throw new IllegalStateException("Expected the data that the checkpoint was taken with, but the"
                        + " iterator ended after " + batches + " of " + state.examples() + " batches");
            }
            return !state.isExhausted() && batches > 0 && !iterator.hasNext();
        }
    }
}
