package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.network.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;

/**
 * What some updaters of this package need beside being a network's updater: accumulators for a tensor or for the
 * network, proximal steps and dual averaging around zero. DL4J shows an updater one long gradient, in which it has
 * joined all neighbouring parameters of equal updaters, without borders and without the parameters themselves. Before
 * each step, this listener sees to it that the updaters know both.
 *
 * <pre>{@code
 * AdaGradListener.attachTo(network);
 * }</pre>
 *
 * <p>Layers that DL4J does not train, frozen ones and those below a FrozenLayer, then stay as they are, whatever the
 * step of a gradient of 0 would be.
 *
 * <p>A network that is loaded, cloned or made by transfer learning needs it again; without it these updaters refuse to
 * run. It has no state: the workers of a ParallelWrapper share the one given to its {@code setListeners}. Layer-wise
 * pretraining is not possible with these updaters.
 */
public final class AdaGradListener extends BaseTrainingListener {

    /**
     * Adds a new listener to the network's.
     *
     * @param network a MultiLayerNetwork or ComputationGraph, initialised, with an updater that needs it
     * @return the listener
     * @throws IllegalArgumentException if it is null, another model, or not initialised
     * @throws IllegalStateException if no updater needs this
     */
    public static AdaGradListener attachTo(Model network) {
        Network ready = ready(network);
        if (!BoundParameters.areIn(ready.updater())) {
            throw new IllegalStateException(
                    "AdaGradListener: expected some parameters whose updater of this package needs"
                            + " their tensors or values, found none in this "
                            + network.getClass().getSimpleName());
        }
        BoundParameters.ensureIn(ready);
        AdaGradListener listener = new AdaGradListener();
        network.addListeners(listener);
        return listener;
    }

    /**
     * Whether this network's updaters need the listener.
     *
     * @param network a MultiLayerNetwork or ComputationGraph, initialised
     * @throws IllegalArgumentException if it is null, another model, or not initialised
     */
    public static boolean isNeededBy(Model network) {
        return BoundParameters.areIn(ready(network).updater());
    }

    /** What is wrong without this listener, and how to have it. */
    static String needed(String reason) {
        return reason
                + ", and DL4J shows an updater only a gradient: call AdaGradListener.attachTo(network) before fit (or, for"
                + " ParallelWrapper, before it is built, or give an AdaGradListener to its setListeners;"
                + " EarlyStoppingParallelTrainer builds its own); this holds for a loaded or cloned network too."
                + " Layer-wise pretraining is not possible with it";
    }

    /** Called by DL4J between the backward pass and the updater. */
    @Override
    public void onGradientCalculation(Model model) {
        if (!Network.is(model)) {
            // A layer that is pretrained, by itself: what it cannot do its own updater says.
            return;
        }
        BoundParameters.ensureIn(ready(model));
    }

    private static Network ready(Model model) {
        return Network.ready(model, "AdaGradListener");
    }
}
