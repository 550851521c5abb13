package io.dl4jext.implicit;

/**
 * How the samples of a mini-batch share one implicit step.
 *
 * <p>With {@code miniBatch(false)} DL4J's loss is the sum over the batch, B times the mean. Both modes then take the
 * step that they take for the mean with the rate Bη and the ridge μ/B, as an ordinary step does. B counts the rows of a
 * layer's input, for {@link ImplicitSimpleRnn} the samples; for a dense layer over a time series that is examples ×
 * steps (more than the examples by which DL4J divides, so there it is not the same step). With gradient accumulation B
 * is that of the whole update.
 */
public enum BatchMode {

    /**
     * α_i is solved for each sample with the full learning rate, then averaged: θ ← θ/(1+ημ) − (η/B)·Σ α_i z_i. The
     * result is the mean of the samples' own proximal points (eq. 7), so it stays bounded for every η. With {@code
     * miniBatch(false)} α_i is solved with B·b_i, for the same reason. The T time steps of a sample of {@link
     * ImplicitSimpleRnn} share its step in the same way: each is solved with T·b, then they are averaged. (A dense
     * layer over a time series cannot know which rows belong together: there the α of a sample's steps add up, and a
     * step is bounded for every η, but grows with T; with {@code miniBatch(false)} it is the mean over all steps of all
     * samples.) The default.
     */
    PER_SAMPLE,

    /**
     * α_i is solved with b_i/B, as the authors' program does: θ ← θ/(1+ημ) − η·Σ α(b_i/B)·z_i, with
     * {@code miniBatch(false)} with b_i. Each sample, and each of its time steps, steps as if it were alone, with its
     * small share of the loss; closer to explicit backpropagation, and less stable.
     */
    BATCH_SCALED;

    /** Whether α depends on B where the network's loss is the batch's mean, or else its sum. */
    boolean dependsOnBatch(boolean mean) {
        return (this == BATCH_SCALED) == mean;
    }
}
