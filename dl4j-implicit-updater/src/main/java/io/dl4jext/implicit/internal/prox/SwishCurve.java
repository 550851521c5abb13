package io.dl4jext.implicit.internal.prox;

/** u/(1 + e^(−βu)): swish with β = 1; ND4J's quick gelu with β = 1.702. */
final class SwishCurve extends Curve {

    private static final double MAX_SLOPE = 1.0998393202;

    private final double beta;

    SwishCurve(double beta) {
        super(
                new double[] {-3.435840993535110689 / beta, 0, 3.435840993535110689 / beta},
                1 - MAX_SLOPE,
                MAX_SLOPE,
                -0.03692 * beta,
                beta / 2);
        this.beta = beta;
    }

    @Override
    double value(double u) {
        return u * sigmoid(beta * u);
    }

    @Override
    void derivatives(int piece, double u, double[] d) {
        double x = beta * u;
        double e = Math.exp(-Math.abs(x));
        double s = (x >= 0 ? 1 : e) / (1 + e);
        double product = e / ((1 + e) * (1 + e));
        d[0] = s + x * product;
        d[1] = beta * product * (2 - x * Math.copySign((1 - e) / (1 + e), x));
    }
}
