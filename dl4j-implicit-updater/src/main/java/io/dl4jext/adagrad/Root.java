package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.Problems;
import java.io.Serializable;

/** The part of AdaGrad's step that turns G into the step's length h = η/√(G + ε) or η/(√G + ε). */
final class Root implements Serializable {

    private static final long serialVersionUID = 1L;

    private final double epsilon;
    private final EpsilonPlace place;

    Root(double epsilon, EpsilonPlace place) {
        this.epsilon = epsilon;
        this.place = place;
    }

    void check(Problems problems) {
        problems.notNegative("epsilon", epsilon).require(place != null, "an epsilonPlace", null);
    }

    double epsilon() {
        return epsilon;
    }

    EpsilonPlace place() {
        return place;
    }

    private double inside() {
        return place == EpsilonPlace.INSIDE_ROOT ? epsilon : 0;
    }

    private double outside() {
        return place == EpsilonPlace.INSIDE_ROOT ? 0 : epsilon;
    }

    /** g ← h·g. */
    <A> void scale(Kernels<A> kernels, A gradient, A sum, double rate, int n) {
        kernels.scale(gradient, sum, rate, inside(), outside(), n);
    }

    /** h, in a new array. */
    <A> A rates(Kernels<A> kernels, A sum, double rate, int n) {
        A rates = kernels.filled(sum, 0, n);
        kernels.rates(rates, sum, rate, inside(), outside(), n);
        return rates;
    }

    /** h for one G. */
    double rate(double sum, double rate) {
        return rate / (Math.sqrt(sum + inside()) + outside());
    }
}
