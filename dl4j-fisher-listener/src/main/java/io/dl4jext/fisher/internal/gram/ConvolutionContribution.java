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
     * @param gradients what takes it
     * @param images the layer's input as the backward pass sees it, R × c × H × W (a permuted view for NHWC)
     * @param deltas the gradient of the loss with respect to the pre-activations, R × d × H_out × W_out
     * @param geometry kernel, stride, dilation, padding
     * @param weights the layer's weights, d × k with k in the order c, kH, kW
     * @param bias its bias, d, or {@link Place#NONE}
     */
    public void add(
            SampleGradients gradients,
            INDArray images,
            INDArray deltas,
            ConvolutionGeometry geometry,
            Place weights,
            Place bias) {
        double rows = images.size(0);
        double positions = deltas.size(2) * deltas.size(3);
        double d = deltas.size(1);
        double k = images.size(1) * geometry.kernel[0] * geometry.kernel[1];
        if (gradients.prefersPairs(rows * positions, k, d)) {
            addPairs(gradients, images, deltas, geometry, bias.exists());
        } else {
            addFormed(gradients, images, deltas, geometry, weights, bias);
        }
    }

    /**
     * As {@link #add(SampleGradients, INDArray, INDArray, ConvolutionGeometry, Place, Place)}, of parameters that
     * nobody names.
     *
     * @param bias whether the layer has a bias
     */
    public void add(
            SampleGradients gradients, INDArray images, INDArray deltas, ConvolutionGeometry geometry, boolean bias) {
        add(gradients, images, deltas, geometry, Place.UNKNOWN, bias ? Place.UNKNOWN : Place.NONE);
    }

    void addFormed(GramMatrix gram, INDArray images, INDArray deltas, ConvolutionGeometry geometry, boolean bias) {
        addFormed(gram, images, deltas, geometry, Place.UNKNOWN, bias ? Place.UNKNOWN : Place.NONE);
    }

    private void addFormed(
            SampleGradients gradients,
            INDArray images,
            INDArray deltas,
            ConvolutionGeometry geometry,
            Place weights,
            Place bias) {
        Scratch scratch = gradients.scratch();
        DataType type = SampleGradients.gradientType(deltas);
        long rows = images.size(0);
        int channels = (int) images.size(1);
        long positions = deltas.size(2) * deltas.size(3);
        long d = deltas.size(1);
        long taps = (long) geometry.kernel[0] * geometry.kernel[1];
        INDArray x = scratch.dense("x", type, 'c', images);
        INDArray delta = scratch.dense("d", type, 'c', deltas).reshape('c', rows, d, positions);
        boolean sideBySide = unfolder instanceof HostPatchUnfolder
                && gradients.isWorthSideBySide((double) rows * positions * d * channels * taps);
        int block = (int) gradients.choose(channelsAtOnce(channels, rows * d * taps * type.width(), weights));
        gradients.sideBySide(sideBySide, () -> {
            for (int first = 0; first < channels; first += block) {
                int count = Math.min(block, channels - first);
                INDArray g = scratch.take("g", type, 'c', rows, d, count * taps);
                if (sideBySide) {
                    formSideBySide(scratch, x, first, count, delta, deltas, geometry, g);
                } else {
                    formByOperations(scratch, x, first, count, delta, deltas, geometry, g);
                }
                gradients.addRows(
                        g.reshape('c', rows, d * count * taps),
                        count == channels ? weights : ofChannels(weights, channels, first, count));
            }
        });
        if (bias.exists()) {
            INDArray sums = scratch.take("bias", type, 'c', rows, d);
            delta.sum(sums, 2);
            gradients.addRows(sums, bias);
        }
    }

    /**
     * How many input channels' gradients are formed at a time: what they take stays near the processors. As many as
     * make whole indices of the weights' second axis (one such index is several channels where slices of a volume are
     * channels).
     */
    private static int channelsAtOnce(int channels, long bytesOfOne, Place weights) {
        long together = weights.size(1) == 0 ? 1 : channels / weights.size(1);
        long most = Math.max(1, SampleGradients.GRADIENT_BYTES / (bytesOfOne * together));
        long units = channels / together;
        long blocks = (units + most - 1) / most;
        return (int) ((units + blocks - 1) / blocks * together);
    }

    private static Place ofChannels(Place weights, int channels, int first, int count) {
        long axis = weights.size(1);
        return axis == 0 ? weights : weights.part(1, first * axis / channels, (first + count) * axis / channels);
    }

    /** Each processor forms the gradients of samples of its own, from patches that are still in its cache. */
    private void formSideBySide(
            Scratch scratch,
            INDArray x,
            int first,
            int count,
            INDArray delta,
            INDArray deltas,
            ConvolutionGeometry geometry,
            INDArray g) {
        HostPatchUnfolder host = (HostPatchUnfolder) unfolder;
        int d = (int) delta.size(1);
        int positions = (int) delta.size(2);
        int k = (int) g.size(2);
        HostMemory[] patches = new HostMemory[host.parts(x.size(0))];
        try (HostMemory source = HostMemory.of(delta);
                HostMemory target = HostMemory.of(g)) {
            for (int part = 0; part < patches.length; part++) {
                patches[part] = HostMemory.of(scratch.take("patches" + part, delta.dataType(), 'c', k, positions));
            }
            host.unfoldEach(
                    x,
                    first,
                    count,
                    (int) deltas.size(2),
                    (int) deltas.size(3),
                    geometry,
                    patches,
                    (part, row) -> OpenBlas.product(
                            source,
                            (long) row * d * positions,
                            patches[part],
                            0,
                            target,
                            (long) row * d * k,
                            d,
                            k,
                            positions));
        } finally {
            for (HostMemory memory : patches) {
                if (memory != null) {
                    memory.close();
                }
            }
        }
    }

    private void formByOperations(
            Scratch scratch,
            INDArray x,
            int first,
            int count,
            INDArray delta,
            INDArray deltas,
            ConvolutionGeometry geometry,
            INDArray g) {
        long rows = x.size(0);
        long positions = delta.size(2);
        long k = g.size(2);
        INDArray some = count == x.size(1)
                ? x
                : scratch.dense(
                        "someChannels",
                        x.dataType(),
                        'c',
                        x.get(
                                NDArrayIndex.all(),
                                NDArrayIndex.interval(first, first + count),
                                NDArrayIndex.all(),
                                NDArrayIndex.all()));
        long chunk = Math.max(
                1, Math.min(rows, PATCH_BYTES / (k * positions * x.dataType().width())));
        for (long from = 0; from < rows; from += chunk) {
            long to = Math.min(rows, from + chunk);
            INDArray patches = scratch.take("patches", x.dataType(), 'c', to - from, k, positions);
            unfolder.unfold(some, from, (int) deltas.size(2), (int) deltas.size(3), geometry, patches);
            Nd4j.matmul(
                    delta.get(NDArrayIndex.interval(from, to), NDArrayIndex.all(), NDArrayIndex.all()),
                    patches,
                    g.get(NDArrayIndex.interval(from, to), NDArrayIndex.all(), NDArrayIndex.all()),
                    false,
                    true,
                    false);
        }
    }

    void addPairs(
            SampleGradients gradients, INDArray images, INDArray deltas, ConvolutionGeometry geometry, boolean bias) {
        Scratch scratch = gradients.scratch();
        DataType type = SampleGradients.gradientType(deltas);
        int samples = gradients.samples();
        int imagesOfOne = gradients.rowsPerSample(images.size(0));
        int outHeight = (int) deltas.size(2);
        int outWidth = (int) deltas.size(3);
        long positions = (long) outHeight * outWidth;
        long d = deltas.size(1);
        long k = images.size(1) * geometry.kernel[0] * geometry.kernel[1];
        INDArray x = scratch.dense("x", type, 'c', images);
        // In memory of its own: pairs are taken of a few samples while the others' deltas wait here.
        INDArray delta = scratch.dense("pairedDeltas", type, 'c', deltas).reshape('c', images.size(0), d, positions);
        // Patches, their rows, and the rows as they are paired.
        int most = gradients.samplesAtOnce(imagesOfOne * positions * k * (2L * type.width() + 8));
        for (int first = 0; first < samples; first += most) {
            int count = Math.min(most, samples - first);
            INDArray patches = scratch.take("patches", type, 'c', count, k, positions);
            INDArray inputRows = scratch.take("inputRows", type, 'c', positions, imagesOfOne, count, k);
            INDArray deltaRows = scratch.take("deltaRows", type, 'c', positions, imagesOfOne, count, d);
            for (int image = 0; image < imagesOfOne; image++) {
                int from = image * samples + first;
                unfolder.unfold(x, from, outHeight, outWidth, geometry, patches);
                at(inputRows, image).assign(patches.permute(2, 0, 1));
                at(deltaRows, image)
                        .assign(delta.get(
                                        NDArrayIndex.interval(from, from + count),
                                        NDArrayIndex.all(),
                                        NDArrayIndex.all())
                                .permute(2, 0, 1));
            }
            long rows = positions * imagesOfOne * count;
            gradients.addPairs(inputRows.reshape('c', rows, k), deltaRows.reshape('c', rows, d), bias, first, count);
        }
    }

    private static INDArray at(INDArray rows, int image) {
        return rows.get(NDArrayIndex.all(), NDArrayIndex.point(image), NDArrayIndex.all(), NDArrayIndex.all());
    }
}
