package io.dl4jext.fisher.internal.gram;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where some parameters of a layer lie in the layer's flattened gradient. They have a shape, as DL4J gives it to them;
 * a gradient that is said to be theirs has its elements in c order of that shape, wherever these lie. Immutable.
 */
public final class Place {

    /** Of parameters that the layer does not have: no bias. */
    public static final Place NONE = new Place(List.of(new Block(0, new long[] {0}, new long[] {1})));

    /** Nobody has said. The gradients still have inner products with each other. */
    public static final Place UNKNOWN = new Place(List.of());

    /** Elements at offset + Σ index · stride. */
    static final class Block {

        final long offset;
        final long[] shape;
        final long[] stride;
        final long length;

        Block(long offset, long[] shape, long[] stride) {
            this.offset = offset;
            this.shape = shape;
            this.stride = stride;
            this.length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        }

        /** The block in each of the rows of a dense matrix: rows × shape, a view. */
        INDArray in(INDArray matrix, long firstColumn) {
            long columns = matrix.columns();
            return Nd4j.create(
                    matrix.data(),
                    prepended(matrix.rows(), shape),
                    prepended(columns, stride),
                    matrix.offset() + firstColumn + offset,
                    'c');
        }

        /** A matrix n × m whose columns lie one after the other, as BLAS has them. */
        boolean isColumnMajor() {
            return shape.length == 2 && (shape[0] == 1 || stride[0] == 1) && (shape[1] == 1 || stride[1] == shape[0]);
        }

        /** A column-major block in one row of a dense matrix: n × m, f order, a view. */
        INDArray in(INDArray matrix, long row, long firstColumn) {
            return Nd4j.create(
                    matrix.data(),
                    shape,
                    new long[] {1, shape[0]},
                    matrix.offset() + row * matrix.columns() + firstColumn + offset,
                    'f');
        }

        /** The parameters of one index along the first of two axes, in one row of a dense matrix: a vector, a view. */
        INDArray in(INDArray matrix, long row, long firstColumn, long index) {
            if (shape.length != 2 || index < 0 || index >= shape[0]) {
                throw new IllegalArgumentException(
                        "Expected row " + index + " of parameters of the shape " + Arrays.toString(shape));
            }
            return Nd4j.create(
                    matrix.data(),
                    new long[] {shape[1]},
                    new long[] {stride[1]},
                    matrix.offset() + row * matrix.columns() + firstColumn + offset + index * stride[0],
                    'c');
        }

        private Block part(int axis, long from, long to) {
            long[] some = shape.clone();
            some[axis] = to - from;
            return new Block(offset + from * stride[axis], some, stride);
        }

        private static long[] prepended(long first, long[] others) {
            long[] all = new long[others.length + 1];
            all[0] = first;
            System.arraycopy(others, 0, all, 1, others.length);
            return all;
        }
    }

    private final List<Block> blocks;

    private Place(List<Block> blocks) {
        this.blocks = blocks;
    }

    /**
     * Of one parameter.
     *
     * @param offset where its first element lies in the layer's flattened gradient, from 0
     * @param shape its shape
     * @param stride how far apart neighbours along each axis lie
     */
    public static Place of(long offset, long[] shape, long[] stride) {
        if (offset < 0 || shape.length != stride.length || shape.length == 0) {
            throw new IllegalArgumentException("Expected an offset >= 0 and as many strides as axes, got " + offset
                    + ", shape " + Arrays.toString(shape) + ", strides " + Arrays.toString(stride));
        }
        return new Place(List.of(new Block(offset, shape.clone(), stride.clone())));
    }

    /** Of a whole layer, in flattened order. */
    public static Place flat(long length) {
        return of(0, new long[] {length}, new long[] {1});
    }

    /** The rows (axis 0) of one after those of the other: of a matrix product with inputs side by side. */
    public Place above(Place below) {
        if (!isKnown() || !below.isKnown()) {
            return UNKNOWN;
        }
        List<Block> all = new ArrayList<>(blocks);
        all.addAll(below.blocks);
        return new Place(List.copyOf(all));
    }

    /** A part along one axis: indices from … to − 1. */
    public Place part(int axis, long from, long to) {
        List<Block> parts = new ArrayList<>();
        long begin = 0;
        for (Block block : blocks) {
            if (axis > 0) {
                parts.add(block.part(axis, from, to));
                continue;
            }
            long size = block.shape[0];
            long first = Math.max(0, from - begin);
            long last = Math.min(size, to - begin);
            if (first < last) {
                parts.add(first == 0 && last == size ? block : block.part(0, first, last));
            }
            begin += size;
        }
        return new Place(List.copyOf(parts));
    }

    /** Of one index along the first of several axes, which is no axis any more. */
    public Place at(long index) {
        List<Block> parts = new ArrayList<>();
        for (Block block : part(0, index, index + 1).blocks) {
            parts.add(new Block(
                    block.offset,
                    Arrays.copyOfRange(block.shape, 1, block.shape.length),
                    Arrays.copyOfRange(block.stride, 1, block.stride.length)));
        }
        return new Place(List.copyOf(parts));
    }

    /** The first two axes as one, of one parameter whose elements lie one after the other along both. */
    public Place joined() {
        List<Block> joined = new ArrayList<>();
        for (Block block : blocks) {
            if (block.stride[0] != block.shape[1] * block.stride[1]) {
                return UNKNOWN;
            }
            long[] shape = Arrays.copyOfRange(block.shape, 1, block.shape.length);
            shape[0] *= block.shape[0];
            joined.add(new Block(block.offset, shape, Arrays.copyOfRange(block.stride, 1, block.stride.length)));
        }
        return new Place(List.copyOf(joined));
    }

    /** The same parameters with their axes in another order. */
    public Place permuted(int... axes) {
        List<Block> permuted = new ArrayList<>();
        for (Block block : blocks) {
            long[] shape = new long[axes.length];
            long[] stride = new long[axes.length];
            for (int i = 0; i < axes.length; i++) {
                shape[i] = block.shape[axes[i]];
                stride[i] = block.stride[axes[i]];
            }
            permuted.add(new Block(block.offset, shape, stride));
        }
        if (permuted.size() > 1) {
            throw new IllegalStateException("Expected one parameter, got " + permuted.size() + " one above the other");
        }
        return new Place(List.copyOf(permuted));
    }

    /** The length of an axis after the first; 0 if nobody has said where the parameters lie. */
    long size(int axis) {
        return isKnown() ? blocks.get(0).shape[axis] : 0;
    }

    /** Whether somebody has said where; {@link #NONE} is known. */
    public boolean isKnown() {
        return !blocks.isEmpty();
    }

    /** Whether there are such parameters, known or not. */
    boolean exists() {
        return this != NONE;
    }

    /**
     * Its blocks, one above the other.
     *
     * @param length how many elements a gradient has that is said to be of these parameters
     * @throws IllegalStateException if nobody has said where they lie
     * @throws IllegalArgumentException if there are more or fewer
     */
    List<Block> blocks(long length) {
        requireKnown();
        long own = blocks.stream().mapToLong(block -> block.length).sum();
        if (own != length) {
            throw new IllegalArgumentException("Expected the gradients of " + own + " parameters, got " + length);
        }
        return blocks;
    }

    /**
     * One parameter with two axes.
     *
     * @throws IllegalStateException if nobody has said where it lies, or it is none
     */
    Block matrix() {
        requireKnown();
        if (blocks.size() != 1 || blocks.get(0).shape.length != 2) {
            throw new IllegalStateException("Expected one parameter with two axes, got " + blocks.size() + " with "
                    + blocks.get(0).shape.length);
        }
        return blocks.get(0);
    }

    private void requireKnown() {
        if (!isKnown()) {
            throw new IllegalStateException(
                    "its rule does not say which of its parameters its gradients are of: there are"
                            + " their inner products and norms, but not the gradients themselves");
        }
    }
}
