package io.dl4jext.fisher.internal.gram;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Σ_i w_i g_i, in the type of the sum, without the g_i: a dense layer's is Zᵀ(w ∘ Δ), one product. Layers of other
 * kinds are written out in pieces. Not thread-safe.
 */
public final class GradientSum extends SampleGradients {

    private final INDArray sum;
    private final double[] weights;
    private final long firstColumn;
    private final Scratch scratch;

    /**
     * @param sum 1 × P, all 0
     * @param weights w, one for each sample
     */
    public GradientSum(INDArray sum, double[] weights) {
        this(sum, weights, 0, new Scratch());
    }

    private GradientSum(INDArray sum, double[] weights, long firstColumn, Scratch scratch) {
        this.sum = sum;
        this.weights = weights;
        this.firstColumn = firstColumn;
        this.scratch = scratch;
    }

    /** For a layer whose parameters begin in that column; shares the sum and the working memory. */
    public GradientSum from(long column) {
        return from(column, weights);
    }

    /** As {@link #from(long)}, with weights of its own. */
    public GradientSum from(long column, double[] ownWeights) {
        return new GradientSum(sum, ownWeights, column, scratch);
    }

    @Override
    public int samples() {
        return weights.length;
    }

    @Override
    Scratch scratch() {
        return scratch;
    }

    @Override
    public void addRows(INDArray gradients, Place place) {
        DataType type = sum.dataType();
        INDArray rows = scratch.dense("rows", type, 'c', gradients);
        INDArray product = scratch.take("product", type, 'f', 1, rows.columns());
        Nd4j.gemm(weights(rows.rows()), rows, product, true, false, 1.0, 0.0);
        addTo(sum, firstColumn, product, place);
    }

    @Override
    void addOuterProducts(INDArray inputs, INDArray deltas, Place place, Place bias) {
        DataType type = sum.dataType();
        long m = deltas.columns();
        INDArray weighted = weighted(deltas, deltas.rows(), m);
        INDArray z = scratch.dense("z", type, inputs.ordering(), inputs);
        long from = 0;
        for (Place.Block block : place.blocks(inputs.columns() * m)) {
            long n = block.shape[0];
            INDArray some = columns(z, from, from + n);
            if (block.isColumnMajor()) {
                Nd4j.gemm(some, weighted, block.in(sum, 0, firstColumn), true, false, 1.0, 1.0);
            } else {
                // In c order: the transposed product in BLAS's order.
                INDArray product = scratch.take("g", type, 'f', m, n);
                Nd4j.gemm(weighted, some, product, true, false, 1.0, 0.0);
                INDArray target = block.in(sum, firstColumn);
                target.addi(product.transpose().reshape('c', target.shape()));
            }
            from += n;
        }
        if (bias.exists()) {
            addRows(deltas, bias);
        }
    }

    @Override
    void addOneHot(INDArray indices, INDArray deltas, Place place, Place bias) {
        Place.Block words = place.matrix();
        long rows = EmbeddingContribution.rows(indices, deltas);
        long m = deltas.size(-1);
        INDArray weighted = weighted(deltas, rows, m);
        int[] word = EmbeddingContribution.indices(indices);
        for (int r = 0; r < rows; r++) {
            words.in(sum, 0, firstColumn, word[r]).addi(row(weighted, r));
        }
        if (bias.exists()) {
            addRows(scratch.dense("d", sum.dataType(), 'c', deltas).reshape('c', rows, m), bias);
        }
    }

    /** w ∘ Δ, R × m. */
    private INDArray weighted(INDArray deltas, long rows, long m) {
        INDArray weighted = scratch.take("weighted", sum.dataType(), 'c', deltas.shape());
        weighted.assign(deltas);
        weighted = weighted.reshape('c', rows, m);
        weighted.muli(weights(rows));
        return weighted;
    }

    /** w as a column, as often as a sample has rows. */
    private INDArray weights(long rows) {
        int rowsPerSample = rowsPerSample(rows);
        double[] all = new double[(int) rows];
        for (int k = 0; k < rowsPerSample; k++) {
            System.arraycopy(weights, 0, all, k * weights.length, weights.length);
        }
        INDArray column = scratch.take("w", sum.dataType(), 'c', rows, 1);
        for (int r = 0; r < all.length; r++) {
            column.putScalar(r, 0, all[r]);
        }
        return column;
    }
}
