package io.dl4jext.fisher.internal.gram;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The contribution of a depthwise convolution: channel c of the input has m kernels of its own, with the outputs c·m …
 * c·m + m − 1. Its weights are few, so the gradients of all samples are formed: G_i[c, o, (a, b)] = Σ_t δ_i[c·m + o,
 * t]·U_i[c, (a, b), t].
 */
public final class DepthwiseConvolutionContribution {

    /** Patches of a few samples at a time, so that they are still in the cache when they are multiplied. */
    private static final long PATCH_BYTES = 4L << 20;

    private final PatchUnfolder unfolder = PatchUnfolder.forBackend();

    /**
     * Adds the contribution of one layer.
     *
     * @param gradients what takes it
     * @param images the layer's input as the backward pass sees it, R × c × H × W (a permuted view for NHWC)
     * @param deltas the gradient of the loss with respect to the outputs, R × (c·m) × H_out × W_out
     * @param weights the layer's weights, (c, m, kH, kW)
     * @param bias its bias, c·m, or {@link Place#NONE}
     */
    public void add(
            SampleGradients gradients,
            INDArray images,
            INDArray deltas,
            ConvolutionGeometry geometry,
            Place weights,
            Place bias) {
        Scratch scratch = gradients.scratch();
        DataType type = SampleGradients.gradientType(deltas);
        long rows = images.size(0);
        long channels = images.size(1);
        long multiplier = deltas.size(1) / channels;
        int outHeight = (int) deltas.size(2);
        int outWidth = (int) deltas.size(3);
        long positions = (long) outHeight * outWidth;
        long taps = (long) geometry.kernel[0] * geometry.kernel[1];
        INDArray x = scratch.dense("x", type, 'c', images);
        INDArray delta = scratch.dense("d", type, 'c', deltas).reshape('c', rows, channels * multiplier, positions);
        INDArray g = scratch.take("g", type, 'c', rows, channels, multiplier, taps);
        long chunk = Math.max(1, Math.min(rows, PATCH_BYTES / (channels * taps * positions * type.width())));
        for (long first = 0; first < rows; first += chunk) {
            long count = Math.min(rows, first + chunk) - first;
            INDArray patches = scratch.take("patches", type, 'c', count, channels * taps, positions);
            unfolder.unfold(x, first, outHeight, outWidth, geometry, patches);
            INDArray part =
                    delta.get(NDArrayIndex.interval(first, first + count), NDArrayIndex.all(), NDArrayIndex.all());
            INDArray target = g.get(
                    NDArrayIndex.interval(first, first + count),
                    NDArrayIndex.all(),
                    NDArrayIndex.all(),
                    NDArrayIndex.all());
            Nd4j.matmul(
                    part.reshape('c', count * channels, multiplier, positions),
                    patches.reshape('c', count * channels, taps, positions),
                    target.reshape('c', count * channels, multiplier, taps),
                    false,
                    true,
                    false);
        }
        gradients.addRows(g.reshape('c', rows, channels * multiplier * taps), weights);
        BiasContribution.add(gradients, deltas, bias);
    }
}
