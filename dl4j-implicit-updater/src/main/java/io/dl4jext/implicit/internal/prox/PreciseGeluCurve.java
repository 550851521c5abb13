package io.dl4jext.implicit.internal.prox;

/**
 * ND4J's precise gelu, (u/2)·(1 + tanh(y)) with y = √(2/π)·(u + (0.044715·u)³). (The usual formula is 0.044715·u³;
 * libnd4j 1.0.0-beta7 and 1.0.0-M2.1 cube the factor, too. The step belongs to the function that the network computes.)
 */
final class PreciseGeluCurve extends Curve {

    private static final double ROOT = Math.sqrt(2 / Math.PI);
    private static final double CUBIC = 0.044715 * 0.044715 * 0.044715;

    /** Beyond this the curve is 0 or u to any precision, and powers of u may overflow. */
    private static final double STRAIGHT = 1000;

    PreciseGeluCurve() {
        super(new double[] {-2.1531079871753202, 0, 2.1531079871753202}, -0.0999133, 1.0999133, -0.058990, 0.7978846);
    }

    @Override
    double value(double u) {
        return Math.abs(u) > STRAIGHT ? Math.max(u, 0) : u * sigmoid(2 * ROOT * (u + CUBIC * u * u * u));
    }

    @Override
    void derivatives(int piece, double u, double[] d) {
        if (Math.abs(u) > STRAIGHT) {
            d[0] = u > 0 ? 1 : 0;
            d[1] = 0;
            return;
        }
        double x = 2 * ROOT * (u + CUBIC * u * u * u);
        double first = 2 * ROOT * (1 + 3 * CUBIC * u * u);
        double second = 12 * ROOT * CUBIC * u;
        double e = Math.exp(-Math.abs(x));
        double s = (x >= 0 ? 1 : e) / (1 + e);
        double product = e / ((1 + e) * (1 + e));
        double lean = -Math.copySign((1 - e) / (1 + e), x); // 1 − 2s
        d[0] = s + u * product * first;
        d[1] = 2 * product * first + u * product * (second + lean * first * first);
    }
}
