package io.dl4jext.batch;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.accumulation.MicroBatch;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.batch.schedule.BatchSizes;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws batches of a source until there are enough examples, and hands these out.
 *
 * <p>What a pass through the data is for is not known when it begins: DL4J asks an iterator the same in order to train
 * and in order to evaluate. It is {@link Stage#OPEN} until the network is heard to train (in {@code fit} from the first
 * batch on, else after it), {@link Stage#TRAINING} from then on, and {@link Stage#EXHAUSTED} once it was said that no
 * batch is left, until {@link #reset()}, whatever size is due by then: {@code fit} resets only what has no next batch.
 *
 * <p>Only a pass that trains leaves a rest out or carries it over, takes in what the pass before left, and moves the
 * schedule. A pass that stays open is every example of the source once.
 */
final class Rebatcher {

    /** How far a pass is. */
    private enum Stage {
        /** It may train, or not. */
        OPEN,
        TRAINING,
        EXHAUSTED
    }

    /** More than any batch that is larger than its data; what a state may ask to be held in memory. */
    private static final long MOST_CARRIED = 1 << 16;

    private static final Logger log = LoggerFactory.getLogger(Rebatcher.class);

    private final ExampleSource source;
    private final ExampleBuffer buffer;
    private final BatchSizes sizes;
    private final LastBatch lastBatch;
    private final int microBatchSize;
    private final Progress progress;
    private final HandedOut handedOut;
    private final ProgressListener listener;

    private Stage stage = Stage.OPEN;
    /** How often the source was begun anew, after some of it was drawn or none. */
    private int passes;

    private int idleResets;
    /** Whether the pass trains, also when it is exhausted. */
    private boolean trains;
    /** What the pass before left, for the first time that this one is known to train. */
    private List<Slice> carriedOver = List.of();
    /** The same, to be carried on if this pass turns out not to have trained. */
    private List<Slice> carriedAtBegin = List.of();
    /** How many at the buffer's front were carried over. */
    private long carried;
    /** Examples of the source's that this pass has handed out. */
    private long given;

    /** Whether a place within a pass was gone to, and nothing was handed out since. */
    private boolean goneTo;

    /** The place within a pass that was gone to; null in a pass from its beginning. */
    private BatchState place;

    private Asked asked;
    /** The batch that is being handed out, or null between two. */
    private Batch current;

    private int lastSize;
    /** The epoch of the pass that is exhausted; the network has counted on since, if that was told. */
    private int exhaustedIn;
    /** Whether the pass was ended by a refusal. */
    private boolean refused;

    Rebatcher(
            ExampleSource source,
            BatchSizes sizes,
            LastBatch lastBatch,
            int microBatchSize,
            Progress progress,
            HandedOut handedOut,
            ProgressListener listener) {
        this.source = source;
        this.buffer = new ExampleBuffer(source);
        this.sizes = sizes;
        this.lastBatch = lastBatch;
        this.microBatchSize = microBatchSize;
        this.progress = progress;
        this.handedOut = handedOut;
        this.listener = listener;
    }

    /** A size that was asked for, and what for. */
    private static final class Asked {

        final int epoch;
        final int iteration;
        final int size;

        Asked(int epoch, int iteration, int size) {
            this.epoch = epoch;
            this.iteration = iteration;
            this.size = size;
        }
    }

    /** A batch that is being handed out, in one part or several. All its examples are in the buffer. */
    private static final class Batch {

        final int size;
        final BatchState begin;
        int remaining;

        Batch(int size, BatchState begin) {
            this.size = size;
            this.begin = begin;
            this.remaining = size;
        }

        boolean isWhole() {
            return remaining == size;
        }
    }

    ProgressListener listener() {
        return listener;
    }

    /** Without this one's lock, as networks ask their own for what this needs, and hold it while they draw. */
    void attachTo(Model network) {
        boolean another = progress.model() != null && progress.model() != network;
        leaveFailed();
        listener.attachTo(network);
        if (another) {
            leaveUpdate();
        }
    }

    /** Likewise. */
    void detachFrom(Model network) {
        boolean followed = progress.model() == network;
        leaveFailed();
        listener.detachFrom(network);
        if (followed) {
            leaveUpdate();
        }
    }

    /**
     * What is left of an accumulated batch is one of its own: the update that it was of is no more. What a queue holds
     * goes on in its order.
     */
    private synchronized void leaveUpdate() {
        if (!progress.isDrawnAhead() && handedOut.leaveUpdate() && current != null && !current.isWhole()) {
            current = new Batch(current.remaining, position());
        }
    }

    synchronized boolean hasNext() {
        leaveFailed();
        if (!listener.mayBeDrawnAhead()) {
            exhaust();
        }
        return drawing(this::isNext);
    }

    /** What fails is not trained on: neither {@code fit} nor early stopping tries again. */
    private <T> T drawing(Supplier<T> draw) {
        try {
            return draw.get();
        } catch (RuntimeException e) {
            progress.breakOff();
            throw e;
        }
    }

    private boolean isNext() {
        decide();
        if (stage != Stage.EXHAUSTED && !isBatchLeft(this::ask)) {
            exhaust();
        }
        return stage != Stage.EXHAUSTED;
    }

    private void exhaust() {
        if (stage != Stage.EXHAUSTED) {
            stage = Stage.EXHAUSTED;
            exhaustedIn = progress.epoch();
            progress.passExhausted();
        }
    }

    /** Before anything is drawn. A pass that was to train, until what said so was broken off, is open again. */
    private void decide() {
        listener.noticeDeafness();
        boolean training = progress.isTraining();
        if (!training && stage == Stage.TRAINING && current == null) {
            stage = Stage.OPEN;
            trains = false;
            if (carried > 0) {
                carriedOver = buffer.take(carried);
                carried = 0;
            }
        }
        decide(training);
    }

    /** Takes in what was carried over when the pass is known to train; within a batch, after it. */
    private void decide(boolean training) {
        if (training && stage == Stage.OPEN) {
            stage = Stage.TRAINING;
        }
        trains |= training;
        if (stage == Stage.TRAINING && current == null && !carriedOver.isEmpty()) {
            buffer.putFirst(carriedOver);
            carried = count(carriedOver);
            carriedOver = List.of();
        }
    }

    /** @param size is asked for only where the answer depends on it */
    private boolean isBatchLeft(IntSupplier size) {
        if (current != null) {
            return true;
        }
        if (buffer.isAtEnd()) {
            return false;
        }
        if (keepsRest()) {
            return true;
        }
        int wanted = size.getAsInt();
        buffer.draw(wanted, progress.epoch());
        return buffer.count() >= wanted;
    }

    /** Whether what does not fill a batch at the end is handed out nevertheless. */
    private boolean keepsRest() {
        return stage == Stage.OPEN
                || lastBatch == LastBatch.KEEP
                || (lastBatch == LastBatch.CARRY && !source.resetSupported());
    }

    /**
     * The next batch of the scheduled size, or the next part of it.
     *
     * @param finish makes what is handed out of the examples; if it throws, nothing has been handed out
     */
    synchronized <D> D next(Function<Examples, D> finish) {
        leaveFailed();
        requireHearing(current == null || current.isWhole());
        return drawing(() -> nextScheduled(finish));
    }

    private <D> D nextScheduled(Function<Examples, D> finish) {
        if (!isNext()) {
            throw new NoSuchElementException("No batch is left in epoch " + exhaustedIn + " after " + given
                    + " examples" + (buffer.drawn() == 0 ? ": the source is empty" : ""));
        }
        if (current == null) {
            int size = ask();
            buffer.draw(size, progress.epoch());
            lastSize = size;
            current = new Batch((int) Math.min(size, buffer.count()), position());
        }
        int count = Math.min(current.remaining, microBatchSize);
        boolean first = current.isWhole();
        boolean last = current.remaining == count;
        D out = finish.apply(buffer.front(count));

        handOut(new MicroBatch(first, last, count, current.size), count, out);
        current.remaining -= count;
        if (last) {
            current = null;
        }
        return out;
    }

    /** A batch of at most {@code count} examples, whatever the schedule says. */
    synchronized <D> D next(int count, Function<Examples, D> finish) {
        Checks.positive("number of examples", count);
        leaveFailed();
        if (current != null) {
            throw new IllegalStateException("Expected the rest of an accumulated batch of " + current.size
                    + " examples to be taken with next() first, " + current.remaining + " are left");
        }
        requireHearing(true);
        return drawing(() -> nextOf(count, finish));
    }

    private <D> D nextOf(int count, Function<Examples, D> finish) {
        decide();
        if (stage != Stage.EXHAUSTED) {
            buffer.draw(count, progress.epoch());
        }
        if (stage == Stage.EXHAUSTED || buffer.count() == 0) {
            exhaust();
            throw new NoSuchElementException(
                    "No example is left in epoch " + exhaustedIn + " after " + given + " examples");
        }
        int number = (int) Math.min(count, buffer.count());
        D out = finish.apply(buffer.front(number));
        handOut(new MicroBatch(true, true, number, number), number, out);
        lastSize = number;
        return out;
    }

    /** The rest of an accumulated batch is passed over when a pass on one of its parts has failed. */
    private synchronized void leaveFailed() {
        listener.betweenPasses();
        if (current != null && !current.isWhole() && handedOut.isBroken() && handedOut.current() == null) {
            take(current.remaining);
            current = null;
        }
    }

    private void requireHearing(boolean first) {
        try {
            listener.requireHearing(first, handedOut.current() != null);
        } catch (ProgressListener.UnheardException e) {
            // Not to go on in the middle: the next fit begins anew.
            exhaust();
            refused = true;
            throw e;
        }
    }

    private void handOut(MicroBatch batch, int count, Object data) {
        take(count);
        goneTo = false;
        progress.handedOut(batch.isFirst(), stage == Stage.TRAINING);
        if (carried == 0 && carriedOver.isEmpty() && progress.hasTrained()) {
            // Used up. It would hold on to batches of the pass before.
            carriedAtBegin = List.of();
        }
        if (microBatchSize < Integer.MAX_VALUE) {
            handedOut.add(batch, features(data), labels(data), progress.drawing());
        }
    }

    /** What will be the inputs of the network that trains on it. */
    private static INDArray[] features(Object data) {
        return data instanceof MultiDataSet
                ? ((MultiDataSet) data).getFeatures()
                : new INDArray[] {((DataSet) data).getFeatures()};
    }

    private static INDArray labels(Object data) {
        if (data instanceof DataSet) {
            return ((DataSet) data).getLabels();
        }
        INDArray[] all = ((MultiDataSet) data).getLabels();
        return all == null || all.length == 0 ? null : all[0];
    }

    private void take(int count) {
        buffer.take(count);
        long fromBefore = Math.min(carried, count);
        carried -= fromBefore;
        given += count - fromBefore;
    }

    /** Once for each iteration: a pass that does not train has one size. */
    private int ask() {
        int epoch = progress.epoch();
        int iteration = progress.iteration();
        if (asked == null || asked.epoch != epoch || asked.iteration != iteration) {
            asked = new Asked(epoch, iteration, sizeAt(epoch, iteration));
        }
        return asked.size;
    }

    private int sizeAt(int epoch, int iteration) {
        int size = sizes.batchSize(epoch, iteration);
        if (size <= 0) {
            throw new IllegalStateException("Expected a batch size > 0, got " + size + " from " + sizes + " at epoch "
                    + epoch + ", iteration " + iteration + ", before example " + given);
        }
        return size;
    }

    /**
     * Begins the source anew. Not where a place within a pass was gone to and nothing was handed out since: a program
     * that begins the data anew before each {@code fit}, as ParallelWrapper and early stopping do, does so for the rest
     * of a pass, too.
     */
    synchronized void reset() {
        if (!source.resetSupported()) {
            throw new UnsupportedOperationException("The source of this iterator cannot be reset");
        }
        listener.betweenPasses();
        listener.requireHearingAgain(stage == Stage.EXHAUSTED);
        if (goneTo && stage != Stage.EXHAUSTED && isBatchLeft(this::ask)) {
            return;
        }
        listener.noticeDeafness();
        if (place != null && progress.isUntrained()) {
            log.warn(
                    "The rest of an epoch that was gone on with, {} examples of it, was drawn for something else than training"
                            + " (an evaluation, a normaliser): it had no others, and the place is gone back to, of a source"
                            + " that shuffles in another order. Expected training to go on first, or the source iterator for such",
                    given - place.examples());
            passes++;
            restore(place);
            return;
        }
        if (buffer.drawn() > 0) {
            passes++;
        } else {
            idleResets++;
        }
        source.reset();
        decide(progress.hasTrained());
        boolean exhausted = stage == Stage.EXHAUSTED && !refused;
        boolean counts = trains && progress.isPassCounted(exhausted);
        if (exhausted && trains && !counts && given > 0 && buffer.count() > carried) {
            log.warn(
                    "A pass that was drawn ahead, before the network had trained, turns out to have been no training: its"
                            + " last {} examples were left out. Evaluate on the source, or prefetch that",
                    buffer.count() - carried);
        }
        carriedOver = leftBy(counts, exhausted);
        if (exhausted) {
            handedOut.beginAgain();
        } else {
            handedOut.clear();
        }
        progress.reset(exhausted, counts && exhausted);
        begin();
        decide(progress.isTraining());
    }

    /** What the next pass is to begin with. */
    private List<Slice> leftBy(boolean counts, boolean exhausted) {
        if (!counts) {
            return carriedAtBegin;
        }
        List<Slice> left = new ArrayList<>(carriedOver);
        left.addAll(buffer.take(exhausted && lastBatch == LastBatch.CARRY ? buffer.count() : carried));
        return left;
    }

    /** A pass that hands out what was carried over, and then the source from its beginning. */
    private void begin() {
        buffer.begin();
        stage = Stage.OPEN;
        trains = false;
        goneTo = false;
        refused = false;
        place = null;
        current = null;
        carriedAtBegin = carriedOver;
        carried = 0;
        given = 0;
    }

    private static long count(List<Slice> slices) {
        return slices.stream().mapToLong(Slice::count).sum();
    }

    private BatchState position() {
        boolean exhausted = stage == Stage.EXHAUSTED;
        return new BatchState(
                exhausted ? progress.nextEpoch() : progress.epoch(),
                progress.iteration(),
                given,
                carried + count(carriedOver),
                exhausted);
    }

    /** Where training stands; within an accumulated batch, where that began. */
    synchronized BatchState state() {
        if (place != null && progress.isUntrained()) {
            return place; // where reset() will go
        }
        decide(progress.hasTrained());
        if (!trains) {
            return new BatchState(progress.epoch(), progress.iteration(), 0, count(carriedAtBegin), false);
        }
        return current != null ? current.begin : position();
    }

    /** Whether parts of an accumulated batch are still to be handed out. */
    synchronized boolean isWithinBatch() {
        return current != null;
    }

    synchronized boolean isDrawnAhead() {
        return progress.isDrawnAhead();
    }

    /** Whether a training pass has no batch left. Draws what is needed to tell. */
    synchronized boolean isPassOver() {
        return isPassOver(this::ask);
    }

    /**
     * The same after an update that the network has not counted yet. The next size is not kept: what is measured of the
     * update may still change it.
     */
    synchronized boolean isPassOverAfterUpdate() {
        return isPassOver(() -> sizeAt(progress.epoch(), progress.iterationAfterUpdate()));
    }

    private boolean isPassOver(IntSupplier nextSize) {
        return stage != Stage.EXHAUSTED && !isBatchLeft(nextSize);
    }

    /** The pass is over, as is the epoch, which the network was not told; next comes {@link #reset()}. */
    synchronized void finishPass() {
        BatchState state = position();
        progress.restore(new BatchState(state.epoch() + 1, state.iteration(), state.examples(), 0, true));
        exhaustRestored();
    }

    private void exhaustRestored() {
        stage = Stage.EXHAUSTED;
        exhaustedIn = progress.epoch() - 1;
        if (lastBatch == LastBatch.CARRY) {
            // What reset() is to carry over.
            buffer.draw(Long.MAX_VALUE, progress.epoch());
        }
    }

    /** Goes to where another iterator over the same data stood. */
    synchronized void restore(BatchState state) {
        if (state == null) {
            throw new IllegalArgumentException("Expected the state of an iterator over the same data, got null");
        }
        if (source.resetSupported()) {
            source.reset();
        }
        buffer.begin();
        goTo(state, state.carried() > 0 ? lastOfThePass(state.carried()) : List.of());
        goneTo = state.examples() > 0;
    }

    BatchSizes sizes() {
        return sizes;
    }

    /** How often the source was begun anew after some of it had been drawn, by training or anything else. */
    synchronized int passes() {
        return passes;
    }

    /** How often the source was begun anew with nothing drawn. */
    synchronized int idleResets() {
        return idleResets;
    }

    /**
     * As {@link #restore}, where the source is as the program that is resumed began with it: it is begun anew as often
     * as before, after a batch or none, so that one that shuffles gives the same orders again.
     *
     * @param within whether the pass had begun and was not over; examples that were carried over may be all that it had
     */
    synchronized void restore(BatchState state, int ofPasses, int idle, boolean within) {
        if (buffer.drawn() > 0 && source.resetSupported()) {
            // As fit begins, after a normaliser, say.
            source.reset();
            passes++;
        }
        // What the program has done again before it resumed, it did before, too.
        int passesLeft = ofPasses - passes;
        int idleLeft = idle - idleResets;
        if (passesLeft < 0 || idleLeft < 0) {
            log.warn(
                    "The data was begun anew {} times, and {} more with nothing drawn, before it goes to a place that was"
                            + " saved after {} and {} times: a source that shuffles gives another order",
                    passes,
                    idleResets,
                    ofPasses,
                    idle);
        }
        passes = Math.max(passes, ofPasses);
        idleResets = Math.max(idleResets, idle);
        if (!source.resetSupported() || (state.carried() > 0 && passesLeft <= 0)) {
            restore(state);
            goneTo = within;
            return;
        }
        for (int reset = 0; reset < idleLeft; reset++) {
            source.reset();
        }
        if (!source.hasNext()) {
            source.reset();
        }
        List<Slice> left = List.of();
        for (int pass = 1; pass <= passesLeft; pass++) {
            buffer.begin();
            if (pass == passesLeft && state.carried() > 0) {
                left = lastOfThePass(state.carried());
            } else {
                buffer.draw(1, progress.epoch());
                source.reset();
            }
        }
        buffer.begin();
        goTo(state, left);
        goneTo = within;
    }

    /** The source is at the beginning of the pass. */
    private void goTo(BatchState state, List<Slice> left) {
        carriedOver = left;
        handedOut.clear();
        begin();
        place = state.examples() > 0 ? state : null;
        asked = null;
        progress.restore(state);
        skip(state.examples());
        given = state.examples();
        decide(progress.hasTrained());
        if (state.isExhausted()) {
            exhaustRestored();
        }
    }

    /** The last examples of a whole pass, or of several if one has fewer. The source is at its beginning again. */
    private List<Slice> lastOfThePass(long wanted) {
        long before;
        do {
            before = buffer.count();
            while (source.hasNext()) {
                buffer.draw(buffer.count() + 1, progress.epoch());
                buffer.take(Math.max(0, buffer.count() - wanted));
            }
            source.reset();
            if (wanted > Math.max(buffer.drawn(), MOST_CARRIED)) {
                throw new IllegalStateException("Expected fewer examples carried over than a batch has, got " + wanted
                        + " with " + buffer.drawn() + " examples in a pass");
            }
        } while (buffer.count() < wanted && buffer.count() > before);
        requireDrawn(wanted, "carried over");
        return buffer.take(wanted);
    }

    private void skip(long count) {
        long left = count;
        while (left > 0) {
            buffer.draw(1, progress.epoch());
            requireDrawn(1, "handed out");
            long skipped = Math.min(left, buffer.count());
            buffer.take(skipped);
            left -= skipped;
        }
    }

    private void requireDrawn(long count, String what) {
        if (buffer.count() < count) {
            throw new IllegalStateException("Expected the data that the state was taken from, but the source ended"
                    + " after " + buffer.drawn() + " examples, before those that were " + what);
        }
    }

    boolean resetSupported() {
        return source.resetSupported();
    }

    /**
     * The size of the batch handed out last; before the first what the schedule says, unless asking may have effects.
     */
    synchronized int batchSize() {
        if (lastSize == 0 && sizes instanceof BatchSchedule) {
            return sizes.batchSize(progress.epoch(), progress.iteration());
        }
        return lastSize;
    }
}
