package io.dl4jext.fisher;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

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
 * <p>Figures that divide by B − 1 are NaN for a single sample; those that divide by ‖ḡ‖ are infinite or NaN where ḡ = 0;
 * all are NaN where a gradient is NaN or infinite. What is a sum of squares is never negative (rounding below zero is cut
 * to 0). For a batch drawn without replacement from N samples the variance of ḡ is smaller by (N − B)/(N − 1) than these
 * figures assume. With batch normalisation g_i is the sample's contribution to the batch gradient, see
 * {@link FisherMeasurement}; the samples are then not independent, and the figures are approximations.
 *
 * <p>Immutable.
 */
public final class GradientStatistics {

    private final int samples;
    private final double[] norms;
    private final double medianNorm;
    private final double largestNorm;
    private final double meanNorm;
    private final double meanSquaredNorm;
    private final double covarianceTrace;
    private final double innerProductVariance;
    private final double orthogonalVariance;
    private final double noiseScale;
    private final double normTest;
    private final double innerProductTest;
    private final double orthogonalityTest;

    private GradientStatistics(
            double[] norms,
            double meanSquaredNorm,
            double covarianceTrace,
            double innerProductVariance,
            double orthogonalVariance) {
        this.samples = norms.length;
        this.norms = norms;
        double[] sorted = norms.clone();
        Arrays.sort(sorted);
        int middle = samples / 2;
        this.medianNorm = samples % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        // NaN comes last.
        this.largestNorm = sorted[samples - 1];
        this.meanNorm = Math.sqrt(meanSquaredNorm);
        this.meanSquaredNorm = meanSquaredNorm;
        this.covarianceTrace = covarianceTrace;
        this.innerProductVariance = innerProductVariance;
        this.orthogonalVariance = orthogonalVariance;
        double squaredNorm = expectedGradientSquaredNorm();
        this.noiseScale =
                covarianceTrace > 0 && squaredNorm <= 0 ? Double.POSITIVE_INFINITY : covarianceTrace / squaredNorm;
        this.normTest = Math.sqrt(covarianceTrace / samples / meanSquaredNorm);
        this.innerProductTest = Math.sqrt(innerProductVariance / samples) / meanSquaredNorm;
        this.orthogonalityTest = Math.sqrt(orthogonalVariance / samples / meanSquaredNorm);
    }

    private GradientStatistics(GradientStatistics other, double[] norms) {
        this.samples = other.samples;
        this.norms = norms;
        this.medianNorm = other.medianNorm;
        this.largestNorm = other.largestNorm;
        this.meanNorm = other.meanNorm;
        this.meanSquaredNorm = other.meanSquaredNorm;
        this.covarianceTrace = other.covarianceTrace;
        this.innerProductVariance = other.innerProductVariance;
        this.orthogonalVariance = other.orthogonalVariance;
        this.noiseScale = other.noiseScale;
        this.normTest = other.normTest;
        this.innerProductTest = other.innerProductTest;
        this.orthogonalityTest = other.orthogonalityTest;
    }

    private GradientStatistics(ToDoubleFunction<Column> row, double[] norms) {
        this.samples = (int) row.applyAsDouble(Column.BATCH_SIZE);
        this.norms = norms;
        this.medianNorm = row.applyAsDouble(Column.GRADIENT_NORM_MEDIAN);
        this.largestNorm = row.applyAsDouble(Column.GRADIENT_NORM_MAX);
        this.meanNorm = row.applyAsDouble(Column.MEAN_GRADIENT_NORM);
        this.covarianceTrace = row.applyAsDouble(Column.COVARIANCE_TRACE);
        this.noiseScale = row.applyAsDouble(Column.NOISE_SCALE);
        this.normTest = row.applyAsDouble(Column.NORM_TEST);
        this.innerProductTest = row.applyAsDouble(Column.INNER_PRODUCT_TEST);
        this.orthogonalityTest = row.applyAsDouble(Column.ORTHOGONALITY_TEST);
        // What the files do not hold, from what they do.
        this.meanSquaredNorm = meanNorm * meanNorm;
        double inner = innerProductTest * meanSquaredNorm;
        this.innerProductVariance = inner * inner * samples;
        double across = orthogonalityTest * meanNorm;
        this.orthogonalVariance = across * across * samples;
    }

    /** Of a row of a file: what is in it comes back to the last bit, what follows from that to rounding. */
    static GradientStatistics read(ToDoubleFunction<Column> row, double[] norms) {
        return new GradientStatistics(row, norms);
    }

    /** The same figures without ‖g_i‖ of each sample. */
    GradientStatistics withoutNorms() {
        return norms.length == 0 ? this : new GradientStatistics(this, new double[0]);
    }

    /** Where only the gradients' own norms are known, not their inner products. */
    static GradientStatistics ofNorms(double[] squaredNorms) {
        double[] norms = new double[squaredNorms.length];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = Math.sqrt(Math.max(0, squaredNorms[i]));
        }
        return new GradientStatistics(norms, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }

    /** @param gram the B² entries of F̃, row by row or column by column */
    static GradientStatistics of(double[] gram, int samples) {
        double[] sums = new double[samples];
        double[] norms = new double[samples];
        double trace = 0;
        double total = 0;
        for (int i = 0; i < samples; i++) {
            double sum = 0;
            for (int j = i * samples; j < (i + 1) * samples; j++) {
                sum += gram[j];
            }
            sums[i] = sum;
            total += sum;
            // ‖g_i‖² too may be rounded below zero, where it is a sum of products (time steps, positions).
            double square = Math.max(0, gram[i * (samples + 1)]);
            trace += square;
            norms[i] = Math.sqrt(square);
        }
        if (!Double.isFinite(total) || !Double.isFinite(trace)) {
            Arrays.fill(norms, Double.NaN);
            return new GradientStatistics(norms, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        // 1ᵀF̃1 is a square, but may be rounded below zero when the mean gradient is near zero.
        double meanSquare = Math.max(0, total) / samples / samples;
        double along = 0;
        double across = 0;
        for (int i = 0; i < samples; i++) {
            double product = sums[i] / samples;
            double deviation = product - meanSquare;
            along += deviation * deviation;
            across += Math.max(0, gram[i * (samples + 1)] - product * product / meanSquare);
        }
        double degrees = samples > 1 ? samples - 1 : Double.NaN;
        return new GradientStatistics(
                norms,
                meanSquare,
                Math.max(0, trace - samples * meanSquare) / degrees,
                along / degrees,
                meanSquare == 0 ? Double.NaN : across / degrees);
    }

    /**
     * ‖g_i‖ = √F̃_ii of each of the B samples, in the order of the mini-batch. A new array each call. Empty where the
     * history keeps them no more ({@link FisherListener.Builder#spectraOfLast}) and in rows of a CSV file.
     */
    public double[] gradientNorms() {
        return norms.clone();
    }

    /** The largest ‖g_i‖. */
    public double largestGradientNorm() {
        return largestNorm;
    }

    /** The median of ‖g_i‖; for an even number of samples the mean of the two in the middle. */
    public double medianGradientNorm() {
        return medianNorm;
    }

    /** ‖ḡ‖: the norm of the mean gradient. */
    double meanGradientNorm() {
        return meanNorm;
    }

    /** ‖ḡ‖² = 1ᵀF̃1/B²: the squared norm of the mean gradient. */
    public double meanGradientSquaredNorm() {
        return meanSquaredNorm;
    }

    /** tr Σ = (Tr F̃ − B‖ḡ‖²)/(B − 1): the trace of the per-sample gradients' covariance, unbiased; NaN for B = 1. */
    public double covarianceTrace() {
        return covarianceTrace;
    }

    /**
     * |G|² = ‖ḡ‖² − tr Σ/B: the squared norm of the expected gradient, unbiased. It may be negative where the mini-batch is
     * too small to tell the gradient from noise; averages over mini-batches need these values too. NaN for B = 1.
     */
    public double expectedGradientSquaredNorm() {
        return meanSquaredNorm - covarianceTrace / samples;
    }

    /**
     * tr Σ/|G|², in samples: the simple noise scale (McCandlish et al., "An Empirical Model of Large-Batch Training", 2018,
     * eq. 2.9 and appendix A.1 with batches of 1 and B). Both parts are unbiased, their ratio is not: to average, average the
     * parts. +∞ where |G|² is estimated at zero or below; NaN for B = 1.
     */
    public double noiseScale() {
        return noiseScale;
    }

    /**
     * √(tr Σ/B)/‖ḡ‖: the smallest θ with which the norm test passes,
     *
     * <pre>tr Σ/B ≤ θ²‖ḡ‖²</pre>
     *
     * (Byrd, Chin, Nocedal, Wu, "Sample size selection in optimization methods for machine learning", 2012). Its square is
     * the sum of the squares of {@link #innerProductTest()} and {@link #orthogonalityTest()}. NaN for B = 1.
     */
    public double normTest() {
        return normTest;
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
        return innerProductTest;
    }

    /**
     * Σ ‖g_i − (g_iᵀḡ/‖ḡ‖²) ḡ‖²/(B − 1): the variance of the gradients' parts orthogonal to the mean gradient; NaN for B = 1
     * and where ḡ = 0.
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
        return orthogonalityTest;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "|mean gradient|^2 %.4g, tr cov %.4g, noise scale %.4g, norm test %.4g, inner product test %.4g,"
                        + " orthogonality test %.4g",
                meanSquaredNorm,
                covarianceTrace,
                noiseScale(),
                normTest(),
                innerProductTest(),
                orthogonalityTest());
    }
}
