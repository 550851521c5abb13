package io.dl4jext.updater.internal.elementwise;

import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;

/**
 * By loops over host memory, a chunk at a time, so that each array is read and written once; on several threads if it
 * pays. No result depends on the number of threads.
 */
final class HostSteps implements Steps {

    /** So that a chunk of each array stays in a processor's own cache. */
    static final int CHUNK = 2048;

    /** From so many elements on, several threads are worth their start. */
    private static final long PARALLEL_FROM = 1 << 16;

    private static final ThreadLocal<HostChunk> CHUNKS = ThreadLocal.withInitial(HostChunk::new);

    private final int piece;

    HostSteps() {
        this(1 << 27);
    }

    /** @param piece how many elements go into one Java buffer of at most 2 GiB */
    HostSteps(int piece) {
        this.piece = piece;
    }

    @Override
    public void run(ElementStep step, VectorPart[] arrays, long first) {
        try (HostVectors vectors = new HostVectors(arrays, piece)) {
            inChunks(vectors.length(), from -> {
                CHUNKS.get().run(step, vectors, from, size(vectors.length(), from), first + from);
                return 0;
            });
        }
    }

    /** Added up in double precision, in the order of the chunks. */
    @Override
    public double sumOfSquares(VectorPart array) {
        try (HostMemory memory = HostMemory.of(array.vector, array.offset, array.length, piece)) {
            double sum = 0;
            for (double part :
                    inChunks(array.length, from -> CHUNKS.get().sumOfSquares(memory, from, size(array.length, from)))) {
                sum += part;
            }
            return sum;
        }
    }

    private static double[] inChunks(long length, LongToDoubleFunction work) {
        IntStream chunks = IntStream.range(0, Math.toIntExact((length + CHUNK - 1) / CHUNK));
        return (length < PARALLEL_FROM ? chunks : chunks.parallel())
                .mapToDouble(chunk -> work.applyAsDouble((long) chunk * CHUNK))
                .toArray();
    }

    private static int size(long length, long from) {
        return (int) Math.min(CHUNK, length - from);
    }
}
