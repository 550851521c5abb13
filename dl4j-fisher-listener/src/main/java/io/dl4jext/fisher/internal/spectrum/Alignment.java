package io.dl4jext.fisher.internal.spectrum;

import java.util.Arrays;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How far the mean gradient ḡ = J1/B lies along the largest eigenvector of J Jᵀ. That is v = Ju/σ with u the largest
 * unit eigenvector of F̃ = JᵀJ, so that vᵀḡ = σ(uᵀ1)/B and
 *
 * <pre>cos(v, ḡ) = σ|uᵀ1|/√(1ᵀF̃1).</pre>
 *
 * <p>Where the largest eigenvalue is repeated, the eigenvectors span a space, of which ḡ's projection counts: |uᵀ1| is
 * then √Σ(u_jᵀ1)².
 */
public final class Alignment {

    private Alignment() {}

    /**
     * The cosine, 0 to 1; NaN where the mean gradient is zero or F̃ is not finite. By LAPACK's {@code dsyev} with
     * vectors, B³ operations.
     *
     * @param gram the B² entries of F̃
     * @throws ArithmeticException if LAPACK does not converge
     */
    public static double ofMean(double[] gram) {
        int n = (int) Math.round(Math.sqrt(gram.length));
        double total = Arrays.stream(gram).sum();
        if (!(total > 0) || !Arrays.stream(gram).allMatch(Double::isFinite)) {
            return Double.NaN;
        }
        double[] values;
        double[] vectors;
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
                INDArray matrix = Nd4j.create(gram, new long[] {n, n}, 'f')) {
            values = Spectrum.byLapack('V', matrix);
            vectors = matrix.data().asDouble(); // in f order, column by column
        }
        // Ascending.
        double largest = values[n - 1];
        double projection = 0;
        for (int j = n - 1; j >= 0 && values[j] >= largest * (1 - n * Math.ulp(1.0) * 8); j--) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += vectors[j * n + i];
            }
            projection += sum * sum;
        }
        return Math.min(1, Math.sqrt(largest * projection / total));
    }
}
