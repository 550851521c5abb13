package io.dl4jext.batch;

import io.dl4jext.batch.internal.accumulation.MicroBatch;
import io.dl4jext.batch.internal.accumulation.MicroBatches;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The micro-batches that were handed out and are yet to be trained on, first in, first out. A pass is known by its
 * input, which is the very array that was handed out unless somebody has made a copy; then the order tells.
 */
final class HandedOut implements MicroBatches {

    private final Deque<Part> waiting = new ArrayDeque<>();
    /** Whether a part of the present update was given up. */
    private boolean broken;
    /** Whether a pass was known by its input: then what has another input is no part. */
    private boolean knownByInput;

    private static final class Part {

        final MicroBatch batch;
        final WeakReference<INDArray> features;

        Part(MicroBatch batch, INDArray features) {
            this.batch = batch;
            this.features = new WeakReference<>(features);
        }
    }

    @Override
    public synchronized MicroBatch current() {
        return waiting.isEmpty() ? null : waiting.peekFirst().batch;
    }

    @Override
    public synchronized MicroBatch begin(INDArray input, boolean failed) {
        int place = placeOf(input);
        knownByInput |= place >= 0;
        giveUp(place >= 0 ? place : failed ? 1 : 0);
        if (place < 0 && knownByInput) {
            return null;
        }
        MicroBatch begun = current();
        broken &= begun == null || !begun.isFirst();
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

    synchronized void add(MicroBatch batch, INDArray features) {
        waiting.addLast(new Part(batch, features));
    }

    synchronized void clear() {
        waiting.clear();
        broken = false;
    }
}
