package io.dl4jext.implicit.internal.prox;

import io.dl4jext.implicit.activation.RootRule;

/**
 * Smoothstep, σ(u) = (3u − u³)/2 on [−1, 1] and ±1 outside (section 4.5 of the paper): a quadratic equation inside, t =
 * 0 where c lies outside. Of the two roots only the one where the objective curves upwards can be a minimum.
 */
final class SmoothstepSlope extends ImpliedSlope {

    private final RootRule rule;

    SmoothstepSlope(RootRule rule) {
        this.rule = rule;
    }

    @Override
    double at(double c, double p) {
        boolean flat = Math.abs(c) >= 1;
        double constant = 1.5 * p - c;
        double discriminant = 1 + 6 * p * constant;
        if (discriminant < 0) {
            return 0;
        }
        // Of −(3/2)p·u² + u + constant = 0: the form without cancellation.
        double u = -2 * constant / (1 + Math.sqrt(discriminant));
        if (Math.abs(u) >= 1) {
            return 0;
        }
        double t = 1.5 * (1 - u) * (1 + u);
        if (!flat) {
            return t;
        }
        if (rule == RootRule.NEAREST) {
            return 0;
        }
        double sign = Math.signum(p);
        double staying = sign * Math.signum(c);
        double moving = sign * u * (1.5 - 0.5 * u * u) + Math.abs(p) * t * t / 2;
        return moving < staying ? t : 0;
    }

    @Override
    void row(double[] c, double[] p, double[] t, int length) {
        for (int j = 0; j < length; j++) {
            t[j] = finite(c[j], p[j]) ? at(c[j], p[j]) : Double.NaN;
        }
    }

    @Override
    int parallelThreshold() {
        return 8192;
    }
}
