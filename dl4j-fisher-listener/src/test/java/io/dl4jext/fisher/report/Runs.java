package io.dl4jext.fisher.report;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherMeasurements;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
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

    /** Every fifth iteration measured, with these layers, whose shares are drawn from the seed. */
    static FisherHistory traced(int measurements, long seed, String... layers) {
        FisherMeasurement[] made = new FisherMeasurement[measurements];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < measurements; i++) {
            double[] weights = random.doubles(layers.length, 0.1, 1).toArray();
            double sum = Arrays.stream(weights).sum();
            Map<String, Double> shares = new LinkedHashMap<>();
            for (int layer = 0; layer < layers.length; layer++) {
                shares.put(layers[layer], weights[layer] / sum);
            }
            made[i] = FisherMeasurements.withShares(
                    at(5 * i).loss(1 + random.nextDouble()).eigenvalues(4, 2, 1, random.nextDouble()), shares);
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
