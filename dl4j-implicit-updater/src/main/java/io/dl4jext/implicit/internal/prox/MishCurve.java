package io.dl4jext.implicit.internal.prox;

/** u·tanh(ln(1 + e^u)). */
final class MishCurve extends Curve {

    /** From here on σ(u) = u to any precision, and powers of e^u may overflow. */
    private static final double STRAIGHT = 300;

    MishCurve() {
        super(
                new double[] {-3.26733784652040458, -0.0879344313149142113, 2.11484256302087711},
                -0.1125262,
                1.0884982,
                -0.0590334,
                0.6442047);
    }

    @Override
    double value(double u) {
        double e = Math.exp(Math.min(u, STRAIGHT));
        double n = e * (e + 2);
        return u * (n / (n + 2));
    }

    @Override
    void derivatives(int piece, double u, double[] d) {
        double e = Math.exp(Math.min(u, STRAIGHT));
        double n = e * (e + 2);
        double tanh = n / (n + 2); // of ln(1 + e^u)
        double rest = 4 * (n + 1) / (n + 2) / (n + 2); // 1 − tanh²
        double s = e / (1 + e);
        d[0] = tanh + u * rest * s;
        d[1] = rest * s * (2 + u * (1 / (1 + e) - 2 * tanh * s));
    }
}
