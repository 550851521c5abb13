package io.dl4jext.batch;

import io.dl4jext.batch.update.MicroBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Draws batches of a source until there are enough examples, and hands these out. What is drawn leaves the buffer only
 * when a batch of it is complete; so whatever throws, the next attempt goes on with the same examples.
 *
 * <p>A pass is open until it was said once that no batch is left; then it is exhausted until {@link #reset()}, whatever
 * size is due by then: DL4J's {@code fit} resets only what has no next batch.
 *
 * <p>An evaluation is a pass of its own: every example once, nothing carried in or over, no progress.
 */
final class Rebatcher {

    private final ExampleSource source;
    private final BatchSizes sizes;
    private final LastBatch lastBatch;
    private final int maxExamples;
    private final Progress progress;
    private final HandedOut handedOut;
    private final ProgressListener listener;

    private final Deque<Slice> buffer = new ArrayDeque<>();
    private long buffered;
    /** How many at the buffer's front come from the pass before. */
    private long carried;
    /** Examples of this pass that were drawn, and that were handed out. */
    private long drawn;

    private long given;
    private int drawnBatches;
    private Asked asked;
    private Batch open;
    private int lastSize;
    private boolean exhausted;
    /** Not null while an evaluation draws. */
    private Suspended suspended;

    Rebatcher(
            ExampleSource source,
            BatchSizes sizes,
            LastBatch lastBatch,
            int maxExamples,
            Progress progress,
            HandedOut handedOut,
            ProgressListener listener) {
        this.source = source;
        this.sizes = sizes;
        this.lastBatch = lastBatch;
        this.maxExamples = maxExamples;
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
    }

    /** What an evaluation must not touch. */
    private static final class Suspended {

        final BatchState position;
        final List<Slice> carried;

        Suspended(BatchState position, List<Slice> carried) {
            this.position = position;
            this.carried = carried;
        }
    }

    ProgressListener listener() {
        return listener;
    }

    synchronized boolean hasNext() {
        Caller caller = Caller.now();
        recognise(caller);
        exhausted = exhausted || (suspended == null && !listener.isHeardOf(caller));
        return isNext();
    }

    private boolean isNext() {
        exhausted = exhausted || !isBatchLeft();
        return !exhausted;
    }

    private boolean isBatchLeft() {
        if (open != null) {
            return true;
        }
        if (buffered == 0 && !source.hasNext()) {
            return false;
        }
        if (keepsRest()) {
            return true;
        }
        int size = ask();
        draw(size);
        return buffered >= size;
    }

    /** Whether what does not fill a batch at the end is handed out nevertheless. */
    private boolean keepsRest() {
        return suspended != null
                || lastBatch == LastBatch.KEEP
                || (lastBatch == LastBatch.CARRY && !source.resetSupported());
    }

    /**
     * Whether it is an evaluation that draws. A thread that draws ahead does so for who began the pass. An exhausted pass
     * stays what it was: its rest belongs to it.
     */
    private void recognise(Caller caller) {
        if (exhausted) {
            return;
        }
        if (caller == Caller.EVALUATION && suspended == null) {
            BatchState position = open == null ? position() : open.begin;
            open = null;
            List<Slice> own = slices(carried);
            remove(carried);
            suspended = new Suspended(position, own);
        } else if (caller != Caller.EVALUATION && caller != Caller.PREFETCHING && suspended != null) {
            open = null;
            resume();
        }
    }

    private void resume() {
        for (int i = suspended.carried.size() - 1; i >= 0; i--) {
            Slice slice = suspended.carried.get(i);
            buffer.addFirst(slice);
            buffered += slice.count();
            carried += slice.count();
        }
        suspended = null;
    }

    /**
     * The next batch of the scheduled size, or the next part of it.
     *
     * @param finish makes what is handed out of the examples; if it throws, nothing has been handed out
     */
    synchronized <D> D next(Function<Examples, D> finish) {
        Caller caller = Caller.now();
        recognise(caller);
        if (!isNext()) {
            throw new NoSuchElementException("No batch is left in epoch " + progress.epoch() + " after " + given
                    + " examples" + (drawn == 0 ? ": the source is empty" : ""));
        }
        if (suspended == null) {
            listener.requireHearing(caller);
        }
        if (open == null) {
            int size = ask();
            draw(size);
            lastSize = size;
            open = new Batch((int) Math.min(size, buffered), position());
        }
        boolean first = open.remaining == open.size;
        int count = Math.min(open.remaining, maxExamples);
        boolean last = open.remaining == count;
        D out = finish.apply(front(count));

        remove(count);
        open.remaining -= count;
        if (first) {
            asked = null;
        }
        if (suspended == null) {
            handOut(new MicroBatch(first, last, count, open.size));
        }
        if (last) {
            open = null;
        }
        return out;
    }

    private void handOut(MicroBatch batch) {
        progress.handedOut(batch.isFirst());
        if (maxExamples < Integer.MAX_VALUE) {
            handedOut.add(batch);
        }
    }

    /** A batch of at most {@code count} examples, whatever the schedule says. */
    synchronized <D> D next(int count, Function<Examples, D> finish) {
        PrintedSchedule.requirePositive("number of examples", count);
        Caller caller = Caller.now();
        recognise(caller);
        if (open != null) {
            throw new IllegalStateException("Expected the rest of a virtual batch of " + open.size
                    + " examples to be taken with next() first, " + open.remaining + " are left");
        }
        if (!exhausted) {
            draw(count);
        }
        if (exhausted || buffered == 0) {
            exhausted = true;
            throw new NoSuchElementException(
                    "No example is left in epoch " + progress.epoch() + " after " + given + " examples");
        }
        if (suspended == null) {
            listener.requireHearing(caller);
        }
        int number = (int) Math.min(count, buffered);
        D out = finish.apply(front(number));
        remove(number);
        lastSize = number;
        if (suspended == null) {
            handOut(new MicroBatch(true, true, number, number));
        }
        return out;
    }

    private int ask() {
        int epoch = progress.epoch();
        int iteration = progress.iteration();
        if (asked == null || asked.epoch != epoch || asked.iteration != iteration) {
            int size = sizes.batchSize(epoch, iteration);
            if (size <= 0) {
                throw new IllegalStateException("Expected a batch size > 0, got " + size + " from " + sizes
                        + " at epoch " + epoch + ", iteration " + iteration + ", before example " + given);
            }
            asked = new Asked(epoch, iteration, size);
        }
        return asked.size;
    }

    private void draw(int wanted) {
        while (buffered < wanted && source.hasNext()) {
            String where =
                    "source batch " + drawnBatches + ", from example " + drawn + " on, epoch " + progress.epoch();
            Examples batch;
            // What waits here must not lie in a workspace of the moment.
            try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                batch = source.next();
                if (batch == null) {
                    throw new IllegalStateException("Expected a batch, got null: " + where);
                }
                batch = batch.checked(where);
            }
            buffer.addLast(new Slice(batch, 0, batch.count(), where));
            buffered += batch.count();
            drawn += batch.count();
            drawnBatches++;
        }
    }

    private Examples front(int count) {
        return Merge.of(slices(count));
    }

    /** The buffer's first examples. */
    private List<Slice> slices(long count) {
        List<Slice> slices = new ArrayList<>();
        long missing = count;
        for (Slice slice : buffer) {
            if (missing == 0) {
                break;
            }
            long taken = Math.min(missing, slice.count());
            slices.add(slice.to(slice.from + taken));
            missing -= taken;
        }
        return slices;
    }

    private void remove(long count) {
        long left = count;
        while (left > 0) {
            Slice slice = buffer.removeFirst();
            if (slice.count() > left) {
                buffer.addFirst(slice.from(slice.from + left));
            }
            left -= Math.min(left, slice.count());
        }
        buffered -= count;
        long fromBefore = Math.min(carried, count);
        carried -= fromBefore;
        given += count - fromBefore;
    }

    /** Begins the source anew. */
    synchronized void reset() {
        if (!source.resetSupported()) {
            throw new UnsupportedOperationException("The source of this iterator cannot be reset");
        }
        Caller caller = Caller.now();
        listener.requireHearingAgain(caller);
        source.reset();
        boolean evaluated = suspended != null;
        boolean complete = exhausted && (caller != Caller.FIT || progress.isEpochOver());
        if (evaluated) {
            keepFront(0);
            resume();
        } else {
            keepFront(lastBatch == LastBatch.CARRY && complete ? buffered : carried);
        }
        open = null;
        drawn = 0;
        drawnBatches = 0;
        given = 0;
        handedOut.clear();
        if (!evaluated) {
            progress.reset(complete);
        }
        exhausted = false;
        recognise(caller);
    }

    private void keepFront(long count) {
        while (buffered > count) {
            Slice slice = buffer.removeLast();
            buffered -= slice.count();
            if (buffered < count) {
                buffer.addLast(slice.to(slice.from + count - buffered));
                buffered = count;
            }
        }
        carried = count;
    }

    private BatchState position() {
        return new BatchState(
                exhausted ? progress.nextEpoch() : progress.epoch(), progress.iteration(), given, carried, exhausted);
    }

    /** Where training stands; within a virtual batch, where that began. */
    synchronized BatchState state() {
        return suspended != null ? suspended.position : open != null ? open.begin : position();
    }

    /** Goes to where another iterator over the same data stood. */
    synchronized void restore(BatchState state) {
        if (state == null) {
            throw new IllegalArgumentException("Expected the state of an iterator over the same data, got null");
        }
        if (source.resetSupported()) {
            source.reset();
        }
        keepFront(0);
        handedOut.clear();
        open = null;
        asked = null;
        suspended = null;
        exhausted = false;
        drawn = 0;
        drawnBatches = 0;
        if (state.carried() > 0) {
            recover(state.carried());
        }
        skip(state.examples());
        given = state.examples();
        exhausted = state.isExhausted();
        if (exhausted && lastBatch == LastBatch.CARRY) {
            // What reset() is to carry over.
            draw(Integer.MAX_VALUE);
        }
        progress.restore(state);
    }

    /** The last examples of a whole pass, or of several if one has fewer. */
    private void recover(long count) {
        long before;
        do {
            before = buffered;
            while (source.hasNext()) {
                draw((int) Math.min(Integer.MAX_VALUE, buffered + 1));
                while (buffered - buffer.peekFirst().count() >= count) {
                    buffered -= buffer.removeFirst().count();
                }
            }
            source.reset();
        } while (buffered < count && buffered > before);
        requireDrawn(count, "carried over");
        long excess = buffered - count;
        if (excess > 0) {
            Slice slice = buffer.removeFirst();
            buffer.addFirst(slice.from(slice.from + excess));
            buffered = count;
        }
        carried = count;
        drawn = 0;
        drawnBatches = 0;
    }

    private void skip(long count) {
        long left = count;
        while (left > 0) {
            if (buffered == 0) {
                draw(1);
            }
            requireDrawn(1, "handed out");
            long skipped = Math.min(left, buffered);
            Slice slice = buffer.removeFirst();
            if (slice.count() > skipped) {
                buffer.addFirst(slice.from(slice.from + skipped));
            }
            buffered -= skipped;
            left -= skipped;
        }
    }

    private void requireDrawn(long count, String what) {
        if (buffered < count) {
            throw new IllegalStateException("Expected the data that the state was taken from, but the source ended"
                    + " after " + drawn + " examples, before those that were " + what);
        }
    }

    boolean resetSupported() {
        return source.resetSupported();
    }

    /** The size of the batch handed out last; before the first what the schedule says, unless asking may have effects. */
    synchronized int batchSize() {
        if (lastSize == 0 && sizes instanceof BatchSchedule) {
            return sizes.batchSize(progress.epoch(), progress.iteration());
        }
        return lastSize;
    }
}
