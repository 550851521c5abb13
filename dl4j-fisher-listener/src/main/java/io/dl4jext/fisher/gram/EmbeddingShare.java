package io.dl4jext.fisher.gram;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The share of an embedding: a dense layer with one-hot rows z. Rows r and s meet only where their indices agree, so the
 * share is Σ_{t,s: index_it = index_js} δ_it·δ_js, and (Σ_t δ_it)·(Σ_s δ_js) for the bias. Nothing of the size of the
 * vocabulary is formed.
 */
public final class EmbeddingShare {

    private final boolean host;

    public EmbeddingShare() {
        this(Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU);
    }

    EmbeddingShare(boolean host) {
        this.host = host;
    }

    /**
     * Adds the share of one embedding layer.
     *
     * @param gram F̃
     * @param indices R indices of any type, in any shape; fractions are cut off, as DL4J does
     * @param deltas Δ, R × m, or of a higher rank whose last axis is m and whose others are the rows in c order (a
     *     permuted view of time series): the gradient of the loss with respect to the pre-activations, masks applied
     * @param bias whether the layer has a bias
     */
    public void add(GramMatrix gram, INDArray indices, INDArray deltas, boolean bias) {
        long m = deltas.size(-1);
        long rows = deltas.length() / m;
        if (indices.length() != rows) {
            throw new IllegalArgumentException(
                    "Expected as many indices as delta rows, got " + indices.length() + " and " + rows);
        }
        int steps = gram.rowsPerSample(rows);
        DataType type = host ? GramMatrix.gradientType(deltas) : DataType.DOUBLE;
        INDArray dense = gram.scratch().dense("d", type, 'c', deltas).reshape('c', rows, m);
        if (host) {
            addOnHost(gram, indices, dense);
        } else {
            addByOperations(gram, indices, dense, steps);
        }
        if (bias) {
            gram.addRows(dense);
        }
    }

    /**
     * The rows go by index, then sample; those of one sample that share an index are added up before they meet the other
     * samples' ones.
     */
    private static void addOnHost(GramMatrix gram, INDArray indices, INDArray deltas) {
        int samples = gram.samples();
        long[] order = order(indices, samples);
        int most = (int) Math.max(1, Math.min(samples, GramMatrix.WORKING_BYTES / (8L * samples)));
        for (int first = 0; first < samples; first += most) {
            int columns = Math.min(most, samples - first);
            double[] panel = new double[samples * columns];
            addGroups(deltas, order, samples, first, columns, panel);
            gram.addPanel(panel, first, columns);
        }
    }

    /** Of each row r = t·B + i, sorted: index·R + i·T + t. */
    private static long[] order(INDArray indices, int samples) {
        int[] index = indices.castTo(DataType.INT).dup('c').data().asInt();
        int rows = index.length;
        int steps = rows / samples;
        long[] order = new long[rows];
        for (int r = 0; r < rows; r++) {
            order[r] = (long) index[r] * rows + (long) (r % samples) * steps + r / samples;
        }
        Arrays.sort(order);
        return order;
    }

    /** Adds columns first … of the share to the panel, B × columns, column by column. */
    private static void addGroups(
            INDArray deltas, long[] order, int samples, int first, int columns, double[] panel) {
        int rows = order.length;
        int steps = rows / samples;
        int m = (int) deltas.columns();
        Object row = HostArrays.newArray(deltas.dataType(), m);
        // Of the present index: the samples that have it, and the sums of their rows.
        int[] sample = new int[samples];
        double[] sums = new double[samples * m];
        int present = 0;
        for (int k = 0; k < rows; k++) {
            int position = (int) (order[k] % rows);
            int i = position / steps;
            if (present == 0 || sample[present - 1] != i) {
                sample[present] = i;
                Arrays.fill(sums, present * m, (present + 1) * m, 0);
                present++;
            }
            HostArrays.read(deltas, ((long) (position % steps) * samples + i) * m, row, m);
            add(row, sums, (present - 1) * m, m);
            if (k + 1 == rows || order[k + 1] / rows != order[k] / rows) {
                addProducts(sums, sample, present, m, samples, first, columns, panel);
                present = 0;
            }
        }
    }

    private static void add(Object row, double[] sums, int to, int m) {
        if (row instanceof double[]) {
            double[] values = (double[]) row;
            for (int j = 0; j < m; j++) {
                sums[to + j] += values[j];
            }
        } else {
            float[] values = (float[]) row;
            for (int j = 0; j < m; j++) {
                sums[to + j] += values[j];
            }
        }
    }

    private static void addProducts(
            double[] sums, int[] sample, int present, int m, int samples, int first, int columns, double[] panel) {
        for (int b = 0; b < present; b++) {
            int column = sample[b] - first;
            if (column < 0 || column >= columns) {
                continue;
            }
            for (int a = 0; a < present; a++) {
                double product = 0;
                for (int j = 0; j < m; j++) {
                    product += sums[a * m + j] * sums[b * m + j];
                }
                panel[column * samples + sample[a]] += product;
            }
        }
    }

    /** As pairs of time steps, with [index equal] in place of the inputs' products. */
    private static void addByOperations(GramMatrix gram, INDArray indices, INDArray deltas, int steps) {
        Scratch scratch = gram.scratch();
        int samples = gram.samples();
        long rows = deltas.rows();
        INDArray products = scratch.take("dd", DataType.DOUBLE, 'f', samples, rows);
        INDArray share = scratch.take("share", DataType.DOUBLE, 'f', samples, samples);
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray index = indices.castTo(DataType.INT).dup('c').reshape('c', rows);
            INDArray all = index.reshape('c', 1, rows).broadcast(samples, rows);
            for (int t = 0; t < steps; t++) {
                INDArray some = index.get(NDArrayIndex.interval(t * samples, (t + 1) * samples))
                        .dup()
                        .reshape('c', samples, 1)
                        .broadcast(samples, rows);
                INDArray dt = deltas.get(NDArrayIndex.interval(t * samples, (t + 1) * samples), NDArrayIndex.all());
                Nd4j.gemm(dt, deltas, products, false, true, 1.0, 0.0);
                products.muli(some.eq(all).castTo(DataType.DOUBLE));
                products.reshape('f', samples, samples, steps).sum(share, 2);
                gram.addShare(share);
            }
        }
    }
}
