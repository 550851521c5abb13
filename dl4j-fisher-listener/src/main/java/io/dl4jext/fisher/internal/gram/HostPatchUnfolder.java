package io.dl4jext.fisher.internal.gram;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Unfolds in Java arrays, row runs at a time, with all processors: on the CPU much faster than strided ND4J copies.
 */
final class HostPatchUnfolder implements PatchUnfolder {

    /** Below this many elements a loop beats {@code System.arraycopy}. */
    private static final int SHORTEST_BULK_COPY = 16;

    /** How many elements of the patches are held in Java at a time, or one plane where that has more. */
    private static final int CHUNK = 1 << 16;

    private final Worker[] workers = new Worker[Runtime.getRuntime().availableProcessors()];

    @Override
    public void unfold(
            INDArray images, long first, int outHeight, int outWidth, ConvolutionGeometry geometry, INDArray patches) {
        int count = Math.toIntExact(patches.size(0));
        int parts = Math.min(workers.length, count);
        int imageLength = Math.toIntExact(images.length() / images.size(0));
        long patchLength = patches.length() / count;
        int plane = Math.multiplyExact(outHeight, outWidth);
        int chunk = (int) Math.min(patchLength, Math.max(plane, CHUNK / plane * plane));
        DataType type = images.dataType();
        int channels = Math.toIntExact(images.size(1));
        int height = Math.toIntExact(images.size(2));
        int width = Math.toIntExact(images.size(3));
        try (HostMemory source = HostMemory.of(images);
                HostMemory target = HostMemory.of(patches)) {
            IntStream.range(0, parts).parallel().forEach(part -> {
                Worker worker = worker(part, type, imageLength, chunk);
                for (int r = part; r < count; r += parts) {
                    HostArrays.read(source, (first + r) * imageLength, worker.image, imageLength);
                    worker.unfold(
                            channels, height, width, outHeight, outWidth, geometry, chunk, target, r * patchLength);
                }
            });
        }
    }

    /** The elements of Java arrays held. */
    long heldElements() {
        long elements = 0;
        for (Worker worker : workers) {
            if (worker != null) {
                elements += HostArrays.length(worker.image) + HostArrays.length(worker.patches);
            }
        }
        return elements;
    }

    private Worker worker(int part, DataType type, int imageLength, int chunk) {
        Worker worker = workers[part];
        if (worker == null
                || worker.type != type
                || HostArrays.length(worker.image) < imageLength
                || HostArrays.length(worker.patches) < chunk) {
            worker = new Worker(type, imageLength, chunk);
            workers[part] = worker;
        }
        return worker;
    }

    private static final class Worker {
        final DataType type;
        final Object image;
        final Object patches;

        Worker(DataType type, int imageLength, int chunk) {
            this.type = type;
            this.image = HostArrays.newArray(type, imageLength);
            this.patches = HostArrays.newArray(type, chunk);
        }

        /** Unfolds the image held here and writes it, a chunk of whole planes at a time, to {@code to} from start on. */
        void unfold(
                int channels,
                int height,
                int width,
                int outHeight,
                int outWidth,
                ConvolutionGeometry g,
                int chunk,
                HostMemory to,
                long start) {
            int position = 0;
            long written = start;
            for (int c = 0; c < channels; c++) {
                for (int a = 0; a < g.kernel[0]; a++) {
                    int offsetY = g.offset(0, a);
                    int y0 = g.firstInside(0, offsetY);
                    int y1 = g.lastInside(0, offsetY, height, outHeight);
                    for (int b = 0; b < g.kernel[1]; b++) {
                        int offsetX = g.offset(1, b);
                        int x0 = g.firstInside(1, offsetX);
                        int x1 = Math.max(x0, g.lastInside(1, offsetX, width, outWidth));
                        if (y0 > 0 || y1 < outHeight || x0 > 0 || x1 < outWidth) {
                            zero(position, position + outHeight * outWidth);
                        }
                        if (x0 < x1) {
                            copyRows(
                                    (c * height + offsetY) * width + offsetX + x0 * g.stride[1],
                                    g.stride[0] * width,
                                    g.stride[1],
                                    position + x0,
                                    outWidth,
                                    y0,
                                    y1,
                                    x1 - x0);
                        }
                        position += outHeight * outWidth;
                        if (position == chunk) {
                            HostArrays.write(patches, position, to, written);
                            written += position;
                            position = 0;
                        }
                    }
                }
            }
            if (position > 0) {
                HostArrays.write(patches, position, to, written);
            }
        }

        private void zero(int from, int to) {
            if (type == DataType.DOUBLE) {
                Arrays.fill((double[]) patches, from, to, 0);
            } else {
                Arrays.fill((float[]) patches, from, to, 0);
            }
        }

        /** Row y of count elements, every stride-th from {@code from + y·rowStride}, goes to {@code to + y·outWidth}. */
        private void copyRows(int from, int rowStride, int stride, int to, int outWidth, int y0, int y1, int count) {
            if (stride == 1 && count >= SHORTEST_BULK_COPY) {
                for (int y = y0; y < y1; y++) {
                    System.arraycopy(image, from + y * rowStride, patches, to + y * outWidth, count);
                }
            } else if (type == DataType.DOUBLE) {
                double[] source = (double[]) image;
                double[] target = (double[]) patches;
                for (int y = y0; y < y1; y++) {
                    for (int i = 0; i < count; i++) {
                        target[to + y * outWidth + i] = source[from + y * rowStride + i * stride];
                    }
                }
            } else {
                float[] source = (float[]) image;
                float[] target = (float[]) patches;
                for (int y = y0; y < y1; y++) {
                    for (int i = 0; i < count; i++) {
                        target[to + y * outWidth + i] = source[from + y * rowStride + i * stride];
                    }
                }
            }
        }
    }
}
