package io.dl4jext.experiments.fisher;

import io.dl4jext.fisher.FisherHistory;

/** What training with one configuration gave. */
final class Result {

    private final Configuration configuration;
    private final int iterations;
    private final double testError;
    private final FisherHistory history;
    private final double seconds;

    /** @param testError the share of test examples that are classified wrongly, 0 to 1; NaN if the training diverged */
    Result(Configuration configuration, int iterations, double testError, FisherHistory history, double seconds) {
        this.configuration = configuration;
        this.iterations = iterations;
        this.testError = testError;
        this.history = history;
        this.seconds = seconds;
    }

    Configuration configuration() {
        return configuration;
    }

    String name() {
        return configuration.name();
    }

    int iterations() {
        return iterations;
    }

    double testError() {
        return testError;
    }

    /** Whether loss or parameters became NaN or infinite. */
    boolean diverged() {
        return Double.isNaN(testError);
    }

    FisherHistory history() {
        return history;
    }

    double seconds() {
        return seconds;
    }
}
