package io.dl4jext.implicit;

/** How the samples of a mini-batch share one implicit step. */
public enum BatchMode {

    /**
     * α_i is solved for each sample with the full learning rate, then averaged: θ ← θ/(1+ημ) − (η/B)·Σ α_i z_i. The
     * result is the mean of the samples' own proximal points (eq. 7), so it stays bounded for every η. The T time steps of
     * a sample of {@link ImplicitSimpleRnn} share it in the same way: each is solved with T·b, then they are averaged. (A
     * dense layer over a time series cannot know which rows belong together; there the steps' α add up.) The default.
     */
    PER_SAMPLE,

    /**
     * α_i is solved with b_i/B, as the authors' program does: θ ← θ/(1+ημ) − η·Σ α(b_i/B)·z_i. Each sample, and each of
     * its time steps, steps as if it were alone, with its small share of the loss; closer to explicit backpropagation, and less stable. B counts
     * the rows of a layer's input; for a dense layer over a time series that is examples × steps. With
     * gradient accumulation B is that of the whole update.
     */
    BATCH_SCALED
}
