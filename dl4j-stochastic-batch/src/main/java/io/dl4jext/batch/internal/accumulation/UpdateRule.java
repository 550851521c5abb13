package io.dl4jext.batch.internal.accumulation;

import io.dl4jext.batch.internal.Network;
import io.dl4jext.batch.internal.scaling.ScaledRates;
import io.dl4jext.batch.scaling.LearningRateScaling;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What happens to a gradient before DL4J's own updater gets it. */
final class UpdateRule {

    /** DL4J's own update, with the number of examples to divide by. */
    interface OwnUpdate {
        void apply(int iteration, int batchSize);
    }

    private final Model network;
    private final MicroBatches microBatches;
    private final UpdateProgress state;
    private final ScaledRates rates;
    /** The gradients that DL4J does not divide by the batch size. */
    private final List<INDArray> averaged;

    private final UpdateListener owner;

    UpdateRule(
            UpdateListener owner,
            Model network,
            LearningRateScaling scaling,
            MicroBatches microBatches,
            UpdateProgress state,
            BaseMultiLayerUpdater<?> updater,
            INDArray gradient,
            Trainable[] layers) {
        this.owner = owner;
        this.network = network;
        this.microBatches = microBatches;
        this.rates = new ScaledRates(scaling, network, updater);
        this.state = state;
        this.averaged = microBatches == null ? List.of() : averaged(gradient, layers);
    }

    private static List<INDArray> averaged(INDArray gradient, Trainable[] layers) {
        List<INDArray> parts = new ArrayList<>();
        long offset = 0;
        for (Trainable layer : layers) {
            for (var parameter : layer.paramTable(false).entrySet()) {
                long length = parameter.getValue().length();
                if (!layer.updaterDivideByMinibatch(parameter.getKey())) {
                    parts.add(Nd4j.create(
                            gradient.data(),
                            new long[] {1, length},
                            new long[] {length, 1},
                            gradient.offset() + offset,
                            'c'));
                }
                offset += length;
            }
        }
        return parts;
    }

    UpdateListener owner() {
        return owner;
    }

    /** Whether a pass has begun whose update is still to come. */
    boolean isAnnounced() {
        return state.announced;
    }

    /** Whether gradients wait for those of further parts, and nothing else was trained on meanwhile. */
    boolean isWithinUpdate() {
        return !state.sum.isEmpty() && !state.aside;
    }

    /**
     * A training pass has begun. Within {@code fit} rates and batch size are those of the update already, as layers and
     * listeners may ask for them. What a listener passes itself before the update changes nothing of it.
     */
    void passBegins() {
        Pass pass = new Pass(network);
        if (!pass.isOfFit() && state.announced && state.ofFit && TrainingStack.goesOn()) {
            return;
        }
        MicroBatch micro = begin(pass);
        if (micro != null || state.ofFit) {
            setIterationBack();
        }
        if (state.ofFit) {
            rates.scalePass(micro == null ? state.examples : micro.updateExamples());
            if (micro != null) {
                state.tellLayers(network, micro);
            }
        }
        if (micro == null && state.open && !state.ofFit) {
            return; // a listener's own, between two parts
        }
        boolean first = micro == null || micro.isFirst() || state.sum.isEmpty();
        MeasuredParts.announce(network, first, micro == null || micro.isLast() && !state.lost);
    }

    /**
     * DL4J counts every pass as an iteration, but only updates are. A counter that is elsewhere is that of other updates,
     * which were not heard of, or of a place that was gone back to.
     */
    private void setIterationBack() {
        int ahead = BaseOptimizer.getIterationCount(network) - state.iteration;
        if (state.open && ahead != 0 && ahead != 1) {
            state.open = false;
            state.sum.clear();
        }
        if (state.open) {
            Network.of(network).setIteration(state.iteration);
        }
    }

    private MicroBatch begin(Pass pass) {
        MicroBatch failed = hasFailed() ? state.micro : null;
        state.announced = true;
        state.ofFit = pass.isOfFit();
        state.examples = Network.of(network).examples(1);
        state.micro = null;
        state.lost = false;
        if (microBatches != null) {
            state.micro = microBatches.begin(pass, failed != null);
            state.lost = state.micro != null && microBatches.isBroken();
            leaveUnfinished(failed);
        }
        return state.micro;
    }

    /** Drops the sum of an update that nobody goes on with. A part that failed may be tried again. */
    private void leaveUnfinished(MicroBatch failed) {
        if (state.lost || failed != null && failed != state.micro) {
            state.sum.clear();
        } else if (state.micro != null && state.micro.isFirst() && !state.sum.isEmpty()) {
            state.sayUnfinished();
            state.sum.clear();
        }
    }

    /** Whether a pass of {@code fit} was begun that came to no update, asked where none can go on. */
    private boolean hasFailed() {
        return state.announced && state.ofFit && state.micro != null && state.micro == current();
    }

    /** Called by whoever asks for batches, who may be a listener in a pass. */
    void betweenPasses() {
        boolean failed = hasFailed();
        if (!failed && !state.open || TrainingStack.goesOn()) {
            return;
        }
        if (failed) {
            giveUpFailed();
        }
        if (owner.isHeard(network)) {
            setIterationBack();
        }
    }

    /** Gives up the part whose pass has failed, and with it all of its update. */
    private void giveUpFailed() {
        microBatches.giveUp();
        state.announced = false;
        state.micro = null;
        state.sum.clear();
        rates.restore();
    }

    /** An epoch has ended. A sum that is not complete stays; the iteration is not over then. */
    void epochEnds() {
        rates.restore();
        setIterationBack();
    }

    /** The network's updaters are the user's own again. */
    void release() {
        rates.restore();
    }

    void update(Gradient gradient, int iteration, int epoch, int batchSize, OwnUpdate own) {
        // A pass that failed leaves its announcement, to be heard of by nobody once the listener is gone.
        boolean mine = state.announced && owner.isHeard(network);
        state.announced = false;
        state.updated = true;
        if (!mine) {
            rates.restore();
            if (current() != null && Thread.holdsLock(network)) {
                throw new IllegalStateException("Expected to hear the pass on a batch of "
                        + current().examples() + " examples that was handed out, got an update without: the listener is"
                        + " no longer among the network's (setListeners replaces all). Call attachTo(network) again, or"
                        + " detachFrom(network)");
            }
            own.apply(iteration, batchSize);
            return;
        }
        try {
            MicroBatch micro = state.micro;
            state.micro = null;
            int examples = state.examples;
            if (micro == null) {
                state.otherUpdate();
                rates.scaleUpdate(examples, () -> own.apply(iteration, batchSize));
                return;
            }
            if (micro.examples() != examples) {
                throw new IllegalStateException("Expected the iterator's batches in their order: the next has "
                        + micro.examples() + " examples, got one of " + examples + " at epoch " + epoch
                        + ", iteration " + iteration + "; after training was broken off, reset() the iterator");
            }
            microBatches.advance(micro);
            state.aside = false;
            if (!state.open) {
                state.iteration = iteration;
            }
            state.open = state.lost || !micro.isLast();
            if (state.lost) {
                // Makes DL4J's step after it none.
                gradient.gradient().assign(0);
            } else if (micro.isLast()) {
                int divisor = state.sum.addTo(gradient.gradient(), averaged, batchSize);
                rates.scaleUpdate(micro.updateExamples(), () -> own.apply(state.iteration, divisor));
            } else {
                state.sum.take(gradient.gradient(), averaged, batchSize);
            }
        } finally {
            rates.restore();
        }
    }

    private MicroBatch current() {
        return microBatches == null ? null : microBatches.current();
    }
}
