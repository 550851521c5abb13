package io.dl4jext.implicit.internal.prox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the guarantee of {@link CurveSlope} rests on: σ is ND4J's, the derivatives are its, the borders part it rightly.
 */
class CurveTest {

    /** Reaches where every curve is straight to a relative 1e-12, in steps that no extremum of σ″ hides between. */
    private static final double END = 40;

    private static final double STEP = 1e-3;

    static List<Arguments> curves() {
        return Stream.<Object[]>of(
                        new Object[] {new TanhCurve(false), new ActivationTanH()},
                        new Object[] {new TanhCurve(true), new ActivationRectifiedTanh()},
                        new Object[] {new RationalTanhCurve(), new ActivationRationalTanh()},
                        new Object[] {new SigmoidCurve(), new ActivationSigmoid()},
                        new Object[] {new SoftplusCurve(), new ActivationSoftPlus()},
                        new Object[] {new SoftsignCurve(), new ActivationSoftSign()},
                        new Object[] {new ExponentialLinearCurve(1, 1), new ActivationELU()},
                        new Object[] {new ExponentialLinearCurve(2.5, 1), new ActivationELU(2.5)},
                        new Object[] {new ExponentialLinearCurve(-0.5, 1), new ActivationELU(-0.5)},
                        new Object[] {
                            new ExponentialLinearCurve(1.6732632423543772848, 1.0507009873554804934),
                            new ActivationSELU()
                        },
                        new Object[] {new SwishCurve(1), new ActivationSwish()},
                        new Object[] {new SwishCurve(1.702f), new ActivationGELU()},
                        new Object[] {new PreciseGeluCurve(), new ActivationGELU(true)},
                        new Object[] {new MishCurve(), new ActivationMish()})
                .map(Arguments::of)
                .collect(Collectors.toList());
    }

    @ParameterizedTest
    @MethodSource("curves")
    void valueIsThatOfNd4j(Curve curve, IActivation activation) {
        double[] points = points();
        double[] values = activation
                .getActivation(Nd4j.createFromArray(points).reshape(1, points.length), false)
                .reshape(points.length)
                .toDoubleVector();
        for (int i = 0; i < points.length; i++) {
            assertThat(curve.value(points[i]))
                    .as(activation + " at " + points[i])
                    .isCloseTo(values[i], within(1e-14 * (1 + Math.abs(points[i]))));
        }
    }

    @ParameterizedTest
    @MethodSource("curves")
    void derivativesAreThoseOfTheValue(Curve curve, IActivation activation) {
        double h = 1e-4;
        double[] d = new double[2];
        double[] before = new double[2];
        double[] after = new double[2];
        for (double u : points()) {
            int piece = pieceOf(curve, u);
            if (pieceOf(curve, u - h) != piece || pieceOf(curve, u + h) != piece) {
                continue;
            }
            curve.derivatives(piece, u, d);
            curve.derivatives(piece, u - h, before);
            curve.derivatives(piece, u + h, after);
            String where = activation + " at " + u;
            double difference = (curve.value(u + h) - curve.value(u - h)) / (2 * h);
            assertThat(d[0]).as(where).isCloseTo(difference, within(1e-7));
            assertThat(d[1]).as(where).isCloseTo((after[0] - before[0]) / (2 * h), within(1e-7));
        }
    }

    @ParameterizedTest
    @MethodSource("curves")
    void curvatureIsMonotoneBetweenBorders(Curve curve, IActivation activation) {
        double[] d = new double[2];
        for (int piece = 0; piece <= curve.borders.length; piece++) {
            double left = piece == 0 ? -END : curve.borders[piece - 1];
            double right = piece == curve.borders.length ? END : curve.borders[piece];
            int count = (int) Math.ceil((right - left) / STEP);
            curve.derivatives(piece, left, d);
            double first = d[1];
            curve.derivatives(piece, right, d);
            double direction = Math.signum(d[1] - first);
            double last = first;
            double worst = 0;
            for (int i = 1; i <= count; i++) {
                curve.derivatives(piece, left + (right - left) * i / count, d);
                worst = Math.min(worst, (d[1] - last) * direction);
                last = d[1];
            }
            assertThat(worst).as(activation + ", piece " + piece).isGreaterThanOrEqualTo(-1e-14);
        }
    }

    @ParameterizedTest
    @MethodSource("curves")
    void boundsHold(Curve curve, IActivation activation) {
        double[] d = new double[2];
        for (double u : points()) {
            for (int piece = pieceOf(curve, u); piece <= curve.borders.length; piece++) {
                curve.derivatives(piece, u, d);
                assertThat(d[0]).as(activation + " at " + u).isBetween(curve.minSlope, curve.maxSlope);
                assertThat(d[1]).as(activation + " at " + u).isBetween(curve.minCurvature, curve.maxCurvature);
                if (piece == curve.borders.length || u != curve.borders[piece]) {
                    break;
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("curves")
    void farAwayNothingOverflows(Curve curve, IActivation activation) {
        double[] d = new double[2];
        for (double u : new double[] {-1e200, -1e100, -1e10, -1e4, -710, 710, 1e4, 1e10, 1e100, 1e200}) {
            int piece = pieceOf(curve, u);
            curve.derivatives(piece, u, d);
            assertThat(d[0]).as(activation + " at " + u).isBetween(curve.minSlope, curve.maxSlope);
            assertThat(d[1]).as(activation + " at " + u).isCloseTo(0, within(1e-5));
            assertThat(curve.value(u)).as(activation + " at " + u).isFinite();
        }
    }

    private static int pieceOf(Curve curve, double u) {
        int piece = 0;
        while (piece < curve.borders.length && u > curve.borders[piece]) {
            piece++;
        }
        return piece;
    }

    private static double[] points() {
        double[] points = new double[1501];
        for (int i = 0; i < points.length; i++) {
            points[i] = (i - 750) * 0.02;
        }
        return points;
    }
}
