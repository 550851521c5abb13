package io.dl4jext.implicit;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The terms z_i ⊗ α_i whose sum a layer writes as its gradient, shown to whoever watches at the moment when the layer
 * adds them up: α is the one that the step is taken with.
 */
final class GradientTerms {

    /** Of a layer here. */
    interface Source {

        /** Whether the next backward pass writes terms of its own; otherwise it is DL4J's. */
        boolean hasGradientTerms();

        GradientTerms gradientTerms();
    }

    @FunctionalInterface
    interface Watcher {
        /**
         * @param weights the key of the parameter whose gradient these are the terms of
         * @param bias the key of the bias that comes with it; null if none does
         */
        void show(INDArray inputs, INDArray alpha, String weights, String bias);
    }

    private Watcher watcher = (inputs, alpha, weights, bias) -> {};

    /** Shows the terms to this watcher, too, until what is returned has run. */
    Runnable watch(Watcher added) {
        Watcher before = watcher;
        watcher = (inputs, alpha, weights, bias) -> {
            before.show(inputs, alpha, weights, bias);
            added.show(inputs, alpha, weights, bias);
        };
        return () -> watcher = before;
    }

    void show(INDArray inputs, INDArray alpha, String weights, String bias) {
        watcher.show(inputs, alpha, weights, bias);
    }
}
