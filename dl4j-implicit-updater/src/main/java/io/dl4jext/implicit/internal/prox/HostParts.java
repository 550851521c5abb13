package io.dl4jext.implicit.internal.prox;

import java.util.stream.IntStream;

/** Rows shared out to the processors. */
final class HostParts {

    /** Works on the rows from (inclusive) to (exclusive). */
    interface Work {
        void rows(int from, int to);
    }

    private HostParts() {}

    /**
     * In one part, or in one for each processor if there are enough elements for at least two. Returns when all is
     * done.
     */
    static void run(int rows, long elements, int worthAThread, Work work) {
        if (elements < 2L * worthAThread) {
            work.rows(0, rows);
            return;
        }
        int parts = Math.min(Math.min(rows, Runtime.getRuntime().availableProcessors()), 64);
        IntStream.range(0, parts)
                .parallel()
                .forEach(part ->
                        work.rows((int) ((long) rows * part / parts), (int) ((long) rows * (part + 1) / parts)));
    }
}
