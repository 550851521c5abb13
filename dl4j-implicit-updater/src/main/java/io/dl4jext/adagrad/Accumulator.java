package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.Problems;
import java.io.Serializable;
import java.util.List;

/** The part of AdaGrad's step that adds up squared gradients to G, and the state arrays that hold G. */
abstract class Accumulator implements Serializable {

    private static final long serialVersionUID = 1L;

    private final Accumulation kind;
    private final double start;
    private final double decay;
    private final int window;
    private final AccumulatorScope scope;

    Accumulator(Accumulation kind, double start, double decay, int window, AccumulatorScope scope) {
        this.kind = kind;
        this.start = start;
        this.decay = decay;
        this.window = window;
        this.scope = scope;
    }

    static Accumulator of(Accumulation kind, double start, double decay, int window, AccumulatorScope scope) {
        return kind == Accumulation.WINDOW
                ? new WindowSum(start, decay, window, scope)
                : new RunningSum(kind, start, decay, window, scope);
    }

    void check(Problems problems) {
        problems.notNegative("initialAccumulator", start)
                .require(kind != null, "an accumulation", null)
                .require(scope != null, "a scope", null);
    }

    final Accumulation kind() {
        return kind;
    }

    /** G₀. */
    final double start() {
        return start;
    }

    final AccumulatorScope scope() {
        return scope;
    }

    /** ρ, 1 where nothing decays. */
    final double decay() {
        return decay;
    }

    /** W, 0 where there is no window. */
    final int window() {
        return window;
    }

    /** Whether G never falls below G₀. */
    abstract boolean keepsStart();

    abstract List<String> stateNames();

    /** At the start, of each element of each state array. */
    abstract double initialState();

    /**
     * Adds the gradient, array 0, to the state, arrays 1, 2, ….
     *
     * @return G: one of the arrays, or a new one
     */
    abstract <A> A add(Kernels<A> kernels, A[] arrays, int n);

    /** The G of a tensor or network, of which there is only one number, and the squared norm of the gradient. */
    abstract double add(double sum, double squares);
}
