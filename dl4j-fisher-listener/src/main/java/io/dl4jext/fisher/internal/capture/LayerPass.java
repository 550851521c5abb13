package io.dl4jext.fisher.internal.capture;

import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is done around one call of a layer's {@code backpropGradient} to have its per-sample gradients. */
abstract class LayerPass {

    /**
     * Called before the layer's backward pass: its input is set (after dropout), its incoming gradient still whole.
     *
     * @param epsilon ∂L/∂(the layer's output), or null at an output layer
     * @param truncation the number of time steps after which a truncated pass through time ends; empty for an ordinary
     *     backward pass
     */
    void before(Layer layer, INDArray epsilon, OptionalInt truncation) {}

    /** Undoes what {@link #before} did to the layer; called whatever happened since. */
    void release(Layer layer) {}

    /** Called after the layer's backward pass, before the arrays of that pass are given up. */
    void after(Layer layer) {}
}
