package io.dl4jext.stochastic;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The passes over the elements of one updater block, whose gradient has n elements and whose state has 2·n or 3·n: sums,
 * counts, velocities.
 */
interface Passes {

    /** The fused loops for host memory where they can be used, ND4J operations elsewhere. */
    static Passes of(DataType type) {
        boolean host = Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
        return host && (type == DataType.FLOAT || type == DataType.DOUBLE) ? new HostPasses() : new OperationPasses();
    }

    /** The moments of |g| over the gradient's elements offset … offset + length. */
    Moments measure(INDArray gradient, long offset, long length);

    /**
     * The moments of |g̃| over these elements, g̃ being the running mean that this gradient is included in: (sum + g)/k.
     * Changes nothing.
     *
     * @param parameters n
     */
    Moments measureMeans(INDArray gradient, INDArray state, long parameters, long offset, long length);

    /**
     * Drops all that waits, for the epoch of this mark.
     *
     * @param parameters n
     * @param position of the block's first parameter in the mark
     */
    void drop(INDArray state, long parameters, EpochMark mark, long position);

    /**
     * One step of elements offset … offset + length: the gradient becomes the update, 0 where a parameter waits.
     *
     * @param first the index of element {@code offset} in the network's parameters, for the draws
     * @param position of element {@code offset} in the mark
     */
    UpdateCount step(
            INDArray gradient, INDArray state, long offset, long length, long first, long position, UpdateRule rule);
}
