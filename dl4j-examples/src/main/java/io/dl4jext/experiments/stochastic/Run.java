package io.dl4jext.experiments.stochastic;

import java.util.Arrays;

/** What one training gave. Immutable. */
final class Run {

    /** The share of the epochs whose mean counts. */
    private static final double LAST = 0.1;

    private final Arm arm;
    private final Setting setting;
    private final long seed;
    private final int examples;
    private final double[] accuracies;
    private final double[] losses;
    private final double seconds;

    /**
     * @param examples that it was trained on
     * @param accuracies on the test examples after each epoch, 0 to 1; NaN from where it diverged on
     * @param losses the mean over each epoch's iterations
     * @param seconds of training, without testing
     */
    Run(Arm arm, Setting setting, long seed, int examples, double[] accuracies, double[] losses, double seconds) {
        this.arm = arm;
        this.setting = setting;
        this.seed = seed;
        this.examples = examples;
        this.accuracies = accuracies.clone();
        this.losses = losses.clone();
        this.seconds = seconds;
    }

    Arm arm() {
        return arm;
    }

    Setting setting() {
        return setting;
    }

    long seed() {
        return seed;
    }

    int examples() {
        return examples;
    }

    double[] accuracies() {
        return accuracies.clone();
    }

    double[] losses() {
        return losses.clone();
    }

    double seconds() {
        return seconds;
    }

    /** Of the last tenth of the epochs, rounded up; NaN if the training diverged. */
    double lastAccuracy() {
        int epochs = accuracies.length;
        int counted = (int) Math.ceil(LAST * epochs);
        return Arrays.stream(accuracies, epochs - counted, epochs).average().orElseThrow();
    }

    /** NaN if the training diverged. */
    double maximumAccuracy() {
        return diverged() ? Double.NaN : Arrays.stream(accuracies).max().orElseThrow();
    }

    /** Whether loss or parameters became NaN or infinite. */
    boolean diverged() {
        return Double.isNaN(accuracies[accuracies.length - 1]);
    }
}
