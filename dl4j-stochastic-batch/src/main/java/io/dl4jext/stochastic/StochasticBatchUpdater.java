package io.dl4jext.stochastic;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * Holds the state of the n parameters of one updater block: n sums, n counts and, with momentum, n velocities one after
 * the other. The steps are done by {@link GroupedParameters}.
 */
final class StochasticBatchUpdater implements GradientUpdater<StochasticBatch> {

    static final String SUM = "SUM";
    static final String COUNT = "COUNT";
    static final String VELOCITY = "VELOCITY";

    private final StochasticBatch config;
    private INDArray state;

    StochasticBatchUpdater(StochasticBatch config) {
        this.config = config;
    }

    @Override
    public StochasticBatch getConfig() {
        return config;
    }

    INDArray state() {
        return state;
    }

    long parameters() {
        return state.length() / config.stateSize(1);
    }

    /** The first counts, as many as tell the epoch. Read at each step: DL4J and users change the state in place. */
    double[] firstCounts() {
        double[] counts = new double[(int) Math.min(EpochMark.PERIOD, parameters())];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = state.getDouble(parameters() + i);
        }
        return counts;
    }

    @Override
    public void setState(Map<String, INDArray> stateMap, boolean initialize) {
        throw new UnsupportedOperationException("StochasticBatch takes its state as one array: setStateViewArray");
    }

    @Override
    public Map<String, INDArray> getState() {
        long n = parameters();
        return config.hasMomentum()
                ? Map.of(SUM, part(0, n), COUNT, part(1, n), VELOCITY, part(2, n))
                : Map.of(SUM, part(0, n), COUNT, part(1, n));
    }

    private INDArray part(int index, long length) {
        return state.get(NDArrayIndex.interval(index * length, (index + 1) * length));
    }

    @Override
    public void setStateViewArray(INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
        long each = config.stateSize(1);
        if (viewArray.length() % each != 0) {
            throw new IllegalArgumentException("StochasticBatch: expected a state of " + each
                    + " values for each parameter, got " + viewArray.length() + " values");
        }
        state = viewArray.reshape(viewArray.length());
        if (initialize) {
            // A sum that is -0 leaves any first summand as it is, its sign too.
            state.assign(0);
            long n = parameters();
            part(0, n).assign(-0.0);
            part(1, n).assign(1);
        }
    }

    /** @throws IllegalStateException always: a gradient alone does not tell its groups */
    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        throw new IllegalStateException(
                "StochasticBatch has to know the network's parameter groups and cannot go on without: call"
                        + " StochasticBatchListener.attachTo(network) before fit, and again after network.setListeners, which removes"
                        + " it (or, for ParallelWrapper, before it is built, or give a StochasticBatchListener to its setListeners;"
                        + " EarlyStoppingParallelTrainer builds its own). Layer-wise pretraining is not possible with it.");
    }
}
