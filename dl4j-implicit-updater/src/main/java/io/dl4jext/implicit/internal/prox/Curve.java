package io.dl4jext.implicit.internal.prox;

/**
 * A smooth or piecewise smooth σ whose slope is bounded, as {@link CurveSlope} needs it. The borders part the real line
 * so finely that σ″ is monotone on every piece: they are the extrema of σ″ and the points where σ′ or σ″ jumps.
 */
abstract class Curve {

    final double[] borders;

    /** Bounds of σ′ and σ″ over the real line, not necessarily tight. */
    final double minSlope;

    final double maxSlope;
    final double minCurvature;
    final double maxCurvature;

    Curve(double[] borders, double minSlope, double maxSlope, double minCurvature, double maxCurvature) {
        this.borders = borders;
        this.minSlope = minSlope;
        this.maxSlope = maxSlope;
        this.minCurvature = minCurvature;
        this.maxCurvature = maxCurvature;
    }

    /** Whether σ′ jumps at any border. */
    boolean hasKinks() {
        return false;
    }

    /** σ(u). */
    abstract double value(double u);

    /**
     * The derivatives within a piece, at its ends one-sided.
     *
     * @param piece the index of the piece, which ends at borders[piece]
     * @param d receives σ′(u) and σ″(u)
     */
    abstract void derivatives(int piece, double u, double[] d);

    /** 1/(1 + e^(−x)) without loss of digits for large |x|. */
    static double sigmoid(double x) {
        double e = Math.exp(-Math.abs(x));
        return (x >= 0 ? 1 : e) / (1 + e);
    }

    static double[] symmetric(double... positive) {
        double[] all = new double[2 * positive.length];
        for (int i = 0; i < positive.length; i++) {
            all[positive.length - 1 - i] = -positive[i];
            all[positive.length + i] = positive[i];
        }
        return all;
    }
}
