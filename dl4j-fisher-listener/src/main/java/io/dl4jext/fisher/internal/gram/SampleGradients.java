package io.dl4jext.fisher.internal.gram;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Takes the per-sample gradients of a layer's parameters, contribution by contribution, and makes of them what its
 * subclass is for: inner products ({@link GramMatrix}), the gradients themselves ({@link GradientMatrix}), a weighted
 * sum ({@link GradientSum}), norms ({@link GradientNorms}).
 *
 * <p>They come in one of three forms: written out as rows, as sums of outer products, and as such sums with one-hot
 * inputs. With each comes the {@link Place} of the parameters that they belong to.
 */
public abstract class SampleGradients implements AutoCloseable {

    /** The most that one working array may take, in bytes, where a computation can be cut into pieces. */
    static final long WORKING_BYTES = 64L << 20;

    /** So many of the gradients are formed before anything is made of them: they stay near the processors. */
    static final long GRADIENT_BYTES = 4L << 20;

    /** From so many multiplications on it pays to have {@link SingleThreadedBlas} for them. */
    private static final long WORTH_IT = 30_000_000;

    private final boolean openBlas;
    private boolean sideBySide;

    SampleGradients() {
        this(OpenBlas.isPresent());
    }

    /** @param openBlas whether {@link OpenBlas} can be used */
    SampleGradients(boolean openBlas) {
        this.openBlas = openBlas;
    }

    final boolean hasOpenBlas() {
        return openBlas;
    }

    /** Whether gradients are better formed by all processors side by side, each with a BLAS of its own. */
    final boolean isWorthSideBySide(double multiplications) {
        return openBlas && multiplications >= WORTH_IT;
    }

    /** Does something for which that is so; or just does it, if it is not. */
    final void sideBySide(boolean worthIt, Runnable task) {
        if (!worthIt) {
            task.run();
            return;
        }
        sideBySide = true;
        try (SingleThreadedBlas ignored = SingleThreadedBlas.open()) {
            task.run();
        } finally {
            sideBySide = false;
        }
    }

    final boolean sideBySide() {
        return sideBySide;
    }

    /** B of the present mini-batch. */
    public abstract int samples();

    abstract Scratch scratch();

    /**
     * Takes per-sample gradients that are written out as rows.
     *
     * @param gradients R × n; with R = k·B the k rows of a sample are its terms and are added up
     * @param place the n parameters
     */
    public abstract void addRows(INDArray gradients, Place place);

    /** As {@link #addRows(INDArray, Place)}, of parameters that nobody names: enough for inner products and norms. */
    public final void addRows(INDArray gradients) {
        addRows(gradients, Place.UNKNOWN);
    }

    /**
     * Whether inner products of outer products are cheaper had from the pairs of their rows than from G_i = Z_iᵀ Δ_i.
     *
     * <p>Never where the gradients themselves are wanted.
     *
     * @param rows R of Z (R × n) and Δ (R × m)
     */
    boolean prefersPairs(double rows, double n, double m) {
        return false;
    }

    /**
     * Takes g_i = Σ_t z_it ⊗ δ_it over the rows of sample i, and Σ_t δ_it.
     *
     * @param inputs Z, R × n
     * @param deltas Δ, R × m
     * @param weights n × m parameters
     * @param bias m parameters, or {@link Place#NONE}
     */
    abstract void addOuterProducts(INDArray inputs, INDArray deltas, Place weights, Place bias);

    /** Of how many samples {@link #addPairs} takes the rows at a time, so many bytes each: all, where they are paired. */
    int samplesAtOnce(long bytesOfOne) {
        return samples();
    }

    /**
     * As {@link #addOuterProducts}, by pairs of rows: asked for only where {@link #prefersPairs}.
     *
     * @param inputs of some samples, step by step
     * @param first the first of these
     * @param count how many they are, at most {@link #samplesAtOnce}
     */
    void addPairs(INDArray inputs, INDArray deltas, boolean bias, int first, int count) {
        throw new IllegalStateException("Expected gradients, got pairs of the rows that they follow from");
    }

    /**
     * As {@link #addOuterProducts}, where each row of Z has a single 1.
     *
     * @param indices where it is, of any type and shape, R in c order; fractions are cut off
     * @param deltas Δ, R × m, or of a higher rank whose last axis is m and whose others are the rows in c order
     */
    abstract void addOneHot(INDArray indices, INDArray deltas, Place weights, Place bias);

    /** Gives the working memory back. */
    @Override
    public void close() {
        scratch().close();
    }

    /** A choice by cost. */
    long choose(long value) {
        return value;
    }

    /** How many of a layer's rows belong to each sample. */
    int rowsPerSample(long rows) {
        if (rows % samples() != 0 || rows == 0) {
            throw new IllegalArgumentException(
                    "Expected a multiple of the batch size " + samples() + " as number of rows, got " + rows);
        }
        return (int) (rows / samples());
    }

    /** The type in which per-sample gradients of one layer are formed: the network's own, at least FLOAT. */
    static DataType gradientType(INDArray array) {
        return array.dataType() == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
    }

    /** One row a sample: the k rows of each added up, where there are more. In c order, of that type. */
    INDArray folded(INDArray rows, DataType type) {
        int rowsPerSample = rowsPerSample(rows.rows());
        INDArray dense = scratch().dense("rows", type, 'c', rows);
        if (rowsPerSample == 1) {
            return dense;
        }
        INDArray folded = scratch().take("folded", type, 'c', samples(), rows.columns());
        dense.reshape('c', rowsPerSample, samples(), rows.columns()).sum(folded, 0);
        return folded;
    }

    /** Rows r = t·B + i as an array [i, t, column]. */
    INDArray bySample(String name, DataType type, INDArray rows) {
        rowsPerSample(rows.rows());
        return bySample(name, type, rows, samples());
    }

    /** The same of a number of samples. */
    final INDArray bySample(String name, DataType type, INDArray rows, int number) {
        int steps = rows.rows() / number;
        INDArray dense = scratch().dense("rows", type, 'c', rows);
        INDArray copy = scratch().take(name, type, 'c', number, steps, rows.columns());
        copy.assign(dense.reshape('c', steps, number, rows.columns()).permute(1, 0, 2));
        return copy;
    }

    static INDArray columns(INDArray array, long first, long last) {
        return last - first == array.columns()
                ? array
                : array.get(NDArrayIndex.all(), NDArrayIndex.interval(first, last));
    }

    /**
     * Adds rows of gradients to a matrix whose columns are parameters.
     *
     * @param gradients r × n, r rows of target
     * @param place the n parameters, in a network whose parameters from firstColumn on are the target's columns
     */
    static void addTo(INDArray target, long firstColumn, INDArray gradients, Place place) {
        long from = 0;
        for (Place.Block block : place.blocks(gradients.columns())) {
            INDArray part = block.in(target, firstColumn);
            part.addi(columns(gradients, from, from + block.length).reshape('c', part.shape()));
            from += block.length;
        }
    }

    /**
     * [t, column] of one sample. Not by get: of views that begin inside a buffer ND4J 1.0.0-M2.1 takes parts that are
     * empty.
     */
    static INDArray ofSample(INDArray bySample, int i) {
        long steps = bySample.size(1);
        long columns = bySample.size(2);
        return Nd4j.create(
                bySample.data(),
                new long[] {steps, columns},
                new long[] {columns, 1},
                bySample.offset() + i * steps * columns,
                'c');
    }

    /** A row of a dense matrix. */
    static INDArray row(INDArray matrix, int i) {
        long columns = matrix.columns();
        return Nd4j.create(matrix.data(), new long[] {columns}, new long[] {1}, matrix.offset() + i * columns, 'c');
    }
}
