package io.dl4jext.adagrad;

import io.dl4jext.elementwise.ElementStep;
import io.dl4jext.elementwise.Problems;
import io.dl4jext.elementwise.RateBuilder;
import io.dl4jext.elementwise.RatedUpdater;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * AdaGrad (Duchi, Hazan and Singer, 2011) with the choices in which frameworks differ. For each parameter θ with the
 * gradient g of the mini-batch's mean loss, at iteration t = 0, 1, …:
 *
 * <pre>    G ← ρ·G + w·g²                                 G at the start: the initial accumulator G₀
 *    h = η_t/√(G + ε)  or  η_t/(√G + ε)            η_t = η/(1 + d·t)
 *    u = h·g,  or with momentum  v ← μ·v + h·g,  u = v
 *    θ ← θ − u,  or proximal  y = θ − h·g,  θ ← sign(y)·max(|y| − h·λ₁, 0)/(1 + h·λ₂)</pre>
 *
 * with ρ = w = 1 for {@link Accumulation#SUM}; {@link Accumulation} has the others, {@link AccumulatorScope} accumulators
 * for whole tensors or the network (g² in the first line is then a squared norm). Learning rate η or its schedule, d the
 * learning-rate decay, μ the momentum, λ₁ and λ₂ the strengths of the exact l1 and ridge steps. (DL4J's own {@code l1} and
 * {@code l2} add to the gradient instead, as PyTorch's {@code weight_decay} does, and go together with everything here.)
 *
 * <p>Defaults: those of paper 3, η = 0.01, √(G + 1e-8), G₀ = 0, all else off. {@link AdaGradPresets} has the choices of
 * PyTorch, Keras, TensorFlow, optax and DL4J.
 *
 * <pre>{@code
 * new NeuralNetConfiguration.Builder().updater(AdaGradPresets.pyTorch().learningRate(0.05).build())
 * }</pre>
 *
 * <p>Scopes other than {@link AccumulatorScope#PARAMETER} and proximal steps need one more line, on the network:
 * {@link AdaGradListener#attach}. In arithmetic of the network's type; the state has one value for each parameter, W for a
 * window, and one more with momentum. A parameter whose gradient is 0 (a row of an embedding that the batch does not touch)
 * stays bit for bit as it is, except under momentum or a proximal step, which act on all alike.
 */
public final class AdaGradFamily extends RatedUpdater {

    /** η of {@link #builder()}, as in paper 3. */
    public static final double DEFAULT_LEARNING_RATE = 0.01;

    /** ε of {@link #builder()}, as in paper 3. */
    public static final double DEFAULT_EPSILON = 1e-8;

    private static final long serialVersionUID = 1L;

    private final double learningRateDecay;
    private final double initialAccumulator;
    private final double epsilon;
    private final EpsilonPlace epsilonPlace;
    private final Accumulation accumulation;
    private final double accumulatorDecay;
    private final int window;
    private final AccumulatorScope scope;
    private final double l1;
    private final double l2;
    private final double momentum;

    @JsonCreator
    private AdaGradFamily(
            @JsonProperty("learningRate") double learningRate,
            @JsonProperty("learningRateSchedule") ISchedule learningRateSchedule,
            @JsonProperty("learningRateDecay") double learningRateDecay,
            @JsonProperty("initialAccumulator") double initialAccumulator,
            @JsonProperty("epsilon") double epsilon,
            @JsonProperty("epsilonPlace") EpsilonPlace epsilonPlace,
            @JsonProperty("accumulation") Accumulation accumulation,
            @JsonProperty("accumulatorDecay") double accumulatorDecay,
            @JsonProperty("window") int window,
            @JsonProperty("scope") AccumulatorScope scope,
            @JsonProperty("l1") double l1,
            @JsonProperty("l2") double l2,
            @JsonProperty("momentum") double momentum) {
        super(learningRate, learningRateSchedule);
        this.learningRateDecay = learningRateDecay;
        this.initialAccumulator = initialAccumulator;
        this.epsilon = epsilon;
        this.epsilonPlace = epsilonPlace;
        this.accumulation = accumulation;
        this.accumulatorDecay = accumulatorDecay;
        this.window = window;
        this.scope = scope;
        this.l1 = l1;
        this.l2 = l2;
        this.momentum = momentum;
        check();
    }

    /** With the defaults named above. */
    public static Builder builder() {
        return new Builder(DEFAULT_LEARNING_RATE);
    }

    private void check() {
        Problems problems = new Problems();
        if (getLearningRateSchedule() == null) {
            problems.notNegative("learningRate", getLearningRate());
        }
        boolean decays = accumulation == Accumulation.DECAYED_SUM || accumulation == Accumulation.MOVING_AVERAGE;
        boolean windowed = accumulation == Accumulation.WINDOW;
        boolean proximal = l1 > 0 || l2 > 0;
        problems.notNegative("learningRateDecay", learningRateDecay)
                .notNegative("initialAccumulator", initialAccumulator)
                .notNegative("epsilon", epsilon)
                .require(epsilonPlace != null, "an epsilonPlace", null)
                .require(accumulation != null, "an accumulation", null)
                .require(scope != null, "a scope", null)
                .notNegative("l1", l1)
                .notNegative("l2", l2)
                .share("momentum", momentum)
                .require(
                        !decays || accumulatorDecay > 0 && accumulatorDecay < 1,
                        "0 < accumulatorDecay < 1 with " + accumulation,
                        accumulatorDecay)
                .require(decays || accumulatorDecay == 1, "accumulatorDecay = 1 with " + accumulation, accumulatorDecay)
                .require(!windowed || window >= 1, "window ≥ 1", window)
                .require(windowed || window == 0, "window = 0 with " + accumulation, window)
                .require(
                        !windowed || scope == AccumulatorScope.PARAMETER,
                        "a window with an accumulator for each PARAMETER only",
                        scope)
                .require(
                        !proximal || momentum == 0,
                        "no momentum with a proximal step (l1 = " + l1 + ", l2 = " + l2 + ")",
                        momentum)
                .require(
                        !proximal || scope == AccumulatorScope.PARAMETER,
                        "a proximal step with an accumulator for each PARAMETER only",
                        scope)
                .require(
                        !(epsilon == 0) || initialAccumulator > 0 && !decays,
                        "epsilon > 0, or an initialAccumulator > 0 that does not decay, as a gradient of 0 gives 0/0",
                        "epsilon 0.0, initialAccumulator " + initialAccumulator + ", " + accumulation)
                .report("AdaGradFamily");
    }

    @Override
    protected void check(DataType type) {
        boolean kept = accumulation == Accumulation.SUM || accumulation == Accumulation.WINDOW;
        boolean positive = isPositive(epsilon, type) || kept && isPositive(initialAccumulator, type);
        new Problems()
                .require(
                        positive,
                        "an epsilon or an initialAccumulator that is not 0 in " + type,
                        "epsilon " + epsilon + ", initialAccumulator " + initialAccumulator)
                .report("AdaGradFamily");
    }

    static boolean isPositive(double value, DataType type) {
        return Nd4j.scalar(value).castTo(type).getDouble(0) > 0;
    }

    public double getLearningRateDecay() {
        return learningRateDecay;
    }

    public double getInitialAccumulator() {
        return initialAccumulator;
    }

    public double getEpsilon() {
        return epsilon;
    }

    public EpsilonPlace getEpsilonPlace() {
        return epsilonPlace;
    }

    public Accumulation getAccumulation() {
        return accumulation;
    }

    /** ρ; 1 where the accumulation is {@link Accumulation#SUM} or {@link Accumulation#WINDOW}. */
    public double getAccumulatorDecay() {
        return accumulatorDecay;
    }

    /** W; 0 where there is no window. */
    public int getWindow() {
        return window;
    }

    public AccumulatorScope getScope() {
        return scope;
    }

    public double getL1() {
        return l1;
    }

    public double getL2() {
        return l2;
    }

    public double getMomentum() {
        return momentum;
    }

    /** η_t, the decay included. */
    @Override
    public double getLearningRate(int iteration, int epoch) {
        return super.getLearningRate(iteration, epoch) / (1 + learningRateDecay * iteration);
    }

    double oldWeight() {
        return accumulatorDecay;
    }

    double freshWeight() {
        return accumulation == Accumulation.MOVING_AVERAGE ? 1 - accumulatorDecay : 1;
    }

    @Override
    protected List<Object> settings() {
        return List.of(
                "learningRateDecay=" + learningRateDecay,
                "initialAccumulator=" + initialAccumulator,
                "epsilon=" + epsilon,
                epsilonPlace.name(),
                accumulation.name(),
                "accumulatorDecay=" + accumulatorDecay,
                "window=" + window,
                scope.name(),
                "l1=" + l1,
                "l2=" + l2,
                "momentum=" + momentum);
    }

    @Override
    protected List<String> stateNames() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < Math.max(1, window); i++) {
            names.add(window == 0 ? "G" : "G" + i);
        }
        if (momentum > 0) {
            names.add("V");
        }
        return names;
    }

    @Override
    protected double initialState(int array) {
        return array == 0 && window == 0 ? initialAccumulator : 0;
    }

    @Override
    public String beyondGradient() {
        if (l1 > 0 || l2 > 0) {
            return AdaGradListener.needed("its proximal step has to know the parameters");
        }
        return scope == AccumulatorScope.PARAMETER
                ? null
                : AdaGradListener.needed("its accumulator of scope " + scope + " has to know the network's tensors");
    }

    @Override
    public ElementStep step(int iteration, int epoch) {
        return new AdaGradStep(this, iteration, epoch);
    }

    /** The step with the accumulator G of a whole scope. */
    ElementStep scopedStep(double accumulator, int iteration, int epoch) {
        double divisor = epsilonPlace == EpsilonPlace.INSIDE_ROOT
                ? Math.sqrt(accumulator + epsilon)
                : Math.sqrt(accumulator) + epsilon;
        return new ScopedStep(getLearningRate(iteration, epoch) / divisor, momentum);
    }

    @Override
    public AdaGradFamily clone() {
        return new AdaGradFamily(
                getLearningRate(),
                scheduleCopy(),
                learningRateDecay,
                initialAccumulator,
                epsilon,
                epsilonPlace,
                accumulation,
                accumulatorDecay,
                window,
                scope,
                l1,
                l2,
                momentum);
    }

    /** Collects the settings; {@link #build()} checks them. */
    public static final class Builder extends RateBuilder<Builder> {

        private double learningRateDecay;
        private double initialAccumulator;
        private double epsilon = DEFAULT_EPSILON;
        private EpsilonPlace epsilonPlace = EpsilonPlace.INSIDE_ROOT;
        private Accumulation accumulation = Accumulation.SUM;
        private double accumulatorDecay = 1;
        private int window;
        private AccumulatorScope scope = AccumulatorScope.PARAMETER;
        private double l1;
        private double l2;
        private double momentum;

        Builder(Double defaultRate) {
            super(defaultRate);
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * d ≥ 0: η_t = η/(1 + d·t) with the network's iteration t, counted from 0, as in DL4J's schedules. (PyTorch counts
         * the optimiser's steps. The two differ where a trained network gets a new updater: there the rate goes on to fall
         * here, and begins anew in PyTorch.) Default: 0.
         */
        public Builder learningRateDecay(double learningRateDecay) {
            this.learningRateDecay = learningRateDecay;
            return this;
        }

        /** G₀ ≥ 0. Default: 0. */
        public Builder initialAccumulator(double initialAccumulator) {
            this.initialAccumulator = initialAccumulator;
            return this;
        }

        /** ε ≥ 0; 0 only with an initial accumulator that stays. */
        public Builder epsilon(double epsilon) {
            this.epsilon = epsilon;
            return this;
        }

        /** Default: {@link EpsilonPlace#INSIDE_ROOT}. */
        public Builder epsilonPlace(EpsilonPlace epsilonPlace) {
            this.epsilonPlace = epsilonPlace;
            return this;
        }

        /** G ← ρ·G + g², 0 &lt; ρ &lt; 1; excludes the other kinds of accumulation. */
        public Builder decayedSum(double accumulatorDecay) {
            return accumulation(Accumulation.DECAYED_SUM, accumulatorDecay, 0);
        }

        /** G ← ρ·G + (1 − ρ)·g², 0 &lt; ρ &lt; 1; excludes the other kinds of accumulation. */
        public Builder movingAverage(double accumulatorDecay) {
            return accumulation(Accumulation.MOVING_AVERAGE, accumulatorDecay, 0);
        }

        /**
         * G = G₀ + the squares of the last W gradients, W ≥ 1, exactly: the state has W values for each parameter. Excludes
         * the other kinds of accumulation.
         */
        public Builder window(int window) {
            return accumulation(Accumulation.WINDOW, 1, window);
        }

        private Builder accumulation(Accumulation kind, double decay, int window) {
            new Problems()
                    .require(
                            accumulation == Accumulation.SUM || accumulation == kind,
                            "one kind of accumulation",
                            kind + " after " + accumulation)
                    .report("AdaGradFamily");
            this.accumulation = kind;
            this.accumulatorDecay = decay;
            this.window = window;
            return this;
        }

        /** Default: {@link AccumulatorScope#PARAMETER}; others need {@link AdaGradListener}. */
        public Builder scope(AccumulatorScope scope) {
            this.scope = scope;
            return this;
        }

        /** λ₁ ≥ 0 of the proximal step, which needs {@link AdaGradListener}. Default: 0. */
        public Builder l1(double l1) {
            this.l1 = l1;
            return this;
        }

        /** λ₂ ≥ 0 of the proximal step, which needs {@link AdaGradListener}. Default: 0. */
        public Builder l2(double l2) {
            this.l2 = l2;
            return this;
        }

        /** μ, 0 ≤ μ &lt; 1: v ← μ·v + h·g, θ ← θ − v. Default: 0. */
        public Builder momentum(double momentum) {
            this.momentum = momentum;
            return this;
        }

        /** @throws IllegalArgumentException with all values that are out of range or contradict each other */
        public AdaGradFamily build() {
            return new AdaGradFamily(
                    rate("AdaGradFamily"),
                    schedule(),
                    learningRateDecay,
                    initialAccumulator,
                    epsilon,
                    epsilonPlace,
                    accumulation,
                    accumulatorDecay,
                    window,
                    scope,
                    l1,
                    l2,
                    momentum);
        }
    }
}
