package io.dl4jext.fisher.internal.capture;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What one backward pass of a layer works with, copied before that pass may change it. */
final class RecordedPass implements AutoCloseable {

    final INDArray input;
    final INDArray epsilon;
    final INDArray mask;
    final INDArray labels;

    /** The number of time steps after which a truncated pass through time ends; empty for an ordinary pass. */
    final OptionalInt truncation;

    /**
     * A recurrent layer's state at the start of the time steps, and at their end; empty unless the pass is truncated.
     */
    final Map<String, INDArray> stateBefore;

    final Map<String, INDArray> stateAfter;

    private final List<INDArray> copies = new ArrayList<>();

    RecordedPass(Layer layer, INDArray epsilon, OptionalInt truncation) {
        this.input = copy(layer.input());
        this.epsilon = copy(epsilon);
        this.mask = copy(layer.getMaskArray());
        this.labels = layer instanceof IOutputLayer ? copy(((IOutputLayer) layer).getLabels()) : null;
        this.truncation = truncation;
        boolean stateful = truncation.isPresent() && layer instanceof RecurrentLayer;
        // DL4J's layers start a truncated backward pass from the one and have stored the other in their forward pass.
        this.stateBefore = stateful ? copy(((RecurrentLayer) layer).rnnGetPreviousState()) : Collections.emptyMap();
        this.stateAfter = stateful ? copy(((RecurrentLayer) layer).rnnGetTBPTTState()) : Collections.emptyMap();
    }

    private Map<String, INDArray> copy(Map<String, INDArray> state) {
        Map<String, INDArray> copy = new LinkedHashMap<>();
        if (state != null) {
            state.forEach((key, array) -> copy.put(key, copy(array)));
        }
        return copy;
    }

    /** Dense and from the start of its buffer: of other views, ND4J 1.0.0-M2.1 takes parts that are empty. */
    private INDArray copy(INDArray array) {
        if (array == null) {
            return null;
        }
        INDArray copy = array.dup('c');
        copies.add(copy);
        return copy;
    }

    @Override
    public void close() {
        copies.forEach(RecordedPass::giveBack);
    }

    /** Frees an array's memory now, not when Java's collector, which does not see it, comes by. */
    static void giveBack(INDArray array) {
        if (array.closeable()) {
            array.close();
        }
    }
}
