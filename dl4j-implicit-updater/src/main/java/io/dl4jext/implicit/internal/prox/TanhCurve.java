package io.dl4jext.implicit.internal.prox;

/** tanh, or tanh for u &gt; 0 and 0 below (ND4J's rectified tanh, with a kink at 0). */
final class TanhCurve extends Curve {

    /** The extremum of σ″ = −2·tanh·sech²: tanh² = 1/3. */
    private static final double EXTREMUM = 0.65847894846240835431;

    private final boolean rectified;

    TanhCurve(boolean rectified) {
        super(rectified ? new double[] {0, EXTREMUM} : symmetric(EXTREMUM), 0, 1, -0.7699, rectified ? 0 : 0.7699);
        this.rectified = rectified;
    }

    @Override
    boolean hasKinks() {
        return rectified;
    }

    @Override
    double value(double u) {
        return rectified && u < 0 ? 0 : Math.tanh(u);
    }

    @Override
    void derivatives(int piece, double u, double[] d) {
        if (rectified && piece == 0) {
            d[0] = 0;
            d[1] = 0;
            return;
        }
        double e = Math.exp(-2 * Math.abs(u));
        double inverse = 1 / (1 + e);
        double slope = 4 * e * inverse * inverse;
        d[0] = slope;
        d[1] = -2 * Math.copySign((1 - e) * inverse, u) * slope;
    }
}
