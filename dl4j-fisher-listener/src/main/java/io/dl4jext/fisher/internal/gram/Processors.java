package io.dl4jext.fisher.internal.gram;

import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Work in parts, on all processors. */
final class Processors {

    /** So many parts at most: each has working memory of its own. */
    static final int COUNT = Math.min(8, Runtime.getRuntime().availableProcessors());

    private Processors() {}

    /**
     * Does parts 0 … parts − 1.
     *
     * @param sideBySide else one after the other, in this thread
     */
    static void each(int parts, boolean sideBySide, IntConsumer task) {
        IntStream all = IntStream.range(0, parts);
        (sideBySide ? all.parallel() : all).forEach(task);
    }
}
