package io.dl4jext.fisher.layer;

import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A service: layers whose gradient is a sum of outer products, Σ_r z_r ⊗ a_r over rows that each belong to one sample.
 * From these factors the listener has the inner products of the per-sample gradients without forming them; layers that
 * no service speaks for are replayed sample by sample.
 *
 * <p>Found by {@link java.util.ServiceLoader} with the layer's own class loader: an implementation is a public class
 * with a public constructor without arguments, named in
 * {@code META-INF/services/io.dl4jext.fisher.layer.OuterProductLayers} of the layers' jar.
 */
public interface OuterProductLayers {

    /** Whether this very layer, as it is set now, gives its factors when it is watched. */
    boolean supports(Layer layer);

    /**
     * From now on until the watch is closed the layer hands over the factors of its gradient, out of its own
     * {@code backpropGradient} (or {@code tbpttBackpropGradient}). The layer's results must not depend on it. A layer
     * may be watched several times at once; watches are closed in the opposite order.
     */
    Watch watch(Layer layer, Factors factors);

    /** Takes the factors of a gradient. */
    @FunctionalInterface
    interface Factors {

        /**
         * Some of the layer's parameters have the gradient Σ_r z_r ⊗ a_r, and their bias, if any, Σ_r a_r. Called once
         * for each weight matrix in a backward pass.
         *
         * @param inputs z, R × n, with R = T·B for B samples of T rows each, row t·B + i being of sample i; not to be
         *     changed until the backward pass has returned
         * @param deltas a, R × m, masks applied, no division by B; not to be changed until then either
         * @param bias whether a bias comes with these weights
         */
        void add(INDArray inputs, INDArray deltas, boolean bias);

        /**
         * As {@link #add(INDArray, INDArray, boolean)}, and says which parameters these are: call this one, and the
         * layer's gradients themselves are to be had too ({@link io.dl4jext.fisher.PerSampleGradients}), not only their
         * inner products and norms.
         *
         * @param weights the key, in the layer's {@code paramTable()}, of the n × m weights
         * @param bias the key of their bias, of m elements; null if there is none
         */
        default void add(INDArray inputs, INDArray deltas, String weights, String bias) {
            add(inputs, deltas, bias != null);
        }
    }

    /** A layer being watched. */
    @FunctionalInterface
    interface Watch {
        void close();
    }
}
