package io.dl4jext.implicit.internal.prox;

import io.dl4jext.implicit.activation.RootRule;

/**
 * The same minimum as {@link CurveSlope}'s for σ(u) = A·tanh(k·u) + constant (tanh: A = k = 1; sigmoid: A = k = ½), a
 * row at a time. With c′ = k·c and p′ = A·k²·p it is t = A·k·t′, where t′ = sech²(c′ + d) and d solves
 *
 * <pre>    d + p′·sech²(c′ + d) = 0.</pre>
 *
 * By the addition theorem, tanh(c′ + d) and sech²(c′ + d) follow from tanh c′, sech² c′ and tanh d, so that an element
 * costs one exponential, whatever the number of Newton steps; tanh d is a quotient of polynomials, right to 1e-15 for
 * |d| ≤ {@value #WIDEST}. There is one minimum where |p′|·max|tanh″| &lt; 1, so a converged step is the right one; the
 * other elements and those that have not converged go to CurveSlope.
 */
final class TanhSlope extends ImpliedSlope {

    /** |d| ≤ |p′|; and 0.77·|p′| &lt; 1, which leaves one root. */
    private static final double WIDEST = 1.2;

    /** Newton's method squares the error. */
    private static final double SMALL_STEP = 1e-6;

    private static final int NEWTON_STEPS = 3;

    private final double gain;
    private final double rate;
    private final CurveSlope safe;

    TanhSlope(Curve curve, double gain, double rate, RootRule rule) {
        this.gain = gain;
        this.rate = rate;
        this.safe = new CurveSlope(curve, rule);
    }

    @Override
    double at(double c, double p) {
        return safe.at(c, p);
    }

    /** In short loops without branches, which Java compiles to vector instructions. */
    @Override
    void row(double[] c, double[] p, double[] t, int length) {
        double[] tanh = new double[length];
        double[] sech2 = new double[length];
        double[] d = new double[length];
        double[] over = new double[length];
        double[] under = new double[length];
        double[] bend = new double[length];
        double[] step = new double[length];
        double force = gain * rate * rate;
        for (int j = 0; j < length; j++) {
            over[j] = Math.exp(-2 * Math.abs(rate * c[j]));
        }
        for (int j = 0; j < length; j++) {
            double e = over[j];
            double inverse = 1 / (1 + e);
            tanh[j] = Math.copySign((1 - e) * inverse, c[j]);
            sech2[j] = 4 * e * inverse * inverse;
        }
        for (int j = 0; j < length; j++) {
            double f = force * p[j];
            d[j] = -f * sech2[j] / (1 - 2 * f * tanh[j] * sech2[j]);
        }
        for (int i = 0; i < NEWTON_STEPS; i++) {
            for (int j = 0; j < length; j++) { // tanh d = over/under
                double q = d[j] * d[j];
                over[j] = d[j] * (34459425 + q * (4729725 + q * (135135 + q * (990 + q))));
                under[j] = 34459425 + q * (16216200 + q * (945945 + q * (13860 + 45 * q)));
            }
            for (int j = 0; j < length; j++) { // t = sech²(c′ + d), bend = its derivative
                double inverse = 1 / (under[j] + tanh[j] * over[j]);
                t[j] = sech2[j] * (under[j] - over[j]) * (under[j] + over[j]) * inverse * inverse;
                bend[j] = -2 * (tanh[j] * under[j] + over[j]) * inverse * t[j];
            }
            for (int j = 0; j < length; j++) {
                double f = force * p[j];
                step[j] = (d[j] + f * t[j]) / (1 + f * bend[j]);
                d[j] -= step[j];
                t[j] -= bend[j] * step[j]; // at the new point, to first order
            }
        }
        double scale = gain * rate;
        for (int j = 0; j < length; j++) {
            t[j] *= scale;
            double beyond = Math.max(Math.abs(force * p[j]), Math.abs(d[j])) - WIDEST;
            step[j] = Math.max(beyond, Math.abs(step[j]) - SMALL_STEP);
        }
        for (int j = 0; j < length; j++) {
            if (!(step[j] <= 0)) {
                t[j] = finite(c[j], p[j]) ? safe.at(c[j], p[j]) : Double.NaN;
            }
        }
    }

    @Override
    int parallelThreshold() {
        return 2048;
    }
}
