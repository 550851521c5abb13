package io.dl4jext.experiments.fisher;

import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.Trial;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.fisher.FisherHistory;

/** A batch size and a learning rate, with the paper's name for them, such as {@code s32-lr0.1}; and what a training showed. */
final class GridTrial extends Trial {

    final int batchSize;
    final double learningRate;
    final long steps;

    /** What the Fisher listener saw. */
    FisherHistory history;

    GridTrial(int batchSize, double learningRate, long steps) {
        super("s" + batchSize + "-lr" + Numbers.plain(learningRate), Training.work(steps, batchSize));
        this.batchSize = batchSize;
        this.learningRate = learningRate;
        this.steps = steps;
    }
}
