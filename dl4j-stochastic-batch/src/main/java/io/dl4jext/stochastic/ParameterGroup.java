package io.dl4jext.stochastic;

/** Parameters whose gradients are compared with each other (θ_l), and what is known of them at this iteration. */
final class ParameterGroup {

    final String name;
    final ParameterKind kind;

    /** Of its parameters, or of the first of them in a layer that has several. */
    final StochasticBatch config;

    private long size;

    Moments moments = Moments.NONE;

    /** μ̃_l. */
    double score;

    UpdateCount count = UpdateCount.NONE;

    ParameterGroup(String name, ParameterKind kind, StochasticBatch config) {
        this.name = name;
        this.kind = kind;
        this.config = config;
    }

    void grow(long parameters) {
        size += parameters;
    }

    long size() {
        return size;
    }

    /** How often it counts among its kind. */
    long weight() {
        return config.isWeightGroupsBySize() ? size : 1;
    }

    /** That of a parameter with the group's mean magnitude; NaN where it does not come from the gradients. */
    double probability() {
        return config.needsMoments() ? UpdateProbability.logistic(config.getLambda() * score) : Double.NaN;
    }
}
