package io.dl4jext.stochastic;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The memory of a tensor's part of the gradient and of the state. */
final class HostSlices implements AutoCloseable {

    final HostMemory gradients;
    final HostMemory sums;
    final HostMemory counts;

    /** Null without momentum. */
    final HostMemory velocities;

    /**
     * Elements offset … offset + length of the gradient and of each part of the state.
     *
     * @param parameters the length of each part of the state
     * @param moving whether with the velocities, the state's third part
     */
    HostSlices(INDArray gradient, INDArray state, long parameters, boolean moving, long offset, long length) {
        if (state.dataType() != gradient.dataType() || offset > parameters - length) {
            throw new IllegalArgumentException("StochasticBatch: expected a state of type " + gradient.dataType()
                    + " for elements " + offset + " to " + offset + " + " + length
                    + " of the gradient, got one of type "
                    + state.dataType() + " for " + parameters + " parameters");
        }
        gradients = HostMemory.of(gradient, offset, length);
        sums = HostMemory.of(state, offset, length);
        counts = HostMemory.of(state, parameters + offset, length);
        velocities = moving ? HostMemory.of(state, 2 * parameters + offset, length) : null;
    }

    @Override
    public void close() {
        gradients.close();
        sums.close();
        counts.close();
        if (velocities != null) {
            velocities.close();
        }
    }
}
