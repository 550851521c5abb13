package io.dl4jext.stochastic;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * A loop that its caller runs, helped by threads of the common pool as soon as they come, part after part. A parallel
 * stream gives each thread its share beforehand and waits for the slowest; here nobody waits for longer than a few
 * parts take. That matters inside a training step: OpenBLAS's threads go on asking for processor time for a while after
 * each product (OPENBLAS_THREAD_TIMEOUT), so that the pool's threads get theirs late.
 *
 * @param <T> what a part results in
 */
final class SharedLoop<T> {

    /** How many parts are taken at once. */
    private static final int GRAIN = 4;

    /** A pause at the end, before the caller sleeps. */
    private static final int SPINS = 1000;

    private final IntFunction<T> body;
    private final Object[] results;
    private final Thread caller = Thread.currentThread();
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private volatile Throwable failure;

    private SharedLoop(int parts, IntFunction<T> body) {
        this.body = body;
        this.results = new Object[parts];
    }

    /**
     * @return the parts' results, in the order of the parts
     * @throws RuntimeException if the body throws it, or an Error, after all parts were run
     */
    static <T> Object[] run(int parts, IntFunction<T> body) {
        SharedLoop<T> loop = new SharedLoop<>(parts, body);
        Helper[] helpers =
                new Helper[Math.max(0, Math.min(ForkJoinPool.getCommonPoolParallelism(), (parts - 1) / GRAIN))];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(loop);
            helpers[i].fork();
        }
        loop.takeParts();
        for (int i = helpers.length - 1; i >= 0; i--) {
            // Out of the pool's queue, where it would wait for as long as the pool's threads are busy.
            helpers[i].tryUnfork();
        }
        loop.await();
        for (Helper helper : helpers) {
            helper.loop = null;
        }
        return loop.results;
    }

    private static final class Helper extends RecursiveAction {

        private static final long serialVersionUID = 1L;

        /** Null once there is nothing left to do. */
        private transient volatile SharedLoop<?> loop;

        Helper(SharedLoop<?> loop) {
            this.loop = loop;
        }

        @Override
        protected void compute() {
            SharedLoop<?> present = loop;
            if (present != null) {
                present.takeParts();
            }
        }
    }

    private void takeParts() {
        int parts = results.length;
        for (int from = taken.getAndAdd(GRAIN); from < parts; from = taken.getAndAdd(GRAIN)) {
            int to = Math.min(parts, from + GRAIN);
            for (int part = from; part < to; part++) {
                run(part);
            }
            if (done.addAndGet(to - from) == parts) {
                LockSupport.unpark(caller);
            }
        }
    }

    private void run(int part) {
        try {
            results[part] = body.apply(part);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private void await() {
        for (int spins = 0; done.get() < results.length; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
        if (failure instanceof Error) {
            throw (Error) failure;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }
}
