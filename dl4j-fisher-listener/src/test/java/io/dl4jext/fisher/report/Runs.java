package io.dl4jext.fisher.report;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherMeasurement;
import java.util.SplittableRandom;

/** Made-up trainings. */
final class Runs {

    private Runs() {}

    /** Every fifth iteration measured, with gradients drawn from the seed. */
    static FisherHistory of(int measurements, int samples, long seed) {
        FisherMeasurement[] made = new FisherMeasurement[measurements];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < measurements; i++) {
            double[][] gradients = new double[samples][samples + 1];
            for (double[] gradient : gradients) {
                for (int p = 0; p < gradient.length; p++) {
                    gradient[p] = random.nextDouble() - 0.3;
                }
            }
            made[i] =
                    at(5 * i).loss(1 + random.nextDouble()).gradients(gradients).build();
        }
        return FisherHistory.of(made);
    }

    /** Twenty iterations an epoch. */
    static FisherMeasurement.Builder at(int iteration) {
        return FisherMeasurement.builder()
                .iteration(iteration)
                .epoch(iteration / 20)
                .learningRate(0.1);
    }
}
