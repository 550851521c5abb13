package io.dl4jext.entropysgd;

import io.dl4jext.updater.internal.elementwise.ElementStep;
import io.dl4jext.updater.internal.elementwise.Problems;
import io.dl4jext.updater.internal.elementwise.RateBuilder;
import io.dl4jext.updater.internal.elementwise.RatedUpdater;
import io.dl4jext.updater.internal.elementwise.StepCount;
import io.dl4jext.updater.internal.json.Settings;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * Entropy-SGD (Chaudhari et al., 2017, Algorithm 1): L steps of stochastic gradient Langevin dynamics around the
 * parameters x, each on a mini-batch of its own, then one step of x towards their mean:
 *
 * <pre>    x', μ ← x
 *    L times:   x' ← x' − η'·(g(x') − γ·(x − x')) + √η'·ε·N(0, I),    μ ← (1 − α)·μ + α·x'
 *    x ← x − η·(x − μ)</pre>
 *
 * with the gradient g of the mini-batch's mean loss. One DL4J iteration is one inner step; each L-th one since the
 * state is new makes the outer step too. So between outer steps the network holds x', not x: evaluate it after a
 * multiple of L iterations, and count L iterations where the paper counts one. The scope is γ = γ₀·(1 + γ₁)^k with the
 * number k of outer steps that the state has made. (The paper writes η·γ for the last line's factor; as in the authors'
 * code, η stands for the product. That code departs from the algorithm elsewhere too, with α = 0.25 and √2 times the
 * noise: for its numbers set {@code averaging(0.25).noise(1.41e-4)}.)
 *
 * <p>Defaults: η must be given; L = 5, the number that Nakamura, Soatto and Hong (2020) take; η' = 0.1, α = 0.75, ε =
 * 1e-4 of the paper; γ₀ = 0.01, γ₁ = 0 of the authors' code. The state has three values for each parameter: x − x' and
 * x − μ, as a DL4J updater does not see x', and the number of inner steps since the last outer one; with γ₁ &gt; 0 a
 * fourth, k. The noise of an iteration follows from the seed, the iteration and a parameter's place in the network: the
 * same after saving and loading, on any number of threads, however DL4J joins layers to blocks.
 *
 * <p>Of DL4J's regularisation take {@code l2}, which is a part of the gradient, and so of an inner step: {@code
 * weightDecay} takes η times itself off x' and off x at each of the L inner steps. A layer within {@code
 * FrozenLayerWithBackprop} needs {@code NoOp} for an updater, as DL4J only makes its gradient 0, and the noise would
 * move it; so does a layer below a {@code FrozenLayer} of a MultiLayerNetwork, where DL4J leaves the last update for a
 * gradient (and is to have no l1, l2 or weight decay there, which DL4J goes on applying). In SameDiff models only
 * {@code noise(0)} will do: others are refused when training begins.
 */
public final class EntropySgd extends RatedUpdater {

    /** L. */
    public static final int DEFAULT_INNER_STEPS = 5;

    /** η′. */
    public static final double DEFAULT_INNER_RATE = 0.1;

    /** α. */
    public static final double DEFAULT_AVERAGING = 0.75;

    /** ε. */
    public static final double DEFAULT_NOISE = 1e-4;

    /** γ₀. */
    public static final double DEFAULT_SCOPE = 0.01;

    private static final long serialVersionUID = 1L;

    private final int innerSteps;
    private final double innerRate;
    private final double averaging;
    private final double noise;
    private final double scope;
    private final double scopeGrowth;
    private final long seed;

    private EntropySgd(
            double learningRate,
            ISchedule learningRateSchedule,
            int innerSteps,
            double innerRate,
            double averaging,
            double noise,
            double scope,
            double scopeGrowth,
            long seed) {
        super(learningRate, learningRateSchedule);
        this.innerSteps = innerSteps;
        this.innerRate = innerRate;
        this.averaging = averaging;
        this.noise = noise;
        this.scope = scope;
        this.scopeGrowth = scopeGrowth;
        this.seed = seed;
        problems()
                .require(innerSteps >= 1, "innerSteps ≥ 1", innerSteps)
                .notNegative("innerRate", innerRate)
                .require(averaging > 0 && averaging <= 1, "0 < averaging ≤ 1", averaging)
                .notNegative("noise", noise)
                .notNegative("scope", scope)
                .notNegative("scopeGrowth", scopeGrowth)
                .report(name());
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static EntropySgd of(Settings json) {
        return builder().with(json).build();
    }

    /** With the defaults named above. */
    public static Builder builder() {
        return new Builder();
    }

    /** L. */
    public int getInnerSteps() {
        return innerSteps;
    }

    /** η'. */
    public double getInnerRate() {
        return innerRate;
    }

    /** α. */
    public double getAveraging() {
        return averaging;
    }

    /** ε. */
    public double getNoise() {
        return noise;
    }

    /** γ₀. */
    public double getScope() {
        return scope;
    }

    /** γ₁. */
    public double getScopeGrowth() {
        return scopeGrowth;
    }

    public long getSeed() {
        return seed;
    }

    @Override
    protected List<Object> settings() {
        return List.of(
                "innerSteps=" + innerSteps,
                "innerRate=" + innerRate,
                "averaging=" + averaging,
                "noise=" + noise,
                "scope=" + scope,
                "scopeGrowth=" + scopeGrowth,
                "seed=" + seed);
    }

    @Override
    protected List<String> stateNames() {
        return growsScope() ? List.of("X", "MU", "T", "K") : List.of("X", "MU", "T");
    }

    boolean growsScope() {
        return scopeGrowth > 0;
    }

    @Override
    protected void check(DataType type) {
        new Problems()
                .require(
                        innerSteps <= StepCount.exact(type),
                        "innerSteps that " + type + " can count, ≤ " + (long) StepCount.exact(type),
                        innerSteps)
                .report(name());
    }

    /** In SameDiff each variable would get the same noise, as none knows its place in the model. */
    @Override
    protected void checkAlone() {
        if (noise > 0) {
            throw new UnsupportedOperationException(
                    name() + ": expected noise(0) in a SameDiff model, whose updaters do not"
                            + " know the place of their variable, so that all would get the same noise; got " + noise);
        }
    }

    @Override
    public ElementStep step(int iteration, int epoch) {
        return new EntropyStep(this, iteration, epoch);
    }

    @Override
    public EntropySgd clone() {
        return (EntropySgd) super.clone();
    }

    /** Collects the settings; {@link #build()} checks them. */
    public static final class Builder extends RateBuilder<Builder> {

        private int innerSteps = DEFAULT_INNER_STEPS;
        private double innerRate = DEFAULT_INNER_RATE;
        private double averaging = DEFAULT_AVERAGING;
        private double noise = DEFAULT_NOISE;
        private double scope = DEFAULT_SCOPE;
        private double scopeGrowth;
        private long seed = 1;

        private Builder() {
            super(null);
        }

        /** L ≥ 1. Default: {@value EntropySgd#DEFAULT_INNER_STEPS}. */
        public Builder innerSteps(int innerSteps) {
            this.innerSteps = innerSteps;
            return this;
        }

        /** η' ≥ 0. Default: {@value EntropySgd#DEFAULT_INNER_RATE}. */
        public Builder innerRate(double innerRate) {
            this.innerRate = innerRate;
            return this;
        }

        /** α, 0 &lt; α ≤ 1. Default: {@value EntropySgd#DEFAULT_AVERAGING}. */
        public Builder averaging(double averaging) {
            this.averaging = averaging;
            return this;
        }

        /** ε ≥ 0. Default: {@value EntropySgd#DEFAULT_NOISE}. */
        public Builder noise(double noise) {
            this.noise = noise;
            return this;
        }

        /** γ₀ ≥ 0. Default: {@value EntropySgd#DEFAULT_SCOPE}. */
        public Builder scope(double scope) {
            this.scope = scope;
            return this;
        }

        /** γ₁ ≥ 0. Default: 0. */
        public Builder scopeGrowth(double scopeGrowth) {
            this.scopeGrowth = scopeGrowth;
            return this;
        }

        /** Of the noise. Default: 1. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        private Builder with(Settings json) {
            read(json)
                    .count("innerSteps", this::innerSteps)
                    .number("innerRate", this::innerRate)
                    .number("averaging", this::averaging)
                    .number("noise", this::noise)
                    .number("scope", this::scope)
                    .number("scopeGrowth", this::scopeGrowth)
                    .whole("seed", this::seed)
                    .end();
            return this;
        }

        /** @throws IllegalArgumentException with all values that are out of range */
        public EntropySgd build() {
            return new EntropySgd(
                    rate("EntropySgd"), schedule(), innerSteps, innerRate, averaging, noise, scope, scopeGrowth, seed);
        }
    }
}
