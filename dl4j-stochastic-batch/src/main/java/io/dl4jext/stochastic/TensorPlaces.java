package io.dl4jext.stochastic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.updater.UpdaterBlock.ParamState;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where the tensors of an updater block begin in the network's parameters: read off the layers' own views of them. DL4J
 * has its updaters take a layer's tensors to lie in the order of their table, but in depthwise and separable
 * convolutions the bias lies first, and is last in the table.
 */
final class TensorPlaces {

    private final Map<ParamState, Long> begins = new IdentityHashMap<>();

    TensorPlaces(List<ParamState> tensors) {
        Map<Trainable, List<ParamState>> layers = new IdentityHashMap<>();
        tensors.stream()
                .filter(tensor -> length(tensor) > 0)
                .forEach(tensor -> layers.computeIfAbsent(tensor.getLayer(), layer -> new ArrayList<>())
                        .add(tensor));
        layers.values().forEach(this::place);
    }

    /** Where those of a layer do not fill their part of the block, it is DL4J's part that is another: then all is its. */
    private void place(List<ParamState> tensors) {
        List<ParamState> inOrder = new ArrayList<>(tensors);
        inOrder.sort(Comparator.comparingLong(TensorPlaces::seen));
        long next = tensors.get(0).getParamOffsetStart();
        boolean fills = true;
        for (ParamState tensor : inOrder) {
            fills &= seen(tensor) == next;
            next += length(tensor);
        }
        for (ParamState tensor : tensors) {
            begins.put(tensor, fills ? seen(tensor) : tensor.getParamOffsetStart());
        }
    }

    /** Where the layer has it. */
    private static long seen(ParamState tensor) {
        INDArray own = tensor.getLayer().paramTable(false).get(tensor.getParamName());
        return own == null
                ? tensor.getParamOffsetStart()
                : own.offset() - tensor.getParamView().offset() + tensor.getParamOffsetStart();
    }

    static long length(ParamState tensor) {
        return tensor.getParamOffsetEnd() - tensor.getParamOffsetStart();
    }

    /** Of a tensor with parameters. */
    long begin(ParamState tensor) {
        return begins.get(tensor);
    }
}
