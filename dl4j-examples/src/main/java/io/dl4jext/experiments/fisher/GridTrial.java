package io.dl4jext.experiments.fisher;

import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.Trial;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.fisher.FisherHistory;
import java.util.function.Function;

/** A batch size and a learning rate, with the paper's name for them, such as {@code s32-lr0.1}; and what a training showed. */
final class GridTrial implements Trial {

    /** For comparing the time of steps: one costs something in itself and something an example. */
    static final int STEP_COST = 128;

    final int batchSize;
    final double learningRate;

    /** What the Fisher listener saw. */
    FisherHistory history;

    /** The share of the examples to choose by that are classified wrongly; NaN if the training diverged. */
    double validationError = Double.NaN;

    private final long steps;
    private final Function<GridTrial, Training> training;

    GridTrial(int batchSize, double learningRate, long steps, Function<GridTrial, Training> training) {
        this.batchSize = batchSize;
        this.learningRate = learningRate;
        this.steps = steps;
        this.training = training;
    }

    @Override
    public String name() {
        return "s" + batchSize + "-lr" + Numbers.plain(learningRate);
    }

    long steps() {
        return steps;
    }

    @Override
    public long work() {
        return steps * (STEP_COST + batchSize);
    }

    @Override
    public Training training() {
        return training.apply(this);
    }
}
