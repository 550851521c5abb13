package io.dl4jext.experiments.implicit;

import java.util.Collection;

/**
 * From which loss on a training counts as diverged: when it exceeds the middle between the lowest and the highest loss
 * of explicit training over the rates (Fagan and Iyengar, footnote 7, of the means over the seeds). The paper picks rates
 * at which explicit training does not quite explode, so that the highest loss is that of the lowest rate or of one just
 * too high. Here rates may reach further, and a network far worse than an untrained one would count as stable: the
 * highest loss counts as that of the untrained network at most, which is not in the paper. Where explicit training is
 * not better than that at any rate, it tells nothing of what diverges.
 */
final class Divergence {

    private Divergence() {}

    /**
     * The largest loss that is no divergence.
     *
     * @param explicit losses of explicit training, infinite where it exploded
     * @param untrained the loss before training
     * @return infinite if explicit training learnt at none of the rates, or exploded: then there is no threshold
     */
    static double threshold(Collection<Double> explicit, double untrained) {
        double lowest = Double.POSITIVE_INFINITY;
        double highest = Double.NEGATIVE_INFINITY;
        for (double loss : explicit) {
            lowest = Math.min(lowest, loss);
            highest = Math.max(highest, loss);
        }
        return lowest < untrained ? (lowest + Math.min(highest, untrained)) / 2 : Double.POSITIVE_INFINITY;
    }

    /** Whether a loss at the end is below a threshold that exists. */
    static boolean isStable(double loss, double threshold) {
        return Double.isFinite(threshold) && loss <= threshold;
    }
}
