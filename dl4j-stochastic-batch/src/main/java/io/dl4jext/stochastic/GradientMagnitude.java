package io.dl4jext.stochastic;

/**
 * Which gradient's magnitude decides a parameter's update probability. The paper's eq. 11 calls g_j the gradient over
 * the parameter's own, stochastic batch, its Algorithm 2 that of the universal one.
 */
public enum GradientMagnitude {
    /**
     * |g̃_j|: of the mean over all mini-batches since the parameter's last update, this iteration's included. Where a
     * group waits, noise averages out, its mean falls, and with λ &lt; 0 its probability recovers.
     */
    RUNNING_MEAN,

    /** |g_j|: of this iteration's mini-batch alone. */
    MINI_BATCH
}
