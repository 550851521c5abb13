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
import org.nd4j.shade.jackson.annotation.JsonIgnore;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The smallest batch whose gradient is a descent direction with high probability: it passes the inner-product test
 * Var(g_iᵀḡ)/B ≤ θ²‖ḡ‖⁴,
 *
 * <pre>B = Var(g_iᵀḡ)/(θ²‖ḡ‖⁴),</pre>
 *
 * <p>and, where ν is given, also the orthogonality test, which keeps it from being nearly orthogonal to the true one
 * (together the augmented inner-product test):
 *
 * <pre>B = max(Var(g_iᵀḡ)/(θ²‖ḡ‖⁴), Σ ‖g_i − (g_iᵀḡ/‖ḡ‖²) ḡ‖²/((B_k − 1) ν²‖ḡ‖²)),</pre>
 *
 * <p>with g_i the gradients of the B_k samples of the mini-batch, ḡ their mean, Var the sample variance (R.
 * Bollapragada, R. Byrd, J. Nocedal, "Adaptive sampling strategies for stochastic optimization", 2018). It asks for
 * smaller batches than the norm test with the same θ, whose variance is the sum of the two.
 *
 * <p>In the paper a batch that passes is kept, so sizes never fall: {@link BatchController.Builder#neverShrink}. (The
 * paper then averages ḡ over the last steps when batches are too small to trust; this needs the gradients themselves
 * and is not done here: use the controller's moving average.)
 *
 * <p>The request is NaN for one sample and where ḡ = 0. Immutable.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
public final class InnerProductTest implements BatchRule {

    /** Without the orthogonality test. */
    private static final double NO_LIMIT = Double.POSITIVE_INFINITY;

    private static final double DEFAULT_THETA = 0.9;

    private final double theta;

    @JsonIgnore
    private final double nu;

    /** θ = 0.9 as in the paper, without the orthogonality test. */
    public InnerProductTest() {
        this(DEFAULT_THETA);
    }

    /**
     * Without the orthogonality test.
     *
     * @param theta θ: the smaller, the larger the batches
     * @throws IllegalArgumentException unless 0 &lt; θ, finite
     */
    public InnerProductTest(double theta) {
        this(theta, null);
    }

    /**
     * With the orthogonality test.
     *
     * @param theta θ; the paper takes 0.9
     * @param nu ν, the tangent of the largest angle to the true gradient; the paper takes tan 80° = 5.84
     * @throws IllegalArgumentException unless both are positive and finite
     */
    public InnerProductTest(double theta, double nu) {
        this(theta, (Double) nu);
    }

    private InnerProductTest(double theta, Double nu) {
        this.theta = Checks.positive("theta", theta);
        this.nu = nu == null ? NO_LIMIT : Checks.positive("nu", nu);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static InnerProductTest of(Settings json) {
        InnerProductTest read = new InnerProductTest(json.number("theta", DEFAULT_THETA), json.numberOrNull("nu"));
        json.end();
        return read;
    }

    @JsonProperty
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private Double getNu() {
        return nu == NO_LIMIT ? null : nu;
    }

    @Override
    public SizeRequest request(FisherMeasurement measurement, FisherSummary soFar, int size) {
        GradientStatistics gradients = measurement.gradientStatistics();
        double squaredNorm = gradients.meanGradientSquaredNorm();
        SizeRequest along =
                SizeRequest.ratio(gradients.innerProductVariance(), squaredNorm * squaredNorm, 1 / (theta * theta));
        if (nu == NO_LIMIT) {
            return along;
        }
        return along.orLarger(SizeRequest.ratio(gradients.orthogonalVariance(), squaredNorm, 1 / (nu * nu)));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof InnerProductTest
                && theta == ((InnerProductTest) other).theta
                && nu == ((InnerProductTest) other).nu;
    }

    @Override
    public int hashCode() {
        return Objects.hash(InnerProductTest.class, theta, nu);
    }

    @Override
    public String toString() {
        return nu == NO_LIMIT
                ? String.format(Locale.ROOT, "inner-product test (theta %s)", theta)
                : String.format(Locale.ROOT, "augmented inner-product test (theta %s, nu %s)", theta, nu);
    }
}
