package io.dl4jext.batch.internal.accumulation;

import io.dl4jext.batch.internal.Network;
import io.dl4jext.batch.scaling.LearningRateScaling;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scales a network's learning rate with its batches, and adds the gradients of micro-batches up to one update.
 *
 * <p>The iterators of {@code io.dl4jext.batch} bring theirs with them. Works by wrapping the updater of the network,
 * whose state and gradient updaters stay the same objects; taken off the network, the wrapped updater does what the
 * original does. {@code network.setLearningRate(...)} may be called in between.
 *
 * <p>During a pass of {@code fit} the updaters' configurations show the scaled rate to the training thread (so that
 * other listeners and implicit layers see it), after the update the user's own again. What is saved or copied is the
 * user's own at all times, and so it is after a pass that an exception ended, or one outside {@code fit}. Other
 * listeners are to come after this one.
 *
 * <p>A listener that is no longer in the network's list does nothing: {@code setListeners(...)} replaces all. The
 * iterators notice. {@link #detachFrom} undoes {@link #prepare}.
 *
 * <p>One network at a time: the copies that ParallelWrapper trains would each make updates of their own.
 */
public final class UpdateListener extends BaseTrainingListener {

    private static final Logger log = LoggerFactory.getLogger(UpdateListener.class);

    private final LearningRateScaling scaling;
    private final MicroBatches microBatches;
    private UpdateProgress state = new UpdateProgress();
    private Model network;
    private UpdateRule rule;
    /** What is in the network's list, and tells this one. */
    private TrainingListener heardThrough = this;

    /**
     * @param scaling how the learning rate follows the examples of an update
     * @param microBatches which batches make up an update, or null if each does
     */
    public UpdateListener(LearningRateScaling scaling, MicroBatches microBatches) {
        if (scaling == null) {
            throw new IllegalArgumentException("Expected LearningRateScaling.none() or another, got null");
        }
        this.scaling = scaling;
        this.microBatches = microBatches;
    }

    /**
     * Wraps the network's updater now, so that what cannot work is said before training. Otherwise this happens when
     * training begins. For the network that it was prepared for already, an update that is not complete goes on.
     *
     * @throws IllegalArgumentException if the network is neither MultiLayerNetwork nor ComputationGraph, if its
     *     learning rates cannot be scaled, or, with micro-batches, if it uses truncated BPTT or another optimiser than
     *     stochastic gradient descent, which make several updates of one batch
     */
    public void prepare(Model model) {
        Network.ready(model);
        if (network != null && network != model) {
            detachFrom(network);
        }
        network = model;
        try {
            rule(model, false);
            if (microBatches != null) {
                warnOfConstraints(Network.of(model).layers());
                SummedLosses.warn(Network.of(model).layers());
            }
        } catch (RuntimeException e) {
            // Whichever network trains next.
            network = null;
            throw e;
        }
    }

    /**
     * Gives the network back its own updater and rates; what was added up so far of an update that is not complete is
     * dropped. Removing the listener from the network's list is up to the caller. Without effect on another network
     * than the one it was prepared for.
     */
    public void detachFrom(Model model) {
        if (network == null || network != model) {
            return;
        }
        release();
        Updater updater = Network.of(model).presentUpdater();
        if (isMine(updater)) {
            Network.of(model).setUpdater(((RuledUpdater) updater).own());
        }
        network = null;
        rule = null;
        state = new UpdateProgress();
    }

    /** The listener in the network's list that calls this one, if that is not there itself. */
    public void heardThrough(TrainingListener listener) {
        heardThrough = listener;
    }

    boolean isHeard(Model model) {
        return Network.of(model).listeners().contains(heardThrough);
    }

    /**
     * Asked for on the training thread. Where no pass goes on, a part whose pass came to no update is given up, and all
     * that was added up for that update; and the network's counter shows the iteration of the update that goes on.
     */
    public void betweenPasses() {
        if (rule != null) {
            rule.betweenPasses();
        }
    }

    /** Whether gradients are being added up for an update of this network that is not complete. */
    public static boolean isWithinUpdate(Model model) {
        Updater updater = Network.of(model).presentUpdater();
        return updater instanceof RuledUpdater
                && ((RuledUpdater) updater).rule().isWithinUpdate();
    }

    private boolean isMine(Updater updater) {
        return updater instanceof RuledUpdater
                && ((RuledUpdater) updater).rule().owner() == this;
    }

    private void release() {
        if (rule != null) {
            rule.release();
        }
    }

    @Override
    public void onEpochStart(Model model) {
        if (Network.is(model)) {
            rule(mine(model), false);
        }
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
        passBegins(model);
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
        passBegins(model);
    }

    private void passBegins(Model model) {
        if (Network.is(model)) {
            rule(mine(model), true).passBegins();
        }
    }

    /** The last hook before the update: another listener may have called setLearningRate during the pass. */
    @Override
    public void onGradientCalculation(Model model) {
        if (model == network && state.announced) {
            rule(model, false);
        }
    }

    /** An update of the network's that did not come through here. */
    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        if (model == network) {
            // After the update another listener may have made a pass of its own.
            boolean missed = state.announced && !state.updated;
            if (state.announced) {
                release();
            }
            state.announced = false;
            state.updated = false;
            if (missed) {
                throw new IllegalStateException("Expected the network's updater to stay until the update, as it is to "
                        + this + ", got another at iteration " + iteration
                        + ": call setLearningRate in iterationDone or"
                        + " onBackwardPass, not in onGradientCalculation");
            }
        }
    }

    @Override
    public void onEpochEnd(Model model) {
        if (Network.is(model)) {
            rule(mine(model), false).epochEnds();
        }
    }

    private Model mine(Model model) {
        if (network == null) {
            network = model;
        }
        if (network != model) {
            throw new IllegalStateException("Expected one network to train with scaled learning rates or accumulated"
                    + " batches, got another (ParallelWrapper trains copies): call the iterator's attachTo(network) to go"
                    + " on with that one, or detachFrom(the other), or give each its own iterator");
        }
        return model;
    }

    private UpdateRule rule(Model model, boolean inPass) {
        Network net = Network.of(model);
        Updater updater = net.updater();
        if (mustWrap(updater, inPass)) {
            requireOneUpdateABatch(net.backpropType(), model.conf().getOptimizationAlgo());
            release(updater);
            Updater own = updater instanceof RuledUpdater ? ((RuledUpdater) updater).own() : updater;
            try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                net.setUpdater(ruled(model, own));
            }
        }
        rule = ((RuledUpdater) net.updater()).rule();
        return rule;
    }

    private Updater ruled(Model model, Updater own) {
        return model instanceof MultiLayerNetwork
                ? new BatchedMultiLayerUpdater(
                        this, (MultiLayerNetwork) model, (MultiLayerUpdater) own, scaling, microBatches, state)
                : new BatchedGraphUpdater(
                        this, (ComputationGraph) model, (ComputationGraphUpdater) own, scaling, microBatches, state);
    }

    /** The rates are to be read as the user's own. */
    private void release(Updater updater) {
        release();
        if (updater instanceof RuledUpdater) {
            ((RuledUpdater) updater).rule().release();
        }
    }

    /** Whether the updater is DL4J's, as at first and after setLearningRate, or that of a listener no longer in use. */
    private boolean mustWrap(Updater updater, boolean inPass) {
        if (!(updater instanceof RuledUpdater)) {
            return true;
        }
        UpdateRule rule = ((RuledUpdater) updater).rule();
        if (rule.owner() == this) {
            return false;
        }
        if (inPass && rule.isAnnounced()) {
            throw new IllegalStateException("Expected one listener to scale learning rates or accumulate gradients,"
                    + " got two on one network: remove the listener of the iterator no longer in use");
        }
        return true;
    }

    private void requireOneUpdateABatch(BackpropType backprop, OptimizationAlgorithm algorithm) {
        if (microBatches == null) {
            return;
        }
        if (backprop == BackpropType.TruncatedBPTT) {
            throw new IllegalArgumentException("Expected backprop type Standard for gradient accumulation, got "
                    + backprop + ", which updates several times a batch");
        }
        if (algorithm != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) {
            throw new IllegalArgumentException(
                    "Expected STOCHASTIC_GRADIENT_DESCENT for gradient accumulation, got " + algorithm);
        }
    }

    /**
     * DL4J applies them after each pass, also between the parts of one update. Those of norms change a little again
     * what they have been applied to, and all of them what a training begins with. To take them off the configuration
     * meanwhile is no way: nothing tells when to put them back before it is saved or copied.
     */
    private static void warnOfConstraints(Layer[] layers) {
        for (Layer layer : layers) {
            boolean frozen = layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop;
            for (LayerConstraint constraint : frozen
                    ? List.<LayerConstraint>of()
                    : constraints(layer.conf().getLayer())) {
                log.warn(
                        "Layer '{}' has the constraint {}, which DL4J applies after each part of an accumulated batch, not"
                                + " only after the update: that is not quite the update of the whole batch",
                        layer.conf().getLayer().getLayerName(),
                        constraint);
            }
        }
    }

    private static List<LayerConstraint> constraints(org.deeplearning4j.nn.conf.layers.Layer conf) {
        if (conf instanceof BaseWrapperLayer) {
            return constraints(((BaseWrapperLayer) conf).getUnderlying());
        }
        if (conf instanceof Bidirectional) {
            // The other direction's are the same.
            return constraints(((Bidirectional) conf).getFwd());
        }
        return conf.getConstraints() == null ? List.of() : conf.getConstraints();
    }

    /** What it does. */
    @Override
    public String toString() {
        String rates = scaling.isNone() ? "" : "scale its learning rate by " + scaling;
        String sums = microBatches == null ? "" : "accumulate the gradients of micro-batches";
        return rates.isEmpty() || sums.isEmpty() ? rates + sums : rates + " and " + sums;
    }
}
