package io.dl4jext.experiments.sampling;

import io.dl4jext.batch.BatchSizes;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.control.BatchController;
import io.dl4jext.experiments.cli.Progress;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.fisher.FisherListener;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Trains the network anew with one policy after the other. For one seed, the first parameters and the order of the examples
 * are the same with every policy; all of them take the examples through the re-batching iterator.
 */
final class Training {

    /** Batches of the source; the scheduled ones are cut from these. */
    private static final int SOURCE_BATCH = 512;

    private static final int TEST_BATCH = 500;

    private final ImageSet data;
    private final Architecture architecture;
    private final RateDecay rate;
    private final double momentum;
    private final int scheduledEvery;
    private final int controlledEvery;
    private final double rankTolerance;

    /**
     * A kind of training.
     *
     * @param momentum 0 for plain SGD, otherwise that of Nesterov's method
     * @param scheduledEvery iterations from one measurement to the next, where it is only looked at
     * @param controlledEvery the same, where a controller lives on it
     * @param rankTolerance the Fisher listener's
     */
    Training(
            ImageSet data,
            Architecture architecture,
            RateDecay rate,
            double momentum,
            int scheduledEvery,
            int controlledEvery,
            double rankTolerance) {
        this.data = data;
        this.architecture = architecture;
        this.rate = rate;
        this.momentum = momentum;
        this.scheduledEvery = scheduledEvery;
        this.controlledEvery = controlledEvery;
        this.rankTolerance = rankTolerance;
    }

    /** How long a run takes at most, in arbitrary units: a step costs something in itself and something an example. */
    long work(Policy policy) {
        long work = 0;
        for (int epoch = 0; epoch < rate.epochs(); epoch++) {
            work += policy.iterations(data.train().size(), epoch) * workOfStep(policy.size(epoch));
        }
        return work;
    }

    private static long workOfStep(int batchSize) {
        return 128 + batchSize;
    }

    /** Trains, without a look at the gradients unless the policy lives on it. */
    Run run(Policy policy, long seed, Progress progress) {
        return run(policy, seed, progress, false);
    }

    /** Trains and measures. */
    Run measured(Policy policy, long seed, Progress progress) {
        return run(policy, seed, progress, true);
    }

    private Run run(Policy policy, long seed, Progress progress, boolean measured) {
        BatchSizes sizes = policy.begin();
        BatchController control = sizes instanceof BatchController ? (BatchController) sizes : null;
        Watch watch = new Watch(sizes, progress);
        DynamicBatchIterator batches = DynamicBatchIterator.of(
                        BatchIterator.shuffled(data.train(), architecture.layout(), SOURCE_BATCH, seed), watch::size)
                .build();
        Model network = architecture.create(data.shape(), data.classes(), updater(), seed, DataType.FLOAT);
        FisherListener fisher = measured || control != null ? listener(control) : null;
        if (fisher != null) {
            network.addListeners(fisher);
        }
        network.addListeners(watch);
        attach(batches, network);
        long start = System.nanoTime();
        for (int epoch = 0; epoch < rate.epochs() && !watch.diverged; epoch++) {
            ((NeuralNetwork) network).fit(batches);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        progress.advanced(work(policy) - watch.work);
        boolean diverged =
                watch.diverged || !Double.isFinite(network.params().sumNumber().doubleValue());
        return new Run(
                policy,
                seed,
                watch.iterations,
                (double) rate.epochs() * data.train().size() / watch.iterations,
                diverged ? Double.NaN : testError((NeuralNetwork) network),
                seconds,
                fisher == null ? null : fisher.history(),
                control == null ? List.of() : control.log());
    }

    private FisherListener listener(BatchController control) {
        FisherListener.Builder fisher = new FisherListener.Builder()
                .everyIterations(control == null ? scheduledEvery : controlledEvery)
                .rankTolerance(rankTolerance)
                .failFast(true); // a listener that gave up would look fast
        if (control != null) {
            fisher.sink(control);
        }
        return fisher.build();
    }

    private IUpdater updater() {
        return momentum == 0 ? new Sgd(rate.schedule()) : new Nesterovs(rate.schedule(), momentum);
    }

    private static void attach(DynamicBatchIterator batches, Model network) {
        if (network instanceof MultiLayerNetwork) {
            batches.attachTo((MultiLayerNetwork) network);
        } else {
            batches.attachTo((ComputationGraph) network);
        }
    }

    private double testError(NeuralNetwork network) {
        Evaluation evaluation = network.doEvaluation(
                        BatchIterator.inOrder(data.test(), architecture.layout(), TEST_BATCH),
                        new Evaluation(data.classes()))[0];
        return 1 - evaluation.accuracy();
    }

    /** Passes sizes on, counts iterations, tells the progress, and notices NaN or infinite loss. */
    private static final class Watch extends BaseTrainingListener {

        private final BatchSizes sizes;
        private final Progress progress;
        private int size;
        private int iterations;
        private long work;
        private boolean diverged;

        Watch(BatchSizes sizes, Progress progress) {
            this.sizes = sizes;
            this.progress = progress;
        }

        int size(int epoch, int iteration) {
            size = sizes.batchSize(epoch, iteration);
            return size;
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            iterations++;
            work += workOfStep(size);
            diverged |= !Double.isFinite(model.score());
            progress.advanced(workOfStep(size));
        }
    }
}
