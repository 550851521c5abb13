package io.dl4jext.batch;

import io.dl4jext.batch.internal.accumulation.TrainingStack;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;

/**
 * Which epoch and iteration the next batch is for, and whether the pass through the data trains: what an iterator knows
 * by its listener, by the calls it gets, and by the threads of both.
 *
 * <p>A network that trains on the thread that asks for batches knows best: its own counts are used. Where batches are
 * asked for ahead of training, by a prefetching thread, its iteration lags behind by the queue; then it is the
 * iteration at the epoch's start plus the batches handed out since. The epoch is the one that the network's listeners
 * are told; where they are told none, and where no network is known at all, passes through the data count.
 *
 * <p>A pass trains when the network is heard to: it says so before the first batch of an epoch ({@code fit}, early
 * stopping), else with each batch. {@code fit} is known by the stack, and holds the network's lock while it draws: who
 * draws on the same thread without the lock does so after a {@code fit} that was broken off. What an evaluation draws
 * (the network's own, a score calculator's) is not trained on, whatever the network is heard to do next. A thread that draws ahead before the network has said
 * anything takes the pass for training. A network that has lost its listener ({@code setListeners} replaces all)
 * has trained if its {@code fit} drew, or if it has counted iterations since. Without a network, or with several, every
 * pass is training.
 */
final class Progress {

    private static final int OUTSIDE = -1;

    private Model model;
    /** Whether there has been one. */
    private boolean knew;
    /** Where the data is begun anew and training is heard; who draws on another thread draws ahead. */
    private Thread home = Thread.currentThread();
    /** Several networks train on the batches (ParallelWrapper): the count of none is that of the batches. */
    private boolean several;
    /** Whether the network, though followed, can be heard no more: its own counts tell what has trained. */
    private boolean deaf;
    /** Whether the network has said when epochs begin or end. */
    private boolean toldEpochs;
    /** How many epochs it has said to begin, whether the last of them goes on, and whether it has trained in it. */
    private int epochsBegun;

    private boolean inEpoch;
    private boolean heardInEpoch;
    /** Whether that was said with the network's lock held, as {@code fit} does. */
    private boolean epochOfFit;

    private int epoch;
    private int iterationOfPass;
    /** Batches that this pass has handed out as training; whether it has handed out any. */
    private int handedOut;

    private boolean used;
    /** Whether some of it may be trained on: not what an evaluation drew, or another network's {@code fit}. */
    private boolean offered;
    /** Whether the network was heard to train after this pass had offered something, and whether outside an epoch. */
    private boolean heard;

    private boolean heardOutside;
    /** Whether {@code fit} of the network drew in this pass: if deaf to it, its own count of epochs tells. */
    private boolean drawnByFit;
    /** Whether batches or parts were handed out, not ahead, since the network was heard last. */
    private boolean unheard;
    /** Who drew as if ahead what is to be heard of, since the network was heard last; null if nobody did. */
    private Thread drewAhead;
    /** Whether the last batch was handed out ahead of training. */
    private boolean drawnAhead;
    /** Whether the network has said, since this pass began, that its epoch is over. */
    private boolean endTold;
    /** The network's epoch in which this pass was found to be exhausted. */
    private int exhaustedIn;
    /** Whether {@code fit} began the data anew, for the epoch that it is about to begin. */
    private boolean begunByFit;
    /** Whether the pass was gone into by an iterator whose state this one restored, or for another network. */
    private boolean resumed;
    /** Whether the epoch is that after this pass already, for the same reasons. */
    private boolean counted;
    /** Whether the place in the data is a restored one, of whose epoch the network need not know. */
    private boolean restored;

    /** The network that is followed, or null. */
    synchronized Model model() {
        return model;
    }

    /** Whether a network was ever followed. */
    synchronized boolean hasKnownNetwork() {
        return knew;
    }

    /** Follows no network any more; epoch and iteration go on from here. */
    synchronized void forget() {
        keepPass();
        iterationOfPass = iteration() - handedOut;
        model = null;
        forgetWhatWasTold();
    }

    /** Follows this network from now on, whichever it was before. */
    synchronized void follow(Model newModel) {
        setDeaf(false);
        home = Thread.currentThread();
        if (model == newModel) {
            several = false;
            giveUpHearing();
            if (!used) {
                epoch = Math.max(epoch, epochCount());
                iterationOfPass = BaseOptimizer.getIterationCount(model);
            }
            return;
        }
        keepPass();
        model = newModel;
        knew = true;
        forgetWhatWasTold();
        epoch = restored ? Math.max(epoch, epochCount()) : epochCount();
        beginPass(BaseOptimizer.getIterationCount(model));
    }

    /** What the pass was for a network that is followed no more: its examples were trained on. */
    private void keepPass() {
        if (follows() && isPassCounted(exhaustedIn != OUTSIDE)) {
            counted |= toldEpochs || epochCount() > epoch;
            resumed |= !counted;
        }
    }

    private int epochCount() {
        return BaseOptimizer.getEpochCount(model);
    }

    private void forgetWhatWasTold() {
        deaf = false;
        several = false;
        toldEpochs = false;
        inEpoch = false;
        begunByFit = false;
        giveUpHearing();
    }

    /** Whether something was handed out that a network is to train on, which may be the one that does on this thread. */
    synchronized boolean isAwaiting() {
        return isUnheard() || drewAhead != null;
    }

    /**
     * Whether what was handed out since a place was gone to, or the data begun anew, is known not to have been trained
     * on.
     */
    synchronized boolean isUntrained() {
        return follows() && !deaf && used && !heard;
    }

    /** A network is training on this thread. */
    private void hear(Model trained) {
        if (model == null) {
            model = trained;
            knew = true;
            iterationOfPass = BaseOptimizer.getIterationCount(model);
            epoch = Math.max(epoch, epochCount());
        }
        several |= model != trained;
        giveUpHearing();
        home = Thread.currentThread();
    }

    /** The followed network has lost its listener, or has it again. */
    synchronized void setDeaf(boolean isDeaf) {
        if (deaf && !isDeaf) {
            catchUp();
        }
        deaf = isDeaf;
        inEpoch &= !isDeaf;
    }

    /** What would have been heard in this pass. */
    private void catchUp() {
        heard |= used && hasTrained();
        if (drawnByFit) {
            toldEpochs = true;
            endTold |= epochCount() > epoch;
            epoch = Math.max(epoch, epochCount());
        }
    }

    /** A network is in a training pass: on this data, unless none of it has been handed out yet. */
    synchronized void trains(Model trained) {
        hear(trained);
        if (offered && !heard) {
            heard = true;
            // Of an epoch that was broken off no end is told.
            inEpoch &= TrainingStack.isOfIterator();
            heardOutside = !inEpoch;
        }
        heardInEpoch = true;
    }

    synchronized void epochBegins(Model trained) {
        hear(trained);
        if (!several) {
            toldEpochs = true;
            epochsBegun++;
            inEpoch = true;
            heardInEpoch = false;
            epochOfFit = Thread.holdsLock(trained);
            epoch = epochCount();
        }
    }

    synchronized void epochEnds(Model trained) {
        hear(trained);
        if (!several) {
            toldEpochs = true;
            endTold = true;
            inEpoch = false;
            epoch = epochCount() + 1;
        }
    }

    /** Whether this thread draws ahead of training, so that a batch may be handed out before that on the last one. */
    synchronized boolean isAhead() {
        return Thread.currentThread() != home;
    }

    /** What draws on this thread: early stopping says when epochs begin, as {@code fit} does, but holds no lock. */
    synchronized HandedOut.Drawn drawing() {
        if (isAhead()) {
            return HandedOut.Drawn.AHEAD;
        }
        boolean trains = model != null && Thread.holdsLock(model) || inEpoch;
        return trains && TrainingStack.isOfIterator() ? HandedOut.Drawn.BY_TURNS : HandedOut.Drawn.BY_HAND;
    }

    /**
     * Whether the last batch was handed out ahead of training, so that what was handed out is more than was trained on.
     */
    synchronized boolean isDrawnAhead() {
        return drawnAhead;
    }

    /** Whether a batch was handed out that the network was not heard to train on. */
    synchronized boolean isUnheard() {
        return unheard && !isAhead();
    }

    /** That training on what this thread is about to draw is to be heard. */
    synchronized void relyOnHearing() {
        if (isAhead()) {
            drewAhead = Thread.currentThread();
        }
    }

    /** Whether this thread drew ahead, and was not: it begins the data anew itself. */
    synchronized boolean isUnheardToTheEnd() {
        return drewAhead == Thread.currentThread();
    }

    /** Whether the pass is known to have trained, or need not be asked. */
    synchronized boolean hasTrained() {
        return !follows()
                || resumed
                || counted
                || heard
                || isCountedByFit()
                || (deaf && offered && BaseOptimizer.getIterationCount(model) > iterationOfPass);
    }

    /** Whether the pass trains, as far as who draws now has to know. */
    synchronized boolean isTraining() {
        if (follows() && !isAhead() && !Thread.holdsLock(model) && (begunByFit || epochOfFit)) {
            breakOff();
        }
        return hasTrained()
                || begunByFit
                || isEpochToTrain()
                || (isAhead() && (deaf || !toldEpochs))
                || (deaf && isFit());
    }

    /** Whether the network's {@code fit} draws now, or begins the data anew: on this thread, and no listener in it. */
    private boolean isFit() {
        return Thread.holdsLock(model) && TrainingStack.asker(model) == TrainingStack.Asker.FIT;
    }

    /** Nothing came of what this thread drew: an epoch that has not trained yet will not any more. */
    synchronized void breakOff() {
        if (!isAhead()) {
            begunByFit = false;
            inEpoch &= heardInEpoch;
        }
    }

    /** An epoch trains on one pass through the data; a listener may evaluate on another before. */
    private boolean isEpochToTrain() {
        if (!inEpoch || heardInEpoch) {
            return false;
        }
        TrainingStack.Asker asker = TrainingStack.asker(model);
        return asker == TrainingStack.Asker.FIT || asker == TrainingStack.Asker.OTHER;
    }

    /** Whether {@code fit} begins the data anew. */
    private boolean isFitBeginning() {
        return follows() && isFit();
    }

    /** Whether what is drawn now may be trained on by the network. */
    private boolean isOffer() {
        return !follows() || isAhead() || TrainingStack.asker(model) != TrainingStack.Asker.ELSEWHERE;
    }

    /**
     * A batch or a part of one has been handed out.
     *
     * @param first whether the batch begins with it
     * @param training whether the pass is one that trains
     */
    synchronized void handedOut(boolean first, boolean training) {
        if (follows() && !isAhead()) {
            drawnByFit = drawnByFit || isFit();
            if (!offered) {
                iterationOfPass = BaseOptimizer.getIterationCount(model);
            }
        }
        used = true;
        offered = offered || isOffer();
        drawnAhead = isAhead();
        unheard |= !isAhead();
        if (first && training) {
            handedOut++;
        }
    }

    synchronized void passExhausted() {
        exhaustedIn = inEpoch ? epochsBegun : OUTSIDE;
    }

    /**
     * Whether a pass that was to train counts as one. One without a batch was an epoch of the network's, if that was to
     * train on it and is over; {@code fit} begins the data anew before, and a thread that draws ahead finds the end
     * before the first {@code fit}.
     */
    synchronized boolean isPassCounted(boolean exhausted) {
        if (used || resumed || counted) {
            return hasTrained();
        }
        if (!exhausted || !follows()) {
            return exhausted;
        }
        if (!toldEpochs) {
            return !isFitBeginning();
        }
        return exhaustedIn != OUTSIDE && !(inEpoch && exhaustedIn == epochsBegun);
    }

    /**
     * The data begins anew.
     *
     * @param ended whether it had come to its end
     * @param complete whether that was the end of a pass that counts
     */
    synchronized void reset(boolean ended, boolean complete) {
        epoch = epochAfter(complete);
        if (!ended) {
            // Broken off: what was handed out last need not have been trained on.
            giveUpHearing();
        }
        home = Thread.currentThread();
        beginPass(follows() ? BaseOptimizer.getIterationCount(model) : iterationOfPass + handedOut);
        begunByFit = isFitBeginning();
        if (begunByFit) {
            epoch = Math.max(epoch, epochCount());
        }
        resumed = false;
        counted = false;
        restored = false;
    }

    /** What was handed out last is not waited for any more. */
    synchronized void giveUpHearing() {
        unheard = false;
        drewAhead = null;
    }

    /** The epoch of the next pass, when this one has come to its end. */
    synchronized int nextEpoch() {
        boolean awaited = !endTold && !several && (toldEpochs || isCountedByFit());
        return awaited ? epoch + 1 : epochAfter(true);
    }

    private int epochAfter(boolean complete) {
        if (follows() && isCountedByFit()) {
            return Math.max(epoch, epochCount());
        }
        boolean passed = used ? hasTrained() : complete;
        boolean told = toldEpochs && !several && (endTold || inEpoch || !deaf && !heardOutside);
        return !told && !counted && (resumed || passed) ? epoch + 1 : epoch;
    }

    /** Whether the pass is that of a {@code fit}, whose epochs the network counts, though it cannot be heard. */
    private boolean isCountedByFit() {
        return deaf && drawnByFit;
    }

    /** Goes on from a saved state. */
    synchronized void restore(BatchState state) {
        epoch = state.epoch();
        beginPass(state.iteration());
        giveUpHearing();
        begunByFit = false;
        counted = state.isExhausted();
        resumed = state.examples() > 0;
        restored = resumed || counted;
    }

    private void beginPass(int iteration) {
        iterationOfPass = iteration;
        handedOut = 0;
        used = false;
        offered = false;
        heard = false;
        heardOutside = false;
        drawnByFit = false;
        exhaustedIn = OUTSIDE;
        endTold = false;
    }

    private boolean follows() {
        return model != null && !several;
    }

    synchronized int epoch() {
        return epoch;
    }

    synchronized int iteration() {
        return follows() && !isAhead() ? BaseOptimizer.getIterationCount(model) : iterationOfPass + handedOut;
    }

    /** The next iteration, asked in an update's listener: DL4J counts afterwards. */
    synchronized int iterationAfterUpdate() {
        return follows() && !isAhead() ? iteration() + 1 : iteration();
    }
}
