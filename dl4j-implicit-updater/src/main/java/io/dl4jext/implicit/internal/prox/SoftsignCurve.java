package io.dl4jext.implicit.internal.prox;

/** u/(1 + |u|); σ″ jumps from 2 to −2 at 0. */
final class SoftsignCurve extends Curve {

    SoftsignCurve() {
        super(new double[] {0}, 0, 1, -2, 2);
    }

    @Override
    double value(double u) {
        return u / (1 + Math.abs(u));
    }

    @Override
    void derivatives(int piece, double u, double[] d) {
        double inverse = 1 / (1 + Math.abs(u));
        d[0] = inverse * inverse;
        d[1] = (piece == 0 ? 2 : -2) * inverse * inverse * inverse;
    }
}
