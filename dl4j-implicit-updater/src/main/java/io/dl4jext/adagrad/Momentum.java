package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.Problems;
import java.io.Serializable;
import java.util.List;

/** The part of AdaGrad's step that keeps a velocity, v ← μ·v + u, and makes it the update. */
final class Momentum implements Serializable {

    private static final long serialVersionUID = 1L;

    private final double share;

    Momentum(double share) {
        this.share = share;
    }

    void check(Problems problems) {
        problems.share("momentum", share);
    }

    /** μ. */
    double share() {
        return share;
    }

    boolean isOn() {
        return share > 0;
    }

    List<String> stateNames() {
        return isOn() ? List.of("V") : List.of();
    }

    /** The velocity is this one of the arrays. */
    <A> void move(Kernels<A> kernels, A[] arrays, int velocity, int n) {
        if (isOn()) {
            kernels.move(arrays[0], arrays[velocity], share, n);
        }
    }
}
