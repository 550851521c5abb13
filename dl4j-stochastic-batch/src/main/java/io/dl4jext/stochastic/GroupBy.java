package io.dl4jext.stochastic;

/** Which parameters form a group, the θ_l of eqs. 17–21. */
public enum GroupBy {
    /**
     * Every tensor is a group: a layer's weights, biases, gammas and betas apart. Compared with tensors of its kind.
     * Where biases have an updater of their own, DL4J takes other parameters of depthwise and separable convolutions
     * for them, and so does this.
     */
    TENSOR,

    /** All tensors of a layer are one group. Compared with all other layers. */
    LAYER
}
