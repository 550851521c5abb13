package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.capture.GradientCapture;
import io.dl4jext.fisher.internal.capture.Network;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinTask;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures, while a network trains, how well conditioned and how strong its per-sample gradients are: c_k and l_k of
 * each measured mini-batch, and the running C̄_K and L_K of Liao et al. (eqs. 7 and 8), by which one picks and
 * steers batch size and learning rate.
 *
 * <pre>{@code
 * FisherListener fisher = FisherListener.builder().build();
 * network.addListeners(fisher);
 * network.fit(data, epochs);
 * System.out.println(fisher.history());
 * }</pre>
 *
 * <p>The measurement is taken from the one backward pass that training does anyway; see {@link FisherMeasurement} for
 * what it holds. Parameters, gradients, updater state and random numbers stay bit-identical to those of a training
 * without the listener. A failure inside the listener is logged once and ends measuring, not training, unless
 * {@link Builder#failFast(boolean)} is set.
 *
 * <p>One listener belongs to one network: the first that trains with it. Others are ignored, with a warning, unless it
 * is told to {@link #follow(Model)} them, or one goes on where the thread that trained the first has ended (in a {@code
 * ParallelWrapper} the workers train new copies at each fit). A run is continued in another process by
 * {@link Builder#continuing(FisherHistory)}.
 *
 * <p>A batch that {@code DynamicBatchIterator} trains on in parts (gradient accumulation) is measured as one: F̃ of all
 * its examples, at its last part. See {@link Builder#accumulationMemory(long)}. Batch normalisation takes each part's
 * own statistics, in training as in F̃.
 *
 * <p>Passes that others make with the network within an iteration (a listener's {@code calculateGradients}, a line
 * search) change nothing of its measurement. After a {@code fit(DataSet)} that throws in a measured pass layers are
 * wrapped until the next pass or {@link #close()}.
 *
 * <p>Pre-training of single layers (autoencoders) is not measured.
 */
public final class FisherListener extends BaseTrainingListener implements Closeable {

    private static final Logger log = LoggerFactory.getLogger(FisherListener.class);

    /** Its multiples, without what is before the point, fill the unit interval evenly. */
    private static final double GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

    private final int everyIterations;
    private final int denseEpochs;
    private final boolean failFast;
    private final long accumulationMemory;
    private final Measurer measurer;
    private final Sinks sinks;
    private final FisherHistory.Recorder recorder;

    /** Null once measuring has ended. */
    GradientCapture capture;

    private Model network;

    /** What trained it last. */
    private Thread trainer;

    /** Whether {@link #follow} named it. */
    private boolean chosen;

    private int examplesOfPass;
    private final Update update = new Update();
    /** Whether the update is measured, whether its present pass is being watched, and what came of it. */
    private boolean measuring;

    private boolean capturing;

    /**
     * Whether the optimiser has the gradients of the iteration, and of which features. Passes that come now, before the
     * iteration is done, are somebody else's: another listener's, or a line search's.
     */
    private boolean calculated;

    private INDArray calculatedFrom;

    /** The measurement of the pass that has ended, in the making. */
    private ForkJoinTask<FisherMeasurement> pending;

    private boolean unchecked = true;
    private boolean resuming;
    private boolean saidOtherNetwork;
    private boolean saidIncomplete;
    private boolean saidRepeated;
    private boolean saidBehind;

    /** Begins a listener; every setting has a default. */
    public static Builder builder() {
        return new Builder();
    }

    private FisherListener(Builder builder) {
        this.everyIterations = builder.everyIterations;
        this.denseEpochs = builder.denseEpochs;
        this.failFast = builder.failFast;
        this.accumulationMemory = builder.accumulationMemory;
        MeasurementSettings settings = new MeasurementSettings(builder);
        this.measurer = new Measurer(settings, builder.keepGramMatrix, log);
        this.capture = new GradientCapture(settings.replayBudget(), settings.layerTraces(), true);
        this.sinks = new Sinks(builder.sinks);
        this.recorder = new FisherHistory.Recorder(builder.historyLimit, builder.spectraOfLast);
        if (builder.continued != null) {
            recorder.continueFrom(builder.continued);
            resuming = true;
        }
    }

    /** The measurements so far, with C̄_K and L_K; a snapshot that does not change. */
    public FisherHistory history() {
        // Without this listener's lock: a sink may wait for another thread that draws the history.
        return recorder.snapshot();
    }

    /**
     * Measures this network from now on: the one that training goes on with, restored from a checkpoint, say. Its
     * iteration counter tells where: measurements at that iteration and later are dropped from the history, as they
     * will be taken again, and iterations before it that the listener has not heard of have passed. (A network at
     * iteration 0 begins a new history.) The listener must be among that network's listeners.
     *
     * @throws IllegalArgumentException unless it is a MultiLayerNetwork or a ComputationGraph
     */
    public synchronized void follow(Model model) {
        Network.of(model);
        bind(model);
        chosen = true;
    }

    private void bind(Model model) {
        abandonPass();
        forgetParts();
        update.forget();
        forgetCalculated();
        network = model;
        resuming = true;
        unchecked = true;
        saidOtherNetwork = false;
    }

    /**
     * Goes on with the history of a training that was saved and is resumed: this takes the place of what was measured
     * so far, and the listener {@linkplain #follow follows} the network it was saved with.
     *
     * @throws IllegalArgumentException unless it is a MultiLayerNetwork or a ComputationGraph, or if the history is
     *     null, or read from a file that begins in the middle of a run
     */
    public synchronized void resume(Model model, FisherHistory history) {
        requireWhole(history);
        follow(model);
        recorder.continueFrom(history);
    }

    private static void requireWhole(FisherHistory history) {
        if (history == null) {
            throw new IllegalArgumentException("Expected a history to go on with, got null");
        }
        if (!history.isWhole()) {
            throw new IllegalArgumentException("Expected a history from a run's first measurement on, got one that"
                    + " begins later: the means so far cannot be continued from it");
        }
    }

    /**
     * A training that was broken off before it was first saved begins again: rows that the sinks find in their files,
     * of whatever iteration, are done again.
     */
    public synchronized void beginAgain() {
        resuming = true;
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
        beforeBackward(model, activations);
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
        beforeBackward(model, activations);
    }

    private synchronized void beforeBackward(Model model, Object activations) {
        if (!isMine(model) || calculated) {
            return;
        }
        // Now: by the end of the iteration another listener may have evaluated the network on a batch of its own.
        examplesOfPass = Network.of(model).batchSize();
        if (update.begin(activations)) {
            beginPass(model);
        }
    }

    /**
     * For what trains a batch in parts, whose gradients it adds up to one update (gradient accumulation): says which
     * part the pass is that begins. The measurement is then that of the update's whole batch, taken at its last part,
     * and iterations are updates. {@code DynamicBatchIterator} does this for its {@code microBatchSize}; nobody else
     * needs to who does not write an accumulation of their own.
     *
     * <p>To be called in every such pass from a listener's {@code onForwardPass}, when the network's iteration counter
     * shows the number of the update. The listeners' {@code onGradientCalculation}, if at all, and {@code iterationDone}
     * are called after each part, or once after the last. Parts that are dropped are followed by a first one.
     *
     * @param model the network that trains; another than this listener's is ignored
     * @param first whether the update's batch begins with this pass
     * @param last whether the update comes after this pass
     */
    public synchronized void partOfUpdate(Model model, boolean first, boolean last) {
        if (isMine(model) && !calculated && update.announce(first, last)) {
            beginPass(model);
        }
    }

    private void beginPass(Model model) {
        guarded(() -> {
            network = model;
            abandonPass();
            int iteration = Network.of(model).iteration();
            if (resuming) {
                resumeAt(iteration);
                if (capture == null) {
                    return; // a sink has closed this listener
                }
            }
            if (unchecked) {
                GradientCapture.requireSupported(model);
                unchecked = false;
            }
            if (update.isFirst()) {
                forgetParts();
                measuring = isDue(model, iteration) && !update.isRepeated(iteration) && !isBehind(iteration);
            } else if (!update.isOpen()) {
                // The parts before it were not seen.
                measuring = false;
            }
            if (!measuring) {
                return;
            }
            if (update.isWhole()) {
                capture.begin(model);
            } else {
                capture.beginPart(model, update.isFirst(), update.isLast(), accumulationMemory);
            }
            capturing = true;
        });
    }

    private void forgetParts() {
        update.forgetParts();
        measuring = false;
        if (capture != null) {
            capture.parts().forgetParts();
        }
    }

    /** Takes the taps out of the network. */
    private void abandonPass() {
        if (capture != null) {
            capture.abandon();
        }
        capturing = false;
        pending = null;
    }

    @Override
    public synchronized void onBackwardPass(Model model) {
        if (capture == null || model != network) {
            return;
        }
        // What only another listener or a line search passes has no update of its own.
        if (!calculated) {
            update.complete(examplesOfPass);
        }
        if (capturing) {
            capturing = false;
            guarded(() -> {
                if (update.isWhole()) {
                    pending = measurer.measure(model, capture);
                    return;
                }
                capture.endPart();
                update.addLoss(model.score(), Network.of(model).batchSize());
                if (update.isLast()) {
                    double loss = update.loss(capture.parts().samplesOfParts());
                    pending = measurer.measureParts(model, capture, loss);
                    sayIfIncomplete();
                }
            });
        }
    }

    @Override
    public synchronized void onGradientCalculation(Model model) {
        if (capture == null || model != network) {
            return;
        }
        INDArray features = Network.of(model).input();
        if (calculated && calculatedFrom != features) {
            // The update before failed, and the pass of this one was taken for a stranger's.
            abandonPass();
            examplesOfPass = Network.of(model).batchSize();
        }
        calculated = true;
        calculatedFrom = features;
    }

    private void forgetCalculated() {
        calculated = false;
        calculatedFrom = null;
    }

    private void sayIfIncomplete() {
        String missing = capture.parts().missingOfParts();
        if (missing != null && !saidIncomplete) {
            saidIncomplete = true;
            log.warn(
                    "A batch trained on in parts is measured without the inner products between its parts: {}. c_k, rank,"
                            + " mean gradient and what follows from them are not known for such batches; trace, l_k and"
                            + " gradient norms are exact",
                    missing);
        }
    }

    @Override
    public synchronized void iterationDone(Model model, int iteration, int epoch) {
        // Without a pass before it, it is the same event again: the listener was added twice.
        if (capture == null || network == null || model != network || !update.isInPass() && update.isLast()) {
            return;
        }
        boolean several = update.isOfSeveral() && !calculated;
        forgetCalculated();
        if (!update.isLast()) {
            update.endPass();
            return;
        }
        boolean repeated = update.isRepeated(iteration);
        boolean behind = update.isBehind(iteration);
        long examples = update.end(iteration, examplesOfPass);
        forgetParts();
        if (behind) {
            return;
        }
        if (several) {
            pending = null;
            sayRepeated(iteration);
        }
        if (repeated) {
            dropRepeated(iteration, examples);
            return;
        }
        if (pending == null) {
            recorder.skip(examples);
            return;
        }
        ForkJoinTask<FisherMeasurement> built = pending;
        pending = null;
        guarded(built::join);
        if (built.isCompletedNormally()) {
            sinks.accept(built.join(), recorder.add(built.join()));
        }
    }

    @Override
    public synchronized void onEpochStart(Model model) {
        forgetUnfinished(model);
    }

    @Override
    public synchronized void onEpochEnd(Model model) {
        forgetUnfinished(model);
    }

    /** A pass that was broken off (an exception in training) must not leave taps in the network. */
    private void forgetUnfinished(Model model) {
        if (capture != null && model == network) {
            forgetCalculated();
            // An update's batch may go on in the next epoch; the parts that are complete stay.
            abandonPass();
            update.endPass();
        }
    }

    /**
     * One iteration number in several passes that all came to an end: somebody adds gradients up and does not say so.
     */
    private void dropRepeated(int iteration, long examples) {
        pending = null;
        guarded(() -> {
            recorder.resumeAt(iteration);
            recorder.skip(examples);
        });
        sayRepeated(iteration);
    }

    private void sayRepeated(int iteration) {
        if (!saidRepeated) {
            saidRepeated = true;
            log.warn(
                    "Iteration {} came in several passes: it is one iteration and is not measured (a sink may have its"
                            + " first pass). If gradients are accumulated, call FisherListener.partOfUpdate in each pass;"
                            + " if an update was broken off (another listener threw) and done again, nothing is to be done",
                    iteration);
        }
    }

    /** What was measured is kept by its iteration: nothing is measured twice under one number. */
    private boolean isBehind(int iteration) {
        boolean behind = update.isBehind(iteration);
        if (behind && !saidBehind) {
            log.warn(
                    "The network's iteration counter went back to {}: what was measured by these numbers is kept, and"
                            + " nothing is measured or counted before iteration {}. FisherListener.follow(network) drops it"
                            + " and measures on from here; for a training of its own take a listener of its own",
                    iteration,
                    update.next());
        }
        saidBehind = behind;
        return behind;
    }

    /**
     * Closes all sinks and gives the working memory back. Measuring ends, here as after a failure: the history stays as
     * it is, iterations that follow are not counted.
     */
    @Override
    public synchronized void close() {
        try {
            if (resuming && network != null) {
                // Resumed at its end, nothing is left to train: the files are put right all the same.
                guarded(() -> resumeAt(Network.of(network).iteration()));
            }
        } finally {
            stopMeasuring();
            sinks.close();
        }
    }

    private boolean isMine(Model model) {
        // A layer that DL4J pre-trains by itself (VariationalAutoencoder) calls the network's listeners with itself.
        if (capture == null || !Network.is(model)) {
            return false;
        }
        if (network != null && network != model) {
            if (!isContinuedBy(model)) {
                if (!saidOtherNetwork) {
                    saidOtherNetwork = true;
                    log.warn(
                            "A FisherListener measures one network, the first that trained with it; another is ignored");
                }
                return false;
            }
            bind(model);
        }
        trainer = Thread.currentThread();
        return true;
    }

    /**
     * Whether another network is a copy that goes on with the training of this one, whose own thread has ended: so
     * ParallelWrapper's workers do at each fit. One that somebody has chosen is not given up.
     */
    private boolean isContinuedBy(Model model) {
        return !chosen
                && !trainer.isAlive()
                && model.getClass() == network.getClass()
                && model.numParams() == network.numParams()
                && update.isNext(Network.of(model).iteration());
    }

    private void resumeAt(int iteration) {
        resuming = false;
        update.beginAgain();
        int dropped = recorder.resumeAt(iteration);
        sinks.resumeAt(iteration, recorder.snapshot());
        if (dropped > 0) {
            log.warn(
                    "Training goes on at iteration {}: {} measurements from there on are dropped from the history and will"
                            + " be taken again",
                    iteration,
                    dropped);
        }
    }

    private boolean isDue(Model model, int iteration) {
        if (Network.of(model).epoch() < denseEpochs) {
            return true;
        }
        int place = iteration % everyIterations;
        if (!Network.of(model).isTruncated()) {
            return place == 0;
        }
        // The first of each n would be the same piece of each series wherever n is a multiple of their number.
        double golden = iteration / everyIterations * GOLDEN_RATIO;
        return place == (int) ((golden - Math.floor(golden)) * everyIterations);
    }

    /** Runs a part of the measurement so that its failure ends measuring, not training. */
    private void guarded(Runnable step) {
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            step.run();
        } catch (Throwable t) {
            stopMeasuring();
            if (failFast) {
                throw t;
            }
            log.error("Measuring has stopped, training goes on: {}", t.getMessage(), t);
        }
    }

    private void stopMeasuring() {
        GradientCapture ended = capture;
        // Where another thread is within a measured pass, its memory is left to Java's collector.
        boolean inUse = capturing && trainer != Thread.currentThread() && trainer.isAlive();
        abandonPass();
        capture = null;
        if (ended != null && !inUse) {
            ended.close();
        }
    }

    /** Configures a {@link FisherListener}. Every setting has a default. */
    public static final class Builder extends MeasurementSettings.Builder<Builder> {

        private int everyIterations = 50;
        private int denseEpochs;
        private boolean failFast;
        private boolean keepGramMatrix;
        private long accumulationMemory = 256L << 20;
        private int historyLimit = 10_000;
        private int spectraOfLast = 100;
        private FisherHistory continued;
        private final List<FisherSink> sinks = new ArrayList<>();

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Measures iterations 0, n, 2n, …; default 50, as the paper does. Under truncated BPTT, where a series is
         * several iterations, one of each n, at a place that goes from the first to the last: all pieces have their
         * turn. (Where an epoch has n batches, or n is a multiple of their number, and the data are not shuffled, each
         * measured batch is the same: take another n.)
         *
         * @throws IllegalArgumentException unless n &gt; 0
         */
        public Builder everyIterations(int n) {
            if (n <= 0) {
                throw new IllegalArgumentException("Expected everyIterations > 0, got " + n);
            }
            everyIterations = n;
            return this;
        }

        /**
         * Measures every iteration of the first epochs, in which the measures settle; default 0.
         *
         * @throws IllegalArgumentException if epochs &lt; 0
         */
        public Builder denseForFirst(int epochs) {
            if (epochs < 0) {
                throw new IllegalArgumentException("Expected denseForFirst >= 0 epochs, got " + epochs);
            }
            denseEpochs = epochs;
            return this;
        }

        /** Adds a sink; may be called again for more. Closed by {@link FisherListener#close()}. */
        public Builder sink(FisherSink sink) {
            if (sink == null) {
                throw new IllegalArgumentException("Expected a sink, got null");
            }
            sinks.add(sink);
            return this;
        }

        /** Whether a failure inside the listener is thrown (and ends training) instead of logged; default false. */
        public Builder failFast(boolean fail) {
            failFast = fail;
            return this;
        }

        /**
         * Where a batch is trained on in parts (gradient accumulation): how many bytes the inner products between parts
         * may take, 4·B² for a batch of B examples, and the earlier parts' layer inputs, deltas or gradients, which
         * they need; default 256 MB. Where it is exceeded, or F̃ of the whole batch has no room, c_k, rank, mean
         * gradient and what follows from them are NaN (the spectrum empty, the rank 0), with one warning; trace, l_k
         * and gradient norms are exact.
         *
         * @throws IllegalArgumentException if bytes &lt; 0
         */
        public Builder accumulationMemory(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("Expected accumulationMemory >= 0 bytes, got " + bytes);
            }
            accumulationMemory = bytes;
            return this;
        }

        /**
         * How many measurements {@link FisherListener#history()} holds, the last ones; default 10,000, some 5 MB. C̄_K,
         * L_K and all counts go on to be those of the whole run. The files of the sinks hold every measurement.
         *
         * @throws IllegalArgumentException unless n &gt; 0
         */
        public Builder historyLimit(int n) {
            if (n <= 0) {
                throw new IllegalArgumentException("Expected historyLimit > 0, got " + n);
            }
            historyLimit = n;
            return this;
        }

        /**
         * Of how many of the last measurements the history keeps the B eigenvalues, the B gradient norms and, where
         * asked for, F̃; of earlier ones it keeps the figures only. Default 100. Sinks always see all of it.
         *
         * @throws IllegalArgumentException if n &lt; 0
         */
        public Builder spectraOfLast(int n) {
            if (n < 0) {
                throw new IllegalArgumentException("Expected spectraOfLast >= 0, got " + n);
            }
            spectraOfLast = n;
            return this;
        }

        /**
         * Continues an earlier run: C̄_K, L_K, iterations, examples and the history go on where that one stood. The
         * listener belongs to the first network that trains with it, the restored one, whose iteration counter tells
         * where the run goes on: measurements at that iteration and later are dropped, as they will be taken again;
         * iterations before it that the history does not know of have passed, with as many examples each as the last
         * measured one.
         *
         * <pre>{@code
         * FisherListener fisher = FisherListener.builder()
         *         .continuing(FisherHistory.read(file))
         *         .sink(CsvSink.appending(file))
         *         .build();
         * restored.addListeners(fisher);
         * }</pre>
         *
         * @param history of {@link FisherListener#history()} or {@link FisherHistory#read}
         * @throws IllegalArgumentException if null, or read from a file that begins in the middle of a run
         */
        public Builder continuing(FisherHistory history) {
            requireWhole(history);
            continued = history;
            return this;
        }

        /** Whether measurements keep F̃ itself, B² doubles each; default false. See {@link #spectraOfLast(int)}. */
        public Builder keepGramMatrix(boolean keep) {
            keepGramMatrix = keep;
            return this;
        }

        public FisherListener build() {
            return new FisherListener(this);
        }
    }
}
