package io.dl4jext.batch.internal.accumulation;

import org.deeplearning4j.earlystopping.trainer.IEarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;

/** What of DL4J's training is on this thread's stack: of a pass that an exception has ended nothing else tells. */
public final class TrainingStack {

    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
    private static final String OPTIMISERS = BaseOptimizer.class.getPackageName();

    private TrainingStack() {}

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

    /** DL4J's DataSetIterator or MultiDataSetIterator. */
    private static boolean takesIterator(StackWalker.StackFrame frame) {
        return IEarlyStoppingTrainer.class.isAssignableFrom(frame.getDeclaringClass())
                || isModel(frame) && frame.getDescriptor().contains("DataSetIterator;");
    }

    private static boolean isModel(StackWalker.StackFrame frame) {
        return Model.class.isAssignableFrom(frame.getDeclaringClass());
    }

    private static boolean isOptimiser(StackWalker.StackFrame frame) {
        return frame.getDeclaringClass().getPackageName().equals(OPTIMISERS);
    }
}
