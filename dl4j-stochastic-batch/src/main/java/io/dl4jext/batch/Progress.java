package io.dl4jext.batch;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;

/**
 * Which epoch and iteration the next batch is for.
 *
 * <p>A network that trains on the thread that asks for batches knows best: its own counts are used. Where batches are
 * asked for ahead of training, by a prefetching thread, its iteration lags behind by the queue; then it is the iteration
 * at the epoch's start plus the batches handed out since. The epoch is the one that the network's listeners are told;
 * where they are told none, and where no network is known at all, passes through the data count.
 */
final class Progress {

    private Model model;
    private Thread trainingThread;
    /** Several networks train on the batches (ParallelWrapper): the count of none is that of the batches. */
    private boolean several;
    /** Whether the network has said when epochs begin or end. */
    private boolean toldEpochs;

    private int epoch;
    private int iterationOfPass;
    private int modelIterationOfPass;
    private int handedOut;
    /** How many batches or parts were handed out since a pass of the network was heard. */
    private int unheard;
    /** Whether the network has said, since this pass began, that its epoch is over. */
    private boolean endTold;
    /** Whether the pass was gone into by an iterator whose state this one restored. */
    private boolean resumed;
    /** Whether the epoch is that after this pass already, for the same reason. */
    private boolean counted;

    private int resets;

    /** The network that is followed, or null. */
    synchronized Model model() {
        return model;
    }

    synchronized int unheard() {
        return unheard;
    }

    /** Follows no network any more; epoch and iteration go on from here. */
    synchronized void forget() {
        iterationOfPass = iteration() - handedOut;
        model = null;
        trainingThread = null;
        several = false;
        toldEpochs = false;
        unheard = 0;
    }

    /** Follows this network from now on, whichever it was before. */
    synchronized void follow(Model newModel) {
        model = newModel;
        trainingThread = Thread.currentThread();
        several = false;
        toldEpochs = false;
        unheard = 0;
        epoch = BaseOptimizer.getEpochCount(model);
        boolean stillCounted = counted;
        beginPass(BaseOptimizer.getIterationCount(model));
        counted = stillCounted;
    }

    /** A network is training on this thread. */
    synchronized void trains(Model trained) {
        if (model == null) {
            model = trained;
            iterationOfPass = BaseOptimizer.getIterationCount(model);
            modelIterationOfPass = iterationOfPass;
            epoch = Math.max(epoch, BaseOptimizer.getEpochCount(model));
        }
        several |= model != trained;
        unheard = 0;
        trainingThread = Thread.currentThread();
    }

    synchronized void epochBegins(Model trained) {
        trains(trained);
        if (!several) {
            toldEpochs = true;
            epoch = BaseOptimizer.getEpochCount(model);
        }
    }

    synchronized void epochEnds(Model trained) {
        trains(trained);
        if (!several) {
            toldEpochs = true;
            endTold = true;
            epoch = BaseOptimizer.getEpochCount(model) + 1;
        }
    }

    /**
     * A batch or a part of one has been handed out for training.
     *
     * @param first whether the batch begins with it
     */
    synchronized void handedOut(boolean first) {
        unheard++;
        if (first) {
            handedOut++;
        }
    }

    /**
     * The data begins anew.
     *
     * @param ended whether it had come to its end
     */
    synchronized void reset(boolean ended) {
        epoch = epochAfter(ended);
        if (!ended) {
            // Broken off: what was handed out last need not have been trained on.
            unheard = 0;
        }
        beginPass(follows() ? BaseOptimizer.getIterationCount(model) : iterationOfPass + handedOut);
        resets++;
    }

    /**
     * Whether the epoch that a pass belongs to is over when that pass has come to its end. A {@code fit} that finds no batch
     * before its first one only begins anew.
     */
    synchronized boolean isEpochOver() {
        return counted || handedOut > 0 || (toldEpochs && !several ? endTold : resets > 0);
    }

    /** The epoch of the next pass, when this one has come to its end. */
    synchronized int nextEpoch() {
        return endTold || several || !toldEpochs ? epochAfter(true) : epoch + 1;
    }

    private int epochAfter(boolean ended) {
        // A pass that a known network did not train on was for something else, or prefetched in vain.
        boolean trained = !follows() || BaseOptimizer.getIterationCount(model) > modelIterationOfPass;
        boolean passed = handedOut > 0 ? trained : ended;
        return (several || !toldEpochs) && !counted && (resumed || passed) ? epoch + 1 : epoch;
    }

    /** Goes on from a saved state. */
    synchronized void restore(BatchState state) {
        epoch = state.epoch();
        beginPass(state.iteration());
        unheard = 0;
        counted = state.isExhausted();
        resumed = state.examples() > 0;
    }

    private void beginPass(int iteration) {
        iterationOfPass = iteration;
        modelIterationOfPass = model == null ? 0 : BaseOptimizer.getIterationCount(model);
        handedOut = 0;
        resumed = false;
        counted = false;
        endTold = false;
    }

    private boolean follows() {
        return model != null && !several;
    }

    synchronized int epoch() {
        return epoch;
    }

    synchronized int iteration() {
        return follows() && Thread.currentThread() == trainingThread
                ? BaseOptimizer.getIterationCount(model)
                : iterationOfPass + handedOut;
    }
}
