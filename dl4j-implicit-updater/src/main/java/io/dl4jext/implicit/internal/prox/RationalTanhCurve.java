package io.dl4jext.implicit.internal.prox;

/**
 * A·sgn(y)·(1 − 1/(1 + |y| + y² + C·y⁴)) with y = 2u/3, A = 1.7159, C = 1.41645. libnd4j has A and C as floats, also
 * for DOUBLE arrays; so have we.
 */
final class RationalTanhCurve extends Curve {

    private static final double A = 1.7159f;
    private static final double C = 1.41645f;

    /** Beyond this the powers of y may overflow, and the slope is 0 to any precision. */
    private static final double FLAT = 1e30;

    RationalTanhCurve() {
        super(
                symmetric(0.325097919186516943, 0.488566349281883272, 1.32331276024312843),
                0,
                A * 2 / 3,
                -0.6126,
                0.6126);
    }

    @Override
    double value(double u) {
        double z = Math.abs(u) * 2 / 3;
        return Math.copySign(A * (1 - 1 / (1 + z + z * z + C * z * z * z * z)), u);
    }

    @Override
    void derivatives(int piece, double u, double[] d) {
        double z = Math.abs(u) * 2 / 3;
        if (z > FLAT) {
            d[0] = 0;
            d[1] = 0;
            return;
        }
        double denominator = 1 + z + z * z + C * z * z * z * z;
        double first = (1 + 2 * z + 4 * C * z * z * z) / denominator;
        double second = (2 + 12 * C * z * z) / denominator;
        d[0] = A * 2 / 3 * first / denominator;
        double bend = A * 4 / 9 * (second - 2 * first * first) / denominator;
        d[1] = u < 0 ? -bend : bend;
    }
}
