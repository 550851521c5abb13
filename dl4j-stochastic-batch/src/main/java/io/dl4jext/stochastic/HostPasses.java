package io.dl4jext.stochastic;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * By loops over host memory, a chunk at a time, on several threads if it pays. Neither the chunks nor the order in
 * which their results are added up depend on the number of threads.
 */
final class HostPasses implements Passes {

    /** From so many elements on, several threads are worth their start. */
    private static final long PARALLEL_MEASURE = 1 << 17;

    private static final long PARALLEL_STEP = 1 << 16;

    private static final ThreadLocal<HostChunk> CHUNKS = ThreadLocal.withInitial(HostChunk::new);

    /** Some neighbouring elements of a tensor. */
    private static final class Piece {
        final int tensor;

        /** In the block. */
        final long from;

        /** In the tensor. */
        final long within;

        final int length;

        Piece(int tensor, long offset, long within, int length) {
            this.tensor = tensor;
            this.from = offset + within;
            this.within = within;
            this.length = length;
        }
    }

    @Override
    public List<Moments> measure(INDArray gradient, List<ParameterTensor> tensors) {
        List<Piece> pieces = pieces(tensors, gradient.length());
        try (HostMemory gradients = HostMemory.of(gradient)) {
            Object[] moments =
                    run(pieces, PARALLEL_MEASURE, piece -> CHUNKS.get().measure(gradients, piece.from, piece.length));
            return byTensor(tensors, pieces, moments, Moments.NONE, Moments::and);
        }
    }

    @Override
    public List<Moments> measureMeans(
            INDArray gradient, INDArray state, long parameters, List<ParameterTensor> tensors) {
        List<Piece> pieces = pieces(tensors, parameters);
        try (HostSlices slices = new HostSlices(gradient, state, parameters, false)) {
            Object[] moments =
                    run(pieces, PARALLEL_STEP, piece -> CHUNKS.get().measureMeans(slices, piece.from, piece.length));
            return byTensor(tensors, pieces, moments, Moments.NONE, Moments::and);
        }
    }

    @Override
    public void drop(INDArray state, long parameters, EpochMark mark, long position) {
        try (HostMemory sums = HostMemory.of(state, 0, parameters);
                HostMemory counts = HostMemory.of(state, parameters, parameters)) {
            ParameterTensor all = new ParameterTensor(null, 0, parameters, 0, position);
            run(pieces(List.of(all), parameters), PARALLEL_STEP, piece -> {
                CHUNKS.get().drop(sums, counts, piece.from, piece.length, mark, position + piece.from);
                return null;
            });
        }
    }

    @Override
    public List<UpdateCount> step(
            INDArray gradient, INDArray state, List<ParameterTensor> tensors, List<GroupStep> rules) {
        boolean moving = rules.stream().anyMatch(rule -> rule.momentum > 0);
        long parameters = state.length() / (moving ? 3 : 2);
        List<Piece> pieces = pieces(tensors, parameters);
        try (HostSlices slices = new HostSlices(gradient, state, parameters, moving)) {
            Object[] counts = run(pieces, PARALLEL_STEP, piece -> {
                ParameterTensor tensor = tensors.get(piece.tensor);
                return CHUNKS.get()
                        .step(
                                slices,
                                piece.from,
                                piece.length,
                                tensor.first + piece.within,
                                tensor.position + piece.within,
                                rules.get(piece.tensor));
            });
            return byTensor(tensors, pieces, counts, UpdateCount.NONE, UpdateCount::and);
        }
    }

    private static List<Piece> pieces(List<ParameterTensor> tensors, long parameters) {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            ParameterTensor tensor = tensors.get(i);
            if (tensor.offset < 0 || tensor.length > parameters - tensor.offset) {
                throw new IndexOutOfBoundsException("StochasticBatch: expected elements of the " + parameters
                        + " parameters, got elements " + tensor.offset + " to " + tensor.offset + " + "
                        + tensor.length);
            }
            for (long within = 0; within < tensor.length; within += HostChunk.SIZE) {
                int length = (int) Math.min(HostChunk.SIZE, tensor.length - within);
                pieces.add(new Piece(i, tensor.offset, within, length));
            }
        }
        return pieces;
    }

    /** The results of the pieces, in their order. */
    private static Object[] run(List<Piece> pieces, long parallelFrom, Function<Piece, Object> work) {
        return (long) pieces.size() * HostChunk.SIZE < parallelFrom
                ? pieces.stream().map(work).toArray()
                : SharedLoop.run(pieces.size(), i -> work.apply(pieces.get(i)));
    }

    @SuppressWarnings("unchecked")
    private static <T> List<T> byTensor(
            List<ParameterTensor> tensors, List<Piece> pieces, Object[] results, T none, BinaryOperator<T> and) {
        List<T> sums = new ArrayList<>(Collections.nCopies(tensors.size(), none));
        for (int i = 0; i < results.length; i++) {
            int tensor = pieces.get(i).tensor;
            sums.set(tensor, and.apply(sums.get(tensor), (T) results[i]));
        }
        return sums;
    }
}
