package io.dl4jext.fisher;

import io.dl4jext.fisher.spectrum.Spectrum;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the per-sample gradients of one mini-batch say (Liao et al., "Approximate Fisher Information Matrix to
 * Characterise the Training of Deep Neural Networks", section 3).
 *
 * <p>With g_i the gradient of sample i's data loss with respect to all trainable parameters (no 1/B, no L1, L2 or
 * weight decay), J = [g_1 … g_B] (P × B) and F̃ = JᵀJ (B × B):
 *
 * <ul>
 *   <li>eigenvalues λ of F̃, descending; the singular values of J are σ = √λ;
 *   <li>c = σ_max/σ_min over the non-zero part of the spectrum ({@link #conditionNumber()});
 *   <li>l = (α/B)·√Tr F̃ ({@link #energy()}, eq. 8), α the learning rate of that iteration;
 *   <li>‖(1/B) Σ g_i‖ = √(1ᵀF̃1)/B ({@link #meanGradientNorm()});
 *   <li>variance, noise scale and test statistics of the gradients ({@link #gradientStatistics()}).
 * </ul>
 *
 * <p>Immutable. A network whose gradients are NaN or infinite gives NaN for every figure that depends on them.
 */
public final class FisherMeasurement {

    private final int iteration;
    private final int epoch;
    private final int batchSize;
    private final double learningRate;
    private final double loss;
    private final double[] eigenvalues;
    private final int rank;
    private final double conditionNumber;
    private final double trace;
    private final GradientStatistics gradientStatistics;
    private final INDArray gramMatrix;

    FisherMeasurement(
            int iteration,
            int epoch,
            int batchSize,
            double learningRate,
            double loss,
            Spectrum spectrum,
            double trace,
            GradientStatistics gradientStatistics,
            INDArray gramMatrix) {
        this(
                iteration,
                epoch,
                batchSize,
                learningRate,
                loss,
                spectrum.eigenvalues(),
                spectrum.rank(),
                spectrum.conditionNumber(),
                trace,
                gradientStatistics,
                gramMatrix);
    }

    private FisherMeasurement(
            int iteration,
            int epoch,
            int batchSize,
            double learningRate,
            double loss,
            double[] eigenvalues,
            int rank,
            double conditionNumber,
            double trace,
            GradientStatistics gradientStatistics,
            INDArray gramMatrix) {
        this.iteration = iteration;
        this.epoch = epoch;
        this.batchSize = batchSize;
        this.learningRate = learningRate;
        this.loss = loss;
        this.eigenvalues = eigenvalues;
        this.rank = rank;
        this.conditionNumber = conditionNumber;
        this.trace = trace;
        this.gradientStatistics = gradientStatistics;
        this.gramMatrix = gramMatrix;
    }

    /** A row of a file: without F̃, and without what the file does not hold. */
    static FisherMeasurement read(ToDoubleFunction<Column> row, double[] eigenvalues, double[] gradientNorms) {
        return new FisherMeasurement(
                (int) row.applyAsDouble(Column.ITERATION),
                (int) row.applyAsDouble(Column.EPOCH),
                (int) row.applyAsDouble(Column.BATCH_SIZE),
                row.applyAsDouble(Column.LEARNING_RATE),
                row.applyAsDouble(Column.LOSS),
                eigenvalues,
                (int) row.applyAsDouble(Column.RANK),
                row.applyAsDouble(Column.CONDITION_NUMBER),
                row.applyAsDouble(Column.TRACE),
                GradientStatistics.read(row, gradientNorms),
                null);
    }

    /** Where the gradients' norms are known, but not their inner products. */
    static FisherMeasurement withoutProducts(
            int iteration,
            int epoch,
            double learningRate,
            double loss,
            double trace,
            GradientStatistics norms,
            int batchSize) {
        return new FisherMeasurement(
                iteration, epoch, batchSize, learningRate, loss, new double[0], 0, Double.NaN, trace, norms, null);
    }

    /** The figures alone, without the B eigenvalues, the B gradient norms and F̃. */
    FisherMeasurement figuresOnly() {
        return new FisherMeasurement(
                iteration,
                epoch,
                batchSize,
                learningRate,
                loss,
                new double[0],
                rank,
                conditionNumber,
                trace,
                gradientStatistics.withoutNorms(),
                null);
    }

    /** The network's iteration counter, from 0, as DL4J's learning-rate schedules see it. */
    public int iteration() {
        return iteration;
    }

    /** The network's epoch counter, from 0. */
    public int epoch() {
        return epoch;
    }

    /** B: the true number of examples of this mini-batch; a sequence is one example. */
    public int batchSize() {
        return batchSize;
    }

    /** α: the learning rate of this iteration, or NaN where the updater has none and none was given. */
    public double learningRate() {
        return learningRate;
    }

    /** The network's score of this mini-batch as DL4J reports it: mean data loss plus L1/L2 terms. */
    public double loss() {
        return loss;
    }

    /**
     * The B eigenvalues of F̃, descending, none negative (rounding below zero is cut to 0). A new array each call. Empty
     * where they are not known: in measurements of which the history keeps the figures only
     * ({@link FisherListener.Builder#spectraOfLast}) and in rows of a CSV file.
     */
    public double[] eigenvalues() {
        return eigenvalues.clone();
    }

    /** The numerical rank: how many σ exceed rankTolerance · σ_max; 0 where they are not known. */
    public int rank() {
        return rank;
    }

    /**
     * c = σ_max/σ_min over the {@link #rank()} non-zero singular values of J; NaN when all gradients are zero, and where a
     * batch trained on in parts exceeds {@link FisherListener.Builder#accumulationMemory}.
     */
    public double conditionNumber() {
        return conditionNumber;
    }

    /** Tr F̃ = Σ ‖g_i‖². */
    public double trace() {
        return trace;
    }

    /** l = (α/B)·√Tr F̃ (eq. 8); NaN when {@link #learningRate()} is. */
    public double energy() {
        return learningRate / batchSize * Math.sqrt(Math.max(0, trace));
    }

    /** ‖(1/B) Σ g_i‖: the norm of the mean gradient. */
    public double meanGradientNorm() {
        return gradientStatistics.meanGradientNorm();
    }

    /** The variance of the per-sample gradients, their noise scale, and what the batch-size tests compare. */
    public GradientStatistics gradientStatistics() {
        return gradientStatistics;
    }

    /**
     * F̃ (B × B, DOUBLE), or null where it was not asked for ({@link FisherListener.Builder#keepGramMatrix}) or is no
     * longer kept ({@link FisherListener.Builder#spectraOfLast}).
     */
    public INDArray gramMatrix() {
        return gramMatrix;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "epoch %d, iteration %d: B %d, learning rate %.4g, loss %.4f, c %.4g (rank %d), l %.4g, |mean gradient| %.4g",
                epoch,
                iteration,
                batchSize,
                learningRate,
                loss,
                conditionNumber(),
                rank(),
                energy(),
                meanGradientNorm());
    }
}
