package io.dl4jext.batch.control;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Settings;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSummary;
import java.util.Locale;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * Batch sizes coupled to the learning rate (CABS):
 *
 * <pre>B = α · tr Σ/(F − F_*)</pre>
 *
 * <p>with α the learning rate of the iteration, tr Σ the variance of the per-sample gradients, F the loss and F_* its
 * lower bound (L. Balles, J. Romero, P. Hennig, "Coupling adaptive batch sizes with learning rates", 2017). F is
 * {@link FisherMeasurement#loss()}: the objective with its L1 and L2 terms, which do not change tr Σ (see there for a
 * network that ends in a LossLayer). The paper averages tr Σ and F with β = 0.95 over iterations and bounds sizes by 16
 * and 2048; the average here corrects for its start, the authors' code starts from tr Σ = 0 and F = 1.
 *
 * <p>Derived for plain SGD. The request is NaN for one sample and where the updater has no learning rate (see
 * {@code FisherListener.Builder.learningRate}), infinite where F ≤ F_*. Immutable.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
public final class Cabs implements BatchRule {

    private final double lowestLoss;

    /** F_* = 0, which fits cross entropy and squared error. */
    public Cabs() {
        this(0);
    }

    /**
     * @param lowestLoss F_*: what the loss can at best fall to, in its units
     * @throws IllegalArgumentException unless finite
     */
    public Cabs(double lowestLoss) {
        this.lowestLoss = Checks.finite("lowestLoss", lowestLoss);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static Cabs of(Settings json) {
        Cabs read = new Cabs(json.number("lowestLoss", 0));
        json.end();
        return read;
    }

    @Override
    public SizeRequest request(FisherMeasurement measurement, FisherSummary soFar, int size) {
        return SizeRequest.ratio(
                measurement.gradientStatistics().covarianceTrace(),
                measurement.loss() - lowestLoss,
                measurement.learningRate());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cabs && lowestLoss == ((Cabs) other).lowestLoss;
    }

    @Override
    public int hashCode() {
        return Objects.hash(Cabs.class, lowestLoss);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "CABS (lowest loss %s)", lowestLoss);
    }
}
