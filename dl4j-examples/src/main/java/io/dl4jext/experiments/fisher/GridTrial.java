package io.dl4jext.experiments.fisher;

import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.Trial;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.fisher.FisherHistory;
import java.util.function.Function;

/** A batch size and a learning rate, with the paper's name for them, such as {@code s32-lr0.1}; and what a training showed. */
final class GridTrial extends Trial {

    /** For comparing the time of steps: one costs something in itself and something an example. */
    static final int STEP_COST = 128;

    final int batchSize;
    final double learningRate;
    final long steps;

    /** What the Fisher listener saw. */
    FisherHistory history;

    private final Function<GridTrial, Training> training;

    GridTrial(int batchSize, double learningRate, long steps, Function<GridTrial, Training> training) {
        super("s" + batchSize + "-lr" + Numbers.plain(learningRate), steps * (STEP_COST + batchSize));
        this.batchSize = batchSize;
        this.learningRate = learningRate;
        this.steps = steps;
        this.training = training;
    }

    @Override
    public Training training() {
        return training.apply(this);
    }
}
