package io.dl4jext.implicit.internal.prox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.implicit.Seeds;
import io.dl4jext.implicit.activation.RootRule;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The closed forms against the general search, over many scales of p. */
class ClosedFormTest {

    private static final int CASES = 50_000;

    @ParameterizedTest
    @EnumSource(RootRule.class)
    void arctan(RootRule rule) {
        Curve curve = new ArctanCurve();
        compare("arctan, " + rule, new ArctanSlope(rule), new CurveSlope(curve, rule), curve);
    }

    @ParameterizedTest
    @EnumSource(RootRule.class)
    void smoothstep(RootRule rule) {
        Curve curve = new SmoothstepCurve();
        compare("smoothstep, " + rule, new SmoothstepSlope(rule), new CurveSlope(curve, rule), curve);
    }

    /** To the last digits of c/p, however large p: the unit lands on its hinge. */
    @Test
    void rectifiedUnitsStopAtTheHinge() {
        for (double p = 1e-3; p < 1e300; p *= 1e7) {
            for (double c : new double[] {0.5 * Math.min(1, p), 1e-3 * Math.min(1, p)}) {
                assertThat(new HingeSlope(0, 1, RootRule.NEAREST).at(c, p)).isEqualTo(c / p);
            }
        }
    }

    private static void compare(String name, ImpliedSlope closed, ImpliedSlope general, Curve curve) {
        Random random = Seeds.random("ClosedFormTest " + name);
        double[] c = new double[CASES];
        double[] p = new double[CASES];
        for (int i = 0; i < CASES; i++) {
            c[i] = random.nextGaussian() * Math.exp(1.5 * random.nextGaussian());
            p[i] = random.nextGaussian() * Math.exp(4 * random.nextGaussian());
        }
        double[] t = new double[CASES];
        closed.row(c, p, t, CASES);
        double furthest = 0;
        int switched = 0;
        for (int i = 0; i < CASES; i++) {
            assertThat(closed.at(c[i], p[i])).isCloseTo(t[i], within(1e-9));
            double other = general.at(c[i], p[i]);
            double distance = Math.abs(other - t[i]) / (1e-3 + Math.abs(other));
            if (distance > 1e-6) {
                switched++; // near a tie or a double root
            } else {
                furthest = Math.max(furthest, distance);
            }
            double difference = value(curve, c[i], p[i], t[i]) - value(curve, c[i], p[i], other);
            assertThat(Math.abs(difference))
                    .as(name + " at c = " + c[i] + ", p = " + p[i] + ": t = " + t[i] + " and " + other)
                    .isLessThanOrEqualTo(1e-14 * (1 + Math.abs(c[i]) + Math.abs(p[i]) * t[i] * t[i]));
        }
        System.out.println(name + ": largest relative difference of t " + furthest + ", other root " + switched);
        assertThat(furthest).isLessThan(1e-7);
        assertThat(switched).isLessThan(CASES / 10_000);
    }

    private static double value(Curve curve, double c, double p, double t) {
        return Math.signum(p) * curve.value(c - p * t) + Math.abs(p) * t * t / 2;
    }

    private static final class ArctanCurve extends Curve {

        ArctanCurve() {
            super(symmetric(1 / Math.sqrt(3)), 0, 1, -0.65, 0.65);
        }

        @Override
        double value(double u) {
            return Math.atan(u);
        }

        @Override
        void derivatives(int piece, double u, double[] d) {
            d[0] = 1 / (1 + u * u);
            d[1] = -2 * u * d[0] * d[0];
        }
    }

    private static final class SmoothstepCurve extends Curve {

        SmoothstepCurve() {
            super(new double[] {-1, 1}, 0, 1.5, -3, 3);
        }

        @Override
        double value(double u) {
            double x = Math.min(1, Math.max(-1, u));
            return x * (1.5 - 0.5 * x * x);
        }

        @Override
        void derivatives(int piece, double u, double[] d) {
            d[0] = piece == 1 ? 1.5 * (1 - u) * (1 + u) : 0;
            d[1] = piece == 1 ? -3 * u : 0;
        }
    }
}
