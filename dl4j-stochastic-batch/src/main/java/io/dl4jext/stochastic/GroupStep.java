package io.dl4jext.stochastic;

/** What one group needs to know for the step of one iteration. */
final class GroupStep {

    final UpdateProbability probability;
    final UpdateDraws draws;

    /** η. */
    final double rate;

    /** η̃ = k·η instead of η. */
    final boolean scaled;

    final double momentum;

    /** Whether p depends on |g̃_j| instead of |g_j|. */
    final boolean ofRunningMean;

    /** What the counts' signs are in this epoch. */
    final EpochMark mark;

    GroupStep(StochasticBatch config, UpdateProbability probability, UpdateDraws draws, double rate, EpochMark mark) {
        this.probability = probability;
        this.draws = draws;
        this.rate = rate;
        this.scaled = config.isScaleLearningRate();
        this.momentum = config.getMomentum();
        this.ofRunningMean = config.getProbabilityFrom() == GradientMagnitude.RUNNING_MEAN;
        this.mark = mark;
    }
}
