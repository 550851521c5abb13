package io.dl4jext.experiments.network;

import io.dl4jext.stochastic.StochasticBatch;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * SGD with classical momentum (Yotkov, eq. 6; Nakamura et al., section 5.1): v ← m·v + η·g, θ ← θ − v. DL4J has
 * Nesterov's only; a stochastic batch size whose every parameter is updated in every step is this one.
 */
public final class ClassicalSgd {

    private ClassicalSgd() {}

    /** @param momentum 0 ≤ m &lt; 1; 0 is plain SGD */
    public static IUpdater updater(ISchedule rate, double momentum) {
        return momentum == 0
                ? new Sgd(rate)
                : StochasticBatch.builder()
                        .learningRateSchedule(rate)
                        .momentum(momentum)
                        .fixedProbability(1)
                        .build();
    }
}
