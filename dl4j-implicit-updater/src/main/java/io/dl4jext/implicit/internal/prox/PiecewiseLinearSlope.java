package io.dl4jext.implicit.internal.prox;

import static io.dl4jext.implicit.internal.prox.Masks.choose;
import static io.dl4jext.implicit.internal.prox.Masks.mask;
import static io.dl4jext.implicit.internal.prox.Masks.not;

import io.dl4jext.implicit.activation.RootRule;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * σ(u) = mᵢ·u + dᵢ between borders Bᵢ₋₁ and Bᵢ (section 4.4 of the paper, without the quadratic and cubic terms). The
 * minimum is at a piece's own slope, t = mᵢ if c − p·mᵢ lies in the piece, or at a border, t = (c − B)/p; the objective
 * decides. Where σ jumps, its value at the border is the better of both one-sided limits, so that the minimum exists.
 */
final class PiecewiseLinearSlope extends ImpliedSlope {

    /** What rounding may leave of a border without a jump, relative to the border. */
    private static final double JUMP = 1e-14;

    private final double[] borders;
    private final double[] slopes;
    private final double[] intercepts;
    private final RootRule rule;

    /** Piece i lies between borders[i − 1] and borders[i]; the first and the last are unbounded. */
    private PiecewiseLinearSlope(double[] borders, double[] slopes, double[] intercepts, RootRule rule) {
        this.borders = borders;
        this.slopes = slopes;
        this.intercepts = intercepts;
        this.rule = rule;
    }

    PiecewiseLinearSlope with(RootRule other) {
        return new PiecewiseLinearSlope(borders, slopes, intercepts, other);
    }

    /** σ(u) = below·u for u &lt; 0, above·u from 0 on. */
    static PiecewiseLinearSlope hinge(double below, double above) {
        return new PiecewiseLinearSlope(
                new double[] {0}, new double[] {below, above}, new double[] {0, 0}, RootRule.GLOBAL);
    }

    /** σ(u) = slopeBelow·(u − threshold) for u &lt; threshold, u from there on: it jumps unless the threshold is 0. */
    static PiecewiseLinearSlope thresholded(double threshold, double slopeBelow) {
        return new PiecewiseLinearSlope(
                new double[] {threshold},
                new double[] {slopeBelow, 1},
                new double[] {slopeBelow == 0 ? 0 : -slopeBelow * threshold, 0},
                RootRule.GLOBAL);
    }

    /** σ(u) = min(max(slope·u + intercept, low), high), slope &gt; 0. */
    static PiecewiseLinearSlope clipped(double slope, double intercept, double low, double high) {
        return new PiecewiseLinearSlope(
                new double[] {(low - intercept) / slope, (high - intercept) / slope},
                new double[] {0, slope, 0},
                new double[] {low, intercept, high},
                RootRule.GLOBAL);
    }

    /** min(σ, max). */
    PiecewiseLinearSlope cappedAt(double max) {
        int most = 2 * slopes.length;
        double[] b = new double[most];
        double[] m = new double[most];
        double[] d = new double[most];
        int n = 0;
        for (int i = 0; i < slopes.length; i++) {
            double left = left(i);
            double right = right(i);
            double crossing = slopes[i] == 0 ? Double.NaN : (max - intercepts[i]) / slopes[i];
            boolean splits = left < crossing && crossing < right;
            for (int part = 0; part < (splits ? 2 : 1); part++) {
                double from = part == 0 ? left : crossing;
                double to = splits && part == 0 ? crossing : right;
                double middle = Double.isInfinite(from)
                        ? Double.isInfinite(to) ? 0 : to - 1
                        : Double.isInfinite(to) ? from + 1 : from + (to - from) / 2;
                boolean above = slopes[i] * middle + intercepts[i] > max;
                m[n] = above ? 0 : slopes[i];
                d[n] = above ? max : intercepts[i];
                b[n++] = to;
            }
        }
        return new PiecewiseLinearSlope(Arrays.copyOf(b, n - 1), Arrays.copyOf(m, n), Arrays.copyOf(d, n), rule);
    }

    @Override
    double at(double c, double p) {
        return rule == RootRule.GLOBAL ? lowest(c, p) : nearest(c, p);
    }

    private double lowest(double c, double p) {
        double sign = Math.signum(p);
        double start = envelope(c, sign);
        double bestValue = Double.POSITIVE_INFINITY;
        double best = 0;
        for (int i = 0; i < slopes.length; i++) {
            double m = slopes[i];
            double u = c - p * m;
            double left = left(i);
            double right = right(i);
            // At a border rounding may hide on which side u lies; the direction of the step does not.
            if (u < left || u > right || (c == left && p * m > 0) || (c == right && p * m < 0)) {
                continue;
            }
            // Relative to σ(c), and exact within c's own piece, so that a tiny p is not lost in rounding.
            boolean own = left <= c && c <= right && m * c + intercepts[i] == start;
            double rise = own ? -p * m * m : m * u + intercepts[i] - start;
            double value = sign * rise + Math.abs(p) * m * m / 2;
            if (value < bestValue || (value == bestValue && Math.abs(m) < Math.abs(best))) {
                bestValue = value;
                best = m;
            }
        }
        for (double border : borders) {
            double t = (c - border) / p;
            double value = sign * (envelope(border, sign) - start) + Math.abs(p) * t * t / 2;
            if (value < bestValue || (value == bestValue && Math.abs(t) < Math.abs(best))) {
                bestValue = value;
                best = t;
            }
        }
        return best;
    }

    /** Down from u = c, piece by piece, until a piece has its minimum or its border does not let the descent pass. */
    private double nearest(double c, double p) {
        double sign = Math.signum(p);
        int piece = start(c, p);
        if (piece < 0 || slopes[piece] == 0) {
            return 0;
        }
        int direction = p * slopes[piece] > 0 ? -1 : 1; // of u
        while (true) {
            double m = slopes[piece];
            double u = c - p * m;
            double border = direction < 0 ? left(piece) : right(piece);
            if ((u - border) * direction <= 0) {
                return m;
            }
            int next = piece + direction;
            double jump =
                    sign * (slopes[next] * border + intercepts[next] - slopes[piece] * border - intercepts[piece]);
            boolean onward = (c - p * slopes[next] - border) * direction > 0;
            if (jump > JUMP * Math.abs(border) || !onward) {
                return (c - border) / p;
            }
            piece = next;
        }
    }

    /** The piece in which the descent begins, on a border the one with the steeper way down; −1 if there is none. */
    private int start(double c, double p) {
        double sign = Math.signum(p);
        double value = envelope(c, sign);
        int start = -1;
        for (int i = 0; i < slopes.length; i++) {
            double m = slopes[i];
            boolean inside = left(i) < c && c < right(i);
            boolean downInto = (c == left(i) && p * m < 0) || (c == right(i) && p * m > 0);
            boolean lower = sign * (m * c + intercepts[i] - value) <= 0;
            if (inside || (downInto && lower && (start < 0 || Math.abs(m) > Math.abs(slopes[start])))) {
                start = i;
            }
        }
        return start;
    }

    @Override
    boolean hasOperations() {
        return rule == RootRule.GLOBAL;
    }

    @Override
    INDArray inOperations(INDArray c, INDArray p) {
        INDArray size = Transforms.abs(p, true);
        INDArray sign = Transforms.sign(p, true);
        INDArray start = envelopes(c, sign);
        INDArray bestValue = Nd4j.valueArrayOf(c.shape(), Double.MAX_VALUE, c.dataType());
        INDArray best = Nd4j.zeros(c.dataType(), c.shape());
        for (int i = 0; i < slopes.length; i++) {
            double m = slopes[i];
            INDArray u = c.sub(p.mul(m));
            INDArray inside = mask(u.gte(left(i))).muli(mask(u.lte(right(i))));
            if (m != 0) {
                boolean rising = m > 0;
                inside.muli(not(mask(c.eq(left(i))).muli(mask(rising ? p.gt(0) : p.lt(0)))));
                inside.muli(not(mask(c.eq(right(i))).muli(mask(rising ? p.lt(0) : p.gt(0)))));
            }
            INDArray own = mask(c.gte(left(i)))
                    .muli(mask(c.lte(right(i))))
                    .muli(mask(c.mul(m).addi(intercepts[i]).eq(start)));
            INDArray rise =
                    choose(own, p.mul(-m * m), u.mul(m).addi(intercepts[i]).subi(start));
            INDArray value = rise.muli(sign).addi(size.mul(m * m / 2));
            value = choose(inside, value, Nd4j.valueArrayOf(c.shape(), Double.POSITIVE_INFINITY, c.dataType()));
            INDArray t = Nd4j.valueArrayOf(c.shape(), m, c.dataType());
            INDArray better = better(value, bestValue, t, best);
            bestValue = choose(better, value, bestValue);
            best = choose(better, t, best);
        }
        for (double border : borders) {
            INDArray t = c.sub(border).divi(p);
            INDArray value = envelopes(Nd4j.valueArrayOf(c.shape(), border, c.dataType()), sign)
                    .subi(start)
                    .muli(sign)
                    .addi(t.mul(t).muli(size).muli(0.5));
            INDArray better = better(value, bestValue, t, best);
            bestValue = choose(better, value, bestValue);
            best = choose(better, t, best);
        }
        return best;
    }

    private double left(int piece) {
        return piece == 0 ? Double.NEGATIVE_INFINITY : borders[piece - 1];
    }

    private double right(int piece) {
        return piece == borders.length ? Double.POSITIVE_INFINITY : borders[piece];
    }

    /** σ(u); where u is a border, the smaller one-sided limit for sign &gt; 0 and the larger for sign &lt; 0. */
    private double envelope(double u, double sign) {
        double best = Double.NaN;
        for (int i = 0; i < slopes.length; i++) {
            if (left(i) <= u && u <= right(i)) {
                double value = slopes[i] * u + intercepts[i];
                best = Double.isNaN(best) || sign * value < sign * best ? value : best;
            }
        }
        return best;
    }

    private INDArray envelopes(INDArray u, INDArray sign) {
        INDArray best = u.mul(slopes[0]).addi(intercepts[0]);
        for (int i = 1; i < slopes.length; i++) {
            INDArray value = u.mul(slopes[i]).addi(intercepts[i]);
            INDArray better = mask(value.mul(sign).lt(best.mul(sign)));
            INDArray within = mask(u.gt(left(i))).addi(mask(u.eq(left(i))).muli(better));
            best = choose(within, value, best);
        }
        return best;
    }

    private static INDArray better(INDArray value, INDArray bestValue, INDArray t, INDArray best) {
        INDArray equal =
                mask(value.eq(bestValue)).muli(mask(Transforms.abs(t, true).lt(Transforms.abs(best, true))));
        return mask(value.lt(bestValue)).addi(equal);
    }
}
