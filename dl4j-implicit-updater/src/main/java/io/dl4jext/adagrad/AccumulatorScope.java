package io.dl4jext.adagrad;

/** What one accumulator belongs to. */
public enum AccumulatorScope {
    /** One parameter. */
    PARAMETER,
    /**
     * One parameter tensor (the weights of a layer, its bias): g² is the squared norm of the tensor's gradient. Where
     * biases have an updater of their own, DL4J takes other parameters of depthwise and separable convolutions for
     * them, and so does this.
     */
    TENSOR,
    /** All parameters of the network whose updater has this scope: g² is the squared norm of their gradient. */
    NETWORK
}
