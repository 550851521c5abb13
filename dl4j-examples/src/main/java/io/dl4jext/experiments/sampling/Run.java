package io.dl4jext.experiments.sampling;

import io.dl4jext.batch.control.BatchDecision;
import io.dl4jext.fisher.FisherHistory;
import java.util.List;

/** What one training gave. */
final class Run {

    private final Policy policy;
    private final long seed;
    private final int iterations;
    private final double meanSize;
    private final double testError;
    private final double seconds;
    private final FisherHistory history;
    private final List<BatchDecision> decisions;

    /**
     * @param meanSize examples an iteration
     * @param testError the share of test examples that are classified wrongly, 0 to 1; NaN if the training diverged
     * @param seconds of training, without testing
     * @param history null if nothing was measured
     * @param decisions of the controller; empty without one
     */
    Run(
            Policy policy,
            long seed,
            int iterations,
            double meanSize,
            double testError,
            double seconds,
            FisherHistory history,
            List<BatchDecision> decisions) {
        this.policy = policy;
        this.seed = seed;
        this.iterations = iterations;
        this.meanSize = meanSize;
        this.testError = testError;
        this.seconds = seconds;
        this.history = history;
        this.decisions = decisions;
    }

    Policy policy() {
        return policy;
    }

    long seed() {
        return seed;
    }

    int iterations() {
        return iterations;
    }

    double meanSize() {
        return meanSize;
    }

    double testError() {
        return testError;
    }

    /** Whether loss or parameters became NaN or infinite. */
    boolean diverged() {
        return Double.isNaN(testError);
    }

    double seconds() {
        return seconds;
    }

    boolean measured() {
        return history != null;
    }

    FisherHistory history() {
        return history;
    }

    List<BatchDecision> decisions() {
        return decisions;
    }
}
