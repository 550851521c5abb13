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
 * <p>One listener belongs to one network: the first that trains with it. Others are ignored, with a warning.
 */
public final class FisherListener extends BaseTrainingListener implements Closeable {

    private static final Logger log = LoggerFactory.getLogger(FisherListener.class);

    private final int everyIterations;
    private final int denseEpochs;
    private final double fixedLearningRate;
    private final ISchedule learningRateSchedule;
    private final boolean failFast;
    private final Measurer measurer;
    private final List<FisherSink> sinks;
    private final FisherHistory.Recorder recorder = new FisherHistory.Recorder();

    private GradientCapture capture;
    private Model network;
    private boolean capturing;
    private FisherMeasurement pending;
    private boolean saidOtherNetwork;
    private boolean saidMeanRate;
    private boolean saidNoRate;

    private FisherListener(Builder builder) {
        this.everyIterations = builder.everyIterations;
        this.denseEpochs = builder.denseEpochs;
        this.fixedLearningRate = builder.learningRate == null ? Double.NaN : builder.learningRate;
        this.learningRateSchedule = builder.learningRateSchedule;
        this.failFast = builder.failFast;
        this.capture = new GradientCapture(builder.replayBudget);
        this.measurer = new Measurer(
                builder.rankTolerance == null ? Measurer.DEFAULT_RANK_TOLERANCE : builder.rankTolerance,
                builder.keepGramMatrix);
        this.sinks = new ArrayList<>(builder.sinks);
    }

    /** All measurements so far, with C̄_K and L_K; a snapshot that does not change. */
    public synchronized FisherHistory history() {
        return recorder.snapshot();
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
            boolean first = network == null;
            network = model;
            capturing = false;
            pending = null;
            capture.abandon();
            if (first) {
                GradientCapture.requireSupported(model);
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
                pending = measurer.measure(model, capture, learningRate(model));
            });
        }
    }

    @Override
    public synchronized void iterationDone(Model model, int iteration, int epoch) {
        if (network == null || model != network) {
            return;
        }
        if (pending == null) {
            recorder.skip(Counters.batchSize(model));
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

    /** Closes all sinks and gives the working memory back. Measuring ends; the history stays. */
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

    private boolean isDue(int iteration, int epoch) {
        return epoch < denseEpochs || iteration % everyIterations == 0;
    }

    private double learningRate(Model model) {
        int iteration = Counters.iteration(model);
        int epoch = Counters.epoch(model);
        if (learningRateSchedule != null) {
            return learningRateSchedule.valueAt(iteration, epoch);
        }
        if (!Double.isNaN(fixedLearningRate)) {
            return fixedLearningRate;
        }
        LearningRates rates = LearningRates.of(model, iteration, epoch);
        if (Double.isNaN(rates.mean()) && !saidNoRate) {
            saidNoRate = true;
            log.warn("The network's updater has no learning rate: l_k and L_K are NaN unless one is given to"
                    + " FisherListener.Builder.learningRate");
        } else if (!rates.uniform() && !saidMeanRate) {
            saidMeanRate = true;
            log.info("Learning rates differ between parameters: l_k uses their mean, weighted by parameter count");
        }
        return rates.mean();
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
        private Double learningRate;
        private ISchedule learningRateSchedule;
        private Double rankTolerance;
        private boolean failFast;
        private boolean keepGramMatrix;
        private long replayBudget = GradientCapture.DEFAULT_REPLAY_BUDGET;
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
            if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("Expected a finite learning rate >= 0, got " + rate);
            }
            requireNoLearningRate();
            learningRate = rate;
            return this;
        }

        /**
         * α for l_k as a schedule, in place of the updater's learning rate.
         *
         * @throws IllegalStateException if a value was set already
         */
        public Builder learningRate(ISchedule schedule) {
            if (schedule == null) {
                throw new IllegalArgumentException("Expected a learning-rate schedule, got null");
            }
            requireNoLearningRate();
            learningRateSchedule = schedule;
            return this;
        }

        private void requireNoLearningRate() {
            if (learningRate != null || learningRateSchedule != null) {
                throw new IllegalStateException("learningRate was already set to "
                        + (learningRate != null ? learningRate : learningRateSchedule));
            }
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
            if (!(tolerance >= 0 && tolerance < 1)) {
                throw new IllegalArgumentException("Expected 0 <= rankTolerance < 1, got " + tolerance);
            }
            rankTolerance = tolerance;
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

        /** Whether measurements keep F̃ itself, B² doubles each; default false. */
        public Builder keepGramMatrix(boolean keep) {
            keepGramMatrix = keep;
            return this;
        }

        /**
         * The most that the per-sample gradients (parameters × samples) of one replayed layer may take, in bytes; default
         * 1 GiB. Layers without a direct rule (see the documentation) are replayed sample by sample; one that would take
         * more ends measuring, with a message that names it, before anything is allocated. Time grows with it, too: about
         * 3 s a measured step at the default.
         *
         * @throws IllegalArgumentException unless bytes &gt; 0
         */
        public Builder replayBudget(long bytes) {
            if (bytes <= 0) {
                throw new IllegalArgumentException("Expected replayBudget > 0 bytes, got " + bytes);
            }
            replayBudget = bytes;
            return this;
        }

        public FisherListener build() {
            return new FisherListener(this);
        }
    }
}
