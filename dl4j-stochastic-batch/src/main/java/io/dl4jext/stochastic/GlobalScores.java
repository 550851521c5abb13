package io.dl4jext.stochastic;

import java.util.Arrays;
import java.util.stream.IntStream;

/** How each group's mean gradient stands among the groups of its kind: μ̃_l of eq. 19. */
final class GlobalScores {

    private GlobalScores() {}

    /**
     * @param means μ_l of each group
     * @param weights of each in μ and σ: the number of its parameters, or 1
     * @param kinds of each
     * @param rounding up to which σ, as a share of the largest μ_l, it counts as 0
     * @return (μ_l − μ)/σ; 0 where σ is 0 or μ_l is not finite
     */
    static double[] of(double[] means, long[] weights, ParameterKind[] kinds, double rounding) {
        double[] scores = new double[means.length];
        for (ParameterKind kind : ParameterKind.values()) {
            int[] members = IntStream.range(0, means.length)
                    .filter(l -> kinds[l] == kind && Double.isFinite(means[l]))
                    .toArray();
            if (members.length > 1) {
                score(members, means, weights, rounding, scores);
            }
        }
        return scores;
    }

    private static void score(int[] members, double[] means, long[] weights, double rounding, double[] scores) {
        // Around one of the means, so that equal ones have no deviation at all.
        double origin = means[members[0]];
        double all = Arrays.stream(members).mapToDouble(l -> weights[l]).sum();
        double mean = Arrays.stream(members)
                        .mapToDouble(l -> weights[l] * (means[l] - origin))
                        .sum()
                / all;
        double variance = 0;
        for (int l : members) {
            double difference = means[l] - origin - mean;
            variance += weights[l] * difference * difference;
        }
        double deviation = Math.sqrt(variance / all);
        double largest = Arrays.stream(members)
                .mapToDouble(l -> Math.abs(means[l]))
                .max()
                .orElse(0);
        if (deviation > rounding * largest && Double.isFinite(deviation)) {
            for (int l : members) {
                scores[l] = (means[l] - origin - mean) / deviation;
            }
        }
    }
}
