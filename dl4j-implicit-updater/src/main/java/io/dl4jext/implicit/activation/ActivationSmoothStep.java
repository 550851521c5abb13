package io.dl4jext.implicit.activation;

import io.dl4jext.updater.internal.json.Settings;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.HardTanh;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * σ(x) = (3x − x³)/2 for −1 ≤ x ≤ 1, −1 below and 1 above; σ′(x) = 3(1 − x²)/2 inside and 0 outside (Fagan and Iyengar,
 * "Robust implicit backpropagation", section 4.5). Like hard tanh, but with a continuous slope. Works element by
 * element on arrays of any shape and order.
 *
 * <pre>{@code new DenseLayer.Builder().nOut(50).activation(new ActivationSmoothStep()).build()}</pre>
 */
public final class ActivationSmoothStep extends BaseActivationFunction {

    private static final long serialVersionUID = 1L;

    public ActivationSmoothStep() {}

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static ActivationSmoothStep of(Settings json) {
        json.end();
        return new ActivationSmoothStep();
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        clip(in);
        in.muli(in.mul(in).muli(-0.5).addi(1.5));
        return in;
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        assertShape(in, epsilon);
        clip(in);
        in.muli(in).rsubi(1).muli(1.5).muli(epsilon);
        return new Pair<>(in, null);
    }

    /** To [−1, 1]; NaN stays NaN. */
    private static void clip(INDArray in) {
        Nd4j.getExecutioner().exec(new HardTanh(in, in));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ActivationSmoothStep;
    }

    @Override
    public int hashCode() {
        return ActivationSmoothStep.class.getName().hashCode();
    }

    @Override
    public String toString() {
        return "smoothstep";
    }
}
