package io.dl4jext.fisher.internal.gram;

/**
 * Kernel, stride, dilation and the padding before the first row and column of a 2-D convolution; each {height, width}.
 */
public final class ConvolutionGeometry {

    final int[] kernel;
    final int[] stride;
    final int[] dilation;
    final int[] padding;

    /** All arrays are {height, width}; padding is that at the top and the left. */
    public ConvolutionGeometry(int[] kernel, int[] stride, int[] dilation, int[] padding) {
        this.kernel = kernel.clone();
        this.stride = stride.clone();
        this.dilation = dilation.clone();
        this.padding = padding.clone();
    }

    int offset(int axis, int tap) {
        return tap * dilation[axis] - padding[axis];
    }

    /** The first output position whose input position lies at 0 or beyond, for a kernel tap with that offset. */
    int firstInside(int axis, int offset) {
        return offset >= 0 ? 0 : (-offset + stride[axis] - 1) / stride[axis];
    }

    /** One more than the last output position whose input position lies below size. */
    int lastInside(int axis, int offset, int size, int outputs) {
        int room = size - 1 - offset;
        return room < 0 ? 0 : Math.min(outputs, room / stride[axis] + 1);
    }
}
