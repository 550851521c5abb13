package io.dl4jext.batch;

import io.dl4jext.batch.internal.accumulation.MicroBatch;
import io.dl4jext.batch.internal.accumulation.MicroBatches;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The micro-batches that were handed out and are yet to be trained on, in their order.
 *
 * <p>A pass is known by its input, which is the very array that was handed out unless somebody has made another of it (a
 * copy, an augmentation). Otherwise it is on the part whose turn it is, if what drew the parts trains on nothing else
 * meanwhile ({@link Drawn}), or if no pass of this pass through the data was known by its input.
 */
final class HandedOut implements MicroBatches {

    /** What drew a part. */
    enum Drawn {
        /** A loop of the user's own, which may train on anything before it trains on the part. */
        BY_HAND,
        /** {@code fit} or early stopping, which train on a part before they draw the next. */
        BY_TURNS,
        /** A thread ahead of training, for what trains on the parts in their order. */
        AHEAD
    }

    private final Deque<Part> waiting = new ArrayDeque<>();
    /** Whether a part of the present update was given up. */
    private boolean broken;
    /** Whether a pass was known by its input since the data began anew. */
    private boolean knownByInput;
    /** Whether a pass failed, and none was known by its input since: anything may be trained on now. */
    private boolean astray;
    /** Whether what waits is of the pass through the data before this one. */
    private boolean ofPassBefore;

    private static final class Part {

        final MicroBatch batch;
        final WeakReference<INDArray> features;
        final Drawn drawn;

        Part(MicroBatch batch, INDArray features, Drawn drawn) {
            this.batch = batch;
            this.features = new WeakReference<>(features);
            this.drawn = drawn;
        }
    }

    @Override
    public synchronized MicroBatch current() {
        return waiting.isEmpty() ? null : waiting.peekFirst().batch;
    }

    @Override
    public synchronized MicroBatch begin(INDArray input, boolean ofFit, boolean failed) {
        int place = placeOf(input);
        if (place >= 0) {
            knownByInput |= !ofPassBefore;
            astray = false;
            giveUp(place);
        } else {
            if (failed) {
                giveUp();
                astray = knownByInput;
            }
            if (!ofFit || !isKnownByOrder()) {
                return null;
            }
            giveUp(waiting.peekLast().drawn == Drawn.BY_TURNS ? waiting.size() - 1 : 0);
        }
        MicroBatch begun = current();
        broken &= !begun.isFirst();
        return begun;
    }

    private int placeOf(INDArray input) {
        int place = 0;
        for (Part part : waiting) {
            if (input != null && part.features.get() == input) {
                return place;
            }
            place++;
        }
        return -1;
    }

    private boolean isKnownByOrder() {
        if (waiting.isEmpty()) {
            return false;
        }
        Drawn drawn = waiting.peekLast().drawn;
        return !knownByInput || drawn == Drawn.BY_TURNS || drawn == Drawn.AHEAD && !astray;
    }

    private void giveUp(int parts) {
        for (int part = 0; part < parts; part++) {
            giveUp();
        }
    }

    @Override
    public synchronized void giveUp() {
        broken = !waiting.removeFirst().batch.isLast();
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

    synchronized void add(MicroBatch batch, INDArray features, Drawn drawn) {
        if (ofPassBefore) {
            waiting.clear();
        }
        ofPassBefore = false;
        waiting.addLast(new Part(batch, features, drawn));
    }

    synchronized void clear() {
        waiting.clear();
        broken = false;
        knownByInput = false;
        astray = false;
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
        knownByInput = false;
        astray = false;
        ofPassBefore = true;
    }
}
