package io.dl4jext.implicit.activation;

import io.dl4jext.updater.internal.json.Settings;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ATan;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * σ(x) = arctan(x), σ′(x) = 1/(1 + x²), element by element on arrays of any shape and order. Values lie in (−π/2, π/2).
 *
 * <pre>{@code new DenseLayer.Builder().nOut(50).activation(new ActivationArcTan()).build()}</pre>
 */
public final class ActivationArcTan extends BaseActivationFunction {

    private static final long serialVersionUID = 1L;

    public ActivationArcTan() {}

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static ActivationArcTan of(Settings json) {
        json.end();
        return new ActivationArcTan();
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        Nd4j.getExecutioner().exec(new ATan(in, in));
        return in;
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        assertShape(in, epsilon);
        in.muli(in).addi(1).rdivi(epsilon);
        return new Pair<>(in, null);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ActivationArcTan;
    }

    @Override
    public int hashCode() {
        return ActivationArcTan.class.getName().hashCode();
    }

    @Override
    public String toString() {
        return "arctan";
    }
}
