package io.dl4jext.updater.internal.elementwise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * The state arrays of one updater block of n parameters, one after the other, and its steps. Nothing else outlasts a
 * step: DL4J saves, averages and splits this state, and makes new objects of this class whenever it likes.
 */
public final class StateUpdater implements GradientUpdater<RatedUpdater> {

    private final RatedUpdater config;
    private final List<INDArray> arrays = new ArrayList<>();
    private Steps steps;

    StateUpdater(RatedUpdater config) {
        this.config = config;
    }

    /** For the tests: by ND4J operations also where loops would do. */
    void use(Steps other) {
        steps = other;
    }

    @Override
    public RatedUpdater getConfig() {
        return config;
    }

    @Override
    public void setState(Map<String, INDArray> stateMap, boolean initialize) {
        List<String> names = config.stateNames();
        if (!stateMap.keySet().equals(new HashSet<>(names))) {
            throw new IllegalStateException(
                    config.name() + ": expected the state arrays " + names + ", got " + stateMap.keySet());
        }
        arrays.clear();
        for (String name : names) {
            INDArray array = stateMap.get(name);
            if (!isDense(array)) {
                throw new IllegalStateException(config.name() + ": expected a state array " + name
                        + " that is dense in c order, got strides " + Arrays.toString(array.stride()));
            }
            arrays.add(array.reshape(array.length()));
        }
        begin(initialize);
    }

    @Override
    public Map<String, INDArray> getState() {
        Map<String, INDArray> state = new LinkedHashMap<>();
        for (int i = 0; i < arrays.size(); i++) {
            state.put(config.stateNames().get(i), arrays.get(i));
        }
        return state;
    }

    /** Not called for networks, whose blocks are made with their state; SameDiff calls it for each of its variables. */
    @Override
    public void setStateViewArray(INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
        config.checkAlone();
        setState(viewArray, initialize);
    }

    void setState(INDArray viewArray, boolean initialize) {
        int each = config.stateNames().size();
        if (viewArray.length() % each != 0) {
            throw new IllegalArgumentException(config.name() + ": expected a state of " + each
                    + " values for each parameter, got " + viewArray.length() + " values");
        }
        INDArray flat = viewArray.reshape(viewArray.length());
        long n = flat.length() / each;
        arrays.clear();
        for (int i = 0; i < each; i++) {
            arrays.add(each == 1 ? flat : flat.get(NDArrayIndex.interval(i * n, (i + 1) * n)));
        }
        begin(initialize);
    }

    private void begin(boolean initialize) {
        config.check(arrays.get(0).dataType());
        steps = Steps.of(arrays.get(0).dataType());
        if (initialize) {
            for (int i = 0; i < arrays.size(); i++) {
                arrays.get(i).assign(config.initialState(i));
            }
        }
    }

    /**
     * The gradient becomes the update, element by element.
     *
     * @throws IllegalStateException if this updater has to know more than a gradient
     */
    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        String instead = config.beyondGradient();
        if (instead != null) {
            throw new IllegalStateException(config.name() + ": " + instead + ". Got " + config);
        }
        if (gradient.length() != arrays.get(0).length()) {
            throw new IllegalArgumentException(config.name() + ": expected a gradient of "
                    + arrays.get(0).length() + " elements, got shape " + Arrays.toString(gradient.shape()));
        }
        boolean dense = isDense(gradient);
        INDArray flat = (dense ? gradient : gradient.dup('c')).reshape(gradient.length());
        run(config.step(iteration, epoch), new VectorPart(flat, 0, flat.length()), 0, null);
        if (!dense) {
            gradient.assign(flat.reshape('c', gradient.shape()));
        }
    }

    /** Whether its elements lie side by side in c order. */
    private static boolean isDense(INDArray array) {
        return array.elementWiseStride() == 1 && (array.rank() < 2 || array.isVector() || array.ordering() == 'c');
    }

    /** One of the state arrays, as it is, not a copy. */
    public INDArray state(int array) {
        return arrays.get(array);
    }

    /** In double precision. */
    public double sumOfSquares(VectorPart gradient) {
        return steps.sumOfSquares(gradient);
    }

    /**
     * A step of some neighbouring parameters.
     *
     * @param offset of the first one in this block
     * @param parameters as long as the gradient, or null if the step does not need them
     */
    public void run(ElementStep step, VectorPart gradient, long offset, VectorPart parameters) {
        int[] states = step.states();
        VectorPart[] parts = new VectorPart[1 + states.length + (step.needsParameters() ? 1 : 0)];
        parts[0] = gradient;
        for (int i = 0; i < states.length; i++) {
            parts[i + 1] = new VectorPart(arrays.get(states[i]), offset, gradient.length);
        }
        if (step.needsParameters()) {
            parts[parts.length - 1] = parameters;
        }
        steps.run(step, parts, gradient.vector.offset() + gradient.offset);
    }
}
