package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.network.Workload;
import java.util.List;
import org.nd4j.linalg.dataset.DataSet;

/**
 * What the Fisher listener costs: three networks alike, one plain, one measured at every step, one at every n-th.
 */
final class FisherBenchmark {

    private final Workload workload;
    private final double plain;
    private final double everyStep;
    private final double seldom;

    private FisherBenchmark(Workload workload, double plain, double everyStep, double seldom) {
        this.workload = workload;
        this.plain = plain;
        this.everyStep = everyStep;
        this.seldom = seldom;
    }

    /**
     * Runs it.
     *
     * @param turns how the networks take turns
     * @param seldom n: the third network is measured at every n-th step
     */
    static FisherBenchmark run(Workload workload, Turns turns, int seldom) {
        DataSet batch = workload.batch(1);
        try (FisherArm plain = FisherArm.plain(workload, batch);
                FisherArm everyStep = FisherArm.listening(workload, batch, 1);
                FisherArm atSeldom = FisherArm.listening(workload, batch, seldom)) {
            turns.take(List.of(plain, everyStep, atSeldom));
            if (atSeldom.measuredSteps() == 0) {
                throw new IllegalStateException("expected a measured step, got none at every " + seldom);
            }
            return new FisherBenchmark(workload, plain.typical(), everyStep.typical(), atSeldom.typical());
        }
    }

    Workload workload() {
        return workload;
    }

    double plain() {
        return plain;
    }

    double everyStep() {
        return everyStep;
    }

    double seldom() {
        return seldom;
    }
}
