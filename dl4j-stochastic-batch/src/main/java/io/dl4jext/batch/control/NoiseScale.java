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
 * Batches as large as the gradient noise scale:
 *
 * <pre>B = f · tr Σ/|G|²</pre>
 *
 * <p>with tr Σ the variance of the per-sample gradients and |G|² the squared norm of the expected gradient, both
 * estimated without bias ({@link GradientStatistics#noiseScale()}; S. McCandlish, J. Kaplan, D. Amodei, OpenAI Dota
 * Team, "An empirical model of large-batch training", 2018, eq. 2.9, the simple noise scale). Much smaller batches
 * waste steps, much larger ones waste examples; f = 1 costs twice the least number of either.
 *
 * <p>|G|² of one mini-batch is often estimated negative, so this rule needs a moving average (of numerator and
 * denominator apart, as the controller takes it). The request is NaN for one sample, infinite where |G|² is not
 * positive. Immutable.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
public final class NoiseScale implements BatchRule {

    private final double fraction;

    /** f = 1. */
    public NoiseScale() {
        this(1);
    }

    /**
     * @param fraction f: batch size in noise scales
     * @throws IllegalArgumentException unless positive and finite
     */
    public NoiseScale(double fraction) {
        this.fraction = Checks.positive("fraction", fraction);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static NoiseScale of(Settings json) {
        NoiseScale read = new NoiseScale(json.number("fraction", 1));
        json.end();
        return read;
    }

    @Override
    public SizeRequest request(FisherMeasurement measurement, FisherSummary soFar, int size) {
        GradientStatistics gradients = measurement.gradientStatistics();
        return SizeRequest.ratio(gradients.covarianceTrace(), gradients.expectedGradientSquaredNorm(), fraction);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NoiseScale && fraction == ((NoiseScale) other).fraction;
    }

    @Override
    public int hashCode() {
        return Objects.hash(NoiseScale.class, fraction);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "noise scale (fraction %s)", fraction);
    }
}
