package io.dl4jext.implicit.internal.prox;

/** ln(1 + e^u), convex. */
final class SoftplusCurve extends Curve {

    SoftplusCurve() {
        super(new double[] {0}, 0, 1, 0, 0.25);
    }

    @Override
    double value(double u) {
        return Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u)));
    }

    @Override
    void derivatives(int piece, double u, double[] d) {
        double e = Math.exp(-Math.abs(u));
        d[0] = (u >= 0 ? 1 : e) / (1 + e);
        d[1] = e / ((1 + e) * (1 + e));
    }
}
