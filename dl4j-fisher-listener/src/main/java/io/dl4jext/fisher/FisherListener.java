package io.dl4jext.fisher;

import io.dl4jext.fisher.capture.GradientCapture;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ISchedule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures, while a network trains, how well conditioned and how strong its per-sample gradients are: c_k and l_k of
 * each measured mini-batch, and the running C̄_K and L_K of paper 1 (Liao et al., eqs. 7 and 8), by which one picks and
 * steers batch size and learning rate.
 *
 * <pre>{@code
 * FisherListener fisher = new FisherListener.Builder().build();
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
 * <p>One listener belongs to one network: the first that trains with it. Others are ignored, with a warning, unless it is
 * told to {@link #follow(Model)} them. A run is continued in another process by
 * {@link Builder#continuing(FisherHistory)}.
 *
 * <p>Pre-training of single layers (autoencoders) is not measured.
 */
public final class FisherListener extends BaseTrainingListener implements Closeable {

    private static final Logger log = LoggerFactory.getLogger(FisherListener.class);

    private final int everyIterations;
    private final int denseEpochs;
    private final MeasurementSettings settings;
    private final boolean failFast;
    private final Measurer measurer;
    private final List<FisherSink> sinks;
    private final FisherHistory.Recorder recorder;

    private GradientCapture capture = new GradientCapture();
    private Model network;
    private boolean capturing;
    private FisherMeasurement pending;
    private boolean unchecked = true;
    private boolean resuming;
    private boolean saidOtherNetwork;

    private FisherListener(Builder builder) {
        this.everyIterations = builder.everyIterations;
        this.denseEpochs = builder.denseEpochs;
        this.settings = builder.settings.build();
        this.failFast = builder.failFast;
        this.measurer = new Measurer(settings.rankTolerance(), builder.keepGramMatrix);
        this.sinks = new ArrayList<>(builder.sinks);
        this.recorder = new FisherHistory.Recorder(builder.historyLimit, builder.spectraOfLast);
        if (builder.continued != null) {
            recorder.continueFrom(builder.continued);
            resuming = true;
        }
    }

    /** The measurements so far, with C̄_K and L_K; a snapshot that does not change. */
    public synchronized FisherHistory history() {
        return recorder.snapshot();
    }

    /**
     * Measures this network from now on: the one that training goes on with, restored from a checkpoint, say. Its iteration
     * counter tells where: measurements at that iteration and later are dropped from the history, as they will be taken
     * again, and iterations before it that the listener has not heard of have passed. (A network at iteration 0 begins a
     * new history.) The listener must be among that network's listeners.
     *
     * @throws IllegalArgumentException unless it is a MultiLayerNetwork or a ComputationGraph
     */
    public synchronized void follow(Model model) {
        Counters.requireNetwork(model);
        if (capture != null) {
            capture.abandon();
        }
        capturing = false;
        pending = null;
        network = model;
        resuming = true;
        unchecked = true;
        saidOtherNetwork = false;
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
        beforeBackward(model);
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
        beforeBackward(model);
    }

    private synchronized void beforeBackward(Model model) {
        if (!isMine(model)) {
            return;
        }
        guarded(() -> {
            network = model;
            capturing = false;
            pending = null;
            capture.abandon();
            if (resuming) {
                resuming = false;
                resumeAt(Counters.iteration(model));
            }
            if (unchecked) {
                GradientCapture.requireSupported(model);
                unchecked = false;
            }
            if (isDue(Counters.iteration(model), Counters.epoch(model))) {
                capture.begin(model);
                capturing = true;
            }
        });
    }

    @Override
    public synchronized void onBackwardPass(Model model) {
        if (capturing && model == network) {
            capturing = false;
            guarded(() -> {
                pending = measurer.measure(model, capture, settings.learningRate(model, log));
            });
        }
    }

    @Override
    public synchronized void iterationDone(Model model, int iteration, int epoch) {
        if (capture == null || network == null || model != network) {
            return;
        }
        if (pending == null) {
            recorder.skip(GradientCapture.batchSize(model));
            return;
        }
        FisherMeasurement measurement = pending;
        pending = null;
        FisherSummary soFar = recorder.add(measurement);
        for (Iterator<FisherSink> iterator = sinks.iterator(); iterator.hasNext(); ) {
            FisherSink sink = iterator.next();
            try {
                sink.accept(measurement, soFar);
            } catch (IOException | RuntimeException e) {
                iterator.remove();
                log.error("{} failed and is dropped; training and measuring go on", sink, e);
                closeQuietly(sink);
            }
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
            capture.abandon();
            capturing = false;
            pending = null;
        }
    }

    /**
     * Closes all sinks and gives the working memory back. Measuring ends, here as after a failure: the history stays as it
     * is, iterations that follow are not counted.
     */
    @Override
    public synchronized void close() {
        stopMeasuring();
        sinks.forEach(FisherListener::closeQuietly);
        sinks.clear();
    }

    private static void closeQuietly(FisherSink sink) {
        try {
            sink.close();
        } catch (IOException | RuntimeException e) {
            log.warn("{} could not be closed", sink, e);
        }
    }

    private boolean isMine(Model model) {
        if (capture == null) {
            return false;
        }
        if (network != null && network != model) {
            if (!saidOtherNetwork) {
                saidOtherNetwork = true;
                log.warn("A FisherListener measures one network, the first that trained with it; another is ignored");
            }
            return false;
        }
        return true;
    }

    private void resumeAt(int iteration) {
        int dropped = recorder.resumeAt(iteration);
        if (dropped > 0) {
            log.warn(
                    "Training goes on at iteration {}: {} measurements from there on are dropped from the history and will"
                            + " be taken again",
                    iteration,
                    dropped);
        }
    }

    private boolean isDue(int iteration, int epoch) {
        return epoch < denseEpochs || iteration % everyIterations == 0;
    }

    /** Runs a part of the measurement so that its failure ends measuring, not training. */
    private void guarded(Runnable part) {
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            part.run();
        } catch (Throwable t) {
            stopMeasuring();
            if (failFast) {
                throw t;
            }
            log.error("Measuring has stopped, training goes on: {}", t.getMessage(), t);
        }
    }

    private void stopMeasuring() {
        if (capture != null) {
            capture.abandon();
        }
        capture = null;
        capturing = false;
        pending = null;
    }

    /** Configures a {@link FisherListener}. Every setting has a default. */
    public static final class Builder {

        private int everyIterations = 50;
        private int denseEpochs;
        private final MeasurementSettings.Builder settings = new MeasurementSettings.Builder();
        private boolean failFast;
        private boolean keepGramMatrix;
        private int historyLimit = 10_000;
        private int spectraOfLast = 100;
        private FisherHistory continued;
        private final List<FisherSink> sinks = new ArrayList<>();

        /**
         * Measures iterations 0, n, 2n, …; default 50, as the paper does.
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

        /**
         * α for l_k in place of the updater's learning rate; for updaters that have none (AdaDelta, NoOp).
         *
         * @throws IllegalArgumentException unless finite and not negative
         * @throws IllegalStateException if a schedule was set already
         */
        public Builder learningRate(double rate) {
            settings.learningRate(rate);
            return this;
        }

        /**
         * α for l_k as a schedule, in place of the updater's learning rate.
         *
         * @throws IllegalStateException if a value was set already
         */
        public Builder learningRate(ISchedule schedule) {
            settings.learningRate(schedule);
            return this;
        }

        /**
         * τ: a singular value counts as non-zero when σ &gt; τ·σ_max. 0 drops only exact zeros, as the authors' code does.
         * Default: {@link io.dl4jext.fisher.spectrum.Spectrum#defaultRankTolerance}, the smallest value that rounding
         * allows.
         *
         * <p>c_k cannot exceed 1/τ, and a network that has learnt some of its samples almost perfectly comes near that. The
         * default depends on the batch size, so to compare C̄_K between batch sizes give a fixed value; 3.45e-4, the root
         * of a float's precision, is what F̃ in single precision, as the authors have it, can tell from zero.
         *
         * @throws IllegalArgumentException unless 0 &lt;= τ &lt; 1
         */
        public Builder rankTolerance(double tolerance) {
            settings.rankTolerance(tolerance);
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
         * How many measurements {@link FisherListener#history()} holds, the last ones; default 10,000, some 3 MB. C̄_K, L_K
         * and all counts go on to be those of the whole run. The files of the sinks hold every measurement.
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
         * Of how many of the last measurements the history keeps the B eigenvalues, the B gradient norms and, where asked
         * for, F̃; of earlier ones it keeps the figures only. Default 100. Sinks always see all of it.
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
         * Continues an earlier run: C̄_K, L_K, iterations, examples and the history go on where that one stood. The listener
         * belongs to the first network that trains with it, the restored one, whose iteration counter tells where the run
         * goes on: measurements at that iteration and later are dropped, as they will be taken again; iterations before it
         * that the history does not know of have passed, with as many examples each as the last measured one.
         *
         * <pre>{@code
         * FisherListener fisher = new FisherListener.Builder()
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
            if (history == null) {
                throw new IllegalArgumentException("Expected a history, got null");
            }
            if (!history.isWhole()) {
                throw new IllegalArgumentException("Expected a history from a run's first measurement on, got one that"
                        + " begins later: the means so far cannot be continued from it");
            }
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
