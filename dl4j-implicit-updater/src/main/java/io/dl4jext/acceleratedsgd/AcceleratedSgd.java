package io.dl4jext.acceleratedsgd;

import io.dl4jext.updater.internal.elementwise.ElementStep;
import io.dl4jext.updater.internal.elementwise.RateBuilder;
import io.dl4jext.updater.internal.elementwise.RatedUpdater;
import io.dl4jext.updater.internal.json.Settings;
import java.util.List;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * Accelerated SGD (Kidambi, Netrapalli, Jain and Kakade, "On the insufficiency of existing momentum schemes for
 * stochastic optimization", 2018, Algorithm 3, "ASGD"):
 *
 * <pre>    α = 1 − c²·ξ/κ,   c = 0.7
 *    w̄ ← α·w̄ + (1 − α)·(w − (κ·δ/c)·g)
 *    w ← c/(c + 1 − α)·(w − δ·g) + (1 − α)/(c + 1 − α)·w̄</pre>
 *
 * with the gradient g of the mini-batch's mean loss, the short step (learning rate or schedule) δ, the long step κ ≥ 1,
 * the statistical advantage 0 &lt; ξ ≤ √κ, and w̄ = w at the start. Defaults: κ = 1000, ξ = 10, those of the authors'
 * code; none for δ. The state has one value for each parameter, w̄ − w, as a DL4J updater does not see w.
 */
public final class AcceleratedSgd extends RatedUpdater {

    /** κ. */
    public static final double DEFAULT_LONG_STEP = 1000;

    /** ξ. */
    public static final double DEFAULT_ADVANTAGE = 10;

    static final double SMALL_CONSTANT = 0.7;

    private static final long serialVersionUID = 1L;

    private final double longStep;
    private final double advantage;

    private AcceleratedSgd(double learningRate, ISchedule learningRateSchedule, double longStep, double advantage) {
        super(learningRate, learningRateSchedule);
        this.longStep = longStep;
        this.advantage = advantage;
        problems()
                .require(longStep >= 1 && longStep < Double.POSITIVE_INFINITY, "1 ≤ longStep < ∞", longStep)
                .require(
                        advantage > 0 && !(advantage > Math.sqrt(longStep)),
                        "0 < advantage ≤ √longStep = " + Math.sqrt(longStep),
                        advantage)
                .report(name());
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static AcceleratedSgd of(Settings json) {
        return builder().with(json).build();
    }

    /** With the defaults named above. */
    public static Builder builder() {
        return new Builder();
    }

    /** κ. */
    public double getLongStep() {
        return longStep;
    }

    /** ξ. */
    public double getAdvantage() {
        return advantage;
    }

    @Override
    protected List<Object> settings() {
        return List.of("longStep=" + longStep, "advantage=" + advantage);
    }

    @Override
    protected List<String> stateNames() {
        return List.of("E");
    }

    @Override
    public ElementStep step(int iteration, int epoch) {
        return new AcceleratedStep(getLearningRate(iteration, epoch), longStep, advantage);
    }

    @Override
    public AcceleratedSgd clone() {
        return (AcceleratedSgd) super.clone();
    }

    /** Collects the settings; {@link #build()} checks them. */
    public static final class Builder extends RateBuilder<Builder> {

        private double longStep = DEFAULT_LONG_STEP;
        private double advantage = DEFAULT_ADVANTAGE;

        private Builder() {
            super(null);
        }

        /** κ ≥ 1, how many times the short step the long one is. Default: {@value AcceleratedSgd#DEFAULT_LONG_STEP}. */
        public Builder longStep(double longStep) {
            this.longStep = longStep;
            return this;
        }

        /** ξ, 0 &lt; ξ ≤ √κ. Default: {@value AcceleratedSgd#DEFAULT_ADVANTAGE}. */
        public Builder advantage(double advantage) {
            this.advantage = advantage;
            return this;
        }

        private Builder with(Settings json) {
            read(json)
                    .number("longStep", this::longStep)
                    .number("advantage", this::advantage)
                    .end();
            return this;
        }

        /** @throws IllegalArgumentException with all values that are out of range */
        public AcceleratedSgd build() {
            return new AcceleratedSgd(rate("AcceleratedSgd"), schedule(), longStep, advantage);
        }
    }
}
