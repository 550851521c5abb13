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
 * MADGRAD (Defazio and Jelassi, 2021, Algorithm 1, as their PyTorch package computes it): dual averaging with a cube
 * root and momentum,
 *
 * <pre>    λ = (η + ε)·√T
 *    s ← s + λ·g,   v ← v + λ·g²,   z = θ₀ − s/(∛v + ε)
 *    θ ← μ·θ + (1 − μ)·z</pre>
 *
 * with the number T = 1, 2, … of this step since the state is new, the gradient g of the mini-batch's mean loss, the
 * parameters θ₀ at the start, s = v = 0 at the start, the learning rate or schedule η (η = 0: λ = 0), the momentum μ.
 * Defaults, those of the package: η = 0.01, μ = 0.9, ε = 1e-6. Its {@code weight_decay} is DL4J's {@code l2} and
 * {@code l2Bias}, but for the gamma and beta of batch normalisation, which DL4J never regularises.
 *
 * <p>The state has 4 values for each parameter: s, v, θ₀ − θ in place of θ₀, which a DL4J updater never sees, and T. So
 * whatever else moves θ (constraints, DL4J's {@code weightDecay}) moves θ₀ along with it, where the package's θ would
 * be drawn back. And steps are counted by the state, not by the network's iteration: a trained network that gets this
 * updater (converted, restored without its updater, by transfer learning) begins with T = 1. In FLOAT T is exact for
 * 2^24 steps, and right on average beyond.
 */
public final class MadGrad extends RatedUpdater {

    /** η. */
    public static final double DEFAULT_LEARNING_RATE = 0.01;

    /** The momentum. */
    public static final double DEFAULT_MOMENTUM = 0.9;

    /** ε. */
    public static final double DEFAULT_EPSILON = 1e-6;

    private static final long serialVersionUID = 1L;

    private final double momentum;
    private final double epsilon;

    private MadGrad(double learningRate, ISchedule learningRateSchedule, double momentum, double epsilon) {
        super(learningRate, learningRateSchedule);
        this.momentum = momentum;
        this.epsilon = epsilon;
        problems()
                .share("momentum", momentum)
                .require(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY, "0 < epsilon < ∞", epsilon)
                .report(name());
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static MadGrad of(Settings json) {
        return builder().with(json).build();
    }

    /** With the defaults named above. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected void check(DataType type) {
        // A λ·g² below the smallest number of the type is lost, and ε alone bounds s/(∛v + ε) then.
        new Problems()
                .require(
                        AdaGradFamily.isPositive(epsilon * epsilon * epsilon, type),
                        "an epsilon whose cube is not 0 in " + type,
                        epsilon)
                .report(name());
    }

    public double getMomentum() {
        return momentum;
    }

    public double getEpsilon() {
        return epsilon;
    }

    @Override
    protected List<Object> settings() {
        return List.of("momentum=" + momentum, "epsilon=" + epsilon);
    }

    @Override
    protected List<String> stateNames() {
        return List.of("S", "V", "D", "T");
    }

    @Override
    public ElementStep step(int iteration, int epoch) {
        return new MadGradStep(this, iteration, epoch);
    }

    @Override
    public MadGrad clone() {
        return (MadGrad) super.clone();
    }

    /** Collects the settings; {@link #build()} checks them. */
    public static final class Builder extends RateBuilder<Builder> {

        private double momentum = DEFAULT_MOMENTUM;
        private double epsilon = DEFAULT_EPSILON;

        private Builder() {
            super(DEFAULT_LEARNING_RATE);
        }

        /** μ, 0 ≤ μ &lt; 1. Default: {@value MadGrad#DEFAULT_MOMENTUM}. */
        public Builder momentum(double momentum) {
            this.momentum = momentum;
            return this;
        }

        /**
         * ε &gt; 0, and so large that ε³ is not 0 in the network's type: in HALF 0.0032 or more. Default:
         * {@value MadGrad#DEFAULT_EPSILON}.
         */
        public Builder epsilon(double epsilon) {
            this.epsilon = epsilon;
            return this;
        }

        private Builder with(Settings json) {
            read(json)
                    .number("momentum", this::momentum)
                    .number("epsilon", this::epsilon)
                    .end();
            return this;
        }

        /** @throws IllegalArgumentException with all values that are out of range */
        public MadGrad build() {
            return new MadGrad(rate("MadGrad"), schedule(), momentum, epsilon);
        }
    }
}
