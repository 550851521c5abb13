package io.dl4jext.adagrad;

/** How squared gradients add up to the accumulator G. */
public enum Accumulation {
    /** G ← G + g²: AdaGrad. */
    SUM,
    /** G ← ρ·G + g². */
    DECAYED_SUM,
    /** G ← ρ·G + (1 − ρ)·g²: RMSProp. */
    MOVING_AVERAGE,
    /** G = G₀ + the sum of the last W values of g². */
    WINDOW
}
