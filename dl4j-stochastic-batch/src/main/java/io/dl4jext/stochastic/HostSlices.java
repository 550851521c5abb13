package io.dl4jext.stochastic;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The memory of an updater block's gradient and of the parts of its state. */
final class HostSlices implements AutoCloseable {

    final HostMemory gradients;
    final HostMemory sums;
    final HostMemory counts;

    /** Null without momentum. */
    final HostMemory velocities;

    /**
     * @param parameters n, the length of each part of the state
     * @param moving whether with the velocities, the state's third part
     */
    HostSlices(INDArray gradient, INDArray state, long parameters, boolean moving) {
        if (state.dataType() != gradient.dataType() || gradient.length() != parameters) {
            throw new IllegalArgumentException("StochasticBatch: expected a state of type " + gradient.dataType()
                    + " for the " + gradient.length() + " elements of the gradient, got one of type "
                    + state.dataType() + " for " + parameters);
        }
        gradients = HostMemory.of(gradient);
        sums = HostMemory.of(state, 0, parameters);
        counts = HostMemory.of(state, parameters, parameters);
        velocities = moving ? HostMemory.of(state, 2 * parameters, parameters) : null;
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
