package io.dl4jext.fisher.internal.gram;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.api.ops.impl.shape.StridedSlice;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Unfolds images into patch columns: U[r, (c·kH + a)·kW + b, y·W_out + x] = X[r, c, y·s_y + a·d_y − p_y, x·s_x + b·d_x
 * − p_x], 0 outside the image. The column order is that of DL4J's convolution weights.
 */
interface PatchUnfolder {

    /**
     * Unfolds rows first … first + patches.size(0) − 1.
     *
     * @param images R × c × H × W, dense in c order
     * @param patches the result, s × (c·kH·kW) × (H_out·W_out), dense in c order, of the images' type
     */
    void unfold(
            INDArray images, long first, int outHeight, int outWidth, ConvolutionGeometry geometry, INDArray patches);

    /** The fastest one for this backend. */
    static PatchUnfolder forBackend() {
        boolean host = Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
        return host ? new HostPatchUnfolder() : new OperationsPatchUnfolder();
    }

    /**
     * By ND4J operations only, for any backend: one strided slice a kernel tap. (Not by {@code get} with strided
     * intervals: ND4J 1.0.0-M2.1 rounds their ends up to whole strides and then finds them out of range.)
     */
    final class OperationsPatchUnfolder implements PatchUnfolder {

        @Override
        public void unfold(
                INDArray images, long first, int outHeight, int outWidth, ConvolutionGeometry g, INDArray patches) {
            long count = patches.size(0);
            int height = (int) images.size(2);
            int width = (int) images.size(3);
            int channels = (int) images.size(1);
            INDArray target = patches.reshape('c', count, channels, g.kernel[0], g.kernel[1], outHeight, outWidth);
            patches.assign(0);
            for (int a = 0; a < g.kernel[0]; a++) {
                int offsetY = g.offset(0, a);
                int y0 = g.firstInside(0, offsetY);
                int y1 = g.lastInside(0, offsetY, height, outHeight);
                for (int b = 0; b < g.kernel[1]; b++) {
                    int offsetX = g.offset(1, b);
                    int x0 = g.firstInside(1, offsetX);
                    int x1 = g.lastInside(1, offsetX, width, outWidth);
                    if (y0 >= y1 || x0 >= x1) {
                        continue;
                    }
                    int[] begin = {(int) first, 0, y0 * g.stride[0] + offsetY, x0 * g.stride[1] + offsetX};
                    int[] end = {
                        (int) (first + count),
                        channels,
                        (y1 - 1) * g.stride[0] + offsetY + 1,
                        (x1 - 1) * g.stride[1] + offsetX + 1
                    };
                    int[] strides = {1, 1, g.stride[0], g.stride[1]};
                    INDArray source = Nd4j.exec(new StridedSlice(images, begin, end, strides, 0, 0, 0, 0, 0))[0];
                    target.get(
                                    NDArrayIndex.all(),
                                    NDArrayIndex.all(),
                                    NDArrayIndex.interval(a, a + 1),
                                    NDArrayIndex.interval(b, b + 1),
                                    NDArrayIndex.interval(y0, y1),
                                    NDArrayIndex.interval(x0, x1))
                            .assign(source.reshape(count, channels, 1, 1, y1 - y0, x1 - x0));
                }
            }
        }
    }
}
