package io.dl4jext.experiments.evidence.cell;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Tasks of which several are under way at a time. */
final class SideBySide {

    private static final long SECONDS_TO_END = 10;

    private SideBySide() {}

    /** What is done when a task has come to its end, in the thread that called {@link SideBySide#run}. */
    interface End<T> {
        void of(T result) throws IOException;
    }

    /**
     * Runs tasks in their order; when one has come to its end, the next begins after what is done then. Where one
     * throws, or this thread is interrupted, those under way are interrupted and waited for, and none is begun any
     * more.
     *
     * @param atOnce how many at a time
     */
    static <T> void run(List<Callable<T>> tasks, int atOnce, End<T> end) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(atOnce, task -> {
            Thread thread = new Thread(task, "cell");
            thread.setDaemon(true);
            return thread;
        });
        try {
            CompletionService<T> underWay = new ExecutorCompletionService<>(threads);
            tasks.stream().limit(atOnce).forEach(underWay::submit);
            for (int i = 0; i < tasks.size(); i++) {
                end.of(result(underWay));
                tasks.stream().skip(atOnce + i).limit(1).forEach(underWay::submit);
            }
        } finally {
            threads.shutdownNow();
            awaitEnd(threads);
        }
    }

    private static void awaitEnd(ExecutorService threads) {
        try {
            threads.awaitTermination(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T result(CompletionService<T> underWay) throws IOException {
        try {
            return underWay.take().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException) {
                throw (IOException) cause;
            }
            if (cause instanceof RuntimeException) {
                throw (RuntimeException) cause;
            }
            if (cause instanceof Error) {
                throw (Error) cause;
            }
            throw new IllegalStateException(cause);
        }
    }
}
