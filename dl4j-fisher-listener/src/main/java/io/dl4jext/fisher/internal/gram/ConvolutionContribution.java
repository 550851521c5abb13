package io.dl4jext.fisher.internal.gram;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The contribution of a 2-D convolution: G_i = Δ_i U_iᵀ (d × k) with U_i the k = c·kH·kW patch columns at the T output
 * positions of sample i and Δ_i (d × T) the pre-activation deltas; the bias gradient is Σ_t δ_it.
 *
 * <p>Either G_i is formed for all samples of this one layer (R·T·d·k + B²·d·k operations) or, where T is small and the
 * kernel large, the positions are treated as time steps of a dense layer ((R·T)²(d + k) operations).
 */
public final class ConvolutionContribution {

    /** Patches of a few samples at a time, so that they are still in the cache when they are multiplied. */
    private static final long PATCH_BYTES = 4L << 20;

    private final PatchUnfolder unfolder;

    public ConvolutionContribution() {
        this(PatchUnfolder.forBackend());
    }

    ConvolutionContribution(PatchUnfolder unfolder) {
        this.unfolder = unfolder;
    }

    /**
     * Adds the contribution of one convolution layer.
     *
     * @param gram F̃
     * @param images the layer's input as the backward pass sees it, R × c × H × W (a permuted view for NHWC)
     * @param deltas the gradient of the loss with respect to the pre-activations, R × d × H_out × W_out
     * @param geometry kernel, stride, dilation, padding
     * @param bias whether the layer has a bias
     */
    public void add(GramMatrix gram, INDArray images, INDArray deltas, ConvolutionGeometry geometry, boolean bias) {
        double rows = images.size(0);
        double positions = deltas.size(2) * deltas.size(3);
        double d = deltas.size(1);
        double k = images.size(1) * geometry.kernel[0] * geometry.kernel[1];
        double formed = rows * positions * d * k + (double) gram.samples() * gram.samples() * d * k;
        double pairs = rows * positions * rows * positions * (d + k);
        if (gram.choose(pairs < formed ? 1 : 0) == 1) {
            addPairs(gram, images, deltas, geometry, bias);
        } else {
            addFormed(gram, images, deltas, geometry, bias);
        }
    }

    void addFormed(GramMatrix gram, INDArray images, INDArray deltas, ConvolutionGeometry geometry, boolean bias) {
        Scratch scratch = gram.scratch();
        DataType type = GramMatrix.gradientType(deltas);
        long rows = images.size(0);
        int outHeight = (int) deltas.size(2);
        int outWidth = (int) deltas.size(3);
        long positions = (long) outHeight * outWidth;
        long d = deltas.size(1);
        long k = images.size(1) * geometry.kernel[0] * geometry.kernel[1];
        INDArray x = scratch.dense("x", type, 'c', images);
        INDArray delta = scratch.dense("d", type, 'c', deltas).reshape('c', rows, d, positions);
        long chunk = Math.max(1, Math.min(rows, PATCH_BYTES / (k * positions * type.width())));
        long depth = gram.choose(Math.max(1, Math.min(d, GramMatrix.WORKING_BYTES / (rows * k * type.width()))));
        for (long from = 0; from < d; from += depth) {
            long to = Math.min(d, from + depth);
            INDArray g = scratch.take("g", type, 'c', rows, to - from, k);
            for (long first = 0; first < rows; first += chunk) {
                long last = Math.min(rows, first + chunk);
                INDArray patches = scratch.take("patches", type, 'c', last - first, k, positions);
                unfolder.unfold(x, first, outHeight, outWidth, geometry, patches);
                INDArray part = delta.get(
                        NDArrayIndex.interval(first, last), NDArrayIndex.interval(from, to), NDArrayIndex.all());
                INDArray target = g.get(NDArrayIndex.interval(first, last), NDArrayIndex.all(), NDArrayIndex.all());
                Nd4j.matmul(part, patches, target, false, true, false);
            }
            gram.addRows(g.reshape('c', rows, (to - from) * k));
        }
        if (bias) {
            INDArray sums = scratch.take("bias", type, 'c', rows, d);
            delta.sum(sums, 2);
            gram.addRows(sums);
        }
    }

    void addPairs(GramMatrix gram, INDArray images, INDArray deltas, ConvolutionGeometry geometry, boolean bias) {
        Scratch scratch = gram.scratch();
        DataType type = GramMatrix.gradientType(deltas);
        long rows = images.size(0);
        int outHeight = (int) deltas.size(2);
        int outWidth = (int) deltas.size(3);
        long positions = (long) outHeight * outWidth;
        long d = deltas.size(1);
        long k = images.size(1) * geometry.kernel[0] * geometry.kernel[1];
        INDArray x = scratch.dense("x", type, 'c', images);
        INDArray patches = scratch.take("patches", type, 'c', rows, k, positions);
        unfolder.unfold(x, 0, outHeight, outWidth, geometry, patches);
        INDArray inputRows = scratch.take("inputRows", type, 'c', positions, rows, k);
        inputRows.assign(patches.permute(2, 0, 1));
        INDArray deltaRows = scratch.take("deltaRows", type, 'c', positions, rows, d);
        deltaRows.assign(scratch.dense("d", type, 'c', deltas)
                .reshape('c', rows, d, positions)
                .permute(2, 0, 1));
        OuterProductContribution.addPairs(
                gram, inputRows.reshape('c', positions * rows, k), deltaRows.reshape('c', positions * rows, d), bias);
    }
}
