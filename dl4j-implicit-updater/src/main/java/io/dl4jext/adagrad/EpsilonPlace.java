package io.dl4jext.adagrad;

/** Where ε stands in the divisor of the gradient. */
public enum EpsilonPlace {
    /** √(G + ε). */
    INSIDE_ROOT,
    /** √G + ε. */
    OUTSIDE_ROOT
}
