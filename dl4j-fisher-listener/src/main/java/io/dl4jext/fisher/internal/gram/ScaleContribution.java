package io.dl4jext.fisher.internal.gram;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The contribution of weights that each scale one input: y = w ∘ x, g_i = Σ x_it ∘ δ_it over what shares a weight. */
public final class ScaleContribution {

    private ScaleContribution() {}

    /**
     * Adds the contribution of one vector of weights.
     *
     * @param gradients what takes it
     * @param inputs x, R × …
     * @param deltas δ, shaped as x
     * @param weights w, in c order of x's axes without those shared
     * @param shared the axes of x (1 … rank − 1) along which inputs share a weight
     */
    public static void add(SampleGradients gradients, INDArray inputs, INDArray deltas, Place weights, int... shared) {
        if (!Arrays.equals(inputs.shape(), deltas.shape())) {
            throw new IllegalArgumentException("Expected inputs and deltas of one shape, got "
                    + Arrays.toString(inputs.shape())
                    + " and "
                    + Arrays.toString(deltas.shape()));
        }
        DataType type = SampleGradients.gradientType(deltas);
        long rows = inputs.size(0);
        INDArray products = gradients.scratch().take("x", type, 'c', inputs.shape());
        products.assign(inputs);
        products.muli(gradients.scratch().dense("d", type, 'c', deltas));
        INDArray sums = shared.length == 0 ? products : products.sum(shared);
        gradients.addRows(sums.reshape('c', rows, sums.length() / rows), weights);
    }
}
