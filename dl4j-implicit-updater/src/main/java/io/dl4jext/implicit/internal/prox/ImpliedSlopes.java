package io.dl4jext.implicit.internal.prox;

import io.dl4jext.implicit.activation.ActivationArcTan;
import io.dl4jext.implicit.activation.ActivationSmoothStep;
import io.dl4jext.implicit.activation.RootRule;
import java.util.Map;
import java.util.function.BiFunction;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationPReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * From an activation to its rule. By the exact class: a subclass may compute something else. Constants that libnd4j
 * holds as floats (0.2, 1.702) are floats here, so that the step belongs to the very function that the network
 * computes.
 */
final class ImpliedSlopes {

    private static final double SELU_ALPHA = 1.6732632423543772848170429916717;
    private static final double SELU_SCALE = 1.0507009873554804934193349852946;

    private static final Map<Class<?>, BiFunction<IActivation, RootRule, ImpliedSlope>> RULES = Map.ofEntries(
            Map.entry(ActivationArcTan.class, (a, rule) -> new ArctanSlope(rule)),
            Map.entry(ActivationSmoothStep.class, (a, rule) -> new SmoothstepSlope(rule)),
            Map.entry(ActivationIdentity.class, (a, rule) -> new HingeSlope(1, 1, rule)),
            Map.entry(ActivationReLU.class, (a, rule) -> relu((ActivationReLU) a, rule)),
            Map.entry(ActivationReLU6.class, (a, rule) -> new ClippedSlope(1, 0, 0, 6, rule)),
            Map.entry(ActivationLReLU.class, (a, rule) -> new HingeSlope(((ActivationLReLU) a).getAlpha(), 1, rule)),
            Map.entry(ActivationPReLU.class, (a, rule) -> prelu((ActivationPReLU) a, rule)),
            Map.entry(
                    ActivationThresholdedReLU.class,
                    (a, rule) -> PiecewiseLinearSlope.thresholded(((ActivationThresholdedReLU) a).getTheta(), 0)
                            .with(rule)),
            Map.entry(ActivationHardTanH.class, (a, rule) -> new ClippedSlope(1, 0, -1, 1, rule)),
            Map.entry(ActivationHardSigmoid.class, (a, rule) -> new ClippedSlope(0.2f, 0.5, 0, 1, rule)),
            Map.entry(ActivationCube.class, (a, rule) -> new CubeSlope()),
            Map.entry(ActivationTanH.class, (a, rule) -> new TanhSlope(new TanhCurve(false), 1, 1, rule)),
            Map.entry(ActivationRectifiedTanh.class, (a, rule) -> new CurveSlope(new TanhCurve(true), rule)),
            Map.entry(ActivationRationalTanh.class, (a, rule) -> new CurveSlope(new RationalTanhCurve(), rule)),
            Map.entry(ActivationSigmoid.class, (a, rule) -> new TanhSlope(new SigmoidCurve(), 0.5, 0.5, rule)),
            Map.entry(ActivationSoftPlus.class, (a, rule) -> new CurveSlope(new SoftplusCurve(), rule)),
            Map.entry(ActivationSoftSign.class, (a, rule) -> new CurveSlope(new SoftsignCurve(), rule)),
            Map.entry(
                    ActivationELU.class,
                    (a, rule) -> new CurveSlope(new ExponentialLinearCurve(((ActivationELU) a).getAlpha(), 1), rule)),
            Map.entry(
                    ActivationSELU.class,
                    (a, rule) -> new CurveSlope(new ExponentialLinearCurve(SELU_ALPHA, SELU_SCALE), rule)),
            Map.entry(ActivationSwish.class, (a, rule) -> new CurveSlope(new SwishCurve(1), rule)),
            Map.entry(
                    ActivationGELU.class,
                    (a, rule) -> new CurveSlope(
                            ((ActivationGELU) a).isPrecise() ? new PreciseGeluCurve() : new SwishCurve(1.702f), rule)),
            Map.entry(ActivationMish.class, (a, rule) -> new CurveSlope(new MishCurve(), rule)));

    private static final Map<Class<?>, String> REFUSALS = Map.of(
            ActivationSoftmax.class,
            "it is not element-wise: eq. (8) splits into one problem for each unit only where it is",
            ActivationRReLU.class,
            "its slope is drawn at random in each forward pass");

    private ImpliedSlopes() {}

    static boolean has(IActivation activation) {
        return RULES.containsKey(activation.getClass());
    }

    static ImpliedSlope of(IActivation activation, RootRule rule) {
        BiFunction<IActivation, RootRule, ImpliedSlope> maker = RULES.get(activation.getClass());
        if (maker == null) {
            String reason = REFUSALS.getOrDefault(
                    activation.getClass(), "its function is not known to this version of the pack");
            throw new IllegalArgumentException("No proximal step for activation '" + activation + "' ("
                    + activation.getClass().getName() + "): " + reason);
        }
        return maker.apply(activation, rule);
    }

    /** As DL4J computes it: without threshold and slope plain relu, then the cap. */
    private static ImpliedSlope relu(ActivationReLU activation, RootRule rule) {
        double threshold = activation.getThreshold() == null ? 0 : activation.getThreshold();
        double slope = activation.getNegativeSlope() == null ? 0 : activation.getNegativeSlope();
        if (activation.getMax() == null && threshold == 0) {
            return new HingeSlope(slope, 1, rule);
        }
        PiecewiseLinearSlope uncapped = threshold == 0
                ? PiecewiseLinearSlope.hinge(slope, 1)
                : PiecewiseLinearSlope.thresholded(threshold, slope);
        return (activation.getMax() == null ? uncapped : uncapped.cappedAt(activation.getMax())).with(rule);
    }

    /** One slope for all columns or one for each; the values of this moment. */
    private static ImpliedSlope prelu(ActivationPReLU activation, RootRule rule) {
        INDArray alpha = activation.getAlpha();
        ImpliedSlope[] columns = new ImpliedSlope[Math.toIntExact(alpha.length())];
        for (int j = 0; j < columns.length; j++) {
            columns[j] = new HingeSlope(alpha.getDouble(j), 1, rule);
        }
        return columns.length == 1 ? columns[0] : new ColumnSlopes(activation.toString(), columns);
    }
}
