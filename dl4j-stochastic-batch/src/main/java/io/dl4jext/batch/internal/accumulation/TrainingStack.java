package io.dl4jext.batch.internal.accumulation;

import java.util.Iterator;
import org.deeplearning4j.earlystopping.scorecalc.ScoreCalculator;
import org.deeplearning4j.earlystopping.trainer.IEarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;

/**
 * What of DL4J's training is on this thread's stack: nothing else tells of a pass that an exception has ended, or what
 * data is drawn for.
 */
public final class TrainingStack {

    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
    private static final String OPTIMISERS = BaseOptimizer.class.getPackageName();

    /** Who asks an iterator for data, seen from a network. */
    public enum Asker {
        /** The network's {@code fit} or pre-training. */
        FIT,
        /** What does not train the network: an evaluation, a score calculator, another one's {@code fit}. */
        ELSEWHERE,
        /** A listener, or a program that is one. */
        LISTENER,
        /** A loop of the program's own, a trainer, a prefetching thread. */
        OTHER
    }

    private TrainingStack() {}

    /** Who asks an iterator on this thread: the innermost of those that may. */
    public static Asker asker(Model network) {
        boolean locked = Thread.holdsLock(network);
        return STACK.walk(frames -> asker(frames.iterator(), locked));
    }

    private static Asker asker(Iterator<StackWalker.StackFrame> outwards, boolean locked) {
        while (outwards.hasNext()) {
            StackWalker.StackFrame frame = outwards.next();
            Class<?> type = frame.getDeclaringClass();
            if (isOnIterator(frame)) {
                boolean fits = frame.getMethodName().startsWith("fit")
                        || frame.getMethodName().startsWith("pretrain");
                if (fits && locked) {
                    return Asker.FIT;
                }
                // A subclass may have a loop of its own.
                if (type.getName().startsWith("org.deeplearning4j.")) {
                    return Asker.ELSEWHERE;
                }
            } else if (ScoreCalculator.class.isAssignableFrom(type)) {
                return Asker.ELSEWHERE;
            } else if (isTrainer(frame) && !locked) {
                return Asker.OTHER;
            } else if (TrainingListener.class.isAssignableFrom(type) && !Iterator.class.isAssignableFrom(type)) {
                return Asker.LISTENER;
            }
        }
        return Asker.OTHER;
    }

    /** Whether a step goes on: who asks is a listener. */
    static boolean goesOn() {
        return STACK.walk(frames -> frames.anyMatch(TrainingStack::isOptimiser));
    }

    /** Whether the pass of the network that a listener hears of is to come to an update, and is not another listener's. */
    public static boolean isOfFit(Model network) {
        return Thread.holdsLock(network) && isOfPass();
    }

    /** Whether data drawn from an iterator is trained on: by a network's {@code fit}, or by early stopping. */
    public static boolean isOfIterator() {
        return STACK.walk(frames -> frames.anyMatch(TrainingStack::takesIterator));
    }

    /** Whether the pass that a listener hears of is the optimiser's. */
    private static boolean isOfPass() {
        return STACK.walk(frames -> frames.dropWhile(frame -> !isModel(frame))
                .dropWhile(TrainingStack::isModel)
                .findFirst()
                .filter(TrainingStack::isOptimiser)
                .isPresent());
    }

    private static boolean takesIterator(StackWalker.StackFrame frame) {
        return isTrainer(frame) || isOnIterator(frame);
    }

    private static boolean isTrainer(StackWalker.StackFrame frame) {
        return IEarlyStoppingTrainer.class.isAssignableFrom(frame.getDeclaringClass());
    }

    /** Whether it is a network's method on DL4J's DataSetIterator or MultiDataSetIterator. */
    private static boolean isOnIterator(StackWalker.StackFrame frame) {
        return isModel(frame) && frame.getDescriptor().contains("DataSetIterator;");
    }

    private static boolean isModel(StackWalker.StackFrame frame) {
        return Model.class.isAssignableFrom(frame.getDeclaringClass());
    }

    private static boolean isOptimiser(StackWalker.StackFrame frame) {
        return frame.getDeclaringClass().getPackageName().equals(OPTIMISERS);
    }
}
