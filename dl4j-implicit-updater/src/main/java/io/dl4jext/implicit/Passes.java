package io.dl4jext.implicit;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which of DL4J's passes have come to a layer, network by network. Below a FrozenLayer there is no backward pass, but
 * DL4J applies regularisation there, to what the layer's last update left in its gradient: a ridge would take its own
 * last step for a gradient, and add to it.
 *
 * <p>Networks, and places of one network, may share a layer's configuration: DL4J's clone() of a wrapper keeps the layer
 * within. What tells them apart, for the layer as for its regularisation, is where their parameters lie.
 */
final class Passes {

    private final List<Place> places = new ArrayList<>();

    /** A network makes the layer. */
    synchronized void begin(INDArray parameters) {
        places.remove(at(parameters));
        at(parameters);
    }

    /** In training. */
    synchronized void forward(INDArray parameters) {
        at(parameters).forward = true;
    }

    synchronized void backward(INDArray parameters) {
        at(parameters).backward = true;
    }

    /**
     * Whether it is trained, as far as one can tell: a network may also get its gradients from elsewhere.
     *
     * @param parameter one of the layer's, or of the other direction's that follow on them in a Bidirectional, whose
     *     regularisation is the first one's
     */
    synchronized boolean train(INDArray parameter) {
        DataBuffer buffer = whole(parameter);
        return places.stream()
                .filter(place -> place.buffer.get() == buffer && place.first <= parameter.offset())
                .max(Comparator.comparingLong(place -> place.first))
                .map(place -> place.backward || !place.forward)
                .orElse(true);
    }

    /** @param parameters all of the layer */
    private Place at(INDArray parameters) {
        places.removeIf(place -> place.buffer.get() == null);
        DataBuffer buffer = whole(parameters);
        for (Place place : places) {
            if (place.buffer.get() == buffer && place.first == parameters.offset()) {
                return place;
            }
        }
        Place place = new Place(buffer, parameters.offset());
        places.add(place);
        return place;
    }

    /** All parameters of a network are views of one buffer. */
    private static DataBuffer whole(INDArray view) {
        DataBuffer buffer = view.data();
        return buffer.originalDataBuffer() == null ? buffer : buffer.originalDataBuffer();
    }

    private static final class Place {

        private final WeakReference<DataBuffer> buffer;
        private final long first;
        private boolean forward;
        private boolean backward;

        Place(DataBuffer buffer, long first) {
            this.buffer = new WeakReference<>(buffer);
            this.first = first;
        }
    }
}
