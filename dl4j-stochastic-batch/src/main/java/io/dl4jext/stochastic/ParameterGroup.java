package io.dl4jext.stochastic;

/** Parameters whose gradients are compared with each other (θ_l), and what is known of them at this iteration. */
final class ParameterGroup {

    final String name;
    final ParameterKind kind;
    private final boolean weightedBySize;
    private long size;

    Moments moments = Moments.NONE;

    /** μ̃_l. */
    double score;

    UpdateCount count = UpdateCount.NONE;

    /** @param weightedBySize whether it counts among its kind as often as it has parameters, or once */
    ParameterGroup(String name, ParameterKind kind, boolean weightedBySize) {
        this.name = name;
        this.kind = kind;
        this.weightedBySize = weightedBySize;
    }

    void grow(long parameters) {
        size += parameters;
    }

    long size() {
        return size;
    }

    long weight() {
        return weightedBySize ? size : 1;
    }
}
