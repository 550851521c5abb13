package io.dl4jext.experiments.selection;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.Trial;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherSummary;

/** A batch size and a learning rate with a seed; what the listener saw. */
final class SelectTrial extends Trial {

    final String configuration;
    final int batchSize;
    final double learningRate;
    final long seed;

    /** What the Fisher listener saw. */
    FisherHistory history;

    SelectTrial(int batchSize, double learningRate, long seed, long steps) {
        super(name(batchSize, learningRate) + ", seed " + seed, Training.work(steps, batchSize));
        this.configuration = name(batchSize, learningRate);
        this.batchSize = batchSize;
        this.learningRate = learningRate;
        this.seed = seed;
    }

    /** As in the paper: {@code s32-lr0.1}. */
    static String name(int batchSize, double learningRate) {
        return "s" + batchSize + "-lr" + Numbers.plain(learningRate);
    }

    /**
     * From the beacon after so many examples.
     *
     * @return infinite if the training diverged before, or was not measured
     */
    static double distance(Run<SelectTrial> run, Beacon beacon, long examples) {
        FisherSummary at = null;
        for (FisherSummary summary : run.trial.history.summaries()) {
            if (summary.examples() <= examples) {
                at = summary;
            }
        }
        double distance = at == null ? Double.NaN : beacon.distance(at);
        return Double.isFinite(distance) ? distance : Double.POSITIVE_INFINITY;
    }

    /**
     * The validation loss after that epoch, counted from 1.
     *
     * @return infinite if the training diverged before
     */
    static double validationLoss(Run<SelectTrial> run, int epoch) {
        double loss = epoch <= run.curve.size() ? run.curve.get(epoch - 1).score.validationLoss : Double.NaN;
        return Double.isFinite(loss) ? loss : Double.POSITIVE_INFINITY;
    }

    /** At the end; 1 if the training diverged. */
    static double testError(Run<SelectTrial> run) {
        return run.diverged ? 1 : run.testError();
    }
}
