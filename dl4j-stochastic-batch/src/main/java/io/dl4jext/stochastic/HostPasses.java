package io.dl4jext.stochastic;

import java.util.function.IntFunction;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * By loops over host memory, a chunk at a time, on several threads if it pays. Neither the chunks nor the order in which
 * their results are added up depend on the number of threads.
 */
final class HostPasses implements Passes {

    /** From so many elements on, several threads are worth their start. */
    private static final long PARALLEL_MEASURE = 1 << 17;

    private static final long PARALLEL_STEP = 1 << 16;

    private static final ThreadLocal<HostChunk> CHUNKS = ThreadLocal.withInitial(HostChunk::new);

    @Override
    public Moments measure(INDArray gradient, long offset, long length) {
        try (HostMemory gradients = HostMemory.of(gradient, offset, length)) {
            Moments all = Moments.NONE;
            for (Object moments : inChunks(
                    length, PARALLEL_MEASURE, from -> CHUNKS.get().measure(gradients, from, size(length, from)))) {
                all = all.and((Moments) moments);
            }
            return all;
        }
    }

    @Override
    public Moments measureMeans(INDArray gradient, INDArray state, long parameters, long offset, long length) {
        try (HostSlices slices = new HostSlices(gradient, state, parameters, false, offset, length)) {
            Moments all = Moments.NONE;
            for (Object moments : inChunks(
                    length, PARALLEL_STEP, from -> CHUNKS.get().measureMeans(slices, from, size(length, from)))) {
                all = all.and((Moments) moments);
            }
            return all;
        }
    }

    @Override
    public void drop(INDArray state, long parameters, EpochMark mark, long position) {
        try (HostMemory sums = HostMemory.of(state, 0, parameters);
                HostMemory counts = HostMemory.of(state, parameters, parameters)) {
            inChunks(parameters, PARALLEL_STEP, from -> {
                CHUNKS.get().drop(sums, counts, from, size(parameters, from), mark, position + from);
                return null;
            });
        }
    }

    @Override
    public UpdateCount step(
            INDArray gradient, INDArray state, long offset, long length, long first, long position, UpdateRule rule) {
        boolean moving = rule.momentum > 0;
        long parameters = state.length() / (moving ? 3 : 2);
        try (HostSlices slices = new HostSlices(gradient, state, parameters, moving, offset, length)) {
            UpdateCount all = UpdateCount.NONE;
            for (Object count : inChunks(
                    length,
                    PARALLEL_STEP,
                    from -> CHUNKS.get().step(slices, from, size(length, from), first + from, position + from, rule))) {
                all = all.and((UpdateCount) count);
            }
            return all;
        }
    }

    /** The results of the chunks, in their order. */
    private static Object[] inChunks(long length, long parallelFrom, LongFunction<Object> work) {
        int chunks = Math.toIntExact((length + HostChunk.SIZE - 1) / HostChunk.SIZE);
        IntFunction<Object> chunk = each -> work.apply((long) each * HostChunk.SIZE);
        return length < parallelFrom
                ? IntStream.range(0, chunks).mapToObj(chunk).toArray()
                : SharedLoop.run(chunks, chunk);
    }

    private static int size(long length, long from) {
        return (int) Math.min(HostChunk.SIZE, length - from);
    }
}
