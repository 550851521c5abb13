package io.dl4jext.fisher.gram;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * F̃ = JᵀJ in the making: a B × B matrix in double precision to which the shares of all layers are added.
 *
 * <p>Products are taken in double precision also for FLOAT networks: the eigenvalues of F̃ are squares, and float
 * accumulation would lose every singular value below about σ_max/3000.
 *
 * <p>Used again for the next mini-batch after {@link #reset(int)}. Not thread-safe.
 */
public final class GramMatrix {

    /** The most that one working array may take, in bytes, where a computation can be cut into pieces. */
    static final long WORKING_BYTES = 64L << 20;

    /** Products of symmetric pairs are taken once for blocks of this many samples and rows of at least this length. */
    private static final int BLOCK = 64;

    private static final int LONG_ROW = 4096;

    private final boolean host = Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
    private final Scratch scratch = new Scratch();
    private int samples;
    private INDArray sum;

    // On the CPU small shares are added up in Java arrays: a third of the time of three ND4J operations on B × B
    // entries.
    private double[] hostSum = new double[0];
    private double[] factor = new double[0];
    private double[] otherFactor = new double[0];
    private boolean hostSumUsed;
    private UpdateParts parts;

    /**
     * Starts a part of a batch that is trained on in parts: F̃ = 0 for its own block; see {@link #endPart()}.
     *
     * @param samples the part's examples
     * @param first whether the batch begins with it
     * @param budget how many bytes may be kept of the parts before for the blocks between parts
     */
    public void resetPart(int samples, boolean first, long budget) {
        UpdateParts before = parts;
        reset(samples);
        parts = first || before == null ? new UpdateParts(budget, scratch) : before;
        parts.begin(samples);
    }

    /** The part is complete. */
    public void endPart() {
        parts.end(values());
    }

    /** The examples of all parts so far. */
    public int samplesOfParts() {
        return parts.samples();
    }

    /** F̃ of all parts so far, entry by entry; null if it is not known, see {@link #missingOfParts()}. */
    public double[] valuesOfParts() {
        return parts.values();
    }

    /** Why the blocks between the parts are not known; null if they are. */
    public String missingOfParts() {
        return parts.missing();
    }

    /** The diagonal of F̃ of all parts so far. */
    public double[] diagonalOfParts() {
        return parts.diagonal();
    }

    /** Gives back what is kept of the parts. */
    public void forgetParts() {
        parts = null;
    }

    /** A choice by cost. The parts of one batch must all make the first one's. */
    long choose(long value) {
        return parts == null ? value : parts.choose(value);
    }

    /** A contribution of outer products begins; {@link #contributed()} ends it. */
    void outerProducts(INDArray inputs, INDArray deltas, boolean bias) {
        if (parts != null) {
            parts.pairs(inputs, deltas, bias);
        }
    }

    void contributed() {
        if (parts != null) {
            parts.contributed();
        }
    }

    /** To be called by whatever adds to F̃ what {@link #addRows} and {@link #addBlock} do not see. */
    private void requireAnnounced() {
        if (parts != null) {
            parts.requireAnnounced();
        }
    }

    /**
     * Starts a new mini-batch: F̃ = 0.
     *
     * @param samples B &gt; 0
     */
    public void reset(int samples) {
        if (samples <= 0) {
            throw new IllegalArgumentException("Expected at least one sample, got " + samples);
        }
        this.parts = null;
        this.samples = samples;
        this.sum = scratch.take("gram", DataType.DOUBLE, 'f', samples, samples);
        sum.assign(0);
        if (host && hostSum.length != samples * samples) {
            hostSum = new double[samples * samples];
            factor = new double[samples * samples];
            otherFactor = new double[samples * samples];
        }
        Arrays.fill(hostSum, 0);
        hostSumUsed = false;
    }

    /** B of the present mini-batch. */
    public int samples() {
        return samples;
    }

    /** F̃ as added up so far: B × B, DOUBLE, overwritten by the next {@link #reset(int)}. */
    public INDArray matrix() {
        if (hostSumUsed) {
            INDArray share = scratch.take("share", DataType.DOUBLE, 'f', samples, samples);
            HostArrays.write(hostSum, hostSum.length, share, 0);
            sum.addi(share);
            Arrays.fill(hostSum, 0);
            hostSumUsed = false;
        }
        return sum;
    }

    /** The B² entries of {@link #matrix()}, column by column, in a new array. */
    public double[] values() {
        INDArray matrix = matrix();
        if (!host) {
            return matrix.dup('f').data().asDouble();
        }
        double[] values = new double[samples * samples];
        HostArrays.read(matrix, 0, values, values.length);
        return values;
    }

    /** The bytes of native memory held for working arrays. */
    long workingBytes() {
        return scratch.bytes();
    }

    Scratch scratch() {
        return scratch;
    }

    /** How many of a layer's rows belong to each sample. */
    int rowsPerSample(long rows) {
        if (rows % samples != 0 || rows == 0) {
            throw new IllegalArgumentException(
                    "Expected a multiple of the batch size " + samples + " as number of rows, got " + rows);
        }
        return (int) (rows / samples);
    }

    /** The type in which per-sample gradients of one layer are formed: the network's own, at least FLOAT. */
    static DataType gradientType(INDArray array) {
        return array.dataType() == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
    }

    /**
     * Adds G Gᵀ for per-sample gradients of some parameters written out as rows.
     *
     * @param gradients R × n; with R = k·B the k rows of a sample are its terms and are added up first
     */
    public void addRows(INDArray gradients) {
        int rowsPerSample = rowsPerSample(gradients.rows());
        long n = gradients.columns();
        long chunk = choose(Math.max(1, WORKING_BYTES / (8L * gradients.rows())));
        for (long first = 0; first < n; first += chunk) {
            long last = Math.min(n, first + chunk);
            INDArray part = last - first == n
                    ? gradients
                    : gradients.get(NDArrayIndex.all(), NDArrayIndex.interval(first, last));
            INDArray rows = scratch.dense("rows", DataType.DOUBLE, 'c', part);
            if (rowsPerSample > 1) {
                INDArray folded = scratch.take("folded", DataType.DOUBLE, 'c', samples, last - first);
                rows.reshape('c', rowsPerSample, samples, last - first).sum(folded, 0);
                rows = folded;
            }
            if (parts != null) {
                parts.rows(rowsPerSample > 1 ? rows : part, 0);
            }
            addProducts(rows);
        }
    }

    /** F̃ += rows · rowsᵀ, by blocks on and below the diagonal where that saves more than it costs. */
    private void addProducts(INDArray rows) {
        if (samples < 2 * BLOCK || rows.columns() < LONG_ROW) {
            Nd4j.gemm(rows, rows, sum, false, true, 1.0, 1.0);
            return;
        }
        for (int i = 0; i < samples; i += BLOCK) {
            int iEnd = samples - i < 2 * BLOCK ? samples : i + BLOCK;
            INDArray left = rows.get(NDArrayIndex.interval(i, iEnd), NDArrayIndex.all());
            INDArray lower = rows.get(NDArrayIndex.interval(0, iEnd), NDArrayIndex.all());
            INDArray product = scratch.take("block", DataType.DOUBLE, 'f', iEnd - i, iEnd);
            Nd4j.gemm(left, lower, product, false, true, 1.0, 0.0);
            block(i, iEnd - i, 0, iEnd).addi(product);
            if (i > 0) {
                INDArray off = product.get(NDArrayIndex.all(), NDArrayIndex.interval(0, i));
                block(0, i, i, iEnd - i).addi(off.transpose());
            }
            if (iEnd == samples) {
                return;
            }
        }
    }

    /**
     * Adds the products of two blocks of per-sample gradients that are too large to be held together, and their mirror
     * image where the blocks differ.
     *
     * @param rows b × n, the gradients of samples firstRow, firstRow + 1, …
     * @param columns c × n, the gradients of samples firstColumn, firstColumn + 1, …
     */
    public void addBlock(INDArray rows, int firstRow, INDArray columns, int firstColumn) {
        if (parts != null && firstRow == firstColumn) {
            parts.rows(rows, firstRow);
        }
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray product = rows.castTo(DataType.DOUBLE)
                    .mmul(columns.castTo(DataType.DOUBLE).transpose());
            block(firstRow, rows.rows(), firstColumn, columns.rows()).addi(product);
            if (firstRow != firstColumn) {
                block(firstColumn, columns.rows(), firstRow, rows.rows()).addi(product.transpose());
            }
        }
    }

    private INDArray block(int row, int rows, int column, int columns) {
        return sum.get(NDArrayIndex.interval(row, row + rows), NDArrayIndex.interval(column, column + columns));
    }

    /** F̃ += (first + shift) ∘ second, entry by entry; both B × B, DOUBLE, f order; first may be overwritten. */
    void addHadamard(INDArray first, double shift, INDArray second) {
        requireAnnounced();
        if (!host) {
            if (shift != 0) {
                first.addi(shift);
            }
            first.muli(second);
            sum.addi(first);
            return;
        }
        HostArrays.read(first, 0, factor, factor.length);
        HostArrays.read(second, 0, otherFactor, otherFactor.length);
        for (int i = 0; i < hostSum.length; i++) {
            hostSum[i] += (factor[i] + shift) * otherFactor[i];
        }
        hostSumUsed = true;
    }

    /** F̃ += share, B × B, DOUBLE. */
    void addShare(INDArray share) {
        requireAnnounced();
        sum.addi(share);
    }
}
