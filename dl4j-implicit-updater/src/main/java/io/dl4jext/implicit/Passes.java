package io.dl4jext.implicit;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which of DL4J's passes have come to a layer, network by network. Below a FrozenLayer there is no backward pass, but
 * DL4J applies regularisation there, to what the layer's last update left in its gradient: a ridge would take its own
 * last step for a gradient, and add to it.
 *
 * <p>Networks may share a layer's configuration: DL4J's clone() of a wrapper keeps the layer within. What tells them
 * apart, for the layer as for its regularisation, is the buffer of their parameters.
 */
final class Passes {

    private final List<Network> networks = new ArrayList<>();

    /** A network makes the layer. */
    synchronized void begin(INDArray parameters) {
        networks.remove(of(parameters));
    }

    /** In training. */
    synchronized void forward(INDArray parameters) {
        of(parameters).forward = true;
    }

    synchronized void backward(INDArray parameters) {
        of(parameters).backward = true;
    }

    /** Whether it is trained, as far as one can tell: a network may also get its gradients from elsewhere. */
    synchronized boolean train(INDArray parameters) {
        Network network = of(parameters);
        return network.backward || !network.forward;
    }

    private Network of(INDArray parameters) {
        networks.removeIf(network -> network.parameters.get() == null);
        DataBuffer all = whole(parameters.data());
        for (Network network : networks) {
            if (network.parameters.get() == all) {
                return network;
            }
        }
        Network network = new Network(all);
        networks.add(network);
        return network;
    }

    /** All parameters of a network are views of one buffer. */
    private static DataBuffer whole(DataBuffer view) {
        return view.originalDataBuffer() == null ? view : view.originalDataBuffer();
    }

    private static final class Network {

        private final WeakReference<DataBuffer> parameters;
        private boolean forward;
        private boolean backward;

        Network(DataBuffer parameters) {
            this.parameters = new WeakReference<>(parameters);
        }
    }
}
