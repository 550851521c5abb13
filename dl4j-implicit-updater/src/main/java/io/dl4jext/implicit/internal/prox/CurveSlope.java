package io.dl4jext.implicit.internal.prox;

import io.dl4jext.implicit.activation.RootRule;

/**
 * The global minimum for any {@link Curve}. The objective E(u) = sign(p)·σ(u) + (u − c)²/(2|p|) has the derivative
 * H(u)/|p| with H(u) = u − c + p·σ′(u), so its minima are where H changes from − to +, all within c − p·[min σ′, max
 * σ′].
 *
 * <p>Why none is missed: H′ = 1 + p·σ″. If that is positive throughout and σ has no kink, there is one minimum. Else
 * look at one piece of the curve after the other. σ″ is monotone there, so H′ changes its sign at most once, and H
 * rises, falls, rises and falls, or falls and rises: it passes from − to + at most once, which the signs of H at both
 * ends and, at most, at the turning point in between reveal. Kinks between the pieces are checked by the signs of H on
 * both sides. Roots are found by Newton's method within brackets, halving where it does not shrink them; the lowest E
 * wins, at equal E the smallest |t|. Under {@link RootRule#NEAREST} the smallest |t| in the direction of descent wins,
 * whatever its E.
 */
final class CurveSlope extends ImpliedSlope {

    /**
     * Newton squares the error: after a step this small (where σ varies on a scale of 1) it is at the level of
     * rounding.
     */
    private static final double SMALL_STEP = 1e-7;

    private static final int MOST_STEPS = 400;

    /** Objectives this close, relative to their terms, are equal. */
    private static final double EQUAL = 1e-15;

    private final Curve curve;
    private final RootRule rule;

    CurveSlope(Curve curve, RootRule rule) {
        this.curve = curve;
        this.rule = rule;
    }

    @Override
    double at(double c, double p) {
        return new Search(curve, rule).minimum(c, p);
    }

    @Override
    void row(double[] c, double[] p, double[] t, int length) {
        Search search = new Search(curve, rule);
        for (int j = 0; j < length; j++) {
            t[j] = finite(c[j], p[j]) ? search.minimum(c[j], p[j]) : Double.NaN;
        }
    }

    @Override
    int parallelThreshold() {
        return 1024;
    }

    /** One search after the other, without new objects. */
    private static final class Search {

        private final Curve curve;
        private final RootRule rule;

        /** σ′ and σ″ at the last point asked for. */
        private final double[] d = new double[2];

        private double c;
        private double p;
        private double bestValue;
        private double best;

        /** Of a nearest root: −1 for t &lt; 0, 1 for t &gt; 0. */
        private double side;

        Search(Curve curve, RootRule rule) {
            this.curve = curve;
            this.rule = rule;
        }

        double minimum(double c, double p) {
            this.c = c;
            this.p = p;
            double one = c - p * curve.minSlope;
            double other = c - p * curve.maxSlope;
            // Rounding must not push a root at an end of the interval out of it.
            double margin = 4 * Math.ulp(Math.max(Math.abs(c), Math.max(Math.abs(one), Math.abs(other))));
            double low = Math.min(one, other) - margin;
            double high = Math.max(one, other) + margin;
            boolean convex = 1 + Math.min(p * curve.minCurvature, p * curve.maxCurvature) > 0;
            if (convex && !curve.hasKinks()) {
                return root(-1, low, high, c);
            }
            if (rule == RootRule.NEAREST) {
                side = Math.signum(descent());
                if (side == 0) {
                    return 0;
                }
            }
            bestValue = Double.POSITIVE_INFINITY;
            best = 0;
            double[] borders = curve.borders;
            for (int piece = 0; piece <= borders.length; piece++) {
                double left = piece == 0 ? low : Math.max(low, borders[piece - 1]);
                double right = piece == borders.length ? high : Math.min(high, borders[piece]);
                if (left <= right) {
                    searchPiece(piece, left, right, convex);
                }
                if (piece < borders.length && low <= borders[piece] && borders[piece] <= high) {
                    double border = borders[piece];
                    if (force(piece, border) <= 0 && force(piece + 1, border) >= 0) {
                        offer(border, (c - border) / p);
                    }
                }
            }
            return best;
        }

        /** The slope at c along which the descent from t = 0 begins, the steeper one at a kink; 0 if c is a minimum. */
        private double descent() {
            int piece = pieceOf(c);
            curve.derivatives(piece, c, d);
            double slope = d[0];
            if (!curve.hasKinks() || piece == curve.borders.length || c != curve.borders[piece]) {
                return slope;
            }
            double below = p * slope > 0 ? slope : 0;
            curve.derivatives(piece + 1, c, d);
            double above = p * d[0] < 0 ? d[0] : 0;
            return Math.abs(above) > Math.abs(below) ? above : below;
        }

        private void searchPiece(int piece, double left, double right, boolean convex) {
            double atLeft = force(piece, left);
            double stiffLeft = 1 + p * d[1];
            double atRight = force(piece, right);
            double stiffRight = 1 + p * d[1];
            double l = left;
            double r = right;
            if (atLeft <= 0 && atRight >= 0) {
                // One passage from − to +, whatever H does between.
            } else if (convex || stiffLeft > 0 == stiffRight > 0) {
                return;
            } else if (stiffLeft > 0 && atLeft <= 0) {
                r = risesAbove(piece, left, right);
                if (Double.isNaN(r)) {
                    return;
                }
            } else if (stiffLeft <= 0 && atRight >= 0) {
                l = fallsBelow(piece, left, right);
                if (Double.isNaN(l)) {
                    return;
                }
            } else {
                return;
            }
            double t = root(piece, l, r, Math.min(Math.max(c, l), r));
            offer(Math.min(Math.max(c - p * t, l), r), t);
        }

        /** Where H rises to a turning point and falls again: a point with H ≥ 0, NaN if there is none. */
        private double risesAbove(int piece, double left, double right) {
            double l = left;
            double r = right;
            while (true) {
                double middle = l + (r - l) / 2;
                if (force(piece, middle) >= 0) {
                    return middle;
                }
                if (r - l <= step(middle)) {
                    return Double.NaN;
                }
                if (1 + p * d[1] > 0) {
                    l = middle;
                } else {
                    r = middle;
                }
            }
        }

        /** Where H falls to a turning point and rises again: a point with H ≤ 0, NaN if there is none. */
        private double fallsBelow(int piece, double left, double right) {
            double l = left;
            double r = right;
            while (true) {
                double middle = l + (r - l) / 2;
                if (force(piece, middle) <= 0) {
                    return middle;
                }
                if (r - l <= step(middle)) {
                    return Double.NaN;
                }
                if (1 + p * d[1] > 0) {
                    r = middle;
                } else {
                    l = middle;
                }
            }
        }

        /** H(u); sets σ′ and σ″. */
        private double force(int piece, double u) {
            curve.derivatives(piece, u, d);
            return u - c + p * d[0];
        }

        private double step(double u) {
            return SMALL_STEP + 4 * Math.ulp(Math.max(Math.abs(u), Math.abs(c)));
        }

        /**
         * The implied slope at the one root of H in [left, right], where H(left) ≤ 0 ≤ H(right).
         *
         * @param piece the piece, or −1 on a curve without kinks for whichever the point lies in
         */
        private double root(int piece, double left, double right, double start) {
            double l = left;
            double r = right;
            double u = start;
            double lastStep = 2 * (r - l);
            for (int i = 0; i < MOST_STEPS; i++) {
                double h = force(piece >= 0 ? piece : pieceOf(u), u);
                double stiffness = 1 + p * d[1];
                if (h == 0) {
                    return d[0];
                }
                if (h < 0) {
                    l = u;
                } else {
                    r = u;
                }
                double next = u - h / stiffness;
                boolean shrinks =
                        stiffness > 0 && next >= l && next <= r && 2 * Math.abs(next - u) <= Math.abs(lastStep);
                if (!shrinks) {
                    next = l + (r - l) / 2;
                }
                lastStep = next - u;
                u = next;
                if (Math.abs(lastStep) <= (shrinks ? step(u) : Math.ulp(u))) {
                    // To first order what σ′ is at the new point: no further evaluation.
                    return d[0] + d[1] * lastStep;
                }
            }
            return d[0];
        }

        private int pieceOf(double u) {
            int piece = 0;
            while (piece < curve.borders.length && u > curve.borders[piece]) {
                piece++;
            }
            return piece;
        }

        private void offer(double u, double t) {
            if (rule == RootRule.NEAREST) {
                // All minima are offered; the first on the way down is the one with the smallest |t|.
                if (t * side >= 0 && Math.abs(t) < bestValue) {
                    bestValue = Math.abs(t);
                    best = t;
                }
                return;
            }
            double linear = Math.signum(p) * curve.value(u);
            double quadratic = Math.abs(p) * t * t / 2;
            double value = linear + quadratic;
            double equal = EQUAL * (Math.abs(linear) + quadratic);
            if (value < bestValue - equal || (value <= bestValue + equal && Math.abs(t) < Math.abs(best))) {
                bestValue = value;
                best = t;
            }
        }
    }
}
