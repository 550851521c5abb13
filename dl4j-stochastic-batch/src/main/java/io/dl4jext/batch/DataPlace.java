package io.dl4jext.batch;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Json;
import io.dl4jext.batch.internal.accumulation.TrainingStack;
import io.dl4jext.batch.schedule.BatchSizes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where in its data a training stands: what a checkpoint says of an iterator. */
abstract class DataPlace {

    private static final Logger log = LoggerFactory.getLogger(DataPlace.class);

    private static final String STATE = "place in the data";

    /** By what a place is counted. */
    private enum Unit {
        EXAMPLES,
        BATCHES
    }

    /** Whether the data was begun anew for a place that was not reached. */
    private boolean astray;

    private DataPlace() {}

    /** That the data is no more as the program made it, and so of no use to a training that goes on. */
    static final class AstrayException extends IllegalStateException {

        private static final long serialVersionUID = 1L;

        AstrayException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Names of fields are the format. */
    @JsonAutoDetect(fieldVisibility = Visibility.ANY)
    private static final class State {

        /** What {@code examples} of the batches counts. */
        private final Unit unit;

        /** How often the data was begun anew, and how often with nothing drawn before. */
        private final int passes;

        private final int idleResets;
        private final BatchState batches;

        /** What the batches of the pass were, in order; not there where that is not known. */
        @JsonInclude(JsonInclude.Include.NON_NULL)
        private Integer contents;

        @JsonCreator
        State(
                @JsonProperty(value = "unit", required = true) Unit unit,
                @JsonProperty(value = "passes", required = true) int passes,
                @JsonProperty(value = "idleResets", required = true) int idleResets,
                @JsonProperty(value = "batches", required = true) BatchState batches) {
            Checks.notNegative("passes", passes);
            Checks.notNegative("idleResets", idleResets);
            this.unit = unit;
            this.passes = passes;
            this.idleResets = idleResets;
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

    /** The batch sizes, or null where the iterator has its own. */
    BatchSizes sizes() {
        return null;
    }

    void epochBegins() {}

    void epochEnds() {}

    /** A pass, or one of a listener's own, has gone forward: the network holds what it is on. */
    void passBegins(Model model) {}

    /** @param model what was trained, or null if several are at once */
    void iterationDone(Model model) {}

    /** A pass through the data is over, of which no listener may have been told. */
    void passEnds() {}

    /** Why the epoch that ends now was not one pass through the data, as far as is known; or null. */
    String notOnePass() {
        return null;
    }

    /** That batches are drawn ahead of training, in words; or null. */
    String drawnAhead() {
        return null;
    }

    /**
     * Why a checkpoint cannot be taken now, or null.
     *
     * @param epochOver whether all that was handed out was trained on
     */
    abstract String problem(boolean epochOver);

    /** Whether it is the iterator that this listener belongs to. */
    abstract boolean isOf(TrainingListener listener);

    /** Whether an update is not complete. */
    abstract boolean isWithinBatch();

    /** Whether the update that listeners are told of is the last of its pass, as far as can be told. */
    abstract boolean isPassOverAfterUpdate();

    /**
     * As JSON.
     *
     * @param iteration of the next update
     * @param epochOver whether the network's epoch has come to its end
     */
    final String state(int epoch, int iteration, boolean epochOver) {
        return Json.write(at(epoch, iteration, epochOver), State.class, STATE);
    }

    abstract State at(int epoch, int iteration, boolean epochOver);

    /**
     * Goes there.
     *
     * @param most how often the data can have been begun anew: going there takes as many passes through it
     * @param within whether it is the place after an update, not that at an epoch's end
     * @return whether the epoch has no batch left, though the network was not told its end
     * @throws IllegalArgumentException if it is no place, or one counted otherwise; the data is untouched then
     * @throws AstrayException if the place was not reached, now or before
     */
    final boolean restore(String saved, long most, boolean within) {
        State state = Json.read(saved, State.class, STATE);
        if ((long) state.passes + state.idleResets > most) {
            throw new IllegalArgumentException("Expected at most " + most + " passes through the data so far, got "
                    + state.passes + " and " + state.idleResets + " that had not begun");
        }
        if (state.unit != unit()) {
            throw new IllegalArgumentException("Expected a place in the data counted in " + unit() + ", as the iterator"
                    + " in this builder has it, got one in " + state.unit
                    + ": batches of a DynamicBatchIterator are saved as such, all others are counted");
        }
        if (astray) {
            throw new AstrayException(
                    "Expected data that nothing was drawn from, got some after an attempt that failed", null);
        }
        astray = true;
        try {
            boolean epochOver = goTo(state, within);
            astray = false;
            return epochOver;
        } catch (RuntimeException e) {
            throw new AstrayException(e.getMessage(), e);
        }
    }

    abstract Unit unit();

    abstract boolean goTo(State state, boolean within);

    /** An iterator of this package, which knows. */
    private static final class Rebatched extends DataPlace {

        private final RebatchingIterator<?> batches;
        /** Whether the next update is an epoch's first. */
        private boolean first = true;

        /** How often the data had been begun anew at an epoch's first and last update. */
        private int resetsAtFirst;

        private int resetsAtLast;

        Rebatched(RebatchingIterator<?> batches) {
            this.batches = batches;
        }

        private int resets() {
            return batches.rebatcher().passes() + batches.rebatcher().idleResets();
        }

        @Override
        void epochBegins() {
            first = true;
        }

        @Override
        void iterationDone(Model model) {
            resetsAtLast = resets();
            resetsAtFirst = first ? resetsAtLast : resetsAtFirst;
            first = false;
        }

        @Override
        String notOnePass() {
            if (first || batches.rebatcher().isDrawnAhead()) {
                return null;
            }
            if (resetsAtLast != resetsAtFirst) {
                return "the data was begun anew within it";
            }
            // What was begun anew since may have been, for an evaluation.
            return resets() == resetsAtLast && !batches.state().isExhausted()
                    ? "it ended with some of the data left"
                    : null;
        }

        @Override
        String problem(boolean epochOver) {
            return epochOver && batches.state().isExhausted() ? null : drawnAhead();
        }

        @Override
        String drawnAhead() {
            return batches.rebatcher().isDrawnAhead()
                    ? "batches are drawn ahead of training (AsyncDataSetIterator): what was handed out is not what was"
                            + " trained on. Hand the iterator itself to fit"
                    : null;
        }

        @Override
        boolean isOf(TrainingListener listener) {
            return batches.listener() == listener;
        }

        @Override
        BatchSizes sizes() {
            return batches.rebatcher().sizes();
        }

        @Override
        boolean isWithinBatch() {
            return batches.rebatcher().isWithinBatch();
        }

        @Override
        boolean isPassOverAfterUpdate() {
            return !batches.rebatcher().isDrawnAhead() && batches.rebatcher().isPassOverAfterUpdate();
        }

        @Override
        Unit unit() {
            return Unit.EXAMPLES;
        }

        @Override
        State at(int epoch, int iteration, boolean epochOver) {
            Rebatcher rebatcher = batches.rebatcher();
            BatchState state = batches.state();
            return new State(
                    unit(),
                    rebatcher.passes(),
                    rebatcher.idleResets(),
                    new BatchState(state.epoch(), iteration, state.examples(), state.carried(), state.isExhausted()));
        }

        @Override
        boolean goTo(State state, boolean within) {
            Rebatcher rebatcher = batches.rebatcher();
            rebatcher.restore(state.batches, state.passes, state.idleResets, within);
            if (!rebatcher.isPassOver()) {
                return false;
            }
            rebatcher.finishPass();
            return true;
        }
    }

    /** Another iterator, whose batches are counted: one an iteration. */
    private static final class Counted extends DataPlace {

        /**
         * One batch may be like another; two in a row, where those passed over are all different, are the same ones.
         */
        private static final int SURE = 2;

        private final Iterator<?> iterator;
        private final BooleanSupplier resetSupported;
        private final Runnable reset;
        /** How often the training has begun the data anew. */
        private int passes;
        /** Whether the next epoch to begin is on data that is not to be begun anew. */
        private boolean fresh = true;

        /** Whether an epoch goes on of which listeners were told. */
        private boolean inEpoch;
        /** The thread that told of it while it drew from an iterator, with which the epoch ends; or null. */
        private Thread ofIterator;

        /** Whether listeners are told of iterations. */
        private boolean heard;

        /** Whether an epoch was broken off: the next went on in its pass, or began the data anew if all was drawn. */
        private boolean lost;

        /** Of what is being trained on. */
        private Integer imprint;

        private Pass pass = new Pass();
        /** Whether the pass is over, and the next batch begins another. */
        private boolean ended;
        /**
         * The batches that were passed over, in order, as long as those that are trained on may be the same ones again.
         */
        private final List<Integer> passedOver = new ArrayList<>();
        /** What of the pass came after them. */
        private Pass since = new Pass();

        /** Batches that were trained on. */
        private static final class Pass {

            private long batches;
            /** What they were, in order; null if that is not known of one. */
            private Integer contents = 0;

            void add(Integer imprint) {
                batches++;
                contents = contents == null || imprint == null ? null : (Integer) (31 * contents + imprint);
            }
        }

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
        void epochBegins() {
            lost |= inEpoch;
            ofIterator = TrainingStack.isOfIterator() ? Thread.currentThread() : null;
            heard = true;
            if (!inEpoch && !fresh) {
                passes++;
                begin();
            }
            fresh = false;
            inEpoch = true;
        }

        @Override
        void epochEnds() {
            inEpoch = false;
            ended = true;
        }

        private void begin() {
            pass = new Pass();
            since = new Pass();
            passedOver.clear();
            ended = false;
        }

        private void noticeBreak() {
            lost |= inEpoch && ofIterator == Thread.currentThread() && !TrainingStack.isOfIterator();
        }

        @Override
        void passBegins(Model model) {
            noticeBreak();
            if (TrainingStack.isOfFit(model)) {
                imprint = Imprint.ofPass(model);
            }
        }

        @Override
        void iterationDone(Model model) {
            if (ended) {
                begin();
            }
            heard = true;
            Integer trained = model == null ? null : imprint;
            imprint = null;
            add(trained);
        }

        private void add(Integer imprint) {
            pass.add(imprint);
            since.add(imprint);
            if (passedOver.isEmpty()) {
                return;
            }
            if (!passedOver.get((int) since.batches - 1).equals(imprint)) {
                passedOver.clear();
            } else if (since.batches == SURE) {
                log.error(
                        "The data was begun anew after it had been gone to its place: {} batches of this epoch are trained on"
                                + " twice. Expected no reset() between resume and fit: hand a DynamicBatchIterator to fit,"
                                + " which stays at its place, or call reset() only where hasNext() is false",
                        pass.batches - since.batches);
                Pass again = since;
                begin();
                pass = again;
                passes++;
            }
        }

        @Override
        void passEnds() {
            noticeBreak();
            if (inEpoch || heard && ended) {
                return; // a listener was told, or it is called twice
            }
            if (!fresh) {
                passes++;
            }
            fresh = false;
            ended = true;
        }

        @Override
        String problem(boolean epochOver) {
            return lost
                    ? "an epoch was broken off, and whether training then went on in its pass or began the data anew is not known."
                            + " Hand a DynamicBatchIterator to fit, which knows"
                    : null;
        }

        @Override
        boolean isOf(TrainingListener listener) {
            return false;
        }

        @Override
        boolean isWithinBatch() {
            return false;
        }

        /** It cannot be asked: a thread may draw ahead of training. */
        @Override
        boolean isPassOverAfterUpdate() {
            return false;
        }

        @Override
        Unit unit() {
            return Unit.BATCHES;
        }

        @Override
        State at(int epoch, int iteration, boolean epochOver) {
            State state = new State(unit(), passes, 0, new BatchState(epoch, iteration, pass.batches, 0, epochOver));
            state.contents = pass.batches == 0 ? null : pass.contents;
            return state;
        }

        @Override
        boolean goTo(State state, boolean within) {
            passes = state.passes;
            if (!iterator.hasNext()) {
                reset();
            }
            for (int pass = 0; pass < passes; pass++) {
                if (iterator.hasNext()) {
                    iterator.next();
                }
                reset();
            }
            boolean exhausted = state.batches.isExhausted();
            long wanted = state.batches.examples();
            begin();
            while ((pass.batches < wanted || exhausted) && iterator.hasNext()) {
                Integer imprint = Imprint.ofBatch(iterator.next());
                pass.add(imprint);
                passedOver.add(imprint);
            }
            // An exhausted pass may have had more updates than batches (truncated back-propagation through time).
            if (!exhausted && pass.batches < wanted) {
                throw new IllegalStateException("Expected the data that the checkpoint was taken with, but the"
                        + " iterator ended after " + pass.batches + " of " + wanted + " batches");
            }
            if (state.contents != null && pass.contents != null && !state.contents.equals(pass.contents)) {
                log.warn("Expected the batches that the epoch had, in their order, got others, by their first and last"
                        + " examples. This iterator was begun anew as fit does it; where anything else does (the program"
                        + " before each fit, early stopping, an evaluation) hand a DynamicBatchIterator to fit, which"
                        + " counts that");
            }
            boolean over = !exhausted && pass.batches > 0 && !iterator.hasNext();
            boolean known = !passedOver.contains(null) && new HashSet<>(passedOver).size() == passedOver.size();
            if (!known || passedOver.size() < SURE || over || exhausted) {
                passedOver.clear();
            }
            ended = over || exhausted;
            fresh = !ended;
            return over;
        }
    }
}
