package io.dl4jext.implicit.internal.prox;

import static io.dl4jext.implicit.internal.prox.Masks.choose;
import static io.dl4jext.implicit.internal.prox.Masks.mask;

import io.dl4jext.implicit.activation.RootRule;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * σ(u) = l·u for u &lt; 0, r·u from 0 on: relu, leaky and parametric relu, identity. Where the hinge opens against the
 * step, p·(r − l) &gt; 0, the step stops at the hinge; where it opens along the step there may be a minimum on either
 * side, of equal value at c = p·(l + r)/2:
 *
 * <pre>    p·(r − l) &gt; 0:  t = c/p, but no less than min(l, r) and no more than max(l, r)
 *     else:           t = r if c &gt; p·(l + r)/2, l if c is less</pre>
 *
 * For l = 0, r = 1 this is Table 1 of the paper. Under {@link RootRule#NEAREST} the border of the second case is where
 * the side that c lies on has no minimum any more: p times the slope of smaller size, 0 if the slopes differ in sign.
 */
final class HingeSlope extends ImpliedSlope {

    private final double below;
    private final double above;

    /** (r − l), whose sign says which way the hinge opens. */
    private final double opening;

    /** Where the hinge opens along the step: one for c up to p·tie on the one side of it, the other beyond. */
    private final double tie;

    private final double one;
    private final double other;

    /** Which way the other one lies, up the line 1, down −1. */
    private final double towardsOther;

    HingeSlope(double below, double above, RootRule rule) {
        this.below = below;
        this.above = above;
        this.opening = above - below;
        boolean smallerBelow = Math.abs(below) <= Math.abs(above);
        double smaller = smallerBelow ? below : above;
        boolean global = rule == RootRule.GLOBAL;
        this.tie = global ? 0.5 * (below + above) : below * above > 0 ? smaller : 0;
        // At the border itself: of two equal minima the one nearest zero; but no minimum is left to be nearest.
        boolean belowAtTie = global == smallerBelow;
        this.one = belowAtTie ? below : above;
        this.other = belowAtTie ? above : below;
        this.towardsOther = belowAtTie ? 1 : -1;
    }

    @Override
    double at(double c, double p) {
        double[] t = new double[1];
        row(new double[] {c}, new double[] {p}, t, 1);
        return t[0];
    }

    @Override
    void row(double[] c, double[] p, double[] t, int length) {
        if (below == above) {
            Arrays.fill(t, 0, length, above);
            return;
        }
        double low = Math.min(below, above);
        double high = Math.max(below, above);
        for (int j = 0; j < length; j++) {
            t[j] = one + positive(towardsOther * (c[j] - p[j] * tie)) * (other - one);
        }
        for (int j = 0; j < length; j++) {
            double stop = Math.min(high, Math.max(low, c[j] / p[j]));
            double stops = positive(p[j] * opening);
            t[j] = (1 - stops) * t[j] + stops * stop;
        }
    }

    /** 1 for x &gt; 0 (at least the smallest p), else 0: without a branch, whose outcome nobody could predict here. */
    private static double positive(double x) {
        return Math.min(1, Math.max(0, x * 1e308));
    }

    @Override
    boolean hasOperations() {
        return true;
    }

    @Override
    INDArray inOperations(INDArray c, INDArray p) {
        double low = Math.min(below, above);
        double high = Math.max(below, above);
        INDArray stop = Transforms.min(Transforms.max(c.div(p), low, false), high, false);
        INDArray side = mask(c.sub(p.mul(tie)).muli(towardsOther).gt(0))
                .muli(other - one)
                .addi(one);
        return choose(mask(p.mul(opening).gt(0)), stop, side);
    }

    @Override
    int parallelThreshold() {
        return 16384;
    }
}
