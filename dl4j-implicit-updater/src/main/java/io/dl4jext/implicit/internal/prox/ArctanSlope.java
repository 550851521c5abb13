package io.dl4jext.implicit.internal.prox;

import static io.dl4jext.implicit.internal.prox.Masks.choose;
import static io.dl4jext.implicit.internal.prox.Masks.mask;
import static io.dl4jext.implicit.internal.prox.Masks.not;

import io.dl4jext.implicit.activation.RootRule;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * arctan: t = 1/(1 + u²) with u = c − p·t, that is the cubic f(t) = t·(1 + (c − p·t)²) − 1 = 0, the paper's cubic in α
 * divided by b/(1+ημ). All its real roots lie in (0, 1]; (c, p) and (−c, −p) have the same, so let p &gt; 0.
 *
 * <p>f bends at t = 2c/(3p). Where c ≤ √3 it grows throughout and has one root. Else it grows up to t₁ = (2c − √(c² −
 * 3))/(3p), where u = (c + √(c² − 3))/3, falls, and grows again from t₂ = (2c + √(c² − 3))/(3p): a lower root if f(t₁)
 * ≥ 0, an upper root if f(t₂) ≤ 0; both are minima, the root between is a maximum. Below the bend f is concave and 1/(1
 * + c²) lies at or below the lower root; above it f is convex and min(1, c/p + p^(−2/3)) at or above the upper one:
 * Newton's method runs from these to the roots without ever overshooting, and needs no cancelling differences as
 * Cardano does.
 */
final class ArctanSlope extends ImpliedSlope {

    private static final double SQRT_3 = Math.sqrt(3);

    /** Newton squares the error: a step this small, relative to t, leaves one at the level of rounding. */
    private static final double SMALL_STEP = 1e-9;

    /** Halley's method cubes the error. */
    private static final double SMALL_HALLEY_STEP = 1e-5;

    private static final int MOST_STEPS = 100;

    /**
     * Fixed, as operations cannot stop element by element; leaves double roots 1e-9 off, where the objective is flat.
     */
    private static final int STEPS_IN_OPERATIONS = 30;

    private final RootRule rule;

    ArctanSlope(RootRule rule) {
        this.rule = rule;
    }

    @Override
    double at(double c, double p) {
        return p > 0 ? root(c, p) : root(-c, -p);
    }

    /**
     * Most elements have one root and need three steps, without a case distinction. Which steps does not matter where
     * there is one root; Halley's converge in the third order. Whatever they leave goes the safe way. Short loops
     * without branches, which Java compiles to vector instructions.
     */
    @Override
    void row(double[] c, double[] p, double[] t, int length) {
        double[] doubt = new double[length];
        for (int j = 0; j < length; j++) {
            double x = 1 / (1 + c[j] * c[j]);
            t[j] = x - halley(c[j], p[j], x);
        }
        for (int j = 0; j < length; j++) {
            t[j] -= halley(c[j], p[j], t[j]);
        }
        for (int j = 0; j < length; j++) {
            double step = halley(c[j], p[j], t[j]);
            t[j] -= step;
            doubt[j] = Math.abs(step) - SMALL_HALLEY_STEP * t[j];
        }
        for (int j = 0; j < length; j++) {
            // Above 0 where there may be several roots.
            double several = Math.min(Math.min(c[j] * c[j] - 3, c[j] * p[j]), 9 * p[j] * p[j] - c[j] * c[j]);
            doubt[j] = Math.max(doubt[j], several);
        }
        for (int j = 0; j < length; j++) {
            if (!(doubt[j] <= 0)) {
                t[j] = finite(c[j], p[j]) ? at(c[j], p[j]) : Double.NaN;
            }
        }
    }

    private static double halley(double c, double p, double t) {
        double u = c - p * t;
        double squared = 1 + u * u;
        double value = t * squared - 1;
        double first = squared - 2 * p * t * u;
        double second = p * (3 * p * t - 2 * c); // half of f″
        return value * first / (first * first - value * second);
    }

    private double root(double c, double p) {
        if (p <= c / 3) {
            return newton(c, p, 1 / (1 + c * c)); // the bend lies beyond t = 2
        }
        if (c <= SQRT_3) {
            double bend = 2 * c / (3 * p);
            return c > 0 && bend * (1 + c * c / 9) >= 1 ? newton(c, p, 1 / (1 + c * c)) : newton(c, p, above(c, p));
        }
        double spread = Math.sqrt((c - SQRT_3) * (c + SQRT_3));
        double upperU = (c + spread) / 3;
        if ((2 * c - spread) / (3 * p) * (1 + upperU * upperU) < 1) {
            return newton(c, p, above(c, p));
        }
        double lower = newton(c, p, 1 / (1 + c * c));
        double lowerU = (c - spread) / 3;
        if (rule == RootRule.NEAREST || (2 * c + spread) / (3 * p) * (1 + lowerU * lowerU) > 1) {
            return lower;
        }
        double upper = newton(c, p, above(c, p));
        double before = c - p * lower;
        double after = c - p * upper;
        double gain = Math.atan2(before - after, 1 + before * after); // atan(before) − atan(after)
        double cost = p * (upper - lower) * (upper + lower) / 2;
        return gain > cost ? upper : lower;
    }

    /** A bound of the largest root from above, at most a small factor away. */
    private static double above(double c, double p) {
        if (c <= 0) {
            double bound = 1 / (1 + c * c);
            return p > 1 ? Math.min(bound, 1 / Math.cbrt(p * p)) : bound;
        }
        return p > 1 ? Math.min(1, (c + Math.cbrt(p)) / p) : 1;
    }

    private static double newton(double c, double p, double start) {
        double t = start;
        for (int i = 0; i < MOST_STEPS; i++) {
            double u = c - p * t;
            double squared = 1 + u * u;
            double slope = squared - 2 * p * t * u;
            if (slope <= 0) {
                return t; // rounding at a double root
            }
            double step = (t * squared - 1) / slope;
            t -= step;
            if (Math.abs(step) <= SMALL_STEP * t) {
                break;
            }
        }
        return t;
    }

    @Override
    boolean hasOperations() {
        return true;
    }

    @Override
    INDArray inOperations(INDArray signedC, INDArray signedP) {
        INDArray p = Transforms.abs(signedP, true);
        INDArray c = signedC.mul(Transforms.sign(signedP, true));
        INDArray squares = c.mul(c);
        INDArray bend = c.mul(2.0 / 3).divi(p);
        INDArray spread = Transforms.sqrt(Transforms.max(squares.sub(3), 0, false), false);
        INDArray three = mask(c.gt(SQRT_3));
        INDArray first = bend.sub(spread.div(3).divi(p));
        INDArray second = bend.add(spread.div(3).divi(p));
        INDArray hasLower = mask(residual(c, p, first).gte(0)).muli(mask(c.gt(0)));
        INDArray hasUpper = choose(three, mask(residual(c, p, second).lte(0)), not(hasLower));

        INDArray below = squares.add(1).rdivi(1);
        INDArray lower = newton(c, p, below);
        INDArray above = Transforms.min(
                choose(
                        mask(c.lte(0)),
                        below,
                        Transforms.max(c, 0, true).divi(p).addi(Transforms.pow(p, -2.0 / 3, true))),
                choose(mask(c.lte(0)), Transforms.pow(p, -2.0 / 3, true), Nd4j.ones(c.dataType(), c.shape())),
                false);
        INDArray upper = newton(c, p, above);
        if (rule == RootRule.NEAREST) {
            return choose(hasLower, lower, upper);
        }
        INDArray before = c.sub(p.mul(lower));
        INDArray after = c.sub(p.mul(upper));
        INDArray gain = Transforms.atan(before, false).subi(Transforms.atan(after, false));
        INDArray cost = upper.sub(lower).muli(upper.add(lower)).muli(p).muli(0.5);
        INDArray jumps = mask(gain.gt(cost)).muli(hasUpper);
        return choose(hasLower, choose(jumps, upper, lower), upper);
    }

    private static INDArray residual(INDArray c, INDArray p, INDArray t) {
        INDArray u = c.sub(p.mul(t));
        return u.muli(u).addi(1).muli(t).subi(1);
    }

    /** Meaningless where no root lies on the side that the start is made for. */
    private static INDArray newton(INDArray c, INDArray p, INDArray start) {
        INDArray t = start;
        for (int i = 0; i < STEPS_IN_OPERATIONS; i++) {
            INDArray u = c.sub(p.mul(t));
            INDArray squared = u.mul(u).addi(1);
            INDArray slope = squared.sub(u.muli(t).muli(p).muli(2));
            INDArray next = t.sub(squared.muli(t).subi(1).divi(slope));
            // At a double root rounding may make the slope vanish; stay.
            t = choose(mask(slope.gt(0)), next, t);
        }
        return t;
    }
}
