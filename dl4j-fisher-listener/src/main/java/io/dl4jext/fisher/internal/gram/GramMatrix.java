package io.dl4jext.fisher.internal.gram;

import java.util.Arrays;
import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;
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
public final class GramMatrix extends SampleGradients {

    /** Products of symmetric pairs are taken once for blocks of this many samples and rows of at least this length. */
    private static final int BLOCK = 64;

    private static final int LONG_ROW = 4096;

    private static final int HOST_CHUNK = 1 << 13;

    /** So many multiplications in Java take no longer than the calls of ND4J that do them. */
    private static final long SMALL = 1 << 17;

    /** The largest B whose B² entries fit into a Java array. */
    private static final int MOST_SAMPLES = 46_340;

    private final boolean host = Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
    private final Scratch scratch = new Scratch();
    private final RowProducts products = new RowProducts();
    private final EmbeddingContribution embeddings = new EmbeddingContribution();
    private int samples;
    private INDArray sum;

    // On the CPU products entry by entry are taken in Java arrays, some entries at a time: a third of the time of three
    // ND4J operations.
    private final double[] factor;
    private final double[] otherFactor;
    private final double[] sums;

    /** The parts of the batch so far, where it is trained on in parts; else null. */
    private UpdateParts parts;

    public GramMatrix() {
        this(OpenBlas.isPresent());
    }

    GramMatrix(boolean openBlas) {
        super(openBlas);
        int length = host ? HOST_CHUNK : 0;
        factor = new double[length];
        otherFactor = new double[length];
        sums = new double[length];
    }

    /**
     * Starts a new mini-batch: F̃ = 0.
     *
     * @param samples B &gt; 0
     * @throws IllegalArgumentException if B is so large that F̃ would not fit into the memory that the JVM may use;
     *     nothing has been allocated then
     */
    public void reset(int samples) {
        forgetParts();
        begin(samples);
    }

    private void begin(int samples) {
        if (samples <= 0) {
            throw new IllegalArgumentException("Expected at least one sample, got " + samples);
        }
        requireRoom(samples, Runtime.getRuntime().maxMemory(), HostMemory.mostNativeBytes());
        this.samples = samples;
        this.sum = scratch.take("gram", DataType.DOUBLE, 'f', samples, samples);
        if (!host) {
            sum.assign(0);
            return;
        }
        Arrays.fill(sums, 0);
        try (HostMemory memory = HostMemory.of(sum)) {
            for (long from = 0; from < memory.length(); from += HOST_CHUNK) {
                memory.write(from, sums, (int) Math.min(HOST_CHUNK, memory.length() - from));
            }
        }
    }

    /**
     * F̃ takes 8B² bytes of native memory, its eigenvalues as much again, and both are handed on as one Java array.
     *
     * @param heapBytes the most that the JVM's heap may take
     * @param nativeBytes the most that ND4J's arrays may take, 0 if there is no bound
     */
    static void requireRoom(int samples, long heapBytes, long nativeBytes) {
        String missing = missingRoom(samples, heapBytes, nativeBytes);
        if (missing != null) {
            throw new IllegalArgumentException("A mini-batch" + missing + ". Measure smaller mini-batches");
        }
    }

    /** Why there is no room for F̃ of so many samples, as {@link #requireRoom} has it; null if there is. */
    static String missingRoom(int samples, long heapBytes, long nativeBytes) {
        long bytes = 8L * samples * samples;
        if (samples <= MOST_SAMPLES && bytes < heapBytes && (nativeBytes <= 0 || 2 * bytes < nativeBytes)) {
            return null;
        }
        return String.format(
                Locale.ROOT,
                " of %d samples has a Gram matrix of %d x %d entries: it needs %d MiB of heap (the JVM's limit is %d MiB) and"
                        + " twice as much native memory (limit: %s); %d samples are the most that can ever be measured",
                samples,
                samples,
                samples,
                bytes >> 20,
                heapBytes >> 20,
                nativeBytes <= 0 ? "none" : (nativeBytes >> 20) + " MiB",
                MOST_SAMPLES);
    }

    /** The most that ND4J's arrays may take, in bytes; 0 if there is no bound. */
    public static long mostNativeBytes() {
        return HostMemory.mostNativeBytes();
    }

    /**
     * Starts a part of a batch that is trained on in parts: F̃ = 0 for its own block; see {@link #endPart()}.
     *
     * @param samples the part's examples
     * @param first whether the batch begins with it
     * @param last whether it ends with it
     * @param budget how many bytes the blocks between parts may take, and what is kept of the parts for them
     */
    public void resetPart(int samples, boolean first, boolean last, long budget) {
        if (first) {
            forgetParts();
        }
        begin(samples);
        if (parts == null) {
            parts = new UpdateParts(budget, scratch);
        }
        parts.begin(samples, last);
    }

    /** The part is complete. */
    public void endPart() {
        parts.end(values());
    }

    UpdateParts parts() {
        return parts;
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
        if (parts != null) {
            parts.close();
            parts = null;
        }
    }

    /** The parts of one batch must all make the first one's. */
    @Override
    long choose(long value) {
        return parts == null ? value : parts.choose(value);
    }

    /** A contribution of outer products begins; {@link #contributed()} ends it. */
    void outerProducts(INDArray inputs, INDArray deltas, boolean bias) {
        if (parts != null) {
            parts.pairs(inputs, deltas, bias);
        }
    }

    /**
     * As {@link #outerProducts} with one-hot inputs, given by their indices in c order.
     *
     * @param deltas Δ, or of a higher rank whose last axis is m and whose others are the rows in c order
     */
    void oneHotProducts(INDArray indices, INDArray deltas, boolean bias) {
        if (parts != null) {
            long m = deltas.size(-1);
            INDArray rows = scratch.dense("d", gradientType(deltas), 'c', deltas);
            parts.oneHotPairs(indices, rows.reshape('c', deltas.length() / m, m), bias);
        }
    }

    void contributed() {
        if (parts != null) {
            parts.contributed();
        }
    }

    /** To be called by whatever adds to F̃ what {@link #addRows} does not see. */
    private void requireAnnounced() {
        if (parts != null) {
            parts.requireAnnounced();
        }
    }

    @Override
    public int samples() {
        return samples;
    }

    /** F̃ as added up so far: B × B, DOUBLE, overwritten by the next {@link #reset(int)}. */
    public INDArray matrix() {
        return sum;
    }

    /** Tr F̃ as added up so far. */
    public double trace() {
        if (!host) {
            return Nd4j.diag(sum).sumNumber().doubleValue();
        }
        double trace = 0;
        try (HostMemory memory = HostMemory.of(sum)) {
            for (int i = 0; i < samples; i++) {
                memory.read((long) i * (samples + 1), sums, 1);
                trace += sums[0];
            }
        }
        return trace;
    }

    /** The diagonal of F̃ as added up so far, which is 0 then; {@link #addDiagonal} gives it back. */
    public double[] takeDiagonal() {
        double[] diagonal = new double[samples];
        changeDiagonal((i, value) -> {
            diagonal[i] = value;
            return 0;
        });
        return diagonal;
    }

    /** @param addends B of them */
    public void addDiagonal(double[] addends) {
        changeDiagonal((i, value) -> value + addends[i]);
    }

    private interface Change {

        double of(int i, double value);
    }

    private void changeDiagonal(Change change) {
        if (!host) {
            for (int i = 0; i < samples; i++) {
                sum.putScalar(i, i, change.of(i, sum.getDouble(i, i)));
            }
            return;
        }
        try (HostMemory memory = HostMemory.of(sum)) {
            for (int i = 0; i < samples; i++) {
                long place = (long) i * (samples + 1);
                memory.read(place, sums, 1);
                sums[0] = change.of(i, sums[0]);
                memory.write(place, sums, 1);
            }
        }
    }

    /** The B² entries of {@link #matrix()}, column by column, in a new array. */
    public double[] values() {
        if (!host) {
            return sum.dup('f').data().asDouble();
        }
        double[] values = new double[samples * samples];
        HostArrays.read(sum, 0, values, values.length);
        return values;
    }

    /** The bytes of native memory held for working arrays. */
    long workingBytes() {
        return scratch.bytes() + products.bytes();
    }

    /** Gives the memory back, that of F̃ too. */
    @Override
    public void close() {
        forgetParts();
        super.close();
        products.close();
        sum = null;
    }

    @Override
    Scratch scratch() {
        return scratch;
    }

    /** Whether B² products of that length are sooner taken in Java than ND4J is called. */
    boolean isSmall(long length) {
        return host && length * samples * samples <= SMALL;
    }

    @Override
    boolean prefersPairs(double rows, double n, double m) {
        double formed = rows * n * m + (double) samples * samples * n * m;
        double pairs = rows * rows * (n + m);
        return choose(pairs < formed ? 1 : 0) == 1;
    }

    @Override
    void addOuterProducts(INDArray inputs, INDArray deltas, Place weights, Place bias) {
        OuterProductContribution.addTo(this, inputs, deltas, bias.exists());
    }

    @Override
    void addPairs(INDArray inputs, INDArray deltas, boolean bias, int first, int count) {
        OuterProductContribution.addPairs(this, inputs, deltas, bias);
    }

    @Override
    void addOneHot(INDArray indices, INDArray deltas, Place weights, Place bias) {
        embeddings.add(this, indices, deltas, bias.exists());
    }

    /**
     * Adds G Gᵀ for per-sample gradients of some parameters written out as rows.
     *
     * @param gradients R × n; with R = k·B the k rows of a sample are its terms and are added up first
     * @param place does not matter
     */
    @Override
    public void addRows(INDArray gradients, Place place) {
        int rowsPerSample = rowsPerSample(gradients.rows());
        long n = gradients.columns();
        boolean whole = rowsPerSample == 1 && parts == null && hasRowProducts();
        long chunk = whole ? n : choose(Math.max(1, WORKING_BYTES / (8L * gradients.rows())));
        for (long first = 0; first < n; first += chunk) {
            long last = Math.min(n, first + chunk);
            INDArray rows = columns(gradients, first, last);
            if (rowsPerSample > 1) {
                INDArray terms = scratch.dense("rows", DataType.DOUBLE, 'c', rows);
                rows = scratch.take("folded", DataType.DOUBLE, 'c', samples, last - first);
                terms.reshape('c', rowsPerSample, samples, last - first).sum(rows, 0);
            }
            if (parts != null) {
                parts.rows(rows);
            }
            addProducts(rows);
        }
    }

    /** Whether {@link #rowProducts} can be had. */
    boolean hasRowProducts() {
        return hasOpenBlas() && samples <= RowProducts.MOST_SAMPLES;
    }

    /**
     * R Rᵀ, by all processors.
     *
     * @param rows B × n
     * @return in the first B² elements, overwritten by the next call
     */
    double[] rowProducts(INDArray rows) {
        return products.of(inBuffer("rows", rows), sideBySide());
    }

    /** The array, or a copy, with FLOAT or DOUBLE elements from the start of its buffer on, without gaps. */
    private INDArray inBuffer(String name, INDArray rows) {
        DataType type = gradientType(rows);
        return rows.dataType() == type && HostArrays.inBufferOrder(rows) != null
                ? rows
                : scratch.dense(name, type, 'c', rows);
    }

    /**
     * F̃ += rows · rowsᵀ; where ND4J takes the product by blocks on and below the diagonal if that saves more than it
     * costs.
     */
    private void addProducts(INDArray gradients) {
        if (hasRowProducts()) {
            addColumns(rowProducts(gradients), 0, samples);
            return;
        }
        INDArray rows = scratch.dense("rows", DataType.DOUBLE, 'c', gradients);
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

    private INDArray block(int row, int rows, int column, int columns) {
        return sum.get(NDArrayIndex.interval(row, row + rows), NDArrayIndex.interval(column, column + columns));
    }

    /**
     * F̃[:, firstColumn …] += (first + shift) ∘ second, entry by entry; both B × c, DOUBLE, f order; first may be
     * overwritten.
     */
    void addHadamard(INDArray first, double shift, INDArray second, int firstColumn) {
        requireAnnounced();
        if (!host) {
            if (shift != 0) {
                first.addi(shift);
            }
            first.muli(second);
            block(0, samples, firstColumn, first.columns()).addi(first);
            return;
        }
        long start = (long) firstColumn * samples;
        for (long from = 0; from < first.length(); from += HOST_CHUNK) {
            int length = (int) Math.min(HOST_CHUNK, first.length() - from);
            HostArrays.read(first, from, factor, length);
            HostArrays.read(second, from, otherFactor, length);
            HostArrays.read(sum, start + from, sums, length);
            for (int i = 0; i < length; i++) {
                sums[i] += (factor[i] + shift) * otherFactor[i];
            }
            HostArrays.write(sums, length, sum, start + from);
        }
    }

    /** F̃[:, firstColumn …] += panel, B × columns, column by column; CPU backends only. */
    void addPanel(double[] panel, int firstColumn, int columns) {
        requireAnnounced();
        addColumns(panel, firstColumn, columns);
    }

    private void addColumns(double[] panel, int firstColumn, int columns) {
        try (HostMemory memory = HostMemory.of(sum, (long) firstColumn * samples, (long) columns * samples)) {
            for (int from = 0; from < memory.length(); from += HOST_CHUNK) {
                int length = (int) Math.min(HOST_CHUNK, memory.length() - from);
                memory.read(from, sums, length);
                for (int i = 0; i < length; i++) {
                    sums[i] += panel[from + i];
                }
                memory.write(from, sums, length);
            }
        }
    }

    /** F̃ += contribution, B × B, DOUBLE. */
    void addContribution(INDArray contribution) {
        requireAnnounced();
        sum.addi(contribution);
    }
}
