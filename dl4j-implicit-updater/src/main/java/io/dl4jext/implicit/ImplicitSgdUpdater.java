package io.dl4jext.implicit;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;

/** Scales the implied gradient by η, or hands it to the rule on top. */
final class ImplicitSgdUpdater implements GradientUpdater<ImplicitSgd> {

    private final ImplicitSgd configuration;

    /** The state and rule on top; without a rule an Sgd, for its checks only. */
    private final GradientUpdater<?> inner;

    ImplicitSgdUpdater(ImplicitSgd configuration, GradientUpdater<?> inner) {
        this.configuration = configuration;
        this.inner = inner;
    }

    @Override
    public ImplicitSgd getConfig() {
        return configuration;
    }

    @Override
    public void setState(Map<String, INDArray> stateMap, boolean initialize) {
        inner.setState(stateMap, initialize);
    }

    @Override
    public Map<String, INDArray> getState() {
        return inner.getState();
    }

    @Override
    public void setStateViewArray(INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
        inner.setStateViewArray(viewArray, gradientShape, gradientOrder, initialize);
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        if (!configuration.hasStep(gradient)) {
            return;
        }
        if (configuration.getRule() == null) {
            gradient.muli(configuration.getLearningRate(iteration, epoch));
        } else {
            inner.applyUpdater(gradient, iteration, epoch);
        }
    }
}
