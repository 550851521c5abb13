package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Score;
import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.Trial;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.stochastic.UpdateStatistics;
import java.util.Arrays;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** One training of a variant in a setting with a seed. */
final class MethodTrial extends Trial {

    /** What all variants have in common in a row of a table. Immutable. */
    static final class Setting {

        /** The paper's pairs: a larger batch with more momentum (section 5.1). */
        private static final Map<Integer, Double> PAIRS = Map.of(16, 0.0, 32, 0.3, 64, 0.6, 128, 0.9);

        final int batchSize;
        final double momentum;
        final Ratio ratio;

        /** Of the training examples. */
        final int examples;

        Setting(int batchSize, double momentum, Ratio ratio, int trainingExamples) {
            this.batchSize = batchSize;
            this.momentum = momentum;
            this.ratio = ratio;
            this.examples = ratio.of(trainingExamples);
        }

        /** The momentum that the paper pairs with a batch size, or null. */
        static Double pairedMomentum(int batchSize) {
            return PAIRS.get(batchSize);
        }

        int batches() {
            return (examples + batchSize - 1) / batchSize;
        }

        String fileName() {
            return "b" + batchSize + "-m" + Numbers.plain(momentum) + "-r"
                    + ratio.toString().replace('/', '_');
        }

        @Override
        public String toString() {
            return "batch " + batchSize + ", momentum " + Numbers.plain(momentum) + ", ratio " + ratio;
        }
    }

    final Variant variant;
    final Setting setting;

    /** The learning rate of the first epoch. */
    final double rate;

    final int epochs;

    /** After how many of the epochs, the last ones, the network is measured. */
    final int measured;

    /** What was updated; null unless it is the stochastic batch size. */
    UpdateStatistics updates;

    MethodTrial(Variant variant, Setting setting, double rate, long seed, int epochs, int measured) {
        super(
                variant.name() + ", " + setting + ", rate " + Numbers.plain(rate) + ", seed " + seed,
                seed,
                Training.work((long) epochs * setting.batches(), setting.batchSize));
        this.variant = variant;
        this.setting = setting;
        this.rate = rate;
        this.epochs = epochs;
        this.measured = measured;
    }

    /** The last tenth of the epochs, rounded up, whose mean counts. */
    static int counted(int epochs) {
        return (epochs + 9) / 10;
    }

    /** Test accuracy after each measured epoch, 0 to 1; NaN from where it diverged on. */
    static double[] accuracies(Run<MethodTrial> run) {
        return values(run, score -> score.accuracy);
    }

    private static double[] values(Run<MethodTrial> run, ToDoubleFunction<Score> value) {
        double[] values = new double[run.trial.measured];
        Arrays.setAll(values, i -> i < run.curve.size() ? value.applyAsDouble(run.curve.get(i).score) : Double.NaN);
        return values;
    }

    /** The mean of the epochs that count; NaN if the training diverged. */
    static double lastAccuracy(Run<MethodTrial> run) {
        return lastMean(run, accuracies(run));
    }

    /** The same on the examples by which the rate is chosen, as an error; NaN where nothing is chosen. */
    static double lastValidationError(Run<MethodTrial> run) {
        return 1 - lastMean(run, values(run, score -> score.validationAccuracy));
    }

    private static double lastMean(Run<MethodTrial> run, double[] values) {
        return run.diverged
                ? Double.NaN
                : Arrays.stream(values, values.length - counted(run.trial.epochs), values.length)
                        .average()
                        .orElseThrow();
    }

    /** Of all measured epochs; NaN if the training diverged. */
    static double maximumAccuracy(Run<MethodTrial> run) {
        return run.diverged ? Double.NaN : Arrays.stream(accuracies(run)).max().orElseThrow();
    }
}
