package io.dl4jext.fisher.internal.gram;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The contribution of a bias whose weights are not those of an outer product: g_i = Σ_t δ_it, one number a channel. */
public final class BiasContribution {

    private BiasContribution() {}

    /**
     * Adds the contribution of one bias.
     *
     * @param deltas δ, R × d or R × d × … (a permuted view where channels are last)
     */
    public static void add(GramMatrix gram, INDArray deltas) {
        long rows = deltas.size(0);
        long d = deltas.size(1);
        long positions = deltas.length() / rows / d;
        INDArray dense = gram.scratch()
                .dense("d", GramMatrix.gradientType(deltas), 'c', deltas)
                .reshape('c', rows, d, positions);
        INDArray sums = gram.scratch().take("bias", dense.dataType(), 'c', rows, d);
        dense.sum(sums, 2);
        gram.addRows(sums);
    }
}
