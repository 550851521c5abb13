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
    /** Ours, with groups that count once each, however large. */
    OURS_UNWEIGHTED
}
