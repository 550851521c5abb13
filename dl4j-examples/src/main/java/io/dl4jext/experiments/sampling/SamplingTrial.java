package io.dl4jext.experiments.sampling;

import io.dl4jext.batch.control.BatchDecision;
import io.dl4jext.experiments.engine.Trial;
import io.dl4jext.fisher.FisherHistory;
import java.util.List;

/** One training with a policy, and what it showed. */
final class SamplingTrial extends Trial {

    final Policy policy;

    /** Whether it is trained for the plane only, under the Fisher listener, so that its time does not count. */
    final boolean forThePlane;

    /** What the Fisher listener saw; null without one. */
    FisherHistory history;

    /** Of the controller; empty without one. */
    List<BatchDecision> decisions = List.of();

    SamplingTrial(Policy policy, long seed, boolean forThePlane, long work) {
        super(policy.name + " seed " + seed + (forThePlane ? ", measured" : ""), seed, work);
        this.policy = policy;
        this.forThePlane = forThePlane;
    }

    boolean isMeasured() {
        return forThePlane || policy.isControlled;
    }
}
