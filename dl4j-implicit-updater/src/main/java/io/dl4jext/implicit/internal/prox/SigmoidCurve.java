package io.dl4jext.implicit.internal.prox;

/** The logistic function 1/(1 + e^(−u)). */
final class SigmoidCurve extends Curve {

    SigmoidCurve() {
        super(symmetric(Math.log(2 + Math.sqrt(3))), 0, 0.25, -0.0963, 0.0963);
    }

    @Override
    double value(double u) {
        return sigmoid(u);
    }

    @Override
    void derivatives(int piece, double u, double[] d) {
        double e = Math.exp(-Math.abs(u));
        double slope = e / ((1 + e) * (1 + e));
        d[0] = slope;
        d[1] = -Math.copySign((1 - e) / (1 + e), u) * slope;
    }
}
