package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.Problems;
import java.io.Serializable;

/**
 * The part of AdaGrad's step that shrinks parameters exactly: θ ← sign(y)·max(|y| − h·λ₁, 0)/(1 + h·λ₂), y = θ − h·g.
 */
final class Penalty implements Serializable {

    private static final long serialVersionUID = 1L;

    private final double l1;
    private final double l2;

    Penalty(double l1, double l2) {
        this.l1 = l1;
        this.l2 = l2;
    }

    void check(Problems problems) {
        problems.notNegative("l1", l1).notNegative("l2", l2);
    }

    double l1() {
        return l1;
    }

    double l2() {
        return l2;
    }

    /** Whether there is a proximal step at all. */
    boolean isOn() {
        return l1 > 0 || l2 > 0;
    }

    /** g ← the old θ − the new θ. */
    <A> void step(Kernels<A> kernels, A gradient, A rates, A parameters, int n) {
        kernels.proximal(gradient, rates, parameters, l1, l2, n);
    }
}
