package io.dl4jext.experiments.fisher;

import io.dl4jext.experiments.cli.Progress;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Trains the network anew with one configuration after the other; everything else stays the same. */
final class Training {

    /** The least measurements of a run, if it has as many iterations, when it is not said how often to measure. */
    private static final int MEASUREMENTS = 100;

    private static final int TEST_BATCH = 500;

    private final ImageSet data;
    private final Architecture architecture;
    private final int epochs;
    private final double momentum;
    private final long seed;
    private final Integer measureEvery;
    private final double rankTolerance;

    /**
     * A kind of training.
     *
     * @param momentum 0 for plain SGD, otherwise that of Nesterov's method
     * @param measureEvery iterations from one measurement to the next; null to choose it for each run
     * @param rankTolerance the Fisher listener's
     */
    Training(
            ImageSet data,
            Architecture architecture,
            int epochs,
            double momentum,
            long seed,
            Integer measureEvery,
            double rankTolerance) {
        this.data = data;
        this.architecture = architecture;
        this.epochs = epochs;
        this.momentum = momentum;
        this.seed = seed;
        this.measureEvery = measureEvery;
        this.rankTolerance = rankTolerance;
    }

    /** How long a run takes, in arbitrary units: a step costs something in itself and something an example. */
    long work(Configuration configuration) {
        return iterations(configuration) * workOfStep(configuration);
    }

    private static long workOfStep(Configuration configuration) {
        return 128 + configuration.batchSize();
    }

    /** Iterations between two measurements of a run. */
    int measureEvery(Configuration configuration) {
        return measureEvery != null ? measureEvery : (int) Math.max(1, iterations(configuration) / MEASUREMENTS);
    }

    private long iterations(Configuration configuration) {
        int size = data.train().size();
        return (long) epochs * ((size + configuration.batchSize() - 1) / configuration.batchSize());
    }

    /** Trains, measures into {@code folder} ({@code NAME.csv}, {@code NAME.jsonl}) and tests. */
    Result run(Configuration configuration, Path folder, Progress progress) throws IOException {
        long start = System.nanoTime();
        BatchIterator batches =
                BatchIterator.shuffled(data.train(), architecture.layout(), configuration.batchSize(), seed);
        Model network = architecture.create(data.shape(), data.classes(), updater(configuration), seed, DataType.FLOAT);
        Watch watch = new Watch(workOfStep(configuration), progress);
        FisherHistory history;
        try (FisherListener fisher = listener(configuration, folder)) {
            network.addListeners(fisher, watch);
            for (int epoch = 0; epoch < epochs && !watch.diverged; epoch++) {
                ((NeuralNetwork) network).fit(batches);
            }
            history = fisher.history();
        }
        progress.advanced(work(configuration) - watch.work); // what a diverged run leaves out
        boolean diverged =
                watch.diverged || !Double.isFinite(network.params().sumNumber().doubleValue());
        double testError = diverged ? Double.NaN : testError((NeuralNetwork) network);
        return new Result(configuration, watch.iterations, testError, history, (System.nanoTime() - start) / 1e9);
    }

    private FisherListener listener(Configuration configuration, Path folder) throws IOException {
        return new FisherListener.Builder()
                .everyIterations(measureEvery(configuration))
                .rankTolerance(rankTolerance)
                .sink(new CsvSink(folder.resolve(configuration.name() + ".csv")))
                .sink(new JsonLinesSink(folder.resolve(configuration.name() + ".jsonl")))
                .build();
    }

    private IUpdater updater(Configuration configuration) {
        return momentum == 0
                ? new Sgd(configuration.learningRate())
                : new Nesterovs(configuration.learningRate(), momentum);
    }

    private double testError(NeuralNetwork network) {
        Evaluation evaluation = network.doEvaluation(
                        BatchIterator.inOrder(data.test(), architecture.layout(), TEST_BATCH),
                        new Evaluation(data.classes()))[0];
        return 1 - evaluation.accuracy();
    }

    /** Counts iterations, tells the progress, and notices NaN or infinite loss. */
    private static final class Watch extends BaseTrainingListener {

        private final long workOfStep;
        private final Progress progress;
        private int iterations;
        private long work;
        private boolean diverged;

        Watch(long workOfStep, Progress progress) {
            this.workOfStep = workOfStep;
            this.progress = progress;
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            iterations++;
            work += workOfStep;
            diverged |= !Double.isFinite(model.score());
            progress.advanced(workOfStep);
        }
    }
}
