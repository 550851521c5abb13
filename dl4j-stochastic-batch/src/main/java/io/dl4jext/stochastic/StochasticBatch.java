package io.dl4jext.stochastic;

import io.dl4jext.batch.internal.Settings;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * SGD with a batch size of its own for every parameter (Nakamura, Soatto and Hong, "Stochastic batch size for adaptive
 * regularization in deep network optimization", Algorithm 2). At each iteration t, for every parameter w_j with the
 * gradient g_j of the current mini-batch,
 *
 * <pre>    g̃_j ← g̃_j + (g_j − g̃_j)/k_j                        the mean over the k_j mini-batches since its last update
 *    χ_j ~ Bernoulli(p_j)
 *    χ_j = 1:  w_j ← w_j − η̃_j·g̃_j,  g̃_j ← 0,  k_j ← 1      η̃_j = k_j·η, or η
 *    χ_j = 0:  k_j ← k_j + 1                                w_j stays as it is
 *
 *    p_j = 1/(1 + exp(−α·v_j − λ·μ̃_l))                                       (eqs. 16 and 21)
 *    v_j = (|g̃_j| − μ_l)/σ_l,   μ_l, σ_l: mean and standard deviation of |g̃_j| in j's group l   (eq. 17)
 *    μ̃_l = (μ_l − μ)/σ,         μ, σ: those of μ_l over the groups of l's kind, each counting once   (eq. 19)</pre>
 *
 * so that a parameter with a small gradient waits longer and is then moved by a larger batch. A group is a parameter
 * tensor, its kind is "weights of a convolution", "biases" and so on; {@link GroupBy} has another choice. λ = 0 is the
 * local scheme (eq. 18), α = 0 the global one (eq. 20). Deviations are those of the population. Where there is no
 * deviation (one element, gradients that are equal but for rounding, one group of a kind), or where a group's
 * gradients are not finite, v_j or μ̃_l is 0; a group that is not finite does not count in μ and σ either. p_j is never
 * NaN; a NaN in the gradient reaches w_j when χ_j is 1.
 *
 * <p>The paper leaves open whether |g_j| of the mini-batch or |g̃_j|, the running mean with this mini-batch, stands in
 * eq. 17: {@link Builder#probabilityFrom} chooses. It weights groups by their numbers of parameters, which stops layers
 * altogether; the default does not ({@link Builder#weightGroupsBySize}). λ = −2 is the safer value, −8 is
 * erratic. In the pack's own experiments (docs/evidence.md) nothing was gained over SGD at a tuned learning rate,
 * nor over p = ½ for all in any setting that was decided; with batches of 128 it cost accuracy. A group
 * whose mean p over 50 iterations is below 10⁻⁴ is named in one warning of the log.
 *
 * <pre>{@code
 * MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
 *         .updater(new StochasticBatch(0.1))
 *         ...
 * network.init();
 * StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
 * network.fit(data, 10);
 * listener.statistics().writePng(Path.of("updates.png"));
 * }</pre>
 *
 * <p>An updater of DL4J does not see where tensors begin and end, nor the other layers: without
 * {@link StochasticBatchListener} the first step fails with an IllegalStateException.
 *
 * <h2>Details</h2>
 *
 * <ul>
 *   <li>g_j is the gradient as DL4J gives it to any updater: divided by the mini-batch size, normalised or clipped,
 *       with l1 and l2 added; these wait with it. Weight decay comes after the updater, and shrinks all parameters at
 *       every step.
 *   <li>Draws depend on (seed, iteration, index of the parameter in the network's flattened parameters) and nothing
 *       else: not on threads, on ND4J's random numbers, or on which layers DL4J updates together. A run repeated, or
 *       saved with its updater and continued, in the middle of an epoch too, is the same bit by bit.
 *   <li>p ≡ 1 ({@code fixedProbability(1)}) equals DL4J's {@code Sgd} bit by bit. p ≡ ½ resembles dropout, with
 *       differences: parameters are left out, not units; the forward pass is that of the whole network, in training as
 *       in use; what is left out keeps its value, and its gradient is not lost but used later.
 *   <li>With a momentum m, m &gt; 0, an update is u_j ← m·u_j + η̃_j·g̃_j, w_j ← w_j − u_j; parameters that are not
 *       updated neither move nor change u_j.
 *   <li>{@code resetEachEpoch}: what waits at the end of an epoch is dropped (Algorithm 2). An epoch is one of the
 *       network's epoch count.
 *   <li>State: (k_j − 1)·g̃_j, that is the sum of the waiting gradients; k_j; u_j if there is momentum. With a reset at
 *       each epoch, the signs of the k_j are the binary digits of the epoch's number, 32 neighbours one after the
 *       other: a state saved, copied or assigned in place tells what is to be dropped (networks with n &lt; 31 such
 *       parameters tell epochs modulo 2^n). Both sum and count are additive: where ParallelWrapper averages the states
 *       of several workers, their quotient is the mean over all the mini-batches that wait at any worker, and k_j
 *       becomes the mean number of these, a fraction. Workers draw the same random numbers, so that they mostly update
 *       the same parameters.
 * </ul>
 *
 * <p>Only the learning rate and its schedule can change later ({@code net.setLearningRate(...)}).
 */
public final class StochasticBatch implements IUpdater {

    /** The learning rate of {@link #StochasticBatch()}, the first of the paper's annealing. */
    public static final double DEFAULT_LEARNING_RATE = 0.1;

    /** α. */
    public static final double DEFAULT_ALPHA = 0.1;
    /** λ. */
    public static final double DEFAULT_LAMBDA = -4;
    /** The seed of the draws. */
    public static final long DEFAULT_SEED = 20200801;

    private static final long serialVersionUID = 1L;

    private double learningRate;
    private ISchedule learningRateSchedule;
    private final double alpha;
    private final double lambda;
    private final double momentum;
    private final long seed;
    private final boolean scaleLearningRate;
    private final boolean resetEachEpoch;
    private final Double fixedProbability;
    private final GroupBy groupBy;
    private final boolean weightGroupsBySize;
    private final GradientMagnitude probabilityFrom;

    public StochasticBatch() {
        this(DEFAULT_LEARNING_RATE);
    }

    /**
     * With the paper's α = {@value #DEFAULT_ALPHA} and λ = {@value #DEFAULT_LAMBDA}, without momentum.
     *
     * @param learningRate η, 0 ≤ η &lt; ∞
     * @throws IllegalArgumentException if it is not in this range
     */
    public StochasticBatch(double learningRate) {
        this(builder().learningRate(learningRate));
    }

    /** As {@link #StochasticBatch(double)} with a learning rate that follows a schedule. */
    public StochasticBatch(ISchedule learningRateSchedule) {
        this(builder().learningRateSchedule(present(learningRateSchedule)));
    }

    private static ISchedule present(ISchedule schedule) {
        if (schedule == null) {
            throw new IllegalArgumentException("StochasticBatch: expected a learning-rate schedule, got null");
        }
        return schedule;
    }

    private StochasticBatch(Builder builder) {
        this(
                builder.learningRate == null ? DEFAULT_LEARNING_RATE : builder.learningRate,
                builder.learningRateSchedule,
                builder.alpha,
                builder.lambda,
                builder.momentum,
                builder.seed,
                builder.scaleLearningRate,
                builder.resetEachEpoch,
                builder.fixedProbability,
                builder.groupBy,
                builder.weightGroupsBySize,
                builder.probabilityFrom);
    }

    /** JSON has a learning rate beside a schedule too, which does not count. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static StochasticBatch of(Settings json) {
        return builder().with(json).build();
    }

    private StochasticBatch(
            double learningRate,
            ISchedule learningRateSchedule,
            double alpha,
            double lambda,
            double momentum,
            long seed,
            boolean scaleLearningRate,
            boolean resetEachEpoch,
            Double fixedProbability,
            GroupBy groupBy,
            boolean weightGroupsBySize,
            GradientMagnitude probabilityFrom) {
        this.learningRate = learningRateSchedule == null ? checkedRate(learningRate) : Double.NaN;
        this.learningRateSchedule = learningRateSchedule;
        this.alpha = alpha;
        this.lambda = lambda;
        this.momentum = momentum;
        this.seed = seed;
        this.scaleLearningRate = scaleLearningRate;
        this.resetEachEpoch = resetEachEpoch;
        this.fixedProbability = fixedProbability;
        this.groupBy = groupBy;
        this.weightGroupsBySize = weightGroupsBySize;
        this.probabilityFrom = probabilityFrom;
        check(Math.abs(alpha) <= Double.MAX_VALUE, "−∞ < alpha < ∞", alpha);
        check(Math.abs(lambda) <= Double.MAX_VALUE, "−∞ < lambda < ∞", lambda);
        check(momentum >= 0 && momentum < 1, "0 ≤ momentum < 1", momentum);
        if (fixedProbability != null) {
            check(fixedProbability >= 0 && fixedProbability <= 1, "0 ≤ fixedProbability ≤ 1", fixedProbability);
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    private static void check(boolean holds, String expected, double value) {
        if (!holds) {
            throw new IllegalArgumentException("StochasticBatch: expected " + expected + ", got " + value);
        }
    }

    private static double checkedRate(double rate) {
        check(rate >= 0 && rate < Double.POSITIVE_INFINITY, "0 ≤ learningRate < ∞", rate);
        return rate;
    }

    /** The fixed learning rate, NaN where there is a schedule. */
    public double getLearningRate() {
        return learningRate;
    }

    /** The schedule, or null. */
    public ISchedule getLearningRateSchedule() {
        return learningRateSchedule;
    }

    public double getAlpha() {
        return alpha;
    }

    public double getLambda() {
        return lambda;
    }

    public double getMomentum() {
        return momentum;
    }

    public long getSeed() {
        return seed;
    }

    public boolean isScaleLearningRate() {
        return scaleLearningRate;
    }

    public boolean isResetEachEpoch() {
        return resetEachEpoch;
    }

    /** The probability of all updates, or null where it comes from the gradients. */
    public Double getFixedProbability() {
        return fixedProbability;
    }

    public GroupBy getGroupBy() {
        return groupBy;
    }

    public boolean isWeightGroupsBySize() {
        return weightGroupsBySize;
    }

    public GradientMagnitude getProbabilityFrom() {
        return probabilityFrom;
    }

    boolean hasMomentum() {
        return momentum > 0;
    }

    /** Whether probabilities depend on the gradients. */
    boolean needsMoments() {
        return fixedProbability == null && (alpha != 0 || lambda != 0);
    }

    /**
     * η at this iteration and epoch.
     *
     * @throws IllegalStateException if the schedule gives a value that is negative, NaN or infinite
     */
    @Override
    public double getLearningRate(int iteration, int epoch) {
        if (learningRateSchedule == null) {
            return learningRate;
        }
        double rate = learningRateSchedule.valueAt(iteration, epoch);
        if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalStateException("StochasticBatch: expected 0 ≤ learning rate < ∞, got " + rate + " from "
                    + learningRateSchedule + " at iteration " + iteration + ", epoch " + epoch);
        }
        return rate;
    }

    @Override
    public boolean hasLearningRate() {
        return true;
    }

    /** Called by {@code net.setLearningRate(...)}. The rate counts only if there is no schedule. */
    @Override
    public void setLrAndSchedule(double lr, ISchedule lrSchedule) {
        this.learningRate = lrSchedule == null ? checkedRate(lr) : Double.NaN;
        this.learningRateSchedule = lrSchedule;
    }

    /** 2 values for each parameter, 3 with momentum. */
    @Override
    public long stateSize(long numParams) {
        return (hasMomentum() ? 3 : 2) * numParams;
    }

    @Override
    public GradientUpdater<StochasticBatch> instantiate(INDArray viewArray, boolean initializeViewArray) {
        StochasticBatchUpdater updater = new StochasticBatchUpdater(this);
        updater.setStateViewArray(viewArray, viewArray.shape(), viewArray.ordering(), initializeViewArray);
        return updater;
    }

    /** @throws UnsupportedOperationException always: this is how SameDiff trains, variable by variable. */
    @Override
    public GradientUpdater<StochasticBatch> instantiate(
            Map<String, INDArray> updaterState, boolean initializeStateArrays) {
        throw new UnsupportedOperationException(
                "StochasticBatch trains a MultiLayerNetwork or ComputationGraph, not a SameDiff model: it has to know all"
                        + " parameters");
    }

    @Override
    public StochasticBatch clone() {
        return new StochasticBatch(
                learningRate,
                learningRateSchedule == null ? null : learningRateSchedule.clone(),
                alpha,
                lambda,
                momentum,
                seed,
                scaleLearningRate,
                resetEachEpoch,
                fixedProbability,
                groupBy,
                weightGroupsBySize,
                probabilityFrom);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof StochasticBatch)) {
            return false;
        }
        StochasticBatch that = (StochasticBatch) other;
        return Double.compare(learningRate, that.learningRate) == 0
                && Objects.equals(learningRateSchedule, that.learningRateSchedule)
                && Double.compare(alpha, that.alpha) == 0
                && Double.compare(lambda, that.lambda) == 0
                && Double.compare(momentum, that.momentum) == 0
                && seed == that.seed
                && scaleLearningRate == that.scaleLearningRate
                && resetEachEpoch == that.resetEachEpoch
                && Objects.equals(fixedProbability, that.fixedProbability)
                && groupBy == that.groupBy
                && weightGroupsBySize == that.weightGroupsBySize
                && probabilityFrom == that.probabilityFrom;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                learningRate,
                learningRateSchedule,
                alpha,
                lambda,
                momentum,
                seed,
                scaleLearningRate,
                resetEachEpoch,
                fixedProbability,
                groupBy.name(),
                weightGroupsBySize,
                probabilityFrom.name());
    }

    @Override
    public String toString() {
        Object rate = learningRateSchedule == null ? (Object) learningRate : learningRateSchedule;
        String probability =
                fixedProbability == null ? "alpha=" + alpha + ", lambda=" + lambda : "p=" + fixedProbability;
        return "StochasticBatch(learningRate=" + rate + ", " + probability + ", momentum=" + momentum + ", seed=" + seed
                + ", scaleLearningRate=" + scaleLearningRate + ", resetEachEpoch=" + resetEachEpoch + ", " + groupBy
                + (weightGroupsBySize ? ", groups weighted by size" : "")
                + (probabilityFrom == GradientMagnitude.MINI_BATCH ? ", p from the mini-batch" : "") + ")";
    }

    /** Collects the settings; {@link #build()} checks them. */
    public static final class Builder {

        private Double learningRate;
        private ISchedule learningRateSchedule;
        private double alpha = DEFAULT_ALPHA;
        private double lambda = DEFAULT_LAMBDA;
        private double momentum;
        private long seed = DEFAULT_SEED;
        private boolean scaleLearningRate = true;
        private boolean resetEachEpoch = true;
        private Double fixedProbability;
        private GroupBy groupBy = GroupBy.TENSOR;
        private boolean weightGroupsBySize;
        private GradientMagnitude probabilityFrom = GradientMagnitude.RUNNING_MEAN;

        private Builder() {}

        /** η, 0 ≤ η &lt; ∞. Default: {@value StochasticBatch#DEFAULT_LEARNING_RATE}. */
        public Builder learningRate(double learningRate) {
            this.learningRate = learningRate;
            return this;
        }

        /** η as a function of iteration and epoch; excludes {@link #learningRate(double)}. */
        public Builder learningRateSchedule(ISchedule learningRateSchedule) {
            this.learningRateSchedule = learningRateSchedule;
            return this;
        }

        /**
         * α, how much a parameter's gradient within its group counts; finite. Default: {@value
         * StochasticBatch#DEFAULT_ALPHA}.
         */
        public Builder alpha(double alpha) {
            this.alpha = alpha;
            return this;
        }

        /**
         * λ, how much a group's mean gradient among its kind counts; finite. Default: {@value
         * StochasticBatch#DEFAULT_LAMBDA}.
         */
        public Builder lambda(double lambda) {
            this.lambda = lambda;
            return this;
        }

        /** 0 ≤ m &lt; 1. Default: 0. */
        public Builder momentum(double momentum) {
            this.momentum = momentum;
            return this;
        }

        /** Of the draws. Default: {@value StochasticBatch#DEFAULT_SEED}. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** η̃ = k·η (true: a larger batch moves a parameter further) or η̃ = η. Default: true. */
        public Builder scaleLearningRate(boolean scaleLearningRate) {
            this.scaleLearningRate = scaleLearningRate;
            return this;
        }

        /** Whether what waits at the end of an epoch is dropped. Default: true. */
        public Builder resetEachEpoch(boolean resetEachEpoch) {
            this.resetEachEpoch = resetEachEpoch;
            return this;
        }

        /** For experiments: p_j = p for all, 0 ≤ p ≤ 1; α and λ do not count then. Default: from the gradients. */
        public Builder fixedProbability(double p) {
            this.fixedProbability = p;
            return this;
        }

        /** Default: {@link GroupBy#TENSOR}. */
        public Builder groupBy(GroupBy groupBy) {
            this.groupBy = Objects.requireNonNull(groupBy, "groupBy");
            return this;
        }

        /**
         * Whether a group counts in μ and σ as often as it has parameters (true), or once. By size, a small group among
         * large ones may lie very far from them: up to √(n/n_l − 1) deviations, with n_l of the n parameters of its
         * kind. With λ = −4, an output layer of 1 % then has a p of e^−40 while its gradients are the largest, and is
         * not trained at all. Once each, no group is further than √(L − 1) deviations, with L groups. Default: false.
         */
        public Builder weightGroupsBySize(boolean weightGroupsBySize) {
            this.weightGroupsBySize = weightGroupsBySize;
            return this;
        }

        /** Whose magnitude stands in eqs. 17 to 19. Default: {@link GradientMagnitude#RUNNING_MEAN}. */
        public Builder probabilityFrom(GradientMagnitude probabilityFrom) {
            this.probabilityFrom = Objects.requireNonNull(probabilityFrom, "probabilityFrom");
            return this;
        }

        private Builder with(Settings json) {
            json.object("learningRateSchedule", ISchedule.class, this::learningRateSchedule)
                    .number("learningRate", rate -> {
                        if (learningRateSchedule == null) {
                            learningRate(rate);
                        }
                    })
                    .number("alpha", this::alpha)
                    .number("lambda", this::lambda)
                    .number("momentum", this::momentum)
                    .whole("seed", this::seed)
                    .flag("scaleLearningRate", this::scaleLearningRate)
                    .flag("resetEachEpoch", this::resetEachEpoch)
                    .choice("groupBy", GroupBy.class, this::groupBy)
                    .flag("weightGroupsBySize", this::weightGroupsBySize)
                    .choice("probabilityFrom", GradientMagnitude.class, this::probabilityFrom);
            fixedProbability = json.numberOrNull("fixedProbability");
            json.end();
            return this;
        }

        /**
         * @throws IllegalArgumentException if a value is not in its range, or there are both a learning rate and a
         *     schedule
         */
        public StochasticBatch build() {
            if (learningRate != null && learningRateSchedule != null) {
                throw new IllegalArgumentException("StochasticBatch: expected a learning rate or a schedule, got both: "
                        + learningRate + " and " + learningRateSchedule);
            }
            return new StochasticBatch(this);
        }
    }
}
