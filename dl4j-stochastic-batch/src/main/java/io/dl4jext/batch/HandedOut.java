package io.dl4jext.batch;

import io.dl4jext.batch.internal.accumulation.MicroBatch;
import io.dl4jext.batch.internal.accumulation.MicroBatches;
import io.dl4jext.batch.internal.accumulation.Pass;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The micro-batches that were handed out and are yet to be trained on, in their order.
 *
 * <p>A pass is known by what it is on: the very array that was handed out, or the labels that were handed out with it (of
 * a MultiLayerNetwork), or, where a loop of the user's own drew, a copy. Otherwise (an augmentation) it is on the part
 * whose turn it is, unless such a loop drew that, which may train on anything.
 */
final class HandedOut implements MicroBatches {

    /** What drew a part. */
    enum Drawn {
        /** By a loop of the user's own, which may train on anything before it trains on the part. */
        BY_HAND,
        /** By {@code fit} or early stopping, which train on a part before they draw the next. */
        BY_TURNS,
        /** By a thread ahead of training, for what trains on the parts in their order. */
        AHEAD
    }

    private final Deque<Part> waiting = new ArrayDeque<>();
    /** Whether a part of the present update was given up. */
    private boolean broken;
    /** Whether a pass was known by what it is on since the data began anew. */
    private boolean known;
    /** Whether a pass failed, and none was known by what it is on since: anything may be trained on now. */
    private boolean astray;
    /** Whether a pass failed on a part that was drawn ahead: its queue may be given up, too. */
    private boolean queueFailed;
    /** Whether what waits is of the pass through the data before this one. */
    private boolean ofPassBefore;

    private static final class Part {

        final MicroBatch batch;
        final WeakReference<INDArray> features;
        final WeakReference<INDArray> labels;
        /** Of what is drawn by hand, and may be trained on in a copy. */
        final Integer imprint;

        final Drawn drawn;
        final Thread by = Thread.currentThread();

        Part(MicroBatch batch, INDArray[] features, INDArray labels, Drawn drawn) {
            this.batch = batch;
            this.features = new WeakReference<>(features[0]);
            this.labels = new WeakReference<>(labels);
            this.imprint = drawn == Drawn.BY_HAND ? Imprint.of(features) : null;
            this.drawn = drawn;
        }

        /** Whether it waits in a queue that another thread than this one has filled. */
        boolean isOfAnotherQueue() {
            return drawn == Drawn.AHEAD && by != Thread.currentThread();
        }
    }

    @Override
    public synchronized MicroBatch current() {
        return waiting.isEmpty() ? null : waiting.peekFirst().batch;
    }

    @Override
    public synchronized MicroBatch begin(Pass pass, boolean failed) {
        int place = placeOf(pass);
        if (place >= 0) {
            known |= !ofPassBefore;
            astray = false;
            queueFailed = false;
            giveUp(place);
        } else {
            if (failed) {
                giveUp();
                astray = known;
            }
            if (!isOnTheOneWhoseTurnItIs(pass)) {
                return null;
            }
            giveUp(waiting.peekLast().drawn == Drawn.BY_TURNS ? waiting.size() - 1 : 0);
        }
        MicroBatch begun = current();
        broken &= !begun.isFirst();
        return begun;
    }

    private int placeOf(Pass pass) {
        INDArray input = pass.inputs()[0];
        int place = placeOf(part -> input != null && part.features.get() == input);
        if (place >= 0 || waiting.isEmpty() || !pass.isOfFit()) {
            return place;
        }
        INDArray labels = pass.labels();
        place = placeOf(part -> labels != null && part.labels.get() == labels);
        // What an iterator brings may be the same examples again.
        boolean copyByHand = place < 0 && waiting.stream().anyMatch(part -> part.imprint != null);
        if (!copyByHand || pass.isOfIterator()) {
            return place;
        }
        Integer imprint = Imprint.of(pass.inputs());
        return placeOf(part -> part.imprint != null && part.imprint.equals(imprint));
    }

    private int placeOf(Predicate<Part> part) {
        int place = 0;
        for (Part one : waiting) {
            if (part.test(one)) {
                return place;
            }
            place++;
        }
        return -1;
    }

    private boolean isOnTheOneWhoseTurnItIs(Pass pass) {
        if (waiting.isEmpty() || !pass.isOfFit()) {
            return false;
        }
        Drawn drawn = waiting.peekLast().drawn;
        return drawn == Drawn.BY_TURNS && pass.isOfIterator() || drawn == Drawn.AHEAD && !astray;
    }

    private void giveUp(int parts) {
        for (int part = 0; part < parts; part++) {
            broken = !waiting.removeFirst().batch.isLast();
        }
    }

    @Override
    public synchronized void giveUp() {
        queueFailed = waiting.peekFirst().drawn == Drawn.AHEAD;
        giveUp(1);
    }

    /**
     * What waits of an update that another network has begun is other data to the next one.
     *
     * @return whether nothing waits then
     */
    synchronized boolean leaveUpdate() {
        while (!waiting.isEmpty() && !waiting.peekFirst().batch.isFirst()) {
            waiting.removeFirst();
        }
        return waiting.isEmpty();
    }

    @Override
    public synchronized boolean isBroken() {
        return broken;
    }

    @Override
    public synchronized void advance(MicroBatch trained) {
        if (current() == trained) {
            waiting.pollFirst();
        }
    }

    synchronized void add(MicroBatch batch, INDArray[] features, INDArray labels, Drawn drawn) {
        if (ofPassBefore) {
            waiting.clear();
        }
        ofPassBefore = false;
        // DL4J throws a queue of its own away with a fit that threw.
        if (queueFailed && !waiting.isEmpty() && waiting.peekLast().isOfAnotherQueue()) {
            giveUp(waiting.size());
            queueFailed = false;
        }
        waiting.addLast(new Part(batch, features, labels, drawn));
    }

    synchronized void clear() {
        waiting.clear();
        broken = false;
        known = false;
        astray = false;
        queueFailed = false;
    }

    /**
     * The data, which has come to its end, begins anew. A part that was handed out last, and not ahead of training, may be
     * trained on still, until the next is drawn.
     */
    synchronized void beginAgain() {
        if (waiting.isEmpty() || waiting.peekLast().drawn == Drawn.AHEAD) {
            clear();
            return;
        }
        giveUp(waiting.size() - 1);
        known = false;
        astray = false;
        ofPassBefore = true;
    }
}
