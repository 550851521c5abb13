package io.dl4jext.batch;

import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * What examples are drawn for. DL4J asks an iterator the same in training as in evaluation, so this is told by who asks:
 * the nearest caller that is no iterator itself.
 */
enum Caller {

    /** {@code fit} of a MultiLayerNetwork or ComputationGraph, which draws the batches itself. */
    FIT,

    /** Another trainer of DL4J: early stopping, ParallelWrapper. */
    TRAINER,

    /** DL4J or ND4J, not in order to train: evaluate, output, a score, a normaliser's statistics. */
    EVALUATION,

    /** A thread that draws ahead for somebody else. */
    PREFETCHING,

    /** A program of the user's own, for whatever purpose. */
    USER;

    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    static Caller now() {
        Optional<StackWalker.StackFrame> nearest = STACK.walk(frames ->
                frames.filter(frame -> !isIterator(frame.getDeclaringClass())).findFirst());
        return nearest.map(frame -> of(frame.getDeclaringClass(), frame.getMethodName()))
                .orElse(PREFETCHING);
    }

    private static boolean isIterator(Class<?> type) {
        return type == Caller.class
                || type == Rebatcher.class
                || DataSetIterator.class.isAssignableFrom(type)
                || MultiDataSetIterator.class.isAssignableFrom(type)
                // ParallelWrapper's wrappers of iterators are none by type.
                || (type.getName().startsWith("org.deeplearning4j.datasets.iterator.")
                        && !Thread.class.isAssignableFrom(type));
    }

    private static Caller of(Class<?> type, String method) {
        if (Thread.class.isAssignableFrom(type)) {
            return PREFETCHING;
        }
        boolean trains = method.contains("fit") || method.contains("train");
        if (Model.class.isAssignableFrom(type)) {
            return trains ? FIT : EVALUATION;
        }
        String name = type.getName();
        if (name.startsWith("org.deeplearning4j.earlystopping.trainer.")
                || name.startsWith("org.deeplearning4j.parallelism.")) {
            return TRAINER;
        }
        // SameDiff trains, the rest of ND4J does not: a normaliser's fit() takes statistics.
        if (name.startsWith("org.nd4j.")) {
            return trains && name.startsWith("org.nd4j.autodiff.") ? TRAINER : EVALUATION;
        }
        if (name.startsWith("org.deeplearning4j.")) {
            return trains ? TRAINER : EVALUATION;
        }
        return USER;
    }
}
