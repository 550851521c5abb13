package io.dl4jext.batch;

import java.util.Iterator;
import java.util.function.BooleanSupplier;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** Where in its data a training stands: what a checkpoint says of an iterator. */
abstract class DataPlace {

    private DataPlace() {}

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

    /** Why a checkpoint cannot be taken now, or null. */
    abstract String problem();

    /** Whether an update is not complete. */
    abstract boolean isWithinBatch();

    /**
     * @param iteration of the next update
     * @param epochOver whether the network's epoch has come to its end
     */
    abstract BatchState state(int epoch, int iteration, boolean epochOver);

    /**
     * Goes there.
     *
     * @param ofTraining how often the data was begun anew
     * @return whether the epoch has no batch left, though the network was not told its end
     */
    final boolean restore(BatchState state, int ofTraining) {
        passes = ofTraining;
        boolean over = goTo(state);
        fresh = !over && !state.isExhausted();
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
        String problem() {
            return batches.rebatcher().isDrawnAhead()
                    ? "batches are drawn ahead of training (AsyncDataSetIterator): what was handed out is not what was"
                            + " trained on. Hand the iterator itself to fit"
                    : null;
        }

        @Override
        boolean isWithinBatch() {
            return batches.rebatcher().isWithinBatch();
        }

        @Override
        BatchState state(int epoch, int iteration, boolean epochOver) {
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
        String problem() {
            return null;
        }

        @Override
        boolean isWithinBatch() {
            return false;
        }

        @Override
        BatchState state(int epoch, int iteration, boolean epochOver) {
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
            for (batches = 0; batches < state.examples(); batches++) {
                if (!iterator.hasNext()) {
                    throw new IllegalStateException("Expected the data that the checkpoint was taken with, but the"
                            + " iterator ended after " + batches + " of " + state.examples() + " batches");
                }
                iterator.next();
            }
            return !state.isExhausted() && batches > 0 && !iterator.hasNext();
        }
    }
}
