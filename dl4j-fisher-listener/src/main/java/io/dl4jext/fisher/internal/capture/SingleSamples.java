package io.dl4jext.fisher.internal.capture;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The gradients of single samples, one by one. */
interface SingleSamples {

    /**
     * Writes a sample's gradient to the target.
     *
     * @param wholeBatch whether the sample comes in B copies, as a mini-batch of the size it had, or alone. What depends on the
     *     size of the mini-batch needs the one, all else is faster with the other
     * @param target a vector of all parameters
     */
    void gradient(int sample, boolean wholeBatch, INDArray target);
}
