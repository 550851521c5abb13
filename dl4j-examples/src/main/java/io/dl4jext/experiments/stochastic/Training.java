package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.cli.Progress;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Examples;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.stochastic.StochasticBatchListener;
import io.dl4jext.stochastic.UpdateStatistics;
import java.util.Arrays;
import org.deeplearning4j.datasets.iterator.EarlyTerminationDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Trains a network anew with one arm after the other, from the same first parameters and on the same batches for a seed. */
final class Training {

    private static final int TEST_BATCH = 500;

    private final ImageSet data;
    private final Architecture architecture;
    private final Annealing rate;

    Training(ImageSet data, Architecture architecture, Annealing rate) {
        this.data = data;
        this.architecture = architecture;
        this.rate = rate;
    }

    /** How long a run takes at most, in arbitrary units: a step costs something in itself and something an example. */
    long work(Setting setting) {
        int examples = setting.ratio().of(data.train().size());
        int batches = (examples + setting.batchSize() - 1) / setting.batchSize();
        return (long) rate.epochs() * batches * workOfStep(setting);
    }

    private static long workOfStep(Setting setting) {
        return 64 + setting.batchSize();
    }

    /** What a training gave, and the updates of ours. */
    static final class Outcome {

        final Run run;

        /** Null unless it is ours. */
        final UpdateStatistics updates;

        private Outcome(Run run, UpdateStatistics updates) {
            this.run = run;
            this.updates = updates;
        }
    }

    /** The share of the examples is another random one for each seed, the same for all arms. */
    Outcome run(Arm arm, Setting setting, long seed, Progress progress) {
        Examples examples = data.train().random(setting.ratio().of(data.train().size()), seed);
        DataSetIterator batches = batches(examples, setting, arm.stride(), seed);
        Model network = arm.network(architecture, data, setting, rate, seed);
        Watch watch = new Watch(setting, progress);
        network.addListeners(watch);
        StochasticBatchListener listener = arm.isStochastic(setting) ? StochasticBatchListener.attach(network) : null;
        double[] accuracies = new double[rate.epochs()];
        double[] losses = new double[rate.epochs()];
        Arrays.fill(accuracies, Double.NaN);
        Arrays.fill(losses, Double.NaN);
        long nanoseconds = 0;
        for (int epoch = 0; epoch < rate.epochs() && !watch.diverged; epoch++) {
            long start = System.nanoTime();
            ((NeuralNetwork) network).fit(batches);
            nanoseconds += System.nanoTime() - start;
            losses[epoch] = watch.epochLoss();
            if (!watch.diverged && Double.isFinite(network.params().sumNumber().doubleValue())) {
                accuracies[epoch] = accuracy((NeuralNetwork) network);
            } else {
                watch.diverged = true;
            }
        }
        progress.advanced(work(setting) - watch.work);
        Run run = new Run(arm, setting, seed, examples.size(), accuracies, losses, nanoseconds / 1e9);
        return new Outcome(run, arm.isOurs() ? listener.statistics() : null);
    }

    private DataSetIterator batches(Examples examples, Setting setting, int stride, long seed) {
        BatchIterator all = BatchIterator.shuffled(examples, architecture.layout(), setting.batchSize(), seed);
        int used = all.batches() / stride * stride;
        return used == all.batches() ? all : new EarlyTerminationDataSetIterator(all, used);
    }

    private double accuracy(NeuralNetwork network) {
        Evaluation evaluation = network.doEvaluation(
                        BatchIterator.inOrder(data.test(), architecture.layout(), TEST_BATCH),
                        new Evaluation(data.classes()))[0];
        return evaluation.accuracy();
    }

    /** Adds up losses, tells the progress, and notices NaN or infinite loss. */
    private static final class Watch extends BaseTrainingListener {

        private final Setting setting;
        private final Progress progress;
        private double lossSum;
        private int iterations;
        private long work;
        private boolean diverged;

        Watch(Setting setting, Progress progress) {
            this.setting = setting;
            this.progress = progress;
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            lossSum += model.score();
            iterations++;
            work += workOfStep(setting);
            diverged |= !Double.isFinite(model.score());
            progress.advanced(workOfStep(setting));
        }

        double epochLoss() {
            double mean = lossSum / iterations;
            lossSum = 0;
            iterations = 0;
            return mean;
        }
    }
}
