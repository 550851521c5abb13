package io.dl4jext.batch;

import io.dl4jext.batch.update.UpdateListener;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells an iterator how far the network is, and sees to coupled rates and virtual batches where there are any. */
final class ProgressListener extends BaseTrainingListener {

    private static final Logger log = LoggerFactory.getLogger(ProgressListener.class);

    private final Progress progress;
    /** Null when updates stay DL4J's own. */
    private final UpdateListener updates;

    ProgressListener(Progress progress, UpdateListener updates) {
        this.progress = progress;
        this.updates = updates;
    }

    /** Begins to follow a network before it trains, and to be heard of before its other listeners. */
    void attachTo(Model network) {
        prepare(network);
        Attachment.putFirst(this, network);
    }

    /** Follows that network no more, which trains as before it was attached. */
    void detachFrom(Model network) {
        requireReady(network);
        if (updates != null) {
            updates.detachFrom(network);
        }
        Attachment.remove(this, network);
        if (progress.model() == network) {
            progress.forget();
        }
    }

    void prepare(Model model) {
        requireReady(model);
        if (updates != null) {
            updates.prepare(model);
        }
        progress.follow(model);
    }

    private static void requireReady(Model model) {
        if (!isNetwork(model)) {
            throw new IllegalArgumentException("Expected a MultiLayerNetwork or ComputationGraph, got " + model);
        }
        boolean ready = model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).getLayers() != null
                : ((ComputationGraph) model).getLayers() != null;
        if (!ready) {
            throw new IllegalArgumentException("Expected a network that has been initialised, got a "
                    + model.getClass().getSimpleName() + " before init(): call init() first");
        }
    }

    /**
     * Learning rates and micro-batches are nothing without this listener in the network that trains.
     *
     * @param caller who is about to get a batch, or a part of one, for training
     * @throws IllegalStateException if it will not be heard there, as far as can be told
     */
    void requireHearing(Caller caller) {
        String problem = deafness(caller);
        if (problem == null && (caller == Caller.USER || caller == Caller.TRAINER) && updates != null && unheard()) {
            problem = "that network has not trained on the last one (another one has, or none, or its training was"
                    + " broken off: then reset() the iterator)";
        }
        if (problem != null) {
            throw new IllegalStateException(message(problem));
        }
    }

    /**
     * As {@link #requireHearing}, where a pass begins anew.
     *
     * @throws IllegalStateException if it will not be heard there, as far as can be told
     */
    void requireHearingAgain(Caller caller) {
        String problem = caller == Caller.FIT || caller == Caller.TRAINER ? deafness(caller) : null;
        if (problem != null) {
            throw new IllegalStateException(message(problem));
        }
    }

    /**
     * Whether a prefetching thread may draw. An exception there can leave the training thread waiting for ever (DL4J's
     * AsyncDataSetIterator then puts no end into its queue), so it is refused with a line in the log and no batches; the
     * next {@code fit} that begins the pass anew gets the exception.
     */
    boolean isHeardOf(Caller caller) {
        String problem = caller == Caller.PREFETCHING ? deafness(caller) : null;
        if (problem != null) {
            log.error(message(problem));
        }
        return problem == null;
    }

    private boolean unheard() {
        return progress.unheard() > 0;
    }

    private String deafness(Caller caller) {
        if (updates == null) {
            return null;
        }
        Model model = progress.model();
        if (model == null) {
            // A network with the listener() that gets batches by hand makes itself heard with the first.
            return caller == Caller.USER && !unheard() ? null : "no network was heard of";
        }
        if (!Attachment.has(this, model)) {
            return "its listener is no longer among the network's (setListeners replaces all)";
        }
        return caller == Caller.FIT && !Thread.holdsLock(model)
                ? "another network is being fitted than the one attached"
                : null;
    }

    private String message(String problem) {
        return "Expected batches for a network that this iterator is attached to, as it is to " + updates
                + ", got none: "
                + problem + ". Call attachTo(network) before training, behind a prefetching iterator before that is"
                + " made; for anything else than training use the source, or evaluate(iterator)";
    }

    private static boolean isNetwork(Model model) {
        return model instanceof MultiLayerNetwork || model instanceof ComputationGraph;
    }

    @Override
    public void onEpochStart(Model model) {
        if (isNetwork(model)) {
            progress.epochBegins(model);
            if (updates != null) {
                updates.onEpochStart(model);
            }
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

    /** Not what comes through here while single layers are pre-trained. */
    private void passBegins(Model model) {
        if (isNetwork(model)) {
            progress.trains(model);
            if (updates != null) {
                updates.onForwardPass(model, List.of());
            }
        }
    }

    @Override
    public void onGradientCalculation(Model model) {
        if (updates != null) {
            updates.onGradientCalculation(model);
        }
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        if (updates != null) {
            updates.iterationDone(model, iteration, epoch);
        }
    }

    @Override
    public void onEpochEnd(Model model) {
        if (isNetwork(model)) {
            if (updates != null) {
                updates.onEpochEnd(model);
            }
            progress.epochEnds(model);
        }
    }
}
