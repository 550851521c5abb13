package io.dl4jext.batch.internal.accumulation;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;

/** What of DL4J's optimiser is on this thread's stack: of a pass that an exception has ended nothing else tells. */
final class OptimiserStep {

    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
    private static final String OPTIMISERS = BaseOptimizer.class.getPackageName();

    private OptimiserStep() {}

    /** Whether a step goes on: who asks is a listener. */
    static boolean goesOn() {
        return STACK.walk(frames -> frames.anyMatch(OptimiserStep::isOptimiser));
    }

    /** Whether the pass that a listener hears of is the optimiser's, not one that another listener makes. */
    static boolean isOfPass() {
        return STACK.walk(frames -> frames.dropWhile(frame -> !isModel(frame))
                .dropWhile(OptimiserStep::isModel)
                .findFirst()
                .filter(OptimiserStep::isOptimiser)
                .isPresent());
    }

    private static boolean isModel(StackWalker.StackFrame frame) {
        return Model.class.isAssignableFrom(frame.getDeclaringClass());
    }

    private static boolean isOptimiser(StackWalker.StackFrame frame) {
        return frame.getDeclaringClass().getPackageName().equals(OPTIMISERS);
    }
}
