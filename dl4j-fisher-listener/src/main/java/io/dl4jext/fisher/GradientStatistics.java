package io.dl4jext.fisher;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;

/**
 * How far the per-sample gradients of one mini-batch agree: the variance of the gradient, its noise scale, and the
 * statistics of the tests by which batch sizes are chosen. All of it follows from F̃ = JᵀJ (B × B) in O(B²) operations.
 *
 * <p>With g_i the gradient of sample i's data loss, ḡ = (1/B) Σ g_i the mean gradient and s = F̃1, one has
 * ‖g_i‖² = F̃_ii, g_iᵀḡ = s_i/B and ‖ḡ‖² = 1ᵀs/B². The trace of the gradients' covariance,
 *
 * <pre>tr Σ = (Tr F̃ − B‖ḡ‖²)/(B − 1),</pre>
 *
 * is the unbiased estimate, and so is |G|² = ‖ḡ‖² − tr Σ/B for the squared norm of the expected gradient, which ‖ḡ‖²
 * exceeds by tr Σ/B on average.
 *
 * <p>Figures that divide by B − 1 are NaN for a single sample; those that divide by ‖ḡ‖ are infinite or NaN where ḡ =
 * 0; all are NaN where a gradient is NaN or infinite. What is a sum of squares is never negative (rounding below zero
 * is cut to 0). For a batch drawn without replacement from N samples the variance of ḡ is smaller by (N − B)/(N − 1)
 * than these figures assume. With batch normalisation g_i is the sample's contribution to the batch gradient, see
 * {@link FisherMeasurement}; the samples are then not independent, and the figures are approximations.
 *
 * <p>Immutable.
 */
public final class GradientStatistics implements Serializable {

    private static final long serialVersionUID = 1L;

    private final Figures figures;
    private final double[] norms;
    private final double meanSquaredNorm;
    private final double innerProductVariance;
    private final double orthogonalVariance;

    private GradientStatistics(
            Figures figures,
            double[] norms,
            double meanSquaredNorm,
            double innerProductVariance,
            double orthogonalVariance) {
        this.figures = figures;
        this.norms = norms;
        this.meanSquaredNorm = meanSquaredNorm;
        this.innerProductVariance = innerProductVariance;
        this.orthogonalVariance = orthogonalVariance;
    }

    /** Of a row of a file: what is in it comes back to the last bit, what follows from that to rounding. */
    static GradientStatistics read(Figures row, double[] norms) {
        int samples = row.count(Column.BATCH_SIZE);
        double meanNorm = row.get(Column.MEAN_GRADIENT_NORM);
        double meanSquare = meanNorm * meanNorm;
        double inner = row.get(Column.INNER_PRODUCT_TEST) * meanSquare;
        double across = row.get(Column.ORTHOGONALITY_TEST) * meanNorm;
        return new GradientStatistics(row, norms, meanSquare, inner * inner * samples, across * across * samples);
    }

    /** How many figures {@link #unwritten()} are. */
    static final int UNWRITTEN = 3;

    /** What rows of a file give to rounding only: ‖ḡ‖² and both variances. */
    double[] unwritten() {
        return new double[] {meanSquaredNorm, innerProductVariance, orthogonalVariance};
    }

    static GradientStatistics read(Figures row, double[] norms, double[] unwritten) {
        return new GradientStatistics(row, norms, unwritten[0], unwritten[1], unwritten[2]);
    }

    /** The same figures without ‖g_i‖ of each sample. */
    GradientStatistics withoutNorms() {
        return new GradientStatistics(
                figures, new double[0], meanSquaredNorm, innerProductVariance, orthogonalVariance);
    }

    /** Where only the gradients' own norms are known, not their inner products; sets its columns. */
    static GradientStatistics ofNorms(Figures figures, double[] squaredNorms) {
        double[] norms = new double[squaredNorms.length];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = Math.sqrt(squaredNorms[i]);
        }
        return of(figures, norms, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }

    /**
     * @param figures of the measurement, its trace among them; sets its own columns
     * @param gram the B² entries of F̃, row by row or column by column
     */
    static GradientStatistics of(Figures figures, double[] squaredNorms, double[] gram) {
        int samples = squaredNorms.length;
        double[] sums = new double[samples];
        double[] norms = new double[samples];
        double trace = figures.get(Column.TRACE);
        double total = 0;
        for (int i = 0; i < samples; i++) {
            double sum = 0;
            for (int j = i * samples; j < (i + 1) * samples; j++) {
                sum += gram[j];
            }
            sums[i] = sum;
            total += sum;
            norms[i] = Math.sqrt(squaredNorms[i]);
        }
        GradientAngles.set(figures, norms, gram);
        if (!Double.isFinite(total) || !Double.isFinite(trace)) {
            Arrays.fill(norms, Double.NaN);
            return of(figures, norms, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        // 1ᵀF̃1 is a square, but may be rounded below zero when the mean gradient is near zero.
        double meanSquare = Math.max(0, total) / samples / samples;
        // Fourth powers of the gradients leave a double's range long before their squares do. A power of 2, so that
        // nothing is rounded.
        double unit = meanSquare == 0 ? 1 : Math.scalb(1.0, Math.getExponent(meanSquare));
        double mean = meanSquare / unit;
        double along = 0;
        double across = 0;
        for (int i = 0; i < samples; i++) {
            double product = sums[i] / samples / unit;
            double deviation = product - mean;
            along += deviation * deviation;
            across += Math.max(0, squaredNorms[i] / unit - product * product / mean);
        }
        double degrees = samples > 1 ? samples - 1 : Double.NaN;
        return of(
                figures,
                norms,
                meanSquare,
                Math.max(0, trace - samples * meanSquare) / degrees,
                along / degrees,
                meanSquare == 0 ? Double.NaN : across / degrees * unit,
                unit);
    }

    private static GradientStatistics of(
            Figures figures,
            double[] norms,
            double meanSquare,
            double covariance,
            double along,
            double across,
            double unit) {
        int samples = norms.length;
        double[] sorted = norms.clone();
        Arrays.sort(sorted);
        int middle = samples / 2;
        double squaredNorm = meanSquare - covariance / samples;
        figures.set(
                        Column.GRADIENT_NORM_MEDIAN,
                        samples % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2)
                // NaN comes last.
                .set(Column.GRADIENT_NORM_MAX, sorted[samples - 1])
                .set(Column.MEAN_GRADIENT_NORM, Math.sqrt(meanSquare))
                .set(Column.GRADIENT_DIVERSITY, figures.get(Column.TRACE) / (meanSquare * samples * samples))
                .set(Column.COVARIANCE_TRACE, covariance)
                .set(
                        Column.NOISE_SCALE,
                        covariance > 0 && squaredNorm <= 0 ? Double.POSITIVE_INFINITY : covariance / squaredNorm)
                .set(Column.NORM_TEST, Math.sqrt(covariance / samples / meanSquare))
                .set(Column.INNER_PRODUCT_TEST, Math.sqrt(along / samples) / (meanSquare / unit))
                .set(Column.ORTHOGONALITY_TEST, Math.sqrt(across / samples / meanSquare));
        return new GradientStatistics(figures, norms, meanSquare, along * unit * unit, across);
    }

    /**
     * ‖g_i‖ = √F̃_ii of each of the B samples, in the order of the mini-batch. A new array each call. Empty where the
     * history no longer keeps them ({@link FisherListener.Builder#spectraOfLast}) and in rows of a CSV file.
     */
    public double[] gradientNorms() {
        return norms.clone();
    }

    /** The largest ‖g_i‖. */
    public double largestGradientNorm() {
        return figures.get(Column.GRADIENT_NORM_MAX);
    }

    /** The median of ‖g_i‖; for an even number of samples the mean of the two in the middle. */
    public double medianGradientNorm() {
        return figures.get(Column.GRADIENT_NORM_MEDIAN);
    }

    /** ‖ḡ‖² = 1ᵀF̃1/B²: the squared norm of the mean gradient. */
    public double meanGradientSquaredNorm() {
        return meanSquaredNorm;
    }

    /** tr Σ = (Tr F̃ − B‖ḡ‖²)/(B − 1): the trace of the per-sample gradients' covariance, unbiased; NaN for B = 1. */
    public double covarianceTrace() {
        return figures.get(Column.COVARIANCE_TRACE);
    }

    /**
     * |G|² = ‖ḡ‖² − tr Σ/B: the squared norm of the expected gradient, unbiased. It may be negative where the
     * mini-batch is too small to tell the gradient from noise; averages over mini-batches need these values too. NaN
     * for B = 1.
     */
    public double expectedGradientSquaredNorm() {
        return meanSquaredNorm - covarianceTrace() / figures.count(Column.BATCH_SIZE);
    }

    /**
     * tr Σ/|G|², in samples: the simple noise scale (McCandlish et al., "An Empirical Model of Large-Batch Training",
     * 2018, eq. 2.9 and appendix A.1 with batches of 1 and B). Both parts are unbiased, their ratio is not: to average,
     * average the parts. +∞ where |G|² is estimated at zero or below; NaN for B = 1.
     */
    public double noiseScale() {
        return figures.get(Column.NOISE_SCALE);
    }

    /**
     * Σ ‖g_i‖²/‖Σ g_i‖² = Tr F̃/1ᵀF̃1: the gradient diversity (Yin et al., "Gradient Diversity: a Key Ingredient for
     * Scalable Distributed Learning", 2018, definition 1). 1/B where all gradients are the same, 1 where they are at
     * right angles, more where they point against each other. NaN where all are zero, infinite where they add up to
     * zero.
     */
    public double gradientDiversity() {
        return figures.get(Column.GRADIENT_DIVERSITY);
    }

    /**
     * The mean of cos(g_i, g_j) = F̃_ij/√(F̃_ii F̃_jj) over all pairs i ≠ j of gradients that are not zero: how far a
     * step along one sample's gradient is one along another's (the cosine stiffness of Fort et al., "Stiffness: A New
     * Perspective on Generalization in Neural Networks", 2019). NaN without such a pair.
     */
    public double meanCosine() {
        return figures.get(Column.MEAN_COSINE);
    }

    /**
     * The smallest of these cosines; its negative bounds the gradient confusion (Sankararaman et al., "The Impact of
     * Neural Network Overparameterization on Gradient Confusion and Stochastic Gradient Descent", 2020) relative to the
     * norms.
     */
    public double smallestCosine() {
        return figures.get(Column.SMALLEST_COSINE);
    }

    /**
     * √(tr Σ/B)/‖ḡ‖: the smallest θ with which the norm test passes,
     *
     * <pre>tr Σ/B ≤ θ²‖ḡ‖²</pre>
     *
     * (Byrd, Chin, Nocedal, Wu, "Sample size selection in optimization methods for machine learning", 2012). Its square
     * is the sum of the squares of {@link #innerProductTest()} and {@link #orthogonalityTest()}. NaN for B = 1.
     */
    public double normTest() {
        return figures.get(Column.NORM_TEST);
    }

    /**
     * Var(g_iᵀḡ) = Σ (g_iᵀḡ − ‖ḡ‖²)²/(B − 1): the sample variance of the inner products with the mean gradient; NaN for
     * B = 1.
     */
    public double innerProductVariance() {
        return innerProductVariance;
    }

    /**
     * √(Var(g_iᵀḡ)/B)/‖ḡ‖²: the smallest θ with which the inner-product test passes,
     *
     * <pre>Var(g_iᵀḡ)/B ≤ θ²‖ḡ‖⁴</pre>
     *
     * (Bollapragada, Byrd, Nocedal, "Adaptive sampling strategies for stochastic optimization", 2018). NaN for B = 1.
     */
    public double innerProductTest() {
        return figures.get(Column.INNER_PRODUCT_TEST);
    }

    /**
     * Σ ‖g_i − (g_iᵀḡ/‖ḡ‖²) ḡ‖²/(B − 1): the variance of the gradients' parts orthogonal to the mean gradient; NaN for
     * B = 1 and where ḡ = 0.
     */
    public double orthogonalVariance() {
        return orthogonalVariance;
    }

    /**
     * √(Σ ‖g_i − (g_iᵀḡ/‖ḡ‖²) ḡ‖²/((B − 1)·B))/‖ḡ‖: the smallest ν with which the orthogonality test passes,
     *
     * <pre>Σ ‖g_i − (g_iᵀḡ/‖ḡ‖²) ḡ‖²/((B − 1)·B) ≤ ν²‖ḡ‖²</pre>
     *
     * (Bollapragada, Byrd, Nocedal 2018). NaN for B = 1.
     */
    public double orthogonalityTest() {
        return figures.get(Column.ORTHOGONALITY_TEST);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "|mean gradient|^2 %.4g, tr cov %.4g, noise scale %.4g, norm test %.4g, inner product test %.4g,"
                        + " orthogonality test %.4g",
                meanSquaredNorm,
                covarianceTrace(),
                noiseScale(),
                normTest(),
                innerProductTest(),
                orthogonalityTest());
    }
}
