package io.dl4jext.examples.benchmark;

import io.dl4jext.examples.model.Workload;
import org.nd4j.linalg.dataset.DataSet;

/**
 * What the Fisher listener costs: three networks alike, one plain, one measured at every step, one at every n-th. They
 * train in turns, a short block of steps each, so that whatever else the machine does meets all three.
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
     * @param steps of each network, rounded up to whole blocks
     * @param block steps of one network before the next has its turn
     * @param warmUp steps of each network before
     * @param seldom n: the third network is measured at every n-th step
     */
    static FisherBenchmark run(Workload workload, int steps, int block, int warmUp, int seldom) {
        DataSet batch = workload.batch(1);
        try (Arm plain = Arm.plain(workload);
                Arm everyStep = Arm.listening(workload, 1);
                Arm atSeldom = Arm.listening(workload, seldom)) {
            Arm[] arms = {plain, everyStep, atSeldom};
            for (Arm arm : arms) {
                arm.run(batch, warmUp, true);
            }
            for (int done = 0; done < steps; done += block) {
                for (Arm arm : arms) {
                    arm.run(batch, block, false);
                }
            }
            if (atSeldom.measuredSteps() == 0) {
                throw new IllegalStateException(
                        "expected a measured step among " + steps + ", got none at every " + seldom);
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
