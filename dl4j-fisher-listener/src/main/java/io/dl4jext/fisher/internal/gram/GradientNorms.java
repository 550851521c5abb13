package io.dl4jext.fisher.internal.gram;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ‖g_i‖² of all samples, in double precision: the diagonal of F̃, without the rest of it. A dense layer's is (‖z_i‖² +
 * 1)·‖δ_i‖² where each sample has one row. Not thread-safe.
 */
public final class GradientNorms extends SampleGradients {

    private final double[] squares;
    private final Scratch scratch;

    /** @param samples B */
    public GradientNorms(int samples) {
        this(samples, new Scratch());
    }

    private GradientNorms(int samples, Scratch scratch) {
        this.squares = new double[samples];
        this.scratch = scratch;
    }

    /** Norms of their own; shares the working memory. */
    public GradientNorms another() {
        return new GradientNorms(squares.length, scratch);
    }

    /** ‖g_i‖² as added up so far. */
    public double[] squares() {
        return squares.clone();
    }

    @Override
    public int samples() {
        return squares.length;
    }

    @Override
    Scratch scratch() {
        return scratch;
    }

    @Override
    public void addRows(INDArray gradients, Place place) {
        long n = gradients.columns();
        long chunk = Math.max(1, WORKING_BYTES / (8L * gradients.rows()));
        for (long first = 0; first < n; first += chunk) {
            long last = Math.min(n, first + chunk);
            double[] norms = norms(folded(columns(gradients, first, last), DataType.DOUBLE));
            for (int i = 0; i < squares.length; i++) {
                squares[i] += norms[i] * norms[i];
            }
        }
    }

    /** Within a sample: T²(n + m) operations for the pairs of its T rows, T·n·m for the product of them all. */
    @Override
    boolean prefersPairs(double rows, double n, double m) {
        return rows / samples() * (n + m) < n * m;
    }

    @Override
    void addOuterProducts(INDArray inputs, INDArray deltas, Place weights, Place bias) {
        if (rowsPerSample(inputs.rows()) == 1) {
            double[] z = norms(scratch.dense("z", DataType.DOUBLE, 'c', inputs));
            double[] d = norms(scratch.dense("d", DataType.DOUBLE, 'c', deltas));
            for (int i = 0; i < squares.length; i++) {
                squares[i] += (z[i] * z[i] + (bias.exists() ? 1 : 0)) * d[i] * d[i];
            }
        } else if (prefersPairs(inputs.rows(), inputs.columns(), deltas.columns())) {
            addPairs(inputs, deltas, bias.exists(), 0, squares.length);
        } else {
            OuterProductContribution.addFormed(this, inputs, deltas, weights, bias);
        }
    }

    /** Only the rows of one sample are paired. */
    @Override
    int samplesAtOnce(long bytesOfOne) {
        return (int) Math.max(1, Math.min(squares.length, WORKING_BYTES / bytesOfOne));
    }

    @Override
    void addPairs(INDArray inputs, INDArray deltas, boolean bias, int first, int count) {
        int steps = inputs.rows() / count;
        INDArray z = bySample("z", DataType.DOUBLE, inputs, count);
        INDArray d = bySample("d", DataType.DOUBLE, deltas, count);
        INDArray zz = scratch.take("zz", DataType.DOUBLE, 'f', steps, steps);
        INDArray dd = scratch.take("dd", DataType.DOUBLE, 'f', steps, steps);
        for (int i = 0; i < count; i++) {
            INDArray zi = ofSample(z, i);
            INDArray di = ofSample(d, i);
            Nd4j.gemm(zi, zi, zz, false, true, 1.0, 0.0);
            Nd4j.gemm(di, di, dd, false, true, 1.0, 0.0);
            if (bias) {
                zz.addi(1.0);
            }
            zz.muli(dd);
            squares[first + i] += Math.max(0, zz.sumNumber().doubleValue());
        }
    }

    /** Rows of one sample with one word are added up; words are orthogonal. */
    @Override
    void addOneHot(INDArray indices, INDArray deltas, Place weights, Place bias) {
        int rows = (int) EmbeddingContribution.rows(indices, deltas);
        int m = (int) deltas.size(-1);
        int steps = rowsPerSample(rows);
        INDArray d = scratch.dense("d", DataType.DOUBLE, 'c', deltas).reshape('c', rows, m);
        double[] values = d.dup('c').data().asDouble();
        int[] word = EmbeddingContribution.indices(indices);
        double[] sums = new double[m];
        for (int i = 0; i < squares.length; i++) {
            int sample = i;
            int[] own = IntStream.range(0, steps)
                    .map(t -> t * squares.length + sample)
                    .boxed()
                    .sorted(Comparator.comparingInt(r -> word[r]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            for (int k = 0; k < steps; k++) {
                for (int j = 0; j < m; j++) {
                    sums[j] += values[own[k] * m + j];
                }
                if (k + 1 == steps || word[own[k + 1]] != word[own[k]]) {
                    for (double s : sums) {
                        squares[i] += s * s;
                    }
                    Arrays.fill(sums, 0);
                }
            }
        }
        if (bias.exists()) {
            addRows(d, bias);
        }
    }

    private static double[] norms(INDArray rows) {
        INDArray norms = rows.norm2(1);
        double[] values = norms.dup('c').data().asDouble();
        if (norms.closeable()) {
            norms.close();
        }
        return values;
    }
}
