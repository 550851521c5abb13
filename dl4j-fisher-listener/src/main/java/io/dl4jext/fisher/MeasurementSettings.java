package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.capture.Network;
import io.dl4jext.fisher.internal.capture.ReplayBudget;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.schedule.ISchedule;
import org.slf4j.Logger;

/** What a {@link FisherListener} and a {@link FisherProbe} are both told: where α comes from, τ, and what replay may take. */
final class MeasurementSettings {

    private final Double learningRate;
    private final ISchedule learningRateSchedule;
    private final RankTolerance rankTolerance;
    private final ReplayBudget replayBudget;
    private final boolean layerTraces;
    private final boolean topAlignment;

    private boolean saidMeanRate;
    private boolean saidNoRate;

    MeasurementSettings(Builder<?> builder) {
        this.learningRate = builder.learningRate;
        this.learningRateSchedule = builder.learningRateSchedule;
        this.rankTolerance = builder.rankTolerance;
        this.layerTraces = builder.layerTraces;
        this.topAlignment = builder.topAlignment;
        this.replayBudget = builder.budget();
    }

    RankTolerance rankTolerance() {
        return rankTolerance;
    }

    ReplayBudget replayBudget() {
        return replayBudget;
    }

    boolean layerTraces() {
        return layerTraces;
    }

    boolean topAlignment() {
        return topAlignment;
    }

    /** α of the iteration and epoch at which the network stands. What is not as one may expect is logged once. */
    double learningRate(Model model, Logger log) {
        int iteration = Network.of(model).iteration();
        int epoch = Network.of(model).epoch();
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

    /**
     * The settings as they come in, each checked.
     *
     * @param <B> the builder itself
     */
    abstract static class Builder<B extends Builder<B>> extends ReplaySettings<B> {

        private Double learningRate;
        private ISchedule learningRateSchedule;
        private RankTolerance rankTolerance = RankTolerance.ROUNDING;
        private boolean layerTraces;
        private boolean topAlignment;

        /**
         * α for l_k in place of the updater's learning rate; for updaters that have none (AdaDelta, NoOp).
         *
         * @throws IllegalArgumentException unless finite and not negative
         * @throws IllegalStateException if a value or a schedule was set already
         */
        public B learningRate(double rate) {
            if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("Expected a finite learning rate >= 0, got " + rate);
            }
            requireNoLearningRate();
            learningRate = rate;
            return self();
        }

        /**
         * α for l_k as a schedule, in place of the updater's learning rate.
         *
         * @throws IllegalStateException if a value or a schedule was set already
         */
        public B learningRate(ISchedule schedule) {
            if (schedule == null) {
                throw new IllegalArgumentException("Expected a learning-rate schedule, got null");
            }
            requireNoLearningRate();
            learningRateSchedule = schedule;
            return self();
        }

        private void requireNoLearningRate() {
            if (learningRate != null || learningRateSchedule != null) {
                throw new IllegalStateException("learningRate was already set to "
                        + (learningRate != null ? learningRate : learningRateSchedule));
            }
        }

        /** How small a singular value counts as zero; default {@link RankTolerance#ROUNDING}. */
        public B rankTolerance(RankTolerance tolerance) {
            if (tolerance == null) {
                throw new IllegalArgumentException("Expected a rank tolerance, got null");
            }
            rankTolerance = tolerance;
            return self();
        }

        /**
         * τ: a singular value counts as zero up to τ·σ_max. Short for {@link RankTolerance#relative(double)}.
         *
         * @throws IllegalArgumentException unless 0 &lt;= τ &lt; 1
         */
        public B rankTolerance(double tolerance) {
            return rankTolerance(RankTolerance.relative(tolerance));
        }

        /**
         * Whether measurements say how much of Tr F̃ each layer has ({@link FisherMeasurement#layerTraces()}); default false. It costs
         * a look at the diagonal of F̃ for each layer.
         */
        public B layerTraces(boolean take) {
            layerTraces = take;
            return self();
        }

        /**
         * Whether measurements say how far the mean gradient lies along the largest eigenvector
         * ({@link FisherMeasurement#topAlignment()}); default false. It costs all eigenvectors of F̃: operations of the order of B³, many times as long as the eigenvalues alone.
         */
        public B topAlignment(boolean take) {
            topAlignment = take;
            return self();
        }
    }
}
