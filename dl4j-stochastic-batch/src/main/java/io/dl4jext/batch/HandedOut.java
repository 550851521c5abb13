package io.dl4jext.batch;

import io.dl4jext.batch.internal.accumulation.MicroBatch;
import io.dl4jext.batch.internal.accumulation.MicroBatches;
import java.util.ArrayDeque;
import java.util.Deque;

/** The micro-batches that were handed out and are yet to be trained on, first in, first out. */
final class HandedOut implements MicroBatches {

    private final Deque<MicroBatch> waiting = new ArrayDeque<>();

    @Override
    public synchronized MicroBatch current() {
        return waiting.peekFirst();
    }

    @Override
    public synchronized void advance() {
        waiting.removeFirst();
    }

    synchronized void add(MicroBatch batch) {
        waiting.addLast(batch);
    }

    synchronized void clear() {
        waiting.clear();
    }
}
