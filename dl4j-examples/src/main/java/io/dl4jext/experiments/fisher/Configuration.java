package io.dl4jext.experiments.fisher;

import io.dl4jext.experiments.cli.Numbers;

/** A batch size and a learning rate, with the paper's name for them, such as {@code s32-lr0.1}. */
final class Configuration {

    private final int batchSize;
    private final double learningRate;

    Configuration(int batchSize, double learningRate) {
        this.batchSize = batchSize;
        this.learningRate = learningRate;
    }

    int batchSize() {
        return batchSize;
    }

    double learningRate() {
        return learningRate;
    }

    String name() {
        return "s" + batchSize + "-lr" + Numbers.plain(learningRate);
    }
}
