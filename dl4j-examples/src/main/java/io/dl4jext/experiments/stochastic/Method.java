package io.dl4jext.experiments.stochastic;

/** The methods of paper 2's section 5.4. */
enum Method {
    SGD,
    /** Half of the units before dense layers. */
    DROPOUT,
    /** More with depth; "adaptive dropout" in the paper. */
    DEPTH_DROPOUT,
    ENTROPY_SGD,
    ACCELERATED_SGD,
    OURS,
    /** All with probability one half. */
    OURS_HALF,
    /** Ours, with the probability from the mini-batch's gradient instead of the running mean. */
    OURS_UNWEIGHTED,
    /** That, with groups that count by their size: the default of this project until it was found to be harmful. */
    OURS_WEIGHTED
}
