package io.dl4jext.fisher.internal.gram;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The contribution of a 3-D convolution, as that of 2-D ones: the slices of the volume that a kernel covers at one
 * output depth z are the channels (c, a) of one image, and that image is row z·B + i of sample i. Columns are in the
 * order (c, a, b, e) of channel and kernel position.
 */
public final class VolumeConvolutionContribution {

    private final ConvolutionContribution images = new ConvolutionContribution();

    /**
     * Adds the contribution of one layer. All arrays of the geometry are {depth, height, width}.
     *
     * @param gradients what takes it
     * @param volumes the layer's input as the backward pass sees it, B × c × D × H × W (or a permuted view)
     * @param deltas the gradient of the loss with respect to the pre-activations, B × d × D_out × H_out × W_out
     * @param padding before the first slice, row and column
     * @param weights the layer's weights, (d, c, kD, kH, kW)
     * @param bias its bias, d, or {@link Place#NONE}
     */
    public void add(
            SampleGradients gradients,
            INDArray volumes,
            INDArray deltas,
            int[] kernel,
            int[] stride,
            int[] dilation,
            int[] padding,
            Place weights,
            Place bias) {
        ConvolutionGeometry depth = new ConvolutionGeometry(
                new int[] {kernel[0], 1}, new int[] {stride[0], 1}, new int[] {dilation[0], 1}, new int[] {padding[0], 0
                });
        ConvolutionGeometry plane = new ConvolutionGeometry(last(kernel), last(stride), last(dilation), last(padding));
        Scratch scratch = gradients.scratch();
        DataType type = SampleGradients.gradientType(deltas);
        long rows = deltas.size(0);
        long outDepth = deltas.size(2);
        INDArray slices = slices(scratch, scratch.dense("volumes", type, 'c', volumes), depth, (int) outDepth);
        INDArray bySlice =
                scratch.take("volumeDeltas", type, 'c', outDepth, rows, deltas.size(1), deltas.size(3), deltas.size(4));
        bySlice.assign(deltas.permute(2, 0, 1, 3, 4));
        images.add(
                gradients,
                slices,
                bySlice.reshape('c', outDepth * rows, deltas.size(1), deltas.size(3), deltas.size(4)),
                plane,
                weights,
                bias);
    }

    private static int[] last(int[] three) {
        return new int[] {three[1], three[2]};
    }

    /** [z·B + i, c·kD + a, y, x] = X[i, c, z·s + a·d − p, y, x], 0 outside. */
    private static INDArray slices(Scratch scratch, INDArray volumes, ConvolutionGeometry depth, int outDepth) {
        long rows = volumes.size(0);
        long channels = volumes.size(1);
        int size = (int) volumes.size(2);
        int taps = depth.kernel[0];
        long area = volumes.size(3) * volumes.size(4);
        INDArray planes = volumes.reshape('c', rows, channels, size, area);
        INDArray slices = scratch.take("slices", volumes.dataType(), 'c', outDepth, rows, channels, taps, area);
        slices.assign(0);
        for (int a = 0; a < taps; a++) {
            int offset = depth.offset(0, a);
            for (int z = depth.firstInside(0, offset); z < depth.lastInside(0, offset, size, outDepth); z++) {
                int from = z * depth.stride[0] + offset;
                slices.get(
                                NDArrayIndex.interval(z, z + 1),
                                NDArrayIndex.all(),
                                NDArrayIndex.all(),
                                NDArrayIndex.interval(a, a + 1),
                                NDArrayIndex.all())
                        .assign(planes.get(
                                        NDArrayIndex.all(),
                                        NDArrayIndex.all(),
                                        NDArrayIndex.interval(from, from + 1),
                                        NDArrayIndex.all())
                                .reshape(1, rows, channels, 1, area));
            }
        }
        return slices.reshape('c', outDepth * rows, channels * taps, volumes.size(3), volumes.size(4));
    }
}
