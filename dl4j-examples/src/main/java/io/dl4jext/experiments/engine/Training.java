package io.dl4jext.experiments.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import org.deeplearning4j.datasets.iterator.EarlyTerminationDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * How a network is trained and what is measured meanwhile. The one loop of all experiments: DL4J's {@code fit} epoch by
 * epoch until loss or parameters are no longer finite.
 */
public final class Training {

    /** One update of a network from one batch. */
    public interface Step {
        void take(MultiLayerNetwork network, DataSet batch);
    }

    /** Of a step in itself, in units of what an example costs; only the progress shown depends on it. */
    private static final int STEP_COST = 128;

    private final Model network;
    private final DataSetIterator batches;
    private long epochs = Long.MAX_VALUE;
    private long mostSteps = Long.MAX_VALUE;
    private long measureEvery = Long.MAX_VALUE;
    private long measuredEpochs;
    private Step step;
    private IntToLongFunction cost = examples -> work(1, examples);
    private Function<Model, Score> measure = trained -> Score.NONE;
    private Score ifDiverged = Score.NONE;
    private Runnable atEnd = () -> {};

    /** @param batches taken one after the other, never prefetched */
    public Training(Model network, DataSetIterator batches) {
        this.network = network;
        this.batches = batches;
    }

    /** How long so many steps take as a rule, in the units of {@link #cost}. */
    public static long work(long steps, int batchSize) {
        return steps * (STEP_COST + batchSize);
    }

    public Training epochs(int count) {
        epochs = count;
        return this;
    }

    /** Ends after so many steps, also within an epoch. */
    public Training steps(long count) {
        mostSteps = count;
        return this;
    }

    /** Takes this instead of DL4J's step. */
    public Training step(Step own) {
        step = own;
        return this;
    }

    /**
     * How long a step on so many examples takes, in arbitrary units, for the progress, where it is not {@link #work}.
     */
    public Training cost(IntToLongFunction ofStep) {
        cost = ofStep;
        return this;
    }

    /** What is measured at the end. */
    public Training measure(Function<Model, Score> score) {
        measure = score;
        return this;
    }

    /** What is measured after every epoch. */
    public Training measureEveryEpoch(Function<Model, Score> score) {
        return measureLastEpochs(Long.MAX_VALUE, score);
    }

    /** What is measured after each of the last epochs, and at the end. */
    public Training measureLastEpochs(long count, Function<Model, Score> score) {
        measuredEpochs = count;
        return measure(score);
    }

    /** What is measured after every n-th step and at the end. */
    public Training measureEvery(long n, Function<Model, Score> score) {
        measureEvery = n;
        return measure(score);
    }

    /** What counts for a network that is not finite. */
    public Training ifDiverged(Score score) {
        ifDiverged = score;
        return this;
    }

    /** What is done last, whatever happened. */
    public Training atEnd(Runnable action) {
        atEnd = action;
        return this;
    }

    /**
     * Trains.
     *
     * @param work what the progress is told in all, however soon it ends
     */
    public <T> Run<T> run(T trial, long work, Progress progress) {
        Watch watch = new Watch(progress);
        Feed feed = new Feed(watch);
        if (step == null) {
            network.addListeners(watch);
        }
        try {
            for (long epoch = 0; epoch < epochs && !watch.isOver(); epoch++) {
                long start = System.nanoTime();
                fit(feed, watch);
                watch.nanoseconds += System.nanoTime() - start;
                if (epoch >= epochs - measuredEpochs) {
                    watch.measure();
                } else if (measuredEpochs > 0 && !watch.isOver()) {
                    watch.forgetLoss();
                }
            }
            if (watch.measuredAt != watch.steps) {
                watch.measure();
            }
        } finally {
            atEnd.run();
        }
        progress.advanced(work - watch.work);
        return new Run<>(trial, watch.steps, watch.examples, watch.diverged, watch.curve, watch.nanoseconds / 1e9);
    }

    private void fit(Feed feed, Watch watch) {
        if (step == null) {
            ((NeuralNetwork) network).fit(feed);
            return;
        }
        MultiLayerNetwork own = (MultiLayerNetwork) network;
        if (!feed.hasNext()) {
            feed.reset();
        }
        while (feed.hasNext()) {
            step.take(own, feed.next());
            watch.iterationDone(own, 0, 0);
        }
        own.incrementEpochCount();
    }

    /** The batches until the training is over; knows the size of the latest. */
    private final class Feed extends EarlyTerminationDataSetIterator {

        private static final long serialVersionUID = 1L;

        private final transient Watch watch;

        Feed(Watch watch) {
            super(batches, Integer.MAX_VALUE);
            this.watch = watch;
        }

        @Override
        public boolean hasNext() {
            return !watch.isOver() && super.hasNext();
        }

        @Override
        public DataSet next() {
            DataSet batch = super.next();
            watch.size = batch.numExamples();
            return batch;
        }

        @Override
        public boolean asyncSupported() {
            return false;
        }
    }

    /** Counts steps, adds up losses, tells the progress, notices what is not finite, and measures. */
    private final class Watch extends BaseTrainingListener {

        private final Progress progress;
        private final List<Run.Point> curve = new ArrayList<>();
        private int size;
        private long steps;
        private long examples;
        private long work;
        private long nanoseconds;
        private boolean diverged;
        private long measuredAt;

        /** Of the parameters that the next step begins with: so its score has it. */
        private double regularisation = Networks.regularisation(network);

        private double lossSum;
        private long lossExamples;

        Watch(Progress progress) {
            this.progress = progress;
        }

        boolean isOver() {
            return diverged || steps >= mostSteps;
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            steps++;
            examples += size;
            lossSum += size * (model.score() - regularisation);
            regularisation = Networks.regularisation(model);
            lossExamples += size;
            diverged |= !Double.isFinite(model.score());
            work += cost.applyAsLong(size);
            progress.advanced(cost.applyAsLong(size));
            if (!diverged && steps % measureEvery == 0) {
                long start = System.nanoTime();
                measure();
                nanoseconds -= System.nanoTime() - start;
            }
        }

        /**
         * A relu unit can hide the NaN of its weights from the loss, and batch normalisation only shows it in what the
         * network answers, so the parameters and the score are looked at, too.
         */
        void measure() {
            diverged |= !Double.isFinite(network.params().sumNumber().doubleValue());
            Score score = diverged ? ifDiverged : measure.apply(network);
            diverged |= score != Score.NONE && Double.isNaN(score.loss);
            curve.add(new Run.Point(
                    steps, diverged ? Double.NaN : lossSum / lossExamples, diverged ? ifDiverged : score));
            measuredAt = steps;
            forgetLoss();
        }

        void forgetLoss() {
            lossSum = 0;
            lossExamples = 0;
        }
    }
}
