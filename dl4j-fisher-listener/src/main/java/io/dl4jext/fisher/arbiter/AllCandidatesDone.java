package io.dl4jext.fisher.arbiter;

import org.deeplearning4j.arbiter.optimize.api.termination.TerminationCondition;
import org.deeplearning4j.arbiter.optimize.runner.IOptimizationRunner;

/**
 * Ends a search when its generator has no more candidates and the last one is done. Arbiter's runner does not end by
 * itself where a grid is exhausted.
 */
public final class AllCandidatesDone implements TerminationCondition {

    @Override
    public void initialize(IOptimizationRunner runner) {
        // counts nothing of its own
    }

    @Override
    public boolean terminate(IOptimizationRunner runner) {
        return runner.numCandidatesQueued() == 0
                && !runner.getConfiguration().getCandidateGenerator().hasMoreCandidates();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AllCandidatesDone;
    }

    @Override
    public int hashCode() {
        return AllCandidatesDone.class.hashCode();
    }

    @Override
    public String toString() {
        return "AllCandidatesDone";
    }
}
