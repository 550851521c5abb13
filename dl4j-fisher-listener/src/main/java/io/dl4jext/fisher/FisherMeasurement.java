package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.spectrum.Alignment;
import io.dl4jext.fisher.internal.spectrum.Spectrum;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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
 * Serialisable, so that what is measured on the machines of a cluster can be brought together.
 */
public final class FisherMeasurement implements Serializable {

    private static final long serialVersionUID = 1L;

    private final Figures figures;
    private final double[] eigenvalues;
    private final GradientStatistics gradientStatistics;
    private final Map<String, Double> layerTraces;
    private final INDArray gramMatrix;

    private FisherMeasurement(
            Figures figures,
            double[] eigenvalues,
            GradientStatistics gradientStatistics,
            Map<String, Double> layerTraces,
            INDArray gramMatrix) {
        this.figures = figures;
        this.eigenvalues = eigenvalues;
        this.gradientStatistics = gradientStatistics;
        this.layerTraces = layerTraces.isEmpty() ? Map.of() : Collections.unmodifiableMap(layerTraces);
        this.gramMatrix = gramMatrix;
    }

    /** A measurement made by hand, to try a {@link FisherSink} with. */
    public static Builder builder() {
        return new Builder(Figures.none().set(Column.ITERATION, 0).set(Column.EPOCH, 0));
    }

    /**
     * Mini-batches of one iteration, each measured by itself, as the one batch that they are: those of the workers of a
     * cluster, whose mean the update is.
     *
     * <p>Its batch size, trace, gradient norms and l = (α/ΣB)·√ΣTr F̃ are exact, its loss is the mean over the
     * examples. The inner products of gradients of different workers are not known, and with them not the spectrum: c,
     * mean gradient and what follows from them are NaN, the rank is 0. Traces by layer are added up where all parts
     * have them.
     *
     * @throws IllegalArgumentException if there is none, if they are of several iterations, or if one has no gradient
     *     norms
     */
    public static FisherMeasurement together(Collection<FisherMeasurement> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("Expected measurements of one iteration, got none");
        }
        FisherMeasurement first = parts.iterator().next();
        DoubleStream.Builder squares = DoubleStream.builder();
        Map<String, Double> traces = new LinkedHashMap<>(first.layerTraces);
        double losses = 0;
        int examples = 0;
        for (FisherMeasurement part : parts) {
            double[] norms = part.gradientStatistics.gradientNorms();
            if (part.iteration() != first.iteration()) {
                throw new IllegalArgumentException("Expected measurements of one iteration, got iterations "
                        + first.iteration() + " and " + part.iteration());
            }
            if (norms.length != part.batchSize()) {
                throw new IllegalArgumentException(
                        "Expected measurements with their gradient norms, got one without: " + part);
            }
            for (double norm : norms) {
                squares.add(norm * norm);
            }
            if (part != first) {
                traces.keySet().retainAll(part.layerTraces.keySet());
                traces.replaceAll((layer, trace) -> trace + part.layerTraces.get(layer));
            }
            losses += part.loss() * part.batchSize();
            examples += part.batchSize();
        }
        return builder()
                .iteration(first.iteration())
                .epoch(first.epoch())
                .learningRate(first.learningRate())
                .loss(losses / examples)
                .diagonal(squares.build().toArray())
                .layerTraces(traces)
                .build();
    }

    /** A row of a file: without F̃, and without what the file does not hold. */
    static FisherMeasurement read(
            Figures row, double[] eigenvalues, GradientStatistics statistics, Map<String, Double> layerTraces) {
        return new FisherMeasurement(row, eigenvalues, statistics, layerTraces, null);
    }

    /** The figures alone, without the B eigenvalues, the B gradient norms, the traces by layer and F̃. */
    FisherMeasurement figuresOnly() {
        return new FisherMeasurement(figures, new double[0], gradientStatistics.withoutNorms(), Map.of(), null);
    }

    /** In the order of {@link Column}. */
    double[] figures() {
        return figures.values();
    }

    double figure(Column column) {
        return figures.get(column);
    }

    /** The network's iteration counter, from 0, as DL4J's learning-rate schedules see it. */
    public int iteration() {
        return figures.count(Column.ITERATION);
    }

    /** The network's epoch counter, from 0. */
    public int epoch() {
        return figures.count(Column.EPOCH);
    }

    /** B: the true number of examples of this mini-batch; a sequence is one example. */
    public int batchSize() {
        return figures.count(Column.BATCH_SIZE);
    }

    /** α: the learning rate of this iteration, or NaN where the updater has none and none was given. */
    public double learningRate() {
        return figures.get(Column.LEARNING_RATE);
    }

    /**
     * The network's score of this mini-batch as DL4J reports it: mean data loss plus L1/L2 terms. Of a network that
     * ends in a {@code LossLayer} that score is wrong while it trains, unless with the identity, or softmax and cross
     * entropy: DL4J computes it from what the backward pass has left of the layer's input.
     * {@link PerSampleGradients#losses()} is right.
     */
    public double loss() {
        return figures.get(Column.LOSS);
    }

    /**
     * The B eigenvalues of F̃, descending, none negative (rounding below zero is cut to 0). A new array each call.
     * Empty where they are not known: in measurements of which the history keeps the figures only
     * ({@link FisherListener.Builder#spectraOfLast}) and in rows of a CSV file.
     */
    public double[] eigenvalues() {
        return eigenvalues.clone();
    }

    /** The numerical rank: how many σ exceed rankTolerance · σ_max; 0 where they are not known. */
    public int rank() {
        return figures.count(Column.RANK);
    }

    /**
     * c = σ_max/σ_min over the {@link #rank()} non-zero singular values of J; NaN when all gradients are zero, and
     * where a batch trained on in parts exceeds {@link FisherListener.Builder#accumulationMemory}.
     */
    public double conditionNumber() {
        return figures.get(Column.CONDITION_NUMBER);
    }

    /** Tr F̃ = Σ ‖g_i‖². */
    public double trace() {
        return figures.get(Column.TRACE);
    }

    /**
     * How much of the trace each layer has, Σ ‖g_i‖² over its own parameters, by its name in the network's order;
     * layers with none are left out. Their sum is {@link #trace()}, and each is exact, to within the rounding of that
     * sum. Empty where they were not asked for ({@link FisherListener.Builder#layerTraces(boolean)}), in measurements
     * of which the history keeps the figures only ({@link FisherListener.Builder#spectraOfLast}) and in rows of a CSV
     * file.
     */
    public Map<String, Double> layerTraces() {
        return layerTraces;
    }

    /**
     * exp(−Σ p_i ln p_i) with p_i = σ_i/Σσ over the singular values of J that are not zero: the effective rank (Roy and
     * Vetterli, "The effective rank: A measure of effective dimensionality", 2007), between 1 and {@link #rank()}; NaN
     * where {@link #conditionNumber()} is.
     */
    public double effectiveRank() {
        return figures.get(Column.EFFECTIVE_RANK);
    }

    /**
     * |cos| of the angle between the mean gradient and the largest eigenvector of J Jᵀ, the direction in which the
     * per-sample gradients are largest: near 1 where the step goes along the sharpest direction (Gur-Ari, Roberts,
     * Dyer, "Gradient Descent Happens in a Tiny Subspace", 2018, with the top eigenvector alone). With u the largest
     * unit eigenvector of F̃,
     *
     * <pre>cos = σ_max·|uᵀ1|/√(1ᵀF̃1);</pre>
     *
     * where σ_max is repeated, of the space of its eigenvectors. NaN unless asked for
     * ({@link FisherListener.Builder#topAlignment(boolean)}), and where the mean gradient is zero.
     */
    public double topAlignment() {
        return figures.get(Column.TOP_ALIGNMENT);
    }

    /** l = (α/B)·√Tr F̃ (eq. 8); NaN when {@link #learningRate()} is. */
    public double energy() {
        return figures.get(Column.ENERGY);
    }

    /** ‖(1/B) Σ g_i‖: the norm of the mean gradient. */
    public double meanGradientNorm() {
        return figures.get(Column.MEAN_GRADIENT_NORM);
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
                epoch(),
                iteration(),
                batchSize(),
                learningRate(),
                loss(),
                conditionNumber(),
                rank(),
                energy(),
                meanGradientNorm());
    }

    /**
     * Makes a measurement of gradients one chooses: everything else follows from them as in a training.
     *
     * <pre>{@code
     * FisherMeasurement first = FisherMeasurement.builder()
     *         .iteration(50)
     *         .learningRate(0.1)
     *         .loss(0.7)
     *         .eigenvalues(16, 1) // c_k = 4, l_k = 0.1/2·√17
     *         .build();
     * FisherHistory run = FisherHistory.of(first);
     * try (FisherSink sink = new MySink()) {
     *     sink.accept(first, run.summaries().get(0));
     * }
     * }</pre>
     *
     * <p>Required: {@link #gradients} or {@link #eigenvalues}. By default iteration and epoch are 0, learning rate and
     * loss NaN.
     */
    public static final class Builder {

        private final Figures given;
        private RankTolerance rankTolerance = RankTolerance.ROUNDING;
        private DataType dataType = DataType.DOUBLE;
        private boolean keepGramMatrix;
        private boolean topAlignment;
        private Map<String, Double> layerTraces = Map.of();

        /** The B² entries of F̃, or null where only its diagonal is known. */
        private double[] gram;

        private double[] diagonal;

        /** @param given iteration, epoch, learning rate and loss */
        Builder(Figures given) {
            this.given = given;
        }

        /**
         * The network's iteration counter.
         *
         * @throws IllegalArgumentException if n &lt; 0
         */
        public Builder iteration(int n) {
            return counter(Column.ITERATION, n);
        }

        /**
         * The network's epoch counter.
         *
         * @throws IllegalArgumentException if n &lt; 0
         */
        public Builder epoch(int n) {
            return counter(Column.EPOCH, n);
        }

        private Builder counter(Column column, int n) {
            if (n < 0) {
                throw new IllegalArgumentException("Expected " + column.title() + " >= 0, got " + n);
            }
            given.set(column, n);
            return this;
        }

        /**
         * α; NaN stands for an updater without one.
         *
         * @throws IllegalArgumentException if it is negative or infinite
         */
        public Builder learningRate(double rate) {
            if (rate < 0 || Double.isInfinite(rate)) {
                throw new IllegalArgumentException("Expected a finite learning rate >= 0 or NaN, got " + rate);
            }
            given.set(Column.LEARNING_RATE, rate);
            return this;
        }

        /** The network's score of the mini-batch; NaN and infinite where a training has diverged. */
        public Builder loss(double loss) {
            given.set(Column.LOSS, loss);
            return this;
        }

        /**
         * The per-sample gradients: B ≥ 1 rows of P ≥ 1 numbers each.
         *
         * @throws IllegalArgumentException if there is none, or they differ in length
         * @throws IllegalStateException if gradients or eigenvalues were given already
         */
        public Builder gradients(double[]... rows) {
            int length = rows == null || rows.length == 0 ? 0 : rows[0].length;
            if (length == 0 || !Arrays.stream(rows).allMatch(row -> row.length == length)) {
                throw new IllegalArgumentException("Expected gradients of one length, one for each example, got "
                        + (rows == null ? null : Arrays.deepToString(rows)));
            }
            double[] products = new double[rows.length * rows.length];
            for (int i = 0; i < products.length; i++) {
                double[] left = rows[i / rows.length];
                double[] right = rows[i % rows.length];
                for (int p = 0; p < length; p++) {
                    products[i] += left[p] * right[p];
                }
            }
            return once(products, rows.length);
        }

        /**
         * B gradients at right angles to each other, with these as the squares of their norms: they are the eigenvalues
         * of F̃, which is diagonal.
         *
         * @param values in any order; none negative, NaN and infinite where a training has diverged
         * @throws IllegalArgumentException if there is none, or a negative one
         * @throws IllegalStateException if gradients or eigenvalues were given already
         */
        public Builder eigenvalues(double... values) {
            if (values == null || values.length == 0 || Arrays.stream(values).anyMatch(value -> value < 0)) {
                throw new IllegalArgumentException(
                        "Expected eigenvalues >= 0, one for each example, got " + Arrays.toString(values));
            }
            double[] diagonal = new double[values.length * values.length];
            for (int i = 0; i < values.length; i++) {
                diagonal[i * (values.length + 1)] = values[i];
            }
            return once(diagonal, values.length);
        }

        private Builder once(double[] entries, int samples) {
            if (diagonal != null) {
                throw new IllegalStateException(
                        "Gradients or eigenvalues of " + diagonal.length + " examples were given already");
            }
            return gram(entries, samples);
        }

        /** The B² entries of F̃. */
        Builder gram(double[] entries, int samples) {
            double[] ofEntries = new double[samples];
            for (int i = 0; i < samples; i++) {
                ofEntries[i] = entries[i * (samples + 1)];
            }
            gram = entries;
            return diagonal(ofEntries);
        }

        /** The B squared norms alone, where the gradients' inner products are not known. */
        Builder diagonal(double[] squaredNorms) {
            diagonal = squaredNorms;
            return this;
        }

        /** Of the layers' own F̃. */
        Builder layerTraces(Map<String, Double> traces) {
            layerTraces = new LinkedHashMap<>(traces);
            return this;
        }

        /** What the gradients were computed in: {@link RankTolerance#ROUNDING} depends on it. */
        Builder dataType(DataType type) {
            dataType = type;
            return this;
        }

        /** As {@link FisherListener.Builder#rankTolerance(RankTolerance)}; default {@link RankTolerance#ROUNDING}. */
        public Builder rankTolerance(RankTolerance tolerance) {
            if (tolerance == null) {
                throw new IllegalArgumentException("Expected a rank tolerance, got null");
            }
            rankTolerance = tolerance;
            return this;
        }

        /** As {@link FisherListener.Builder#keepGramMatrix(boolean)}; default false. */
        public Builder keepGramMatrix(boolean keep) {
            keepGramMatrix = keep;
            return this;
        }

        /** As {@link FisherListener.Builder#topAlignment(boolean)}; default false. */
        public Builder topAlignment(boolean take) {
            topAlignment = take;
            return this;
        }

        /**
         * The measurement.
         *
         * @throws IllegalStateException if neither gradients nor eigenvalues were given
         */
        public FisherMeasurement build() {
            if (diagonal == null) {
                throw new IllegalStateException("Expected gradients(...) or eigenvalues(...), got neither");
            }
            int samples = diagonal.length;
            double[] squaredNorms = new double[samples];
            double trace = 0;
            for (int i = 0; i < samples; i++) {
                // A square, but rounding may leave it below zero, where it is a sum of products (time steps,
                // positions).
                squaredNorms[i] = Math.max(0, diagonal[i]);
                trace += squaredNorms[i];
            }
            Figures figures = given.copy()
                    .set(Column.BATCH_SIZE, samples)
                    .set(Column.RANK, 0)
                    .set(Column.TRACE, trace)
                    .set(Column.ENERGY, given.get(Column.LEARNING_RATE) / samples * Math.sqrt(trace));
            if (gram == null) {
                return new FisherMeasurement(
                        figures, new double[0], GradientStatistics.ofNorms(figures, squaredNorms), layerTraces, null);
            }
            Spectrum spectrum = Spectrum.of(gram, rankTolerance.of(samples, dataType));
            figures.set(Column.RANK, spectrum.rank())
                    .set(Column.CONDITION_NUMBER, spectrum.conditionNumber())
                    .set(Column.EFFECTIVE_RANK, spectrum.effectiveRank());
            if (topAlignment) {
                figures.set(Column.TOP_ALIGNMENT, Alignment.ofMean(gram));
            }
            return new FisherMeasurement(
                    figures,
                    spectrum.eigenvalues(),
                    GradientStatistics.of(figures, squaredNorms, gram),
                    layerTraces,
                    keepGramMatrix ? Nd4j.create(gram, new long[] {samples, samples}, 'f') : null);
        }
    }
}
