package io.dl4jext.implicit.internal.prox;

/** scale·u for u ≥ 0, scale·α·(e^u − 1) below: elu and selu; a kink at 0 unless α = 1. */
final class ExponentialLinearCurve extends Curve {

    private final double alpha;
    private final double scale;

    ExponentialLinearCurve(double alpha, double scale) {
        super(
                new double[] {0},
                scale * Math.min(Math.min(alpha, 0), 1),
                scale * Math.max(alpha, 1),
                scale * Math.min(alpha, 0),
                scale * Math.max(alpha, 0));
        this.alpha = alpha;
        this.scale = scale;
    }

    @Override
    boolean hasKinks() {
        return alpha != 1;
    }

    @Override
    double value(double u) {
        return scale * (u >= 0 ? u : alpha * Math.expm1(u));
    }

    @Override
    void derivatives(int piece, double u, double[] d) {
        double growth = piece == 0 ? scale * alpha * Math.exp(u) : 0;
        d[0] = piece == 0 ? growth : scale;
        d[1] = growth;
    }
}
