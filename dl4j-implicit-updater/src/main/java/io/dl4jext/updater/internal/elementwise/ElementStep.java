package io.dl4jext.updater.internal.elementwise;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One update of parameters that do not interact. The arrays are the gradient, which becomes the update, some of the
 * state arrays and, if needed, the parameters, for the same n neighbouring parameters. Used by several threads at once.
 */
public interface ElementStep {

    /** Which state arrays it takes, in the order of the arrays behind the gradient. */
    int[] states();

    /** Whether the parameters come last. */
    default boolean needsParameters() {
        return false;
    }

    /** Whether it changes this one of the arrays. */
    boolean writes(int array);

    /**
     * The first n elements of each array.
     *
     * @param first the place of the first parameter in the network's gradient, whichever block of the updater it is in
     */
    void floats(float[][] arrays, int n, long first);

    /** As {@link #floats}. */
    void doubles(double[][] arrays, int n, long first);

    /** The same in ND4J operations, in place, on vectors. */
    void operations(INDArray[] arrays, long first);
}
