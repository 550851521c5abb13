package io.dl4jext.fisher.internal.spectrum;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The spectrum of a symmetric positive semi-definite matrix F̃ = JᵀJ: eigenvalues λ_1 ≥ … ≥ λ_B ≥ 0 and, with
 * σ = √λ the singular values of J, the numerical rank #{σ > τ·σ_1} and the truncated condition number
 * σ_1/σ_rank (Liao et al., eq. 7).
 *
 * <p>Immutable.
 */
public final class Spectrum {

    /** Up to this B eigenvalues are computed in Java; above it LAPACK is faster (2 processors). */
    public static final int MOST_IN_JAVA = 128;

    /** 2⁻⁵²: the spacing of doubles at 1. */
    private static final double DOUBLE_ULP = Math.ulp(1.0);

    private final double[] eigenvalues;
    private final int rank;
    private final double conditionNumber;

    private Spectrum(double[] descending, double rankTolerance) {
        this.eigenvalues = descending;
        this.rank = countNonZero(descending, rankTolerance);
        this.conditionNumber = rank == 0 ? Double.NaN : Math.sqrt(descending[0] / descending[rank - 1]);
    }

    /**
     * The spectrum of a Gram matrix.
     *
     * <p>Reduced to tridiagonal form by Householder's method and solved by QL without vectors, in Java up to B = 128
     * and by LAPACK's {@code dsyev} (through ND4J) above. If that does not converge, an {@link ArithmeticException} is
     * thrown. A matrix with NaN or infinite entries has eigenvalues NaN, rank 0 and condition number NaN.
     *
     * @param gram F̃, symmetric, B × B, DOUBLE; left as it is
     * @param rankTolerance τ ≥ 0: σ counts as non-zero when σ &gt; τ·σ_1; 0 drops only exact zeros
     */
    public static Spectrum of(INDArray gram, double rankTolerance) {
        if (gram.rank() != 2 || gram.rows() != gram.columns() || gram.dataType() != DataType.DOUBLE) {
            throw new IllegalArgumentException("Expected a square DOUBLE matrix, got "
                    + gram.dataType()
                    + " of shape "
                    + Arrays.toString(gram.shape()));
        }
        return of(gram.dup('f').data().asDouble(), rankTolerance);
    }

    /**
     * The spectrum of a Gram matrix given by its B² entries.
     *
     * @see #of(INDArray, double)
     */
    public static Spectrum of(double[] gram, double rankTolerance) {
        if (!(rankTolerance >= 0 && rankTolerance < 1)) {
            throw new IllegalArgumentException("Expected 0 <= rank tolerance < 1, got " + rankTolerance);
        }
        int n = (int) Math.round(Math.sqrt(gram.length));
        if (n == 0 || n * n != gram.length) {
            throw new IllegalArgumentException("Expected the entries of a square matrix, got " + gram.length);
        }
        return new Spectrum(descendingEigenvalues(gram, n), rankTolerance);
    }

    /**
     * The rank tolerance below which a singular value of J cannot be told from rounding:
     * max(min(B·u, √u), √(B·2⁻⁵²)) with u = ulp(1) of the gradients' data type.
     *
     * <p>B·u is the usual term for J itself: B rounding errors that all pull one way. They do not, and of many samples
     * it would be 1 or more in 16 bits (B ≥ 1,024 in HALF), so that nothing counted. √u is what F̃ resolves that is
     * taken in that type itself, and it is taken in a finer one here. The last term is the limit of any method that
     * squares J in double precision: eigenvalues of F̃ carry an error of about B·2⁻⁵²·λ_1, so σ below √(B·2⁻⁵²)·σ_1 is
     * noise; it rules for DOUBLE networks.
     *
     * @param samples B &gt; 0
     * @param gradientType the network's data type
     */
    public static double defaultRankTolerance(int samples, DataType gradientType) {
        double ulp = ulp(gradientType);
        double squaring = Math.sqrt(samples * DOUBLE_ULP);
        return Math.max(Math.min(samples * ulp, Math.sqrt(ulp)), squaring);
    }

    private static double ulp(DataType type) {
        switch (type) {
            case DOUBLE:
                return DOUBLE_ULP;
            case HALF:
                return 0x1p-10;
            case BFLOAT16:
                return 0x1p-7;
            default:
                return Math.ulp(1f);
        }
    }

    private static double[] descendingEigenvalues(double[] gram, int n) {
        double[] values = new double[n];
        if (!Arrays.stream(gram).allMatch(Double::isFinite)) {
            Arrays.fill(values, Double.NaN);
            return values;
        }
        double[] found = n <= MOST_IN_JAVA ? HouseholderQl.eigenvalues(gram, n) : byLapack(gram, n);
        Arrays.sort(found);
        for (int i = 0; i < n; i++) {
            values[i] = Math.max(0, found[n - 1 - i]);
        }
        return values;
    }

    private static double[] byLapack(double[] gram, int n) {
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
                INDArray matrix = Nd4j.create(gram, new long[] {n, n}, 'f')) {
            return byLapack('N', matrix);
        }
    }

    /**
     * exp(−Σ p_i ln p_i) with p_i = σ_i/Σσ over the singular values that are not zero: the effective rank of J (Roy and
     * Vetterli, "The effective rank: A measure of effective dimensionality", 2007). From 1, where one direction is
     * all there is, to {@link #rank()}, where all are as long; NaN for the zero matrix and where F̃ is not finite.
     */
    public double effectiveRank() {
        double sum = 0;
        for (int i = 0; i < rank; i++) {
            sum += Math.sqrt(eigenvalues[i]);
        }
        double entropy = 0;
        for (int i = 0; i < rank; i++) {
            double share = Math.sqrt(eigenvalues[i]) / sum;
            entropy -= share * Math.log(share);
        }
        return rank == 0 ? Double.NaN : Math.exp(entropy);
    }

    /**
     * LAPACK's {@code dsyev}.
     *
     * @param vectors 'V' if the matrix is to hold the eigenvectors afterwards, column by column; 'N' leaves nothing of
     *     use in it
     * @param matrix n × n, DOUBLE, in f order; destroyed
     * @return the eigenvalues, ascending
     */
    static double[] byLapack(char vectors, INDArray matrix) {
        try (INDArray eigenvalues = Nd4j.create(DataType.DOUBLE, matrix.rows())) {
            int status = Nd4j.getBlasWrapper().lapack().syev(vectors, 'L', matrix, eigenvalues);
            if (status != 0) {
                throw new ArithmeticException("LAPACK syev ended with status " + status + " on a " + matrix.rows()
                        + " x " + matrix.rows() + " Gram matrix");
            }
            return eigenvalues.toDoubleVector();
        }
    }

    private static int countNonZero(double[] descending, double rankTolerance) {
        double threshold = rankTolerance * Math.sqrt(descending[0]);
        int count = 0;
        while (count < descending.length && Math.sqrt(descending[count]) > threshold) {
            count++;
        }
        return count;
    }

    /** λ, descending, none negative (rounding below zero is cut to 0). A new array each call. */
    public double[] eigenvalues() {
        return eigenvalues.clone();
    }

    /** The number of singular values above the rank tolerance; 0 for the zero matrix. */
    public int rank() {
        return rank;
    }

    /** σ_1/σ_rank; NaN for the zero matrix and where F̃ is not finite. */
    public double conditionNumber() {
        return conditionNumber;
    }
}
