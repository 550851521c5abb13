package io.dl4jext.updater.internal.elementwise;

import org.nd4j.linalg.learning.GradientUpdater;

/** Both ways of computing, for the tests. */
public enum Ways {
    LOOPS(new HostSteps()),
    /** In several Java buffers, as for very long vectors. */
    SHORT_BUFFERS(new HostSteps(2 * HostSteps.CHUNK)),
    OPERATIONS(new OperationSteps());

    private final Steps steps;

    Ways(Steps steps) {
        this.steps = steps;
    }

    /** The updater, from now on computing this way. */
    public StateUpdater of(GradientUpdater<?> updater) {
        ((StateUpdater) updater).use(steps);
        return (StateUpdater) updater;
    }

    public double sumOfSquares(VectorPart part) {
        return steps.sumOfSquares(part);
    }
}
