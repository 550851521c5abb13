package io.dl4jext.fisher.internal.gram;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The contribution of a dense layer: g_i = Σ_t z_it ⊗ δ_it over the rows t of sample i (one row, or one a time step),
 * with 1 appended to z for the bias.
 *
 * <p>With one row a sample the contribution is (Z Zᵀ + 1) ∘ (Δ Δᵀ): two products of cost B²(n + m) instead of B²·n·m.
 * With T rows a sample either G_i = Z_iᵀ Δ_i is formed (R·n·m + B²·n·m operations) or the R × R products are taken and
 * added up (R²(n + m)), whichever is cheaper.
 */
public final class OuterProductContribution {

    private OuterProductContribution() {}

    /**
     * Adds the contribution of one dense layer.
     *
     * @param gradients what takes it
     * @param inputs Z, R × n: the layer's input rows as the backward pass sees them
     * @param deltas Δ, R × m: the gradient of the loss with respect to the pre-activations, masks applied
     * @param weights the layer's weights, n × m
     * @param bias its bias, m, or {@link Place#NONE}
     */
    public static void add(SampleGradients gradients, INDArray inputs, INDArray deltas, Place weights, Place bias) {
        long rows = inputs.rows();
        if (deltas.rows() != rows) {
            throw new IllegalArgumentException(
                    "Expected as many input rows as delta rows, got " + rows + " and " + deltas.rows());
        }
        gradients.rowsPerSample(rows);
        gradients.addOuterProducts(inputs, deltas, weights, bias);
    }

    /**
     * As {@link #add(SampleGradients, INDArray, INDArray, Place, Place)}, of parameters that nobody names.
     *
     * @param bias whether the layer has a bias
     */
    public static void add(SampleGradients gradients, INDArray inputs, INDArray deltas, boolean bias) {
        add(gradients, inputs, deltas, Place.UNKNOWN, bias ? Place.UNKNOWN : Place.NONE);
    }

    /** To F̃, in the cheapest way. */
    static void addTo(GramMatrix gram, INDArray inputs, INDArray deltas, boolean bias) {
        long rows = inputs.rows();
        long rowsPerSample = gram.rowsPerSample(rows);
        double n = inputs.columns();
        double m = deltas.columns();
        double samples = gram.samples();
        double formed = rows * n * m + samples * samples * n * m;
        double pairs = (double) rows * rows * (n + m);
        boolean byPairs = gram.choose(rowsPerSample == 1 || pairs < formed ? 1 : 0) == 1;
        if (!byPairs) {
            addFormed(gram, inputs, deltas, bias);
        } else if (rowsPerSample == 1) {
            addHadamard(gram, inputs, deltas, bias);
        } else {
            addPairs(gram, inputs, deltas, bias);
        }
    }

    private static void addHadamard(GramMatrix gram, INDArray inputs, INDArray deltas, boolean bias) {
        Scratch scratch = gram.scratch();
        int samples = gram.samples();
        gram.outerProducts(inputs, deltas, bias);
        if (gram.isSmall(inputs.columns() + deltas.columns())) {
            double[] contribution = new HostRows(gram, inputs).products();
            double[] products = new HostRows(gram, deltas).products();
            for (int i = 0; i < contribution.length; i++) {
                contribution[i] = (contribution[i] + (bias ? 1 : 0)) * products[i];
            }
            gram.addPanel(contribution, 0, samples);
            gram.contributed();
            return;
        }
        if (gram.hasRowProducts()) {
            double[] contribution = Arrays.copyOf(gram.rowProducts(inputs), samples * samples);
            double[] products = gram.rowProducts(deltas);
            for (int i = 0; i < contribution.length; i++) {
                contribution[i] = (contribution[i] + (bias ? 1 : 0)) * products[i];
            }
            gram.addPanel(contribution, 0, samples);
            gram.contributed();
            return;
        }
        int most = (int) Math.max(1, Math.min(samples, GramMatrix.WORKING_BYTES / (8L * samples)));
        boolean whole = most == samples;
        INDArray z = scratch.dense("z", DataType.DOUBLE, whole ? inputs.ordering() : 'c', inputs);
        INDArray d = scratch.dense("d", DataType.DOUBLE, whole ? deltas.ordering() : 'c', deltas);
        for (int first = 0; first < samples; first += most) {
            int last = Math.min(samples, first + most);
            INDArray zz = products(scratch, "zz", z, first, last);
            gram.addHadamard(zz, bias ? 1 : 0, products(scratch, "dd", d, first, last), first);
        }
        gram.contributed();
    }

    /** The products of all rows (B × n) with some of them: columns first … last − 1 of rows · rowsᵀ, in f order. */
    private static INDArray products(Scratch scratch, String name, INDArray rows, int first, int last) {
        INDArray some =
                last - first == rows.rows() ? rows : rows.get(NDArrayIndex.interval(first, last), NDArrayIndex.all());
        INDArray products = scratch.take(name, DataType.DOUBLE, 'f', rows.rows(), last - first);
        Nd4j.gemm(rows, some, products, false, true, 1.0, 0.0);
        return products;
    }

    /** For each time step t: (rows of t against all rows), multiplied entry by entry, added up over the second time. */
    static void addPairs(GramMatrix gram, INDArray inputs, INDArray deltas, boolean bias) {
        Scratch scratch = gram.scratch();
        int samples = gram.samples();
        int steps = gram.rowsPerSample(inputs.rows());
        gram.outerProducts(inputs, deltas, bias);
        INDArray z = scratch.dense("z", DataType.DOUBLE, 'c', inputs);
        INDArray d = scratch.dense("d", DataType.DOUBLE, 'c', deltas);
        INDArray zz = scratch.take("zz", DataType.DOUBLE, 'f', samples, inputs.rows());
        INDArray dd = scratch.take("dd", DataType.DOUBLE, 'f', samples, inputs.rows());
        INDArray contribution = scratch.take("contribution", DataType.DOUBLE, 'f', samples, samples);
        for (int t = 0; t < steps; t++) {
            INDArray zt = z.get(NDArrayIndex.interval(t * samples, (t + 1) * samples), NDArrayIndex.all());
            INDArray dt = d.get(NDArrayIndex.interval(t * samples, (t + 1) * samples), NDArrayIndex.all());
            Nd4j.gemm(zt, z, zz, false, true, 1.0, 0.0);
            if (bias) {
                zz.addi(1.0);
            }
            Nd4j.gemm(dt, d, dd, false, true, 1.0, 0.0);
            zz.muli(dd);
            zz.reshape('f', samples, samples, steps).sum(contribution, 2);
            gram.addContribution(contribution);
        }
        gram.contributed();
    }

    static void addFormed(GramMatrix gram, INDArray inputs, INDArray deltas, boolean bias) {
        addFormed(gram, inputs, deltas, Place.UNKNOWN, bias ? Place.UNKNOWN : Place.NONE);
    }

    /** Forms G_i = Z_iᵀ Δ_i for all samples, some input columns at a time. */
    static void addFormed(SampleGradients gradients, INDArray inputs, INDArray deltas, Place weights, Place bias) {
        Scratch scratch = gradients.scratch();
        int samples = gradients.samples();
        DataType type = SampleGradients.gradientType(deltas);
        long n = inputs.columns();
        long m = deltas.columns();
        INDArray z = gradients.bySample("z", type, inputs);
        INDArray d = gradients.bySample("d", type, deltas);
        boolean sideBySide = gradients.isWorthSideBySide((double) inputs.rows() * n * m);
        long chunk = gradients.choose(Math.max(1, SampleGradients.GRADIENT_BYTES / (type.width() * samples * m)));
        gradients.sideBySide(sideBySide, () -> {
            for (long first = 0; first < n; first += chunk) {
                long last = Math.min(n, first + chunk);
                INDArray columns = last - first == n
                        ? z
                        : scratch.dense(
                                "zColumns",
                                type,
                                'c',
                                z.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(first, last)));
                INDArray g = scratch.take("g", type, 'c', samples, last - first, m);
                if (sideBySide) {
                    formSideBySide(columns, d, g);
                } else {
                    Nd4j.matmul(columns, d, g, true, false, false);
                }
                gradients.addRows(g.reshape('c', samples, (last - first) * m), weights.part(0, first, last));
            }
        });
        if (bias.exists()) {
            gradients.addRows(deltas, bias);
        }
    }

    /** G_i = Z_iᵀ Δ_i, each processor those of samples of its own. */
    private static void formSideBySide(INDArray z, INDArray d, INDArray g) {
        int samples = (int) z.size(0);
        int steps = (int) z.size(1);
        int n = (int) z.size(2);
        int m = (int) d.size(2);
        int parts = Math.min(samples, Processors.COUNT);
        try (HostMemory inputs = HostMemory.of(z);
                HostMemory deltas = HostMemory.of(d);
                HostMemory target = HostMemory.of(g)) {
            Processors.each(parts, true, part -> {
                for (long i = part; i < samples; i += parts) {
                    OpenBlas.transposedProduct(
                            inputs, i * steps * n, deltas, i * steps * m, target, i * n * m, n, m, steps);
                }
            });
        }
    }
}
