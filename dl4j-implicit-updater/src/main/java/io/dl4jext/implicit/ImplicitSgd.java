package io.dl4jext.implicit;

import io.dl4jext.implicit.activation.RootRule;
import io.dl4jext.updater.internal.elementwise.RatedUpdater;
import io.dl4jext.updater.internal.json.Settings;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * The updater of implicit backpropagation (Fagan and Iyengar, "Robust implicit backpropagation"): for every sample i
 * with the layer input z_i (1 appended for the bias), the parameters θ of a unit become
 *
 * <pre>    θ ← θ/(1+ημ) − (η/B)·Σ_i α_i·z_i,                                              (eq. 7, mean over the batch)
 *    α_i = argmin_a  b_i·σ(θᵀz_i/(1+ημ) − a·η·‖z_i‖²) + η·(1+ημ)·‖z_i‖²·a²/2      (eq. 8)</pre>
 *
 * with the learning rate η, the ridge μ and the gradient b_i of the sample's loss with respect to the unit's output.
 * Where the explicit step grows with η without bound, this one does not.
 *
 * <p>A DL4J updater sees only a gradient, so three parts work together. The layers {@link ImplicitDenseLayer},
 * {@link ImplicitOutputLayer} and {@link ImplicitSimpleRnn} write Σ α_i z_i where others write their gradient; this
 * updater multiplies by η, as plain SGD does; {@link ImplicitRidge} does the shrinkage. DL4J's gradient normalisation
 * lies between layer and updater and thus acts on the implied gradient (eq. 21; for μ &gt; 0 on its part without the
 * ridge).
 *
 * <p>On any other layer (a DenseLayer, a convolution, ...) there are no α_i, and the step would be plain SGD without
 * ridge: this updater refuses it at the first update, with an IllegalStateException that names the parameters. Let
 * {@link ImplicitBackprop} convert the configuration or network, which gives such layers an explicit updater and the
 * ridge; or take the implicit layers, and give the others an updater of their own; or ask for plain SGD there with
 * {@link Builder#explicitElsewhere}. Where their gradient is 0, as in DL4J's frozen layers, there is nothing to refuse.
 * (DL4J applies l2 and ridges of layers within FrozenLayerWithBackprop, though they are frozen: with l2 these are
 * refused like any other, implicit layers with a μ when the network is initialised. {@code updater(new Sgd(0))} is the
 * way out.)
 *
 * <pre>{@code
 * new NeuralNetConfiguration.Builder()
 *         .updater(new ImplicitSgd(0.5))
 *         .list()
 *         .layer(new ImplicitDenseLayer.Builder().nIn(784).nOut(50).activation(Activation.RELU).build())
 *         .layer(new ImplicitOutputLayer.Builder(LossFunction.MCXENT).nIn(50).nOut(10).activation(Activation.SOFTMAX).build())
 *         .build();
 * }</pre>
 *
 * <p>Only the learning rate and its schedule can change later ({@code net.setLearningRate(...)}).
 */
public final class ImplicitSgd implements IUpdater {

    /** The learning rate of {@link #ImplicitSgd()}, that of DL4J's Sgd. */
    public static final double DEFAULT_LEARNING_RATE = 1e-3;

    private static final long serialVersionUID = 1L;

    private double learningRate;
    private ISchedule learningRateSchedule;
    private final double mu;
    private final BatchMode batchMode;
    private final RootRule rootRule;
    private final IUpdater rule;
    private final boolean explicitElsewhere;

    /** Whether this is the updater as an implicit layer shows it to DL4J. */
    private final transient boolean ofImplicitLayer;

    /**
     * The updater as the implicit layer shows it, or, for that one, the layer's own: the two have one learning rate.
     */
    private transient ImplicitSgd counterpart;

    public ImplicitSgd() {
        this(DEFAULT_LEARNING_RATE);
    }

    /**
     * @param learningRate η, 0 ≤ η &lt; ∞
     * @throws IllegalArgumentException if it is not in this range
     */
    public ImplicitSgd(double learningRate) {
        this(learningRate, null, 0, null, null, null, false);
    }

    /** With a learning rate that follows a schedule. */
    public ImplicitSgd(ISchedule learningRateSchedule) {
        this(Double.NaN, present(learningRateSchedule), 0, null, null, null, false);
    }

    private ImplicitSgd(
            double learningRate,
            ISchedule learningRateSchedule,
            double mu,
            BatchMode batchMode,
            RootRule rootRule,
            IUpdater rule,
            boolean explicitElsewhere) {
        this(learningRate, learningRateSchedule, mu, batchMode, rootRule, rule, explicitElsewhere, false);
    }

    private ImplicitSgd(
            double learningRate,
            ISchedule learningRateSchedule,
            double mu,
            BatchMode batchMode,
            RootRule rootRule,
            IUpdater rule,
            boolean explicitElsewhere,
            boolean ofImplicitLayer) {
        boolean fixed = learningRateSchedule == null && rule == null;
        this.learningRate = fixed ? checked("learningRate", learningRate) : Double.NaN;
        this.rule = rule;
        this.learningRateSchedule = learningRateSchedule;
        this.mu = checked("mu", mu);
        this.batchMode = batchMode == null ? BatchMode.PER_SAMPLE : batchMode;
        this.rootRule = rootRule == null ? RootRule.GLOBAL : rootRule;
        this.explicitElsewhere = explicitElsewhere;
        this.ofImplicitLayer = ofImplicitLayer;
    }

    private static ISchedule present(ISchedule schedule) {
        if (schedule == null) {
            throw new IllegalArgumentException("Expected a learningRateSchedule, got null");
        }
        return schedule;
    }

    /** JSON has a learning rate beside a schedule or rule too, which does not count. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static ImplicitSgd of(Settings json) {
        Builder builder = builder();
        json.object("learningRateSchedule", ISchedule.class, builder::learningRateSchedule)
                .object("rule", IUpdater.class, builder::rule)
                .number("learningRate", rate -> {
                    if (builder.learningRateSchedule == null && builder.rule == null) {
                        builder.learningRate(rate);
                    }
                })
                .number("mu", builder::mu)
                .choice("batchMode", BatchMode.class, builder::batchMode)
                .choice("rootRule", RootRule.class, builder::rootRule)
                .flag("explicitElsewhere", builder::explicitElsewhere)
                .end();
        return builder.build();
    }

    public static Builder builder() {
        return new Builder();
    }

    static double checked(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Expected 0 ≤ " + name + " < ∞, got " + value);
        }
        return value;
    }

    /** The fixed learning rate, NaN where there is a schedule or a rule. */
    public double getLearningRate() {
        return learningRate;
    }

    /** The schedule, or null. */
    public ISchedule getLearningRateSchedule() {
        return learningRateSchedule;
    }

    public double getMu() {
        return mu;
    }

    public BatchMode getBatchMode() {
        return batchMode;
    }

    public RootRule getRootRule() {
        return rootRule;
    }

    /** The rule that turns implied gradients into updates, or null for η times the gradient. */
    public IUpdater getRule() {
        return rule;
    }

    /** Whether layers that are not implicit may have this updater; {@link Builder#explicitElsewhere}. */
    public boolean isExplicitElsewhere() {
        return explicitElsewhere;
    }

    /**
     * This updater as an implicit layer shows it to DL4J: with the same rate, now and later, but equal to no updater of
     * an ordinary layer, so that DL4J never joins the two into one block. Always the same object.
     */
    synchronized ImplicitSgd ofImplicitLayer() {
        if (ofImplicitLayer) {
            return this;
        }
        if (counterpart == null) {
            counterpart = new ImplicitSgd(
                    learningRate, learningRateSchedule, mu, batchMode, rootRule, rule, explicitElsewhere, true);
            counterpart.counterpart = this;
        }
        return counterpart;
    }

    /**
     * Whether there is a step to take. There is none where a layer that is not implicit has a gradient of 0: DL4J
     * freezes what is within FrozenLayerWithBackprop by that alone, and leaves it its updater.
     *
     * @throws IllegalStateException if this is the updater of parameters that have another gradient than an implied one
     */
    boolean hasStep(INDArray gradient) {
        if (!ofImplicitLayer && !explicitElsewhere) {
            if (gradient.norm1Number().doubleValue() == 0) {
                return false;
            }
            long first = gradient.offset();
            throw new IllegalStateException("Expected an implicit layer, got " + this + " as the updater of parameters "
                    + first + " to " + (first + gradient.length() - 1)
                    + " of the network (counted through its paramTable()),"
                    + " whose layers compute an ordinary gradient: the step would be plain SGD"
                    + (mu > 0 ? " without mu" : "")
                    + ". Use ImplicitBackprop.convert(network, updater), or ImplicitDenseLayer, ImplicitOutputLayer or"
                    + " ImplicitSimpleRnn for these layers, or give them an updater of their own, as new Sgd(...), and"
                    + " new Sgd(0) within FrozenLayerWithBackprop, or allow plain SGD there with"
                    + " ImplicitSgd.builder().explicitElsewhere(true)");
        }
        return true;
    }

    /** The explicit updater with the same rate or schedule and the same rule. */
    IUpdater explicitCounterpart() {
        if (rule != null) {
            return rule.clone();
        }
        return learningRateSchedule == null ? new Sgd(learningRate) : new Sgd(learningRateSchedule.clone());
    }

    /**
     * η at this iteration and epoch; where there is a rule, the rule's.
     *
     * @throws IllegalStateException if the schedule or rule gives a value that is negative, NaN or infinite
     */
    @Override
    public double getLearningRate(int iteration, int epoch) {
        if (learningRateSchedule == null && rule == null) {
            return learningRate;
        }
        double rate =
                rule == null ? learningRateSchedule.valueAt(iteration, epoch) : rule.getLearningRate(iteration, epoch);
        if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalStateException("Expected a learning rate 0 ≤ η < ∞, got " + rate + " from "
                    + (rule == null ? learningRateSchedule : rule) + " at iteration " + iteration + ", epoch " + epoch);
        }
        return rate;
    }

    @Override
    public boolean hasLearningRate() {
        return true;
    }

    /**
     * Called by {@code net.setLearningRate(...)}. The rate counts only if there is no schedule.
     *
     * @throws IllegalArgumentException if it is no rate, or a rule's clone would lose the schedule
     */
    @Override
    public void setLrAndSchedule(double lr, ISchedule lrSchedule) {
        double rate = lrSchedule == null ? checked("learningRate", lr) : Double.NaN;
        if (rule == null) {
            set(rate, lrSchedule);
            if (counterpart != null) {
                counterpart.set(rate, lrSchedule);
            }
        } else {
            IUpdater changed = rule.clone();
            changed.setLrAndSchedule(rate, lrSchedule);
            copyOf(changed);
            rule.setLrAndSchedule(rate, lrSchedule);
        }
    }

    /**
     * A clone, as DL4J makes them of updaters wherever it copies a network.
     *
     * @throws IllegalArgumentException if the clone has lost something, as that of DL4J's AdaGrad its schedule
     */
    private static IUpdater copyOf(IUpdater rule) {
        IUpdater copy = rule.clone();
        // Neither rules nor schedules need an equals: a clone that lost nothing is then as different from its own
        // clone. And a schedule may make a copy that is another class, and know it as its own.
        if (!copy.equals(rule) && !rule.equals(copy) && copy.equals(copy.clone())) {
            throw new IllegalArgumentException("Expected a rule whose clone() keeps everything, got " + rule
                    + ", of which it makes " + copy
                    + (rule instanceof AdaGrad
                            ? ": use AdaGradPresets.dl4j(), the same rule that keeps its schedule"
                            : ""));
        }
        return copy;
    }

    private void set(double rate, ISchedule schedule) {
        this.learningRate = rate;
        this.learningRateSchedule = schedule;
    }

    /** Replaces the learning rate, and the schedule if there is one. */
    public void setLearningRate(double learningRate) {
        setLrAndSchedule(learningRate, null);
    }

    /** The rule's state; without a rule 0, as nothing is remembered from step to step. */
    @Override
    public long stateSize(long numParams) {
        return rule == null ? 0 : rule.stateSize(numParams);
    }

    @Override
    public GradientUpdater<ImplicitSgd> instantiate(INDArray viewArray, boolean initializeViewArray) {
        GradientUpdater<?> inner = (rule == null ? new Sgd(0) : rule).instantiate(viewArray, initializeViewArray);
        return new ImplicitSgdUpdater(this, inner);
    }

    @Override
    public GradientUpdater<ImplicitSgd> instantiate(Map<String, INDArray> updaterState, boolean initializeStateArrays) {
        GradientUpdater<?> inner = (rule == null ? new Sgd(0) : rule).instantiate(updaterState, initializeStateArrays);
        return new ImplicitSgdUpdater(this, inner);
    }

    @Override
    public ImplicitSgd clone() {
        ISchedule schedule = learningRateSchedule == null ? null : learningRateSchedule.clone();
        return new ImplicitSgd(
                learningRate,
                schedule,
                mu,
                batchMode,
                rootRule,
                rule == null ? null : rule.clone(),
                explicitElsewhere,
                ofImplicitLayer);
    }

    /** Whether this is not the other one, but would be with its learning rate or schedule. */
    boolean differsInRateOnly(ImplicitSgd other) {
        if (equals(other)) {
            return false;
        }
        ImplicitSgd one = clone();
        ImplicitSgd another = other.clone();
        one.setLearningRate(0);
        another.setLearningRate(0);
        return one.equals(another);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof ImplicitSgd)) {
            return false;
        }
        ImplicitSgd that = (ImplicitSgd) other;
        return Double.compare(learningRate, that.learningRate) == 0
                && Objects.equals(learningRateSchedule, that.learningRateSchedule)
                && Double.compare(mu, that.mu) == 0
                && batchMode == that.batchMode
                && rootRule == that.rootRule
                && Objects.equals(rule, that.rule)
                && explicitElsewhere == that.explicitElsewhere
                && ofImplicitLayer == that.ofImplicitLayer;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                learningRate, learningRateSchedule, mu, batchMode.name(), rootRule.name(), rule, explicitElsewhere);
    }

    @Override
    public String toString() {
        Object rate = learningRateSchedule == null ? (Object) learningRate : learningRateSchedule;
        return "ImplicitSgd(" + (rule == null ? "learningRate=" + rate : "rule=" + rule) + ", mu=" + mu + ", "
                + batchMode + ", " + rootRule + (explicitElsewhere ? ", explicitElsewhere" : "") + ")";
    }

    /** Collects the settings; {@link #build()} checks them. */
    public static final class Builder {

        private Double learningRate;
        private ISchedule learningRateSchedule;
        private double mu;
        private BatchMode batchMode;
        private RootRule rootRule;
        private IUpdater rule;
        private boolean explicitElsewhere;

        private Builder() {}

        /** η, 0 ≤ η &lt; ∞. Default: {@value ImplicitSgd#DEFAULT_LEARNING_RATE}. */
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
         * The ridge μ on weights and biases, 0 ≤ μ &lt; ∞. Default: 0. Excludes l2 and weight decay on the same layers.
         */
        public Builder mu(double mu) {
            this.mu = mu;
            return this;
        }

        /** Default: {@link BatchMode#PER_SAMPLE}. */
        public Builder batchMode(BatchMode batchMode) {
            this.batchMode = batchMode;
            return this;
        }

        /** The choice among several minima of eq. (8). Default: {@link RootRule#GLOBAL}. */
        public Builder rootRule(RootRule rootRule) {
            this.rootRule = rootRule;
            return this;
        }

        /**
         * Another updater's rule on top, as momentum or Adam: it gets the implied gradient (1/B)·Σ α_i z_i where it
         * usually gets the gradient, and its learning rate is the η of eq. (8). An extension of ours, not in the paper;
         * the step is no proximal step any more, and not bounded in η. DL4J's Adam and its kin correct their bias by
         * the network's iteration: with a new state in a network that has trained for long their first steps are too
         * large, as in DL4J itself. Excludes a learning rate and a schedule here. A rule that has to know more than a
         * gradient does not work: AdaGrad's of this project are refused by {@link #build()}; StochasticBatch, whose
         * listener cannot see through this updater, is not known here, and fails at the first update. Default: none.
         */
        public Builder rule(IUpdater rule) {
            this.rule = rule;
            return this;
        }

        /**
         * Whether layers that are not implicit may have this updater: they then take plain SGD steps (or the rule's).
         * For one updater on a network of implicit and other layers, without μ, which could not act there. Default:
         * false, such layers are refused.
         */
        public Builder explicitElsewhere(boolean explicitElsewhere) {
            this.explicitElsewhere = explicitElsewhere;
            return this;
        }

        /**
         * @throws IllegalArgumentException if a value is negative, NaN or infinite, or more than one of
         *     learning rate, schedule and rule was set, or the rule has no learning rate, or needs AdaGradListener, or
         *     is not what it was when cloned (DL4J's AdaGrad with a schedule), or there is a μ with {@link
         *     #explicitElsewhere}
         */
        public ImplicitSgd build() {
            if (learningRate != null && learningRateSchedule != null) {
                throw new IllegalArgumentException("Expected a learning rate or a schedule, got both: " + learningRate
                        + " and " + learningRateSchedule);
            }
            if (rule != null && (learningRate != null || learningRateSchedule != null)) {
                throw new IllegalArgumentException("Expected the learning rate of the rule only, got "
                        + (learningRate != null ? learningRate : learningRateSchedule) + " beside " + rule);
            }
            if (rule != null && (!rule.hasLearningRate() || rule instanceof ImplicitSgd)) {
                throw new IllegalArgumentException("Expected an explicit rule with a learning rate, got " + rule);
            }
            if (rule instanceof RatedUpdater && ((RatedUpdater) rule).beyondGradient() != null) {
                throw new IllegalArgumentException(
                        "Expected a rule that needs a gradient only (no accumulator of a tensor or"
                                + " the network, no proximal step, no dual averaging around zero), got " + rule);
            }
            if (explicitElsewhere && mu > 0) {
                throw new IllegalArgumentException(
                        "Expected mu = 0 with explicitElsewhere (the ridge cannot act on layers"
                                + " that are not implicit; ImplicitBackprop.convert gives them one), got " + mu);
            }
            double rate = learningRate == null ? DEFAULT_LEARNING_RATE : learningRate;
            return new ImplicitSgd(
                    rate,
                    learningRateSchedule,
                    mu,
                    batchMode,
                    rootRule,
                    rule == null ? null : copyOf(rule),
                    explicitElsewhere);
        }
    }
}
