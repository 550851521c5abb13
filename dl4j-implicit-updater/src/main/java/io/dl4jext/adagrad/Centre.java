package io.dl4jext.adagrad;

/** The point around which dual averaging moves. */
public enum Centre {
    /** 0, as in TensorFlow: the initial parameters are forgotten at the first step. */
    ZERO,
    /** The parameters at the start. */
    START
}
