package io.dl4jext.implicit.internal.prox;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The proximal problem of one activation in normal form. With k = 1+ημ, c = q/k and p = ηNb/k, eq. (8) becomes
 *
 * <pre>    α = t·b/k,    t = argmin  sign(p)·σ(c − p·t) + |p|·t²/2,</pre>
 *
 * where t, the implied slope, takes the place that σ'(q) has in the ordinary gradient: at a smooth minimum t = σ'(u)
 * with u = c − p·t. p → 0 gives σ'(c) (at a kink of σ: the one-sided slope that descends most, 0 if none does).
 */
abstract class ImpliedSlope {

    /** Stands for p = 0, of either sign: far below anything that floating-point numbers can tell from it. */
    static final double SMALLEST = 1e-300;

    /** The implied slope t for finite c and p ≠ 0. */
    abstract double at(double c, double p);

    /**
     * t[j] = the implied slope of column j for c[j] and p[j] ≠ 0; where either is not finite, t[j] is any number or
     * NaN.
     */
    void row(double[] c, double[] p, double[] t, int length) {
        for (int j = 0; j < length; j++) {
            t[j] = finite(c[j], p[j]) ? at(c[j], p[j]) : Double.NaN;
        }
    }

    /** Throws if a row of this many columns does not fit the activation. */
    void checkColumns(long columns) {}

    /** Whether {@link #inOperations} is offered. */
    boolean hasOperations() {
        return false;
    }

    /** The same as {@link #at} in ND4J operations only, for B × m arrays of type DOUBLE, which it leaves alone. */
    INDArray inOperations(INDArray c, INDArray p) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " has no form in ND4J operations");
    }

    /** How many elements are worth a second thread. */
    int parallelThreshold() {
        return 4096;
    }

    static boolean finite(double c, double p) {
        return (c - c) + (p - p) == 0;
    }
}
