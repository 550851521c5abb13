package io.dl4jext.batch;

import io.dl4jext.batch.internal.Network;
import io.dl4jext.batch.internal.accumulation.TrainingStack;
import io.dl4jext.batch.internal.accumulation.UpdateListener;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells an iterator how far the network is, and sees to scaled rates and gradient accumulation where there are any. */
final class ProgressListener extends BaseTrainingListener {

    private static final Logger log = LoggerFactory.getLogger(ProgressListener.class);

    private final Progress progress;
    /** Null when updates stay DL4J's own. */
    private final UpdateListener updates;
    /** Whether each batch depends on this listener, not only the parts of one. */
    private final boolean everyBatch;
    /** Whether a thread that draws ahead was refused. */
    private volatile boolean refused;

    ProgressListener(Progress progress, UpdateListener updates, boolean everyBatch) {
        this.progress = progress;
        this.updates = updates;
        this.everyBatch = everyBatch;
        if (updates != null) {
            updates.heardThrough(this);
        }
    }

    /** Begins to follow a network before it trains, and to be heard of before its other listeners. */
    void attachTo(Model network) {
        Model before = progress.model();
        prepare(network);
        if (before != null && before != network) {
            Attachment.remove(this, before);
        }
        Attachment.putFirst(this, network);
    }

    /** Follows that network no more, which trains as before it was attached. */
    void detachFrom(Model network) {
        Network.ready(network);
        if (updates != null) {
            updates.detachFrom(network);
        }
        Attachment.remove(this, network);
        if (progress.model() == network) {
            progress.forget();
        }
    }

    void prepare(Model model) {
        Network.ready(model);
        if (updates != null) {
            updates.prepare(model);
        }
        progress.follow(model);
    }

    /** That nothing was heard of the last batch. */
    static final class UnheardException extends IllegalStateException {

        private static final long serialVersionUID = 1L;

        UnheardException(String message) {
            super(message);
        }
    }

    /**
     * Scaled rates and parts of a batch are nothing without this listener in the network that trains. What is drawn
     * ahead of training cannot have been heard of.
     *
     * @param first whether a batch is about to be handed out, or its first part
     * @param waiting whether a part that was handed out was not in an update; a pass alone does not train
     * @throws UnheardException if nothing was heard of the last one, though something hangs on that
     * @throws IllegalStateException if no network will make itself heard, as far as can be told
     */
    void requireHearing(boolean first, boolean waiting) {
        String problem = deafness();
        if (problem != null) {
            throw new IllegalStateException(message(problem));
        }
        if (updates != null && (!first || everyBatch)) {
            requireHeard(progress.isUnheard() || !first && waiting && !progress.isAhead());
            progress.relyOnHearing();
        }
    }

    /**
     * Whoever asks for batches on the training thread does so between two passes, unless it is a listener in one: one
     * that was begun has failed, and the next one's iteration is known before its forward pass asks for it.
     */
    void betweenPasses() {
        if (updates != null && !progress.isAhead()) {
            updates.betweenPasses();
        }
    }

    private void requireHeard(boolean unheard) {
        if (unheard) {
            progress.giveUpHearing();
            throw new UnheardException(message("that network has not trained on the last one (another one has, or none,"
                    + " or this one on another made of it, which is known only where fit draws; or its training was broken off: then"
                    + " reset() the iterator)"));
        }
    }

    /**
     * As {@link #requireHearing}, where the data begins anew for the first network, or after a thread that draws ahead
     * was refused. (DL4J's early stopping hides what it is thrown later by an exception of its own.)
     *
     * @param ended whether all has been drawn
     * @throws UnheardException if this thread drew what nothing was heard of, and did not do so ahead of training
     * @throws IllegalStateException if no network will make itself heard, as far as can be told
     */
    void requireHearingAgain(boolean ended) {
        String problem = refused || !progress.hasKnownNetwork() ? deafness() : null;
        if (problem != null) {
            throw new IllegalStateException(message(problem));
        }
        refused = false;
        requireHeard(ended && progress.isUnheardToTheEnd());
    }

    /**
     * Whether a thread may draw ahead, if this is one. An exception there can leave the training thread waiting for
     * ever (DL4J's AsyncDataSetIterator then puts no end into its queue), so it is refused with a line in the log and
     * no batches; the next {@code fit}, which begins the data anew, gets the exception.
     */
    boolean mayBeDrawnAhead() {
        String problem = progress.isAhead() ? deafness() : null;
        if (problem != null) {
            log.error(message(problem));
            refused = true;
        }
        return problem == null;
    }

    /** After {@code setListeners(...)}, which replaces all, without settings that depend on hearing. */
    void noticeDeafness() {
        Model model = progress.model();
        if (model != null) {
            progress.setDeaf(!Attachment.has(this, model));
        }
    }

    private String deafness() {
        if (updates == null) {
            return null;
        }
        Model model = progress.model();
        if (model == null) {
            return "no network was heard of";
        }
        return Attachment.has(this, model)
                ? null
                : "its listener is no longer among the network's (setListeners replaces all)";
    }

    private String message(String problem) {
        return "Expected batches for a network that this iterator is attached to, as it is to " + updates
                + ", got none: "
                + problem + ". Call attachTo(network) before training, behind a prefetching iterator before that is"
                + " made; for anything else than training (evaluate) use the source iterator, and for ParallelWrapper, whose"
                + " copies are not heard, an iterator without these settings";
    }

    /**
     * A clone of the network has this listener, too, and may train on anything; on these batches only if some were
     * handed out, to what trains on an iterator.
     */
    private boolean isOfBatches(Model model) {
        return Network.is(model)
                && (!Network.hasFromOriginal(model, this) || progress.isAwaiting() && TrainingStack.isOfIterator());
    }

    @Override
    public void onEpochStart(Model model) {
        if (isOfBatches(model)) {
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
        if (isOfBatches(model)) {
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
        if (isOfBatches(model)) {
            if (updates != null) {
                updates.onEpochEnd(model);
            }
            progress.epochEnds(model);
        }
    }
}
