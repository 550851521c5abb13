package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.command.EnumName;

/** The methods of Nakamura et al.'s section 5.4. */
enum Method {
    SGD,
    /** Half of the units before dense layers. */
    DROPOUT,
    /** More with depth; "adaptive dropout" in the paper. */
    DEPTH_DROPOUT,
    ENTROPY_SGD,
    ACCELERATED_SGD,
    STOCHASTIC_BATCH,
    /** All with probability one half. */
    STOCHASTIC_BATCH_HALF,
    /** With the probability from the mini-batch's gradient instead of the running mean. */
    STOCHASTIC_BATCH_UNWEIGHTED,
    /** With groups that count by their size. */
    STOCHASTIC_BATCH_MEAN_WEIGHTED,
    /** With both: the default of this project until it was found to be harmful. */
    STOCHASTIC_BATCH_WEIGHTED;

    boolean isStochasticBatch() {
        return name().startsWith(STOCHASTIC_BATCH.name());
    }

    /** Whether its update probability depends on α and λ. */
    boolean isAdaptive() {
        return isStochasticBatch() && this != STOCHASTIC_BATCH_HALF;
    }

    /** The name as it is typed. */
    @Override
    public String toString() {
        return EnumName.typed(name());
    }
}
