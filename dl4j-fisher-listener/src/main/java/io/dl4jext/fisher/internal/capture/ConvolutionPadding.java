package io.dl4jext.fisher.internal.capture;

import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The padding before the first position of each axis of a convolution, as DL4J's native code takes it. */
final class ConvolutionPadding {

    private ConvolutionPadding() {}

    /**
     * @param images the side that the kernel moves over, R × c × sizes
     * @param positions the side with one value for each place of the kernel, R × d × sizes
     * @param configured for all modes but Same and Causal
     */
    static int[] of(
            ConvolutionMode mode,
            INDArray images,
            INDArray positions,
            int[] kernel,
            int[] stride,
            int[] dilation,
            int[] configured) {
        int axes = images.rank() - 2;
        int[] padding = new int[axes];
        for (int axis = 0; axis < axes; axis++) {
            int reach = (kernel[axis] - 1) * dilation[axis];
            int places = (int) positions.size(2 + axis);
            int size = (int) images.size(2 + axis);
            if (mode == ConvolutionMode.Same) {
                padding[axis] = ((places - 1) * stride[axis] + reach + 1 - size) / 2;
            } else {
                padding[axis] = mode == ConvolutionMode.Causal ? reach : configured[axis];
            }
        }
        return padding;
    }
}
