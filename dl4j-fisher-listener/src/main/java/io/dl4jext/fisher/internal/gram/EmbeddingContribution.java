package io.dl4jext.fisher.internal.gram;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The contribution of an embedding: a dense layer with one-hot rows z. Rows r and s meet only where their indices
 * agree, so the contribution is Σ_{t,s: index_it = index_js} δ_it·δ_js, and (Σ_t δ_it)·(Σ_s δ_js) for the bias. Nothing
 * of the size of the vocabulary is formed.
 */
public final class EmbeddingContribution {

    private final boolean host;

    public EmbeddingContribution() {
        this(Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU);
    }

    EmbeddingContribution(boolean host) {
        this.host = host;
    }

    /**
     * Adds the contribution of one embedding layer.
     *
     * @param gradients what takes it
     * @param indices R indices of any type, in any shape; fractions are cut off, as DL4J does
     * @param deltas Δ, R × m, or of a higher rank whose last axis is m and whose others are the rows in c order (a
     *     permuted view of time series): the gradient of the loss with respect to the pre-activations, masks applied
     * @param weights the layer's weights, words × m
     * @param bias its bias, m, or {@link Place#NONE}
     */
    public static void add(SampleGradients gradients, INDArray indices, INDArray deltas, Place weights, Place bias) {
        gradients.addOneHot(indices, deltas, weights, bias);
    }

    /**
     * To F̃.
     *
     * @param bias whether the layer has a bias
     */
    void add(GramMatrix gram, INDArray indices, INDArray deltas, boolean bias) {
        long m = deltas.size(-1);
        long rows = rows(indices, deltas);
        int steps = gram.rowsPerSample(rows);
        if (host) {
            gram.oneHotProducts(indices, deltas, bias);
            addOnHost(gram, order(indices, gram.samples()), deltas, bias);
            gram.contributed();
            return;
        }
        gram.oneHotProducts(indices, deltas, false);
        INDArray dense = gram.scratch().dense("d", DataType.DOUBLE, 'c', deltas).reshape('c', rows, m);
        addByOperations(gram, indices, dense, steps);
        gram.contributed();
        if (bias) {
            gram.addRows(dense);
        }
    }

    /** How many rows the two have. */
    static long rows(INDArray indices, INDArray deltas) {
        long rows = deltas.length() / deltas.size(-1);
        if (indices.length() != rows) {
            throw new IllegalArgumentException(
                    "Expected as many indices as delta rows, got " + indices.length() + " and " + rows);
        }
        return rows;
    }

    /** Of each row, in c order. */
    static int[] indices(INDArray indices) {
        return indices.castTo(DataType.INT).dup('c').data().asInt();
    }

    private static void addOnHost(GramMatrix gram, long[] order, INDArray deltas, boolean bias) {
        int samples = gram.samples();
        HostRows rows = new HostRows(gram, deltas);
        int most = (int) Math.max(1, Math.min(samples, GramMatrix.WORKING_BYTES / (8L * samples)));
        for (int first = 0; first < samples; first += most) {
            Panel panel = new Panel(samples, rows.columns, first, Math.min(most, samples - first));
            panel.addWords(rows, order);
            if (bias) {
                panel.addBias(rows, order.length);
            }
            gram.addPanel(panel.entries, first, panel.width);
        }
    }

    /** Of each row r = t·B + i, sorted: index·R + i·T + t. */
    private static long[] order(INDArray indices, int samples) {
        int[] index = indices(indices);
        int rows = index.length;
        int steps = rows / samples;
        long[] order = new long[rows];
        for (int r = 0; r < rows; r++) {
            order[r] = (long) index[r] * rows + (long) (r % samples) * steps + r / samples;
        }
        Arrays.sort(order);
        return order;
    }

    /** As pairs of time steps, with [index equal] in place of the inputs' products. */
    private static void addByOperations(GramMatrix gram, INDArray indices, INDArray deltas, int steps) {
        Scratch scratch = gram.scratch();
        int samples = gram.samples();
        long rows = deltas.rows();
        INDArray products = scratch.take("dd", DataType.DOUBLE, 'f', samples, rows);
        INDArray contribution = scratch.take("contribution", DataType.DOUBLE, 'f', samples, samples);
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray index = indices.castTo(DataType.INT).dup('c').reshape(rows);
            INDArray all = index.reshape('c', 1, rows).broadcast(samples, rows);
            for (int t = 0; t < steps; t++) {
                INDArray some = index.get(NDArrayIndex.interval(t * samples, (t + 1) * samples))
                        .dup()
                        .reshape('c', samples, 1)
                        .broadcast(samples, rows);
                INDArray dt = deltas.get(NDArrayIndex.interval(t * samples, (t + 1) * samples), NDArrayIndex.all());
                Nd4j.gemm(dt, deltas, products, false, true, 1.0, 0.0);
                products.muli(some.eq(all).castTo(DataType.DOUBLE));
                products.reshape('f', samples, samples, steps).sum(contribution, 2);
                gram.addContribution(contribution);
            }
        }
    }

    /** Some columns of the contribution, one after the other, in the making. */
    private static final class Panel {
        final int width;
        final double[] entries;
        private final int samples;
        private final int first;
        private final int m;
        // The samples that have the present index, and the sums of their rows.
        private final int[] sample;
        private final double[] sums;
        private int present;

        Panel(int samples, int m, int first, int width) {
            this.samples = samples;
            this.m = m;
            this.first = first;
            this.width = width;
            this.entries = new double[samples * width];
            this.sample = new int[samples];
            this.sums = new double[samples * m];
        }

        /** The rows by index, then sample; rows of one sample are added up before they meet those of others. */
        void addWords(HostRows rows, long[] order) {
            int count = order.length;
            int steps = count / samples;
            for (int k = 0; k < count; k++) {
                int position = (int) (order[k] % count);
                add(rows, position / steps, position % steps);
                if (k + 1 == count || order[k + 1] / count != order[k] / count) {
                    addProducts();
                }
            }
        }

        /** As one word that every row has. */
        void addBias(HostRows rows, int count) {
            int steps = count / samples;
            for (int i = 0; i < samples; i++) {
                for (int t = 0; t < steps; t++) {
                    add(rows, i, t);
                }
            }
            addProducts();
        }

        private void add(HostRows rows, int i, int t) {
            if (present == 0 || sample[present - 1] != i) {
                sample[present] = i;
                Arrays.fill(sums, present * m, (present + 1) * m, 0);
                present++;
            }
            rows.addTo(sums, (present - 1) * m, t * samples + i);
        }

        private void addProducts() {
            for (int b = 0; b < present; b++) {
                int column = sample[b] - first;
                // Where every column is at hand, each pair of samples is taken once.
                int pairs = width == samples ? b + 1 : present;
                for (int a = 0; a < pairs && column >= 0 && column < width; a++) {
                    double product = HostRows.product(sums, a * m, b * m, m);
                    entries[column * samples + sample[a]] += product;
                    if (width == samples && a < b) {
                        entries[sample[a] * samples + column] += product;
                    }
                }
            }
            present = 0;
        }
    }
}
