package io.dl4jext.stochastic;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The passes over the elements of one updater block, whose gradient has n elements and whose state has 2·n or 3·n:
 * sums, counts, velocities.
 */
interface Passes {

    /** The fused loops for host memory where they can be used, ND4J operations elsewhere. */
    static Passes of(DataType type) {
        boolean host = Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
        return host && (type == DataType.FLOAT || type == DataType.DOUBLE) ? new HostPasses() : new OperationPasses();
    }

    /**
     * The moments of |g| over each tensor's part of the gradient.
     *
     * @return one for each tensor
     */
    List<Moments> measure(INDArray gradient, List<ParameterTensor> tensors);

    /**
     * The moments of |g̃| over each tensor's part, g̃ being the running mean that this gradient is included in: (sum +
     * g)/k. Changes nothing.
     *
     * @param parameters n
     * @return one for each tensor
     */
    List<Moments> measureMeans(INDArray gradient, INDArray state, long parameters, List<ParameterTensor> tensors);

    /**
     * Drops all that waits, for the epoch of this mark.
     *
     * @param parameters n
     * @param position of the block's first parameter in the mark
     */
    void drop(INDArray state, long parameters, EpochMark mark, long position);

    /**
     * One step of each tensor's part: the gradient becomes the update, 0 where a parameter waits.
     *
     * @param rules one for each tensor, all with momentum or all without
     * @return what was updated, one for each tensor
     */
    List<UpdateCount> step(INDArray gradient, INDArray state, List<ParameterTensor> tensors, List<GroupStep> rules);
}
