package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.ElementStep;
import io.dl4jext.updater.internal.elementwise.Problems;
import io.dl4jext.updater.internal.elementwise.RateBuilder;
import io.dl4jext.updater.internal.elementwise.RatedUpdater;
import io.dl4jext.updater.internal.json.Settings;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonPropertyOrder;

/**
 * AdaGrad (Duchi, Hazan and Singer, 2011) with the choices in which frameworks differ. For each parameter θ with the
 * gradient g of the mini-batch's mean loss, at iteration t = 0, 1, …:
 *
 * <pre>    G ← ρ·G + w·g²                                 G at the start: the initial accumulator G₀
 *    h = η_t/√(G + ε)  or  η_t/(√G + ε)            η_t = η/(1 + d·t)
 *    u = h·g,  or with momentum  v ← μ·v + h·g,  u = v
 *    θ ← θ − u,  or proximal  y = θ − h·g,  θ ← sign(y)·max(|y| − h·λ₁, 0)/(1 + h·λ₂)</pre>
 *
 * with ρ = w = 1 for {@link Accumulation#SUM}; {@link Accumulation} has the others, {@link AccumulatorScope}
 * accumulators for whole tensors or the network (g² in the first line is then a squared norm). Learning rate η or its
 * schedule, d the learning-rate decay, μ the momentum, λ₁ and λ₂ the strengths of the exact l1 and ridge steps. (DL4J's
 * own {@code l1} and {@code l2} add to the gradient instead, as PyTorch's {@code weight_decay} does, and go together
 * with everything here.)
 *
 * <p>Defaults: those of Yotkov, η = 0.01, √(G + 1e-8), G₀ = 0, all else off. {@link AdaGradPresets} has the choices of
 * PyTorch, Keras, TensorFlow, optax and DL4J.
 *
 * <pre>{@code
 * new NeuralNetConfiguration.Builder().updater(AdaGradPresets.pyTorch().learningRate(0.05).build())
 * }</pre>
 *
 * <p>Scopes other than {@link AccumulatorScope#PARAMETER} and proximal steps need one more line, on the network:
 * {@link AdaGradListener#attachTo}. In arithmetic of the network's type; the state has one value for each parameter, W
 * for a window, and one more with momentum. A parameter whose gradient is 0 (a row of an embedding that the batch does
 * not touch) stays bit for bit as it is, except under momentum or a proximal step, which act on all alike.
 *
 * <p>Each line of the formula is a part of its own: {@code Accumulator}, {@code Root}, {@code Penalty},
 * {@code Momentum}.
 */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.NONE,
        getterVisibility = JsonAutoDetect.Visibility.PUBLIC_ONLY)
@JsonPropertyOrder(alphabetic = true)
public final class AdaGradFamily extends RatedUpdater {

    /** η of {@link #builder()}, as in Yotkov. */
    public static final double DEFAULT_LEARNING_RATE = 0.01;

    /** ε of {@link #builder()}, as in Yotkov. */
    public static final double DEFAULT_EPSILON = 1e-8;

    private static final long serialVersionUID = 2L;

    private final double learningRateDecay;
    private final Accumulator accumulator;
    private final Root root;
    private final Penalty penalty;
    private final Momentum momentum;

    private AdaGradFamily(
            double learningRate,
            ISchedule learningRateSchedule,
            double learningRateDecay,
            Accumulator accumulator,
            Root root,
            Penalty penalty,
            Momentum momentum) {
        super(learningRate, learningRateSchedule);
        this.learningRateDecay = learningRateDecay;
        this.accumulator = accumulator;
        this.root = root;
        this.penalty = penalty;
        this.momentum = momentum;
        check();
    }

    /** The settings as JSON has them, in one row. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static AdaGradFamily of(Settings json) {
        return builder().with(json).build();
    }

    /** With the defaults named above. */
    public static Builder builder() {
        return new Builder(DEFAULT_LEARNING_RATE);
    }

    private void check() {
        Problems problems = problems().notNegative("learningRateDecay", learningRateDecay);
        accumulator.check(problems);
        root.check(problems);
        penalty.check(problems);
        momentum.check(problems);
        problems.require(
                        !penalty.isOn() || !momentum.isOn(),
                        "no momentum with a proximal step (l1 = " + getL1() + ", l2 = " + getL2() + ")",
                        getMomentum())
                .require(
                        !penalty.isOn() || getScope() == AccumulatorScope.PARAMETER,
                        "a proximal step with an accumulator for each PARAMETER only",
                        getScope())
                .require(
                        !(getEpsilon() == 0) || getInitialAccumulator() > 0 && accumulator.keepsStart(),
                        "epsilon > 0, or an initialAccumulator > 0 that does not decay, as a gradient of 0 gives 0/0",
                        "epsilon 0.0, initialAccumulator " + getInitialAccumulator() + ", " + getAccumulation())
                .report(name());
    }

    @Override
    protected void check(DataType type) {
        boolean starts = accumulator.keepsStart() && isPositive(getInitialAccumulator(), type);
        // Beside the root it stands alone where a gradient's square is 0 in the type: steps are then up to η·|g|/ε.
        boolean squared = getEpsilonPlace() == EpsilonPlace.OUTSIDE_ROOT;
        double alone = squared ? getEpsilon() * getEpsilon() : getEpsilon();
        new Problems()
                .require(
                        starts || isPositive(alone, type),
                        "an epsilon" + (squared ? " whose square" : "") + " or an initialAccumulator that is not 0 in "
                                + type,
                        "epsilon " + getEpsilon() + ", initialAccumulator " + getInitialAccumulator())
                .report(name());
    }

    static boolean isPositive(double value, DataType type) {
        return Nd4j.scalar(value).castTo(type).getDouble(0) > 0;
    }

    public double getLearningRateDecay() {
        return learningRateDecay;
    }

    public double getInitialAccumulator() {
        return accumulator.start();
    }

    public double getEpsilon() {
        return root.epsilon();
    }

    public EpsilonPlace getEpsilonPlace() {
        return root.place();
    }

    public Accumulation getAccumulation() {
        return accumulator.kind();
    }

    /** ρ; 1 where the accumulation is {@link Accumulation#SUM} or {@link Accumulation#WINDOW}. */
    public double getAccumulatorDecay() {
        return accumulator.decay();
    }

    /** W; 0 where there is no window. */
    public int getWindow() {
        return accumulator.window();
    }

    public AccumulatorScope getScope() {
        return accumulator.scope();
    }

    public double getL1() {
        return penalty.l1();
    }

    public double getL2() {
        return penalty.l2();
    }

    public double getMomentum() {
        return momentum.share();
    }

    /** η_t, the decay included. */
    @Override
    public double getLearningRate(int iteration, int epoch) {
        return super.getLearningRate(iteration, epoch) / (1 + learningRateDecay * iteration);
    }

    @Override
    protected List<Object> settings() {
        return List.of(
                "learningRateDecay=" + learningRateDecay,
                "initialAccumulator=" + getInitialAccumulator(),
                "epsilon=" + getEpsilon(),
                getEpsilonPlace().name(),
                getAccumulation().name(),
                "accumulatorDecay=" + getAccumulatorDecay(),
                "window=" + getWindow(),
                getScope().name(),
                "l1=" + getL1(),
                "l2=" + getL2(),
                "momentum=" + getMomentum());
    }

    @Override
    protected List<String> stateNames() {
        List<String> names = new ArrayList<>(accumulator.stateNames());
        names.addAll(momentum.stateNames());
        return names;
    }

    @Override
    protected double initialState(int array) {
        return array < accumulator.stateNames().size() ? accumulator.initialState() : 0;
    }

    @Override
    public String beyondGradient() {
        if (penalty.isOn()) {
            return AdaGradListener.needed("its proximal step has to know the parameters");
        }
        return getScope() == AccumulatorScope.PARAMETER
                ? null
                : AdaGradListener.needed(
                        "its accumulator of scope " + getScope() + " has to know the network's tensors");
    }

    @Override
    public ElementStep step(int iteration, int epoch) {
        return new AdaGradStep(accumulator, root, penalty, momentum, getLearningRate(iteration, epoch));
    }

    /** The accumulator of a whole scope after a gradient with this squared norm. */
    double accumulate(double sum, double squares) {
        return accumulator.add(sum, squares);
    }

    /** The step with the accumulator G of a whole scope. */
    ElementStep scopedStep(double sum, int iteration, int epoch) {
        return new ScopedStep(root.rate(sum, getLearningRate(iteration, epoch)), momentum);
    }

    @Override
    public AdaGradFamily clone() {
        return (AdaGradFamily) super.clone();
    }

    /** Collects the settings; {@link #build()} checks them. */
    public static final class Builder extends RateBuilder<Builder> {

        private double learningRateDecay;
        private double initialAccumulator;
        private Root root = new Root(DEFAULT_EPSILON, EpsilonPlace.INSIDE_ROOT);
        private Accumulation accumulation = Accumulation.SUM;
        private double accumulatorDecay = 1;
        private int window;
        private AccumulatorScope scope = AccumulatorScope.PARAMETER;
        private Penalty penalty = new Penalty(0, 0);
        private Momentum momentum = new Momentum(0);

        Builder(Double defaultRate) {
            super(defaultRate);
        }

        /**
         * d ≥ 0: η_t = η/(1 + d·t) with the network's iteration t, counted from 0, as in DL4J's schedules. (PyTorch
         * counts the optimiser's steps. The two differ where a trained network gets a new updater: there the rate goes
         * on to fall here, and begins anew in PyTorch.) Default: 0.
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
            root = new Root(epsilon, root.place());
            return this;
        }

        /** Default: {@link EpsilonPlace#INSIDE_ROOT}. */
        public Builder epsilonPlace(EpsilonPlace epsilonPlace) {
            root = new Root(root.epsilon(), epsilonPlace);
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
         * G = G₀ + the squares of the last W gradients, 1 ≤ W ≤ 10000, exactly: the state has W values for each
         * parameter. Excludes the other kinds of accumulation.
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
            penalty = new Penalty(l1, penalty.l2());
            return this;
        }

        /** λ₂ ≥ 0 of the proximal step, which needs {@link AdaGradListener}. Default: 0. */
        public Builder l2(double l2) {
            penalty = new Penalty(penalty.l1(), l2);
            return this;
        }

        /** μ, 0 ≤ μ &lt; 1: v ← μ·v + h·g, θ ← θ − v. Default: 0. */
        public Builder momentum(double momentum) {
            this.momentum = new Momentum(momentum);
            return this;
        }

        private Builder with(Settings json) {
            read(json)
                    .number("learningRateDecay", this::learningRateDecay)
                    .number("initialAccumulator", this::initialAccumulator)
                    .number("epsilon", this::epsilon)
                    .choice("epsilonPlace", EpsilonPlace.class, this::epsilonPlace)
                    .choice("accumulation", Accumulation.class, kind -> accumulation = kind)
                    .number("accumulatorDecay", decay -> accumulatorDecay = decay)
                    .count("window", length -> window = length)
                    .choice("scope", AccumulatorScope.class, this::scope)
                    .number("l1", this::l1)
                    .number("l2", this::l2)
                    .number("momentum", this::momentum)
                    .end();
            return this;
        }

        /** @throws IllegalArgumentException with all values that are out of range or contradict each other */
        public AdaGradFamily build() {
            return new AdaGradFamily(
                    rate("AdaGradFamily"),
                    schedule(),
                    learningRateDecay,
                    Accumulator.of(accumulation, initialAccumulator, accumulatorDecay, window, scope),
                    root,
                    penalty,
                    momentum);
        }
    }
}
