package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.ElementStep;
import io.dl4jext.updater.internal.elementwise.Problems;
import io.dl4jext.updater.internal.elementwise.RateBuilder;
import io.dl4jext.updater.internal.elementwise.RatedUpdater;
import io.dl4jext.updater.internal.json.Settings;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * AdaGrad with dual averaging (Duchi, Hazan and Singer, 2011, eq. 3; the form of TensorFlow's {@code AdagradDA}): the
 * parameters are a function of the sums so far,
 *
 * <pre>    z ← z + g,   G ← G + g²,   T ← T + 1
 *    centre ZERO:    θ = −η·sign(z)·max(|z| − λ₁·T, 0)/(√G + λ₂·T·η)
 *    centre START:   θ = θ₀ − η·z/√G</pre>
 *
 * with the gradient g of the mini-batch's mean loss, z = 0, G = G₀ and T = 0 when the state is new, the learning
 * rate or schedule η, and the strengths λ₁, λ₂ of l1 and ridge. Around ZERO, a network's random start is forgotten at
 * the first step, where only parameters that got a gradient leave 0: meant for (nearly) linear models and their sparse
 * solutions; it needs {@link AdaGradListener}. START is for networks, and has no λ.
 *
 * <p>Whatever else changes parameters (constraints, weight decay) is undone by the next step around ZERO, and kept
 * around START. The state has 2 values for each parameter (ZERO without λ) or 3 (ZERO with λ: T, or START). T counts
 * the state's own steps, not the network's iterations, which may be many when a trained network gets this updater; in
 * FLOAT it is exact for 2^24 steps, and right on average beyond.
 */
public final class DualAveraging extends RatedUpdater {

    /** G₀ of TensorFlow. */
    public static final double DEFAULT_INITIAL_ACCUMULATOR = 0.1;

    private static final long serialVersionUID = 1L;

    private final double initialAccumulator;
    private final double l1;
    private final double l2;
    private final Centre centre;

    private DualAveraging(
            double learningRate,
            ISchedule learningRateSchedule,
            double initialAccumulator,
            double l1,
            double l2,
            Centre centre) {
        super(learningRate, learningRateSchedule);
        this.initialAccumulator = initialAccumulator;
        this.l1 = l1;
        this.l2 = l2;
        this.centre = centre;
        problems()
                .require(
                        initialAccumulator > 0 && initialAccumulator < Double.POSITIVE_INFINITY,
                        "0 < initialAccumulator < ∞",
                        initialAccumulator)
                .notNegative("l1", l1)
                .notNegative("l2", l2)
                .require(centre != null, "a centre", null)
                .require(
                        centre != Centre.START || !(l1 > 0 || l2 > 0),
                        "l1 = 0 and l2 = 0 with the centre START",
                        l1 + " and " + l2)
                .report(name());
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static DualAveraging of(Settings json) {
        return builder().with(json).build();
    }

    /** Without a default learning rate; all else as in TensorFlow: G₀ = 0.1, no λ, centre ZERO. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected void check(DataType type) {
        new Problems()
                .require(
                        AdaGradFamily.isPositive(initialAccumulator, type),
                        "an initialAccumulator that is not 0 in " + type,
                        initialAccumulator)
                .report(name());
    }

    public double getInitialAccumulator() {
        return initialAccumulator;
    }

    public double getL1() {
        return l1;
    }

    public double getL2() {
        return l2;
    }

    public Centre getCentre() {
        return centre;
    }

    @Override
    protected List<Object> settings() {
        return List.of("initialAccumulator=" + initialAccumulator, "l1=" + l1, "l2=" + l2, centre.name());
    }

    @Override
    protected List<String> stateNames() {
        if (centre == Centre.START) {
            return List.of("Z", "G", "D");
        }
        return countsSteps() ? List.of("Z", "G", "T") : List.of("Z", "G");
    }

    /** Whether the formula has T in it. */
    boolean countsSteps() {
        return l1 > 0 || l2 > 0;
    }

    @Override
    protected double initialState(int array) {
        return array == 1 ? initialAccumulator : 0;
    }

    @Override
    public String beyondGradient() {
        return centre == Centre.ZERO ? AdaGradListener.needed("its step around ZERO has to know the parameters") : null;
    }

    @Override
    public ElementStep step(int iteration, int epoch) {
        return new DualAveragingStep(this, iteration, epoch);
    }

    @Override
    public DualAveraging clone() {
        return (DualAveraging) super.clone();
    }

    /** Collects the settings; {@link #build()} checks them. */
    public static final class Builder extends RateBuilder<Builder> {

        private double initialAccumulator = DEFAULT_INITIAL_ACCUMULATOR;
        private double l1;
        private double l2;
        private Centre centre = Centre.ZERO;

        private Builder() {
            super(null);
        }

        /** G₀ &gt; 0. Default: {@value DualAveraging#DEFAULT_INITIAL_ACCUMULATOR}. */
        public Builder initialAccumulator(double initialAccumulator) {
            this.initialAccumulator = initialAccumulator;
            return this;
        }

        /** λ₁ ≥ 0. Default: 0. */
        public Builder l1(double l1) {
            this.l1 = l1;
            return this;
        }

        /** λ₂ ≥ 0. Default: 0. */
        public Builder l2(double l2) {
            this.l2 = l2;
            return this;
        }

        /** Default: {@link Centre#ZERO}. */
        public Builder centre(Centre centre) {
            this.centre = centre;
            return this;
        }

        private Builder with(Settings json) {
            read(json)
                    .number("initialAccumulator", this::initialAccumulator)
                    .number("l1", this::l1)
                    .number("l2", this::l2)
                    .choice("centre", Centre.class, this::centre)
                    .end();
            return this;
        }

        /** @throws IllegalArgumentException with all values that are out of range or contradict each other */
        public DualAveraging build() {
            return new DualAveraging(rate("DualAveraging"), schedule(), initialAccumulator, l1, l2, centre);
        }
    }
}
