package io.dl4jext.batch.scaling;

import io.dl4jext.batch.internal.Settings;
import java.io.Serializable;
import java.util.Arrays;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * How the learning rate α follows the number B of examples in an update. α₀ is what the network's updater, its schedule
 * included, has for the iteration and epoch.
 *
 * <pre>
 *     none                α = α₀
 *     linear(B₀)          α = α₀ · B/B₀
 *     squareRoot(B₀)      α = α₀ · √(B/B₀)
 *     constantRatio(c)    α = c · B, whatever α₀ is
 * </pre>
 *
 * <p>Every parameter's updater is scaled, each from its own α₀; updaters without learning rate (AdaDelta, NoOp) stay as
 * they are. B is the true number of examples, also in a smaller last batch.
 *
 * <p>As JSON (Jackson): {@code {"rule":"LINEAR","base":32}}, {@code {"rule":"CONSTANT_RATIO","ratio":0.001}}.
 */
@JsonAutoDetect(getterVisibility = Visibility.NONE, isGetterVisibility = Visibility.NONE)
@JsonInclude(JsonInclude.Include.NON_NULL)
public final class LearningRateScaling implements Serializable {

    private static final long serialVersionUID = 1L;

    private enum Rule {
        NONE,
        LINEAR,
        SQUARE_ROOT,
        CONSTANT_RATIO
    }

    private static final LearningRateScaling NONE = new LearningRateScaling(Rule.NONE, 1);

    @JsonProperty
    private final Rule rule;

    private final double reference;

    private LearningRateScaling(Rule rule, double reference) {
        this.rule = rule;
        this.reference = reference;
    }

    /** The rate does not depend on the batch. */
    public static LearningRateScaling none() {
        return NONE;
    }

    /**
     * In proportion to the batch.
     *
     * @param base B₀ &gt; 0, the batch size that the network's learning rate is meant for
     */
    public static LearningRateScaling linear(int base) {
        return new LearningRateScaling(Rule.LINEAR, requirePositive("base batch size", base));
    }

    /**
     * In proportion to the batch's square root.
     *
     * @param base B₀ &gt; 0, the batch size that the network's learning rate is meant for
     */
    public static LearningRateScaling squareRoot(int base) {
        return new LearningRateScaling(Rule.SQUARE_ROOT, requirePositive("base batch size", base));
    }

    /**
     * α/B is a constant; the network's own rate and schedule are not used.
     *
     * @param ratio c, 0 &lt; c &lt; ∞
     */
    public static LearningRateScaling constantRatio(double ratio) {
        return new LearningRateScaling(
                Rule.CONSTANT_RATIO, requirePositive("ratio of learning rate and batch size", ratio));
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static LearningRateScaling of(Settings json) {
        Rule rule = json.choice("rule", Rule.class);
        Integer base = json.countOrNull("base");
        Double ratio = json.numberOrNull("ratio");
        json.end();
        boolean based = rule == Rule.LINEAR || rule == Rule.SQUARE_ROOT;
        if (based != (base != null) || (rule == Rule.CONSTANT_RATIO) != (ratio != null)) {
            throw new IllegalArgumentException("Expected a rule out of " + Arrays.toString(Rule.values())
                    + ", LINEAR and SQUARE_ROOT with a base, CONSTANT_RATIO with a ratio, got rule " + rule + ", base "
                    + base + ", ratio " + ratio);
        }
        return based
                ? new LearningRateScaling(rule, requirePositive("base batch size", base))
                : rule == Rule.NONE ? none() : constantRatio(ratio);
    }

    @JsonProperty
    private Integer getBase() {
        return rule == Rule.LINEAR || rule == Rule.SQUARE_ROOT ? (int) reference : null;
    }

    @JsonProperty
    private Double getRatio() {
        return rule == Rule.CONSTANT_RATIO ? reference : null;
    }

    private static double requirePositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Expected 0 < " + name + " < ∞, got " + value);
        }
        return value;
    }

    /** Whether the rate stays the network's own. */
    public boolean isNone() {
        return rule == Rule.NONE;
    }

    /**
     * α.
     *
     * @param rate α₀
     * @param batchSize B
     */
    public double rate(double rate, int batchSize) {
        switch (rule) {
            case LINEAR:
                return rate * (batchSize / reference);
            case SQUARE_ROOT:
                return rate * Math.sqrt(batchSize / reference);
            case CONSTANT_RATIO:
                return reference * batchSize;
            default:
                return rate;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LearningRateScaling
                && ((LearningRateScaling) other).rule == rule
                && ((LearningRateScaling) other).reference == reference;
    }

    @Override
    public int hashCode() {
        return 31 * rule.name().hashCode() + Double.hashCode(reference);
    }

    @Override
    public String toString() {
        switch (rule) {
            case LINEAR:
                return "linear(" + (int) reference + ")";
            case SQUARE_ROOT:
                return "squareRoot(" + (int) reference + ")";
            case CONSTANT_RATIO:
                return "constantRatio(" + reference + ")";
            default:
                return "none";
        }
    }
}
