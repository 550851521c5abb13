package io.dl4jext.fisher;

import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.schedule.ISchedule;
import org.slf4j.Logger;

/** What a {@link FisherListener} and a {@link FisherProbe} are both told: where α comes from, and τ. */
final class MeasurementSettings {

    private final Double learningRate;
    private final ISchedule learningRateSchedule;
    private final double rankTolerance;

    private boolean saidMeanRate;
    private boolean saidNoRate;

    private MeasurementSettings(Double learningRate, ISchedule learningRateSchedule, double rankTolerance) {
        this.learningRate = learningRate;
        this.learningRateSchedule = learningRateSchedule;
        this.rankTolerance = rankTolerance;
    }

    /** τ, or {@link Measurer#DEFAULT_RANK_TOLERANCE}. */
    double rankTolerance() {
        return rankTolerance;
    }

    /** α of the iteration and epoch at which the network stands. What is not as one may expect is logged once. */
    double learningRate(Model model, Logger log) {
        int iteration = Counters.iteration(model);
        int epoch = Counters.epoch(model);
        if (learningRateSchedule != null) {
            return learningRateSchedule.valueAt(iteration, epoch);
        }
        if (learningRate != null) {
            return learningRate;
        }
        LearningRates rates = LearningRates.of(model, iteration, epoch);
        if (Double.isNaN(rates.mean()) && !saidNoRate) {
            saidNoRate = true;
            log.warn("The network's updater has no learning rate: l_k and L_K are NaN unless one is given to"
                    + " FisherListener.Builder.learningRate");
        } else if (!rates.uniform() && !saidMeanRate) {
            saidMeanRate = true;
            log.info("Learning rates differ between parameters: l_k uses their mean, weighted by parameter count");
        }
        return rates.mean();
    }

    /** The settings as they come in, each checked. */
    static final class Builder {

        private Double learningRate;
        private ISchedule learningRateSchedule;
        private double rankTolerance = Measurer.DEFAULT_RANK_TOLERANCE;

        void learningRate(double rate) {
            if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("Expected a finite learning rate >= 0, got " + rate);
            }
            requireNoLearningRate();
            learningRate = rate;
        }

        void learningRate(ISchedule schedule) {
            if (schedule == null) {
                throw new IllegalArgumentException("Expected a learning-rate schedule, got null");
            }
            requireNoLearningRate();
            learningRateSchedule = schedule;
        }

        private void requireNoLearningRate() {
            if (learningRate != null || learningRateSchedule != null) {
                throw new IllegalStateException("learningRate was already set to "
                        + (learningRate != null ? learningRate : learningRateSchedule));
            }
        }

        void rankTolerance(double tolerance) {
            if (!(tolerance >= 0 && tolerance < 1)) {
                throw new IllegalArgumentException("Expected 0 <= rankTolerance < 1, got " + tolerance);
            }
            rankTolerance = tolerance;
        }

        MeasurementSettings build() {
            return new MeasurementSettings(learningRate, learningRateSchedule, rankTolerance);
        }
    }
}
