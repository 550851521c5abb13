package io.dl4jext.batch.internal.accumulation;

import io.dl4jext.batch.internal.Network;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A pass through a network that has gone forward. */
public final class Pass {

    private final Model network;
    private final boolean ofFit;

    /** Of what goes on on this thread. */
    Pass(Model network) {
        this.network = network;
        this.ofFit = TrainingStack.isOfFit(network);
    }

    /** The network's. */
    public INDArray[] inputs() {
        return Network.of(network).inputs();
    }

    /** The network's; null where it does not give them. */
    public INDArray labels() {
        return Network.of(network).labels();
    }

    /** Whether it is to come to an update, and no listener's own. */
    public boolean isOfFit() {
        return ofFit;
    }

    /** Whether it is on what {@code fit}, or a trainer, has drawn from an iterator. */
    public boolean isOfIterator() {
        return TrainingStack.isOfIterator();
    }
}
