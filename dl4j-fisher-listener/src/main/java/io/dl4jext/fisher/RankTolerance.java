package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.spectrum.Spectrum;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * How small a singular value σ of J counts as zero: where σ ≤ τ·σ_max. The others make the rank and c_k = σ_max/σ_min,
 * which cannot exceed 1/τ.
 *
 * <p>A network that has learnt some of its examples almost perfectly has very small σ, so c_k depends on the choice.
 * Compare c_k and C̄_K of one tolerance only, and between batch sizes of one that does not depend on the batch size:
 * {@link #SINGLE_PRECISION} or {@link #relative(double)}.
 *
 * <p>NumPy's and MATLAB's rule for the rank of a matrix, max(B, P) times the machine precision, is none of these: it
 * grows with the number of parameters P and leaves c_k &lt; 13 for 650,000 of them in FLOAT.
 */
@FunctionalInterface
public interface RankTolerance {

    /**
     * All that rounding leaves: τ = max(min(B·u, √u), √(B·2⁻⁵²)) with u = ulp(1) of the network's data type, the
     * default. In HALF (u = 2⁻¹⁰) that is B·2⁻¹⁰ up to B = 32 and 1/32 above, in FLOAT √2⁻²³ from B = 2,897 on.
     * B·u is what B rounding errors that all pull one way make of J; √u is what F̃ resolves in that type; √(B·2⁻⁵²) is
     * the limit of a Gram matrix in double precision, and rules for DOUBLE.
     */
    RankTolerance ROUNDING = Spectrum::defaultRankTolerance;

    /**
     * τ = √2⁻²³ ≈ 3.45e-4, whatever the batch size and the data type: what F̃ in single precision, as the authors of
     * Liao et al. (2018) have it, can tell from zero.
     */
    RankTolerance SINGLE_PRECISION = relative(Math.sqrt(Math.ulp(1f)));

    /** τ = 0: only exact zeros count as zero, as in the code of Liao et al.; c_k is then partly rounding error. */
    RankTolerance EXACT_ZEROS = relative(0);

    /**
     * τ for a mini-batch.
     *
     * @param samples B &gt; 0
     * @param type the network's data type
     * @return 0 ≤ τ &lt; 1
     */
    double of(int samples, DataType type);

    /**
     * One τ for all mini-batches.
     *
     * @throws IllegalArgumentException unless 0 ≤ τ &lt; 1
     */
    static RankTolerance relative(double tolerance) {
        if (!(tolerance >= 0 && tolerance < 1)) {
            throw new IllegalArgumentException("Expected 0 <= rankTolerance < 1, got " + tolerance);
        }
        return (samples, type) -> tolerance;
    }
}
