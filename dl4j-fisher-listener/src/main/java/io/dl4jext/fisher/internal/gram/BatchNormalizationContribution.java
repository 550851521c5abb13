package io.dl4jext.fisher.internal.gram;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The contribution of a batch normalisation y = γ·x̂ + β, x̂ = (x − μ)/√(s² + ε) with the mini-batch's own mean μ and
 * biased variance s²: two numbers a channel and sample, Σ_t δ_it·x̂_it for γ and Σ_t δ_it for β, where δ is what the
 * batch's backward pass delivers at y.
 */
public final class BatchNormalizationContribution {

    private final boolean host;

    public BatchNormalizationContribution() {
        this(Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU);
    }

    BatchNormalizationContribution(boolean host) {
        this.host = host;
    }

    /**
     * Adds the contribution of one batch normalisation layer.
     *
     * @param gradients what takes it
     * @param inputs x, R × C or R × C × … (a permuted view where channels are last)
     * @param deltas δ, shaped as x
     * @param epsilon ε of the layer
     * @param gamma its γ, C
     * @param beta its β, C
     */
    public void add(
            SampleGradients gradients, INDArray inputs, INDArray deltas, double epsilon, Place gamma, Place beta) {
        if (!Arrays.equals(inputs.shape(), deltas.shape())) {
            throw new IllegalArgumentException("Expected inputs and deltas of one shape, got "
                    + Arrays.toString(inputs.shape())
                    + " and "
                    + Arrays.toString(deltas.shape()));
        }
        if (host) {
            addOnHost(gradients, inputs, deltas, epsilon, gamma, beta);
        } else {
            addByOperations(gradients, inputs, deltas, epsilon, gamma, beta);
        }
    }

    void add(GramMatrix gram, INDArray inputs, INDArray deltas, double epsilon) {
        add(gram, inputs, deltas, epsilon, Place.UNKNOWN, Place.UNKNOWN);
    }

    private static void addOnHost(
            SampleGradients gradients,
            INDArray inputs,
            INDArray deltas,
            double epsilon,
            Place gammaPlace,
            Place betaPlace) {
        Scratch scratch = gradients.scratch();
        DataType type = SampleGradients.gradientType(deltas);
        int rows = Math.toIntExact(inputs.size(0));
        int channels = Math.toIntExact(inputs.size(1));
        int positions = Math.toIntExact(inputs.length() / rows / channels);
        int length = Math.multiplyExact(channels, positions);
        INDArray x = scratch.dense("x", type, 'c', inputs);
        INDArray delta = scratch.dense("d", type, 'c', deltas);
        double[] shift = new double[channels];
        for (int c = 0; c < channels; c++) {
            shift[c] = inputs.getDouble(firstOf(inputs.rank(), c));
        }
        // Sums of one (row, channel): x − shift, its square, δ, δ(x − shift).
        double[] sums = new double[Math.multiplyExact(Math.multiplyExact(rows, channels), 4)];
        int parts = Math.min(rows, Runtime.getRuntime().availableProcessors());
        try (HostMemory allX = HostMemory.of(x);
                HostMemory allD = HostMemory.of(delta)) {
            IntStream.range(0, parts).parallel().forEach(part -> {
                Object xs = HostArrays.newArray(type, length);
                Object ds = HostArrays.newArray(type, length);
                for (int r = part; r < rows; r += parts) {
                    HostArrays.read(allX, (long) r * length, xs, length);
                    HostArrays.read(allD, (long) r * length, ds, length);
                    for (int c = 0; c < channels; c++) {
                        int to = (r * channels + c) * 4;
                        if (type == DataType.DOUBLE) {
                            sum((double[]) xs, (double[]) ds, c * positions, positions, shift[c], sums, to);
                        } else {
                            sum((float[]) xs, (float[]) ds, c * positions, positions, shift[c], sums, to);
                        }
                    }
                }
            });
        }
        double[] gamma = new double[rows * channels];
        double[] beta = new double[rows * channels];
        double count = (double) rows * positions;
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            double squares = 0;
            for (int r = 0; r < rows; r++) {
                sum += sums[(r * channels + c) * 4];
                squares += sums[(r * channels + c) * 4 + 1];
            }
            double mean = sum / count;
            double scale = 1 / Math.sqrt(Math.max(0, squares / count - mean * mean) + epsilon);
            for (int r = 0; r < rows; r++) {
                int i = (r * channels + c) * 4;
                beta[r * channels + c] = sums[i + 2];
                gamma[r * channels + c] = (sums[i + 3] - mean * sums[i + 2]) * scale;
            }
        }
        addRows(gradients, "gamma", gamma, rows, channels, gammaPlace);
        addRows(gradients, "beta", beta, rows, channels, betaPlace);
    }

    private static int[] firstOf(int rank, int channel) {
        int[] index = new int[rank];
        index[1] = channel;
        return index;
    }

    private static void addRows(
            SampleGradients gradients, String name, double[] values, int rows, int channels, Place place) {
        INDArray array = gradients.scratch().take(name, DataType.DOUBLE, 'c', rows, channels);
        HostArrays.write(values, values.length, array, 0);
        gradients.addRows(array, place);
    }

    /** Each sum in two halves: one alone would wait for each addition. */
    private static void sum(float[] x, float[] d, int from, int length, double shift, double[] sums, int to) {
        double sx = 0;
        double sxx = 0;
        double sd = 0;
        double sdx = 0;
        double tx = 0;
        double txx = 0;
        double td = 0;
        double tdx = 0;
        int i = from;
        for (; i < from + length - 1; i += 2) {
            double v = x[i] - shift;
            double w = x[i + 1] - shift;
            sx += v;
            tx += w;
            sxx += v * v;
            txx += w * w;
            sd += d[i];
            td += d[i + 1];
            sdx += d[i] * v;
            tdx += d[i + 1] * w;
        }
        if (i < from + length) {
            double v = x[i] - shift;
            sx += v;
            sxx += v * v;
            sd += d[i];
            sdx += d[i] * v;
        }
        sums[to] = sx + tx;
        sums[to + 1] = sxx + txx;
        sums[to + 2] = sd + td;
        sums[to + 3] = sdx + tdx;
    }

    private static void sum(double[] x, double[] d, int from, int length, double shift, double[] sums, int to) {
        double sx = 0;
        double sxx = 0;
        double sd = 0;
        double sdx = 0;
        double tx = 0;
        double txx = 0;
        double td = 0;
        double tdx = 0;
        int i = from;
        for (; i < from + length - 1; i += 2) {
            double v = x[i] - shift;
            double w = x[i + 1] - shift;
            sx += v;
            tx += w;
            sxx += v * v;
            txx += w * w;
            sd += d[i];
            td += d[i + 1];
            sdx += d[i] * v;
            tdx += d[i + 1] * w;
        }
        if (i < from + length) {
            double v = x[i] - shift;
            sx += v;
            sxx += v * v;
            sd += d[i];
            sdx += d[i] * v;
        }
        sums[to] = sx + tx;
        sums[to + 1] = sxx + txx;
        sums[to + 2] = sd + td;
        sums[to + 3] = sdx + tdx;
    }

    private static void addByOperations(
            SampleGradients gradients, INDArray inputs, INDArray deltas, double epsilon, Place gamma, Place beta) {
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            long rows = inputs.size(0);
            long channels = inputs.size(1);
            long positions = inputs.length() / rows / channels;
            INDArray x = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {rows, channels, positions}, 'c');
            x.assign(inputs.reshape('c', rows, channels, positions));
            INDArray delta = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {rows, channels, positions}, 'c');
            delta.assign(deltas.reshape('c', rows, channels, positions));
            INDArray mean = x.mean(0, 2);
            x.subi(mean.reshape(1, channels, 1));
            INDArray scale = x.mul(x).mean(0, 2).addi(epsilon);
            scale = Transforms.sqrt(scale, false).rdivi(1.0);
            x.muli(scale.reshape(1, channels, 1));
            gradients.addRows(delta.sum(2), beta);
            gradients.addRows(delta.muli(x).sum(2), gamma);
        }
    }
}
