package io.dl4jext.fisher.internal.gram;

import java.util.Arrays;
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

    private final Worker[] workers = new Worker[Processors.COUNT];

    /** What is done with the patches of one image. */
    @FunctionalInterface
    interface Patches {

        /** @param part the processor's own number: no two threads have the same at a time */
        void of(int part, int row);
    }

    /** How many images are unfolded at a time. */
    int parts(long rows) {
        return (int) Math.min(workers.length, rows);
    }

    @Override
    public void unfold(
            INDArray images, long first, int outHeight, int outWidth, ConvolutionGeometry geometry, INDArray patches) {
        int count = Math.toIntExact(patches.size(0));
        int channels = Math.toIntExact(images.size(1));
        Task task = new Task(images, 0, channels, outHeight, outWidth, geometry);
        int parts = parts(count);
        try (HostMemory source = HostMemory.of(images);
                HostMemory target = HostMemory.of(patches)) {
            Processors.each(parts, true, part -> {
                for (int r = part; r < count; r += parts) {
                    worker(part, task).unfold(task, source, first + r, target, r * task.length());
                }
            });
        }
    }

    /**
     * Unfolds some channels of all images, one after the other into each processor's own memory, where its patches can
     * be worked with before the next ones come.
     *
     * @param targets for each of the {@link #parts} memory for c·kH·kW × H_out·W_out for the channels chosen
     */
    void unfoldEach(
            INDArray images,
            int firstChannel,
            int channels,
            int outHeight,
            int outWidth,
            ConvolutionGeometry geometry,
            HostMemory[] targets,
            Patches patches) {
        int count = Math.toIntExact(images.size(0));
        Task task = new Task(images, firstChannel, channels, outHeight, outWidth, geometry);
        try (HostMemory source = HostMemory.of(images)) {
            Processors.each(targets.length, true, part -> {
                for (int r = part; r < count; r += targets.length) {
                    worker(part, task).unfold(task, source, r, targets[part], 0);
                    patches.of(part, r);
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

    private Worker worker(int part, Task task) {
        Worker worker = workers[part];
        if (worker == null
                || worker.type != task.type
                || HostArrays.length(worker.image) < task.imageLength()
                || HostArrays.length(worker.patches) < task.chunk()) {
            worker = new Worker(task.type, task.imageLength(), task.chunk());
            workers[part] = worker;
        }
        return worker;
    }

    /** What is to be unfolded: some channels of each of some images. */
    private static final class Task {

        final DataType type;
        final int firstChannel;
        final int allChannels;
        final int channels;
        final int height;
        final int width;
        final int outHeight;
        final int outWidth;
        final ConvolutionGeometry geometry;

        Task(
                INDArray images,
                int firstChannel,
                int channels,
                int outHeight,
                int outWidth,
                ConvolutionGeometry geometry) {
            this.type = images.dataType();
            this.firstChannel = firstChannel;
            this.allChannels = Math.toIntExact(images.size(1));
            this.channels = channels;
            this.height = Math.toIntExact(images.size(2));
            this.width = Math.toIntExact(images.size(3));
            this.outHeight = outHeight;
            this.outWidth = outWidth;
            this.geometry = geometry;
        }

        int plane() {
            return Math.multiplyExact(outHeight, outWidth);
        }

        /** The elements of the patches of one image. */
        long length() {
            return (long) channels * geometry.kernel[0] * geometry.kernel[1] * plane();
        }

        /** How many of them are held in Java at a time, in whole planes. */
        int chunk() {
            return (int) Math.min(length(), Math.max(plane(), CHUNK / plane() * plane()));
        }

        int imageLength() {
            return Math.multiplyExact(channels, Math.multiplyExact(height, width));
        }

        /** Where its channels begin in memory. */
        long start(long row) {
            return (row * allChannels + firstChannel) * height * width;
        }

        /** Whether patches and images have the same rows, so that a whole plane is copied at once. */
        boolean keepsRows() {
            return geometry.stride[0] == 1 && geometry.stride[1] == 1 && outWidth == width;
        }
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

        /** Unfolds one image, a chunk of whole planes at a time, to {@code to} from start on. */
        void unfold(Task task, HostMemory source, long row, HostMemory to, long start) {
            HostArrays.read(source, task.start(row), image, task.imageLength());
            ConvolutionGeometry g = task.geometry;
            int plane = task.plane();
            int chunk = task.chunk();
            int position = 0;
            long written = start;
            for (int c = 0; c < task.channels; c++) {
                for (int a = 0; a < g.kernel[0]; a++) {
                    int offsetY = g.offset(0, a);
                    int y0 = g.firstInside(0, offsetY);
                    int y1 = g.lastInside(0, offsetY, task.height, task.outHeight);
                    for (int b = 0; b < g.kernel[1]; b++) {
                        int offsetX = g.offset(1, b);
                        int x0 = g.firstInside(1, offsetX);
                        int x1 = Math.max(x0, g.lastInside(1, offsetX, task.width, task.outWidth));
                        int from = (c * task.height + offsetY) * task.width + offsetX;
                        if (y0 >= y1 || x0 >= x1) {
                            zero(position, position + plane);
                        } else if (task.keepsRows()) {
                            copyPlane(from, position, task.outWidth, task.outHeight, y0, y1, x0, x1);
                        } else {
                            if (y0 > 0 || y1 < task.outHeight || x0 > 0 || x1 < task.outWidth) {
                                zero(position, position + plane);
                            }
                            copyRows(
                                    from + x0 * g.stride[1],
                                    g.stride[0] * task.width,
                                    g.stride[1],
                                    position + x0,
                                    task.outWidth,
                                    y0,
                                    y1,
                                    x1 - x0);
                        }
                        position += plane;
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

        /** Copies rows y0 … y1 − 1 at once, with what comes round the edges, which is then cleared. */
        private void copyPlane(int from, int to, int width, int height, int y0, int y1, int x0, int x1) {
            int begin = y0 * width + x0;
            int end = (y1 - 1) * width + x1;
            zero(to, to + begin);
            System.arraycopy(image, from + begin, patches, to + begin, end - begin);
            zero(to + end, to + height * width);
            if (x0 > 0 || x1 < width) {
                for (int y = y0; y < y1 - 1; y++) {
                    zero(to + y * width + x1, to + (y + 1) * width + x0);
                }
            }
        }

        private void zero(int from, int to) {
            if (type == DataType.DOUBLE) {
                Arrays.fill((double[]) patches, from, to, 0);
            } else {
                Arrays.fill((float[]) patches, from, to, 0);
            }
        }

        /**
         * Row y of count elements, every stride-th from {@code from + y·rowStride}, goes to {@code to + y·outWidth}.
         */
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
