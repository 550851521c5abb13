package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.Trial;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.stochastic.UpdateStatistics;
import java.util.Arrays;
import java.util.Map;

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

    /** The part of the epochs whose mean counts. */
    private static final double LAST = 0.1;

    final Variant variant;
    final Setting setting;
    final int epochs;

    /** What was updated; null unless it is the stochastic batch size. */
    UpdateStatistics updates;

    MethodTrial(Variant variant, Setting setting, long seed, int epochs) {
        super(
                variant.name() + ", " + setting + ", seed " + seed,
                seed,
                Training.work((long) epochs * setting.batches(), setting.batchSize));
        this.variant = variant;
        this.setting = setting;
        this.epochs = epochs;
    }

    /** Test accuracy after each epoch, 0 to 1; NaN from where it diverged on. */
    static double[] accuracies(Run<MethodTrial> run) {
        double[] accuracies = new double[run.trial.epochs];
        Arrays.setAll(accuracies, epoch -> epoch < run.curve.size() ? run.curve.get(epoch).score.accuracy : Double.NaN);
        return accuracies;
    }

    /** The mean of the last tenth of the epochs, rounded up; NaN if the training diverged. */
    static double lastAccuracy(Run<MethodTrial> run) {
        double[] accuracies = accuracies(run);
        int counted = (int) Math.ceil(LAST * accuracies.length);
        return Arrays.stream(accuracies, accuracies.length - counted, accuracies.length)
                .average()
                .orElseThrow();
    }

    /** NaN if the training diverged. */
    static double maximumAccuracy(Run<MethodTrial> run) {
        return run.diverged ? Double.NaN : Arrays.stream(accuracies(run)).max().orElseThrow();
    }
}
