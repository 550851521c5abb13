package io.dl4jext.elementwise;

import java.util.function.IntToDoubleFunction;
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

    private final long longest;

    HostSteps() {
        this(1 << 27);
    }

    /** @param longest how many elements go into one Java buffer of at most 2 GiB, a multiple of {@link #CHUNK} */
    HostSteps(long longest) {
        this.longest = longest;
    }

    @Override
    public void run(ElementStep step, VectorPart[] arrays, long first) {
        for (long start = 0; start < arrays[0].length; start += longest) {
            HostSlice[] slices = new HostSlice[arrays.length];
            for (int i = 0; i < arrays.length; i++) {
                slices[i] = slice(arrays[i], start);
            }
            long place = first + start;
            int length = slices[0].length();
            inChunks(length, from -> {
                CHUNKS.get().run(step, slices, from, size(length, from), place + from);
                return 0;
            });
        }
    }

    private HostSlice slice(VectorPart array, long start) {
        return new HostSlice(
                new VectorPart(array.vector, array.offset + start, Math.min(longest, array.length - start)));
    }

    /** Added up in double precision, in the order of the chunks. */
    @Override
    public double sumOfSquares(VectorPart array) {
        double sum = 0;
        for (long start = 0; start < array.length; start += longest) {
            HostSlice slice = slice(array, start);
            int length = slice.length();
            for (double part : inChunks(length, from -> CHUNKS.get().sumOfSquares(slice, from, size(length, from)))) {
                sum += part;
            }
        }
        return sum;
    }

    private static double[] inChunks(int length, IntToDoubleFunction work) {
        IntStream chunks = IntStream.range(0, (length + CHUNK - 1) / CHUNK);
        return (length < PARALLEL_FROM ? chunks : chunks.parallel())
                .mapToDouble(chunk -> work.applyAsDouble(chunk * CHUNK))
                .toArray();
    }

    private static int size(int length, int from) {
        return Math.min(CHUNK, length - from);
    }
}
