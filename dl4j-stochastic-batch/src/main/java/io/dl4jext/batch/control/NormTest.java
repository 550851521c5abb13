package io.dl4jext.batch.control;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Settings;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSummary;
import io.dl4jext.fisher.GradientStatistics;
import java.util.Locale;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * The smallest batch whose gradient passes the norm test tr Σ/B ≤ θ²‖ḡ‖²:
 *
 * <pre>B = tr Σ/(θ²‖ḡ‖²)</pre>
 *
 * <p>with tr Σ the variance of the per-sample gradients ({@link GradientStatistics#covarianceTrace()}) and ḡ the mean
 * gradient of the mini-batch (R. Byrd, G. Chin, J. Nocedal, Y. Wu, "Sample size selection in optimization methods for
 * machine learning", 2012, section 3). θ bounds the relative error of the gradient, ‖ḡ − G‖ ≤ θ‖ḡ‖ on average.
 *
 * <p>In the paper a batch that passes is kept, so sizes never fall: {@link BatchController.Builder#neverShrink}. ‖ḡ‖²
 * itself contains tr Σ/B, so far from passing the rule asks for too little and gets to the right size in steps.
 *
 * <p>The request is NaN for one sample and infinite where ḡ = 0. Immutable.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
public final class NormTest implements BatchRule {

    private static final double DEFAULT_THETA = 0.9;

    private final double theta;

    /** θ = 0.9. */
    public NormTest() {
        this(DEFAULT_THETA);
    }

    /**
     * @param theta θ: the smaller, the larger the batches
     * @throws IllegalArgumentException unless 0 &lt; θ, finite
     */
    public NormTest(double theta) {
        this.theta = Checks.positive("theta", theta);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static NormTest of(Settings json) {
        NormTest read = new NormTest(json.number("theta", DEFAULT_THETA));
        json.end();
        return read;
    }

    @Override
    public SizeRequest request(FisherMeasurement measurement, FisherSummary soFar, int size) {
        GradientStatistics gradients = measurement.gradientStatistics();
        return SizeRequest.ratio(gradients.covarianceTrace(), gradients.meanGradientSquaredNorm(), 1 / (theta * theta));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NormTest && theta == ((NormTest) other).theta;
    }

    @Override
    public int hashCode() {
        return Objects.hash(NormTest.class, theta);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "norm test (theta %s)", theta);
    }
}
