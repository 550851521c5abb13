package io.dl4jext.fisher.internal.gram;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * R Rᵀ in double precision of B × n rows, with {@link OpenBlas}: some columns at a time are converted and multiplied
 * while they are in the cache, by all processors side by side where there is enough to do. Which of them takes which
 * columns follows from their number and what was asked for, so the same rows have the same products. Not thread-safe.
 */
final class RowProducts implements AutoCloseable {

    /**
     * So many elements of the rows are in work at a time on one processor: they and BLAS's copy of them fit into its
     * cache.
     */
    private static final int ELEMENTS = 1 << 15;

    /**
     * Rows of no more elements than these one processor converts from first to last, and hands them to BLAS as a whole.
     */
    private static final int WHOLE = 1 << 17;

    /** From so many multiplications on they are shared out where {@link SingleThreadedBlas} is open anyway … */
    private static final long SHARED = 1L << 21;

    /** … and from so many on where it is not: to open and close it takes some 0.8 ms. */
    private static final long SIDE_BY_SIDE = 1L << 26;

    /** Up to this B: each processor holds B × B sums. */
    static final int MOST_SAMPLES = 2048;

    private final Worker[] workers = new Worker[Processors.COUNT];
    private double[] products = new double[0];
    private double[] half = new double[0];

    /**
     * The products of all pairs of rows.
     *
     * @param rows B × n, FLOAT or DOUBLE, without gaps between its elements
     * @param openAnyway whether {@link SingleThreadedBlas} is open already
     * @return B × B, symmetric, in the first B² elements; overwritten by the next call
     */
    double[] of(INDArray rows, boolean openAnyway) {
        int samples = (int) rows.rows();
        long n = rows.columns();
        long work = n * samples * samples;
        boolean shared = openAnyway ? work >= SHARED : work >= SIDE_BY_SIDE;
        boolean whole = !shared && n * samples <= WHOLE;
        int width = (int) Math.min(n, whole ? n : Math.max(16, ELEMENTS / samples));
        int chunks = Math.toIntExact((n + width - 1) / width);
        int parts = shared ? Math.min(workers.length, chunks) : 1;
        boolean sideBySide = parts > 1;
        boolean byColumns = !Scratch.isDense(rows, 'c');
        prepare(samples, parts, whole ? (int) n * samples : ELEMENTS);
        try (HostMemory source = HostMemory.of(rows);
                SingleThreadedBlas ignored = sideBySide ? SingleThreadedBlas.open() : null) {
            Processors.each(parts, sideBySide, p -> {
                for (int chunk = p; chunk < chunks; chunk += parts) {
                    long first = (long) chunk * width;
                    workers[p].add(source, n, first, (int) Math.min(width, n - first), byColumns, chunk >= parts);
                }
            });
        }
        return sum(samples, parts);
    }

    private void prepare(int samples, int parts, int elements) {
        for (int p = 0; p < parts; p++) {
            if (workers[p] == null || workers[p].samples != samples || workers[p].chunk.length() < elements) {
                if (workers[p] != null) {
                    workers[p].close();
                }
                workers[p] = new Worker(samples, Math.max(ELEMENTS, elements));
            }
        }
    }

    private double[] sum(int samples, int parts) {
        int length = samples * samples;
        if (products.length < length) {
            products = new double[length];
            half = new double[length];
        }
        for (int p = 0; p < parts; p++) {
            double[] read = p == 0 ? products : half;
            workers[p].sumsMemory.read(0, read, length);
            for (int i = 0; p > 0 && i < length; i++) {
                products[i] += half[i];
            }
        }
        for (int j = 1; j < samples; j++) {
            for (int i = 0; i < j; i++) {
                products[j * samples + i] = products[i * samples + j];
            }
        }
        return products;
    }

    /** The native memory held, in bytes. */
    long bytes() {
        long bytes = 0;
        for (Worker worker : workers) {
            bytes += worker == null ? 0 : 8 * (worker.chunk.length() + worker.sums.length());
        }
        return bytes;
    }

    /** Gives the memory back. */
    @Override
    public void close() {
        for (int p = 0; p < workers.length; p++) {
            if (workers[p] != null) {
                workers[p].close();
                workers[p] = null;
            }
        }
    }

    /** What one processor works with. */
    private static final class Worker implements AutoCloseable {

        private final int samples;
        private final INDArray chunk;
        private final INDArray sums;
        private final HostMemory chunkMemory;
        private final HostMemory sumsMemory;
        private final double[] doubles;
        private final float[] floats;

        Worker(int samples, int elements) {
            this.samples = samples;
            this.doubles = new double[ELEMENTS];
            this.floats = new float[ELEMENTS];
            try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                this.chunk = Nd4j.createUninitialized(DataType.DOUBLE, elements);
                // What lies above the diagonal is never written, and read as numbers.
                this.sums = Nd4j.zeros(DataType.DOUBLE, (long) samples * samples);
            }
            this.chunkMemory = HostMemory.of(chunk);
            this.sumsMemory = HostMemory.of(sums);
        }

        /** Columns first … first + width − 1 of n. */
        void add(HostMemory source, long n, long first, int width, boolean byColumns, boolean more) {
            if (byColumns || width == n) {
                copy(source, first * samples, 0, samples * width);
            } else {
                for (int i = 0; i < samples; i++) {
                    copy(source, i * n + first, (long) i * width, width);
                }
            }
            OpenBlas.addSquare(chunkMemory, samples, width, byColumns, more, sumsMemory);
        }

        private void copy(HostMemory source, long from, long to, int count) {
            for (int done = 0; done < count; done += ELEMENTS) {
                int length = Math.min(ELEMENTS, count - done);
                source.read(from + done, doubles, length, floats);
                chunkMemory.write(to + done, doubles, length);
            }
        }

        @Override
        public void close() {
            chunkMemory.close();
            sumsMemory.close();
            for (INDArray array : new INDArray[] {chunk, sums}) {
                if (array.closeable()) {
                    array.close();
                }
            }
        }
    }
}
