package io.dl4jext.implicit;

import io.dl4jext.updater.internal.json.Settings;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.Axpy;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * The ridge μ/2·‖θ‖² by its exact proximal step: the shrinkage θ → θ/(1+ημ) of eq. (7), with the updater's learning
 * rate η of that iteration, schedules included. DL4J subtracts an update u from θ; this adds θ·ημ/(1+ημ) to u once,
 * after the updater, so it does not depend on the number of samples or time steps, and stays stable for every η.
 * (DL4J's {@code l2} and {@code weightDecay} subtract ημθ instead.)
 *
 * <p>Implicit layers bring it by themselves where their {@link ImplicitSgd} has a μ; {@link ImplicitBackprop} adds it
 * to the layers that it leaves explicit. Below a FrozenLayer of a MultiLayerNetwork, where DL4J trains nothing,
 * implicit layers stay as they are. Do not give it to other layers there: like DL4J's own l2 it would act on what the
 * last update left in place of a gradient.
 */
public final class ImplicitRidge implements Regularization {

    private static final long serialVersionUID = 1L;

    private final double mu;

    /**
     * @param mu the ridge μ, 0 ≤ μ &lt; ∞
     * @throws IllegalArgumentException if it is not in this range
     */
    public ImplicitRidge(double mu) {
        this.mu = ImplicitSgd.checked("mu", mu);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static ImplicitRidge of(Settings json) {
        ImplicitRidge ridge = new ImplicitRidge(json.number("mu"));
        json.end();
        return ridge;
    }

    public double getMu() {
        return mu;
    }

    @Override
    public ApplyStep applyStep() {
        return ApplyStep.POST_UPDATER;
    }

    @Override
    public void apply(INDArray param, INDArray gradView, double lr, int iteration, int epoch) {
        double shrinkage = lr * mu;
        Nd4j.exec(new Axpy(param, gradView, gradView, shrinkage / (1 + shrinkage)));
    }

    @Override
    public double score(INDArray param, int iteration, int epoch) {
        double norm = param.norm2Number().doubleValue();
        return 0.5 * mu * norm * norm;
    }

    @Override
    public ImplicitRidge clone() {
        return new ImplicitRidge(mu);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImplicitRidge && Double.compare(mu, ((ImplicitRidge) other).mu) == 0;
    }

    @Override
    public int hashCode() {
        return Objects.hash(ImplicitRidge.class.getName(), mu);
    }

    @Override
    public String toString() {
        return "ImplicitRidge(mu=" + mu + ")";
    }
}
