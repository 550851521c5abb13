package io.dl4jext.implicit.internal.prox;

import static io.dl4jext.implicit.internal.prox.Masks.choose;
import static io.dl4jext.implicit.internal.prox.Masks.mask;

import io.dl4jext.implicit.activation.RootRule;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * σ(u) = min(max(m·u + d, low), high), m &gt; 0: hard tanh, hard sigmoid, relu6. On the slope the step stops at the
 * flat part that it runs to; from the other flat part it jumps onto the slope (or across it) where that gains more than
 * the way costs, under {@link RootRule#NEAREST} never.
 */
final class ClippedSlope extends ImpliedSlope {

    private final double slope;
    private final double intercept;
    private final double low;
    private final double high;
    private final double left;
    private final double right;
    private final boolean jumps;

    ClippedSlope(double slope, double intercept, double low, double high, RootRule rule) {
        this.slope = slope;
        this.intercept = intercept;
        this.low = low;
        this.high = high;
        this.left = (low - intercept) / slope;
        this.right = (high - intercept) / slope;
        this.jumps = rule == RootRule.GLOBAL;
    }

    @Override
    double at(double c, double p) {
        // −σ(−u) is of the same kind.
        return p > 0 ? descend(c, p, left, right) : descend(-c, -p, -right, -left);
    }

    private double descend(double c, double p, double from, double to) {
        if (c <= from) {
            return 0;
        }
        double t = Math.min(slope, (c - from) / p);
        if (c <= to) {
            return t;
        }
        if (!jumps) {
            return 0;
        }
        double gain = slope * (to - Math.max(from, c - p * t));
        return gain > p * t * t / 2 ? t : 0;
    }

    @Override
    void row(double[] c, double[] p, double[] t, int length) {
        for (int j = 0; j < length; j++) {
            t[j] = at(c[j], p[j]);
        }
    }

    @Override
    boolean hasOperations() {
        return true;
    }

    @Override
    INDArray inOperations(INDArray c, INDArray p) {
        if (jumps) {
            return PiecewiseLinearSlope.clipped(slope, intercept, low, high).inOperations(c, p);
        }
        INDArray down = mask(p.gt(0));
        INDArray way = c.sub(down.mul(left - right).addi(right)).divi(p); // to the border ahead
        INDArray onSlope = choose(down, mask(c.lte(right)), mask(c.gte(left)));
        return Transforms.min(Transforms.max(way, 0, false), slope, false).muli(onSlope);
    }

    @Override
    int parallelThreshold() {
        return 8192;
    }
}
