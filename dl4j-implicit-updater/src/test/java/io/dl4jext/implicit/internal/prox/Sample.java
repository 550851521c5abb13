package io.dl4jext.implicit.internal.prox;

import io.dl4jext.implicit.activation.ActivationArcTan;
import io.dl4jext.implicit.activation.ActivationSmoothStep;
import java.util.List;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationPReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;
import org.nd4j.linalg.factory.Nd4j;

/** An activation under test, with the points around which its pre-activations are worth a look. */
final class Sample {

    final String name;
    final IActivation activation;
    final double[] borders;
    final boolean jumps;

    private Sample(String name, IActivation activation, boolean jumps, double... borders) {
        this.name = name;
        this.activation = activation;
        this.jumps = jumps;
        this.borders = borders;
    }

    /** Everything that has a global minimum: all but cube. */
    static List<Sample> withMinimum() {
        return List.of(
                plain(Activation.RELU, 0),
                plain(Activation.IDENTITY, 0),
                plain(Activation.LEAKYRELU, 0),
                new Sample("leakyrelu steeper below", new ActivationLReLU(1.8), false, 0),
                new Sample("leakyrelu falling below", new ActivationLReLU(-0.5), false, 0),
                new Sample(
                        "prelu",
                        new ActivationPReLU(Nd4j.createFromArray(new double[] {0.3}), new long[] {1}),
                        false,
                        0),
                new Sample("relu max 2", new ActivationReLU(2.0, null, null), false, 0, 2),
                new Sample("relu max 0 slope 0.1", new ActivationReLU(0.0, null, 0.1), false, 0),
                new Sample("relu max -1 slope 0.1", new ActivationReLU(-1.0, null, 0.1), false, -10, 0),
                new Sample("relu slope 0.1", new ActivationReLU(null, null, 0.1), false, 0),
                new Sample("relu threshold 0.5", new ActivationReLU(null, 0.5, null), true, 0.5),
                new Sample("relu threshold 0.5 slope 0.1 max 2", new ActivationReLU(2.0, 0.5, 0.1), true, 0.5, 2),
                plain(Activation.RELU6, 0, 6),
                jumping(new ActivationThresholdedReLU(), 1),
                jumping(new ActivationThresholdedReLU(-1), -1),
                plain(Activation.HARDTANH, -1, 1),
                plain(Activation.HARDSIGMOID, -2.5, 2.5),
                new Sample("smoothstep", new ActivationSmoothStep(), false, -1, 1),
                new Sample("arctan", new ActivationArcTan(), false, -Math.sqrt(3), 0, Math.sqrt(3)),
                plain(Activation.TANH, -0.66, 0, 0.66),
                plain(Activation.RECTIFIEDTANH, 0, 0.66),
                plain(Activation.RATIONALTANH, -1.3, 0, 0.33, 0.49),
                plain(Activation.SIGMOID, -1.3, 0, 1.3),
                plain(Activation.SOFTPLUS, 0),
                plain(Activation.SOFTSIGN, 0),
                plain(Activation.ELU, 0),
                new Sample("elu 0.4", new ActivationELU(0.4), false, 0),
                new Sample("elu 2.5", new ActivationELU(2.5), false, 0),
                new Sample("elu -0.5", new ActivationELU(-0.5), false, 0),
                plain(Activation.SELU, 0),
                plain(Activation.SWISH, -3.4, -1.3, 0, 3.4),
                plain(Activation.GELU, -2, -0.75, 0, 2),
                new Sample("gelu precise", new ActivationGELU(true), false, -2.2, -0.8, 0, 2.2),
                plain(Activation.MISH, -3.3, -1.2, 0, 2.1));
    }

    private static Sample plain(Activation activation, double... borders) {
        return new Sample(activation.name().toLowerCase(), activation.getActivationFunction(), false, borders);
    }

    private static Sample jumping(IActivation activation, double border) {
        return new Sample(activation.toString(), activation, true, border);
    }

    /** σ at each point, by ND4J itself. */
    double[] values(double[] points) {
        double[] values = activation
                .getActivation(Nd4j.createFromArray(points).reshape(1, points.length), false)
                .reshape(points.length)
                .toDoubleVector();
        for (int i = 0; i < points.length; i++) {
            // ND4J's softplus overflows beyond 709.
            values[i] = values[i] == Double.POSITIVE_INFINITY ? points[i] : values[i];
        }
        return values;
    }

    @Override
    public String toString() {
        return name;
    }
}
