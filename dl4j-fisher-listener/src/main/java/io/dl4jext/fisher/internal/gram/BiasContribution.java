package io.dl4jext.fisher.internal.gram;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The contribution of a bias whose weights are not those of an outer product: g_i = Σ_t δ_it, one number a channel. */
public final class BiasContribution {

    private BiasContribution() {}

    /**
     * Adds the contribution of one bias.
     *
     * @param gradients what takes it
     * @param deltas δ, R × d or R × d × … (a permuted view where channels are last)
     * @param bias the bias, d, or {@link Place#NONE}, which adds nothing
     */
    public static void add(SampleGradients gradients, INDArray deltas, Place bias) {
        if (!bias.exists()) {
            return;
        }
        long rows = deltas.size(0);
        long d = deltas.size(1);
        long positions = deltas.length() / rows / d;
        INDArray dense = gradients
                .scratch()
                .dense("d", SampleGradients.gradientType(deltas), 'c', deltas)
                .reshape('c', rows, d, positions);
        INDArray sums = gradients.scratch().take("bias", dense.dataType(), 'c', rows, d);
        dense.sum(sums, 2);
        gradients.addRows(sums, bias);
    }
}
