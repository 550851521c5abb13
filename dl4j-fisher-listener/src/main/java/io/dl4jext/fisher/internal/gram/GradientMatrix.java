package io.dl4jext.fisher.internal.gram;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The per-sample gradients themselves: row i of a B × P matrix is g_i, in the matrix's type. What no rule says anything
 * of stays 0. Not thread-safe.
 */
public final class GradientMatrix extends SampleGradients {

    private final INDArray matrix;
    private final long firstColumn;
    private final Scratch scratch;

    /** @param matrix B × P, dense in c order, all 0 */
    public GradientMatrix(INDArray matrix) {
        this(matrix, 0, new Scratch());
    }

    private GradientMatrix(INDArray matrix, long firstColumn, Scratch scratch) {
        this.matrix = matrix;
        this.firstColumn = firstColumn;
        this.scratch = scratch;
    }

    /** For a layer whose parameters begin in that column; shares the matrix and the working memory. */
    public GradientMatrix from(long column) {
        return new GradientMatrix(matrix, column, scratch);
    }

    @Override
    public int samples() {
        return matrix.rows();
    }

    @Override
    Scratch scratch() {
        return scratch;
    }

    @Override
    public void addRows(INDArray gradients, Place place) {
        addTo(matrix, firstColumn, folded(gradients, matrix.dataType()), place);
    }

    /** Where the weights lie as BLAS has its matrices, each sample's product goes to its row at once. */
    @Override
    void addOuterProducts(INDArray inputs, INDArray deltas, Place weights, Place bias) {
        long m = deltas.columns();
        if (!weights.blocks(inputs.columns() * m).stream().allMatch(Place.Block::isColumnMajor)) {
            OuterProductContribution.addFormed(this, inputs, deltas, weights, bias);
            return;
        }
        DataType type = matrix.dataType();
        INDArray d = bySample("d", type, deltas);
        long from = 0;
        for (Place.Block block : weights.blocks(inputs.columns() * m)) {
            INDArray z = bySample("z", type, columns(inputs, from, from + block.shape[0]));
            for (int i = 0; i < samples(); i++) {
                INDArray target = block.in(matrix, i, firstColumn);
                Nd4j.gemm(ofSample(z, i), ofSample(d, i), target, true, false, 1.0, 1.0);
            }
            from += block.shape[0];
        }
        if (bias.exists()) {
            addRows(deltas, bias);
        }
    }

    @Override
    void addOneHot(INDArray indices, INDArray deltas, Place weights, Place bias) {
        Place.Block words = weights.matrix();
        long rows = EmbeddingContribution.rows(indices, deltas);
        INDArray d = scratch.dense("d", matrix.dataType(), 'c', deltas).reshape('c', rows, deltas.size(-1));
        int[] word = EmbeddingContribution.indices(indices);
        for (int r = 0; r < rows; r++) {
            words.in(matrix, r % samples(), firstColumn, word[r]).addi(row(d, r));
        }
        if (bias.exists()) {
            addRows(d, bias);
        }
    }
}
