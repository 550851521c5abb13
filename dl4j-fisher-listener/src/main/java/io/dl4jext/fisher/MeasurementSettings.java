package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.capture.ReplayBudget;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * What a {@link FisherListener} and a {@link FisherProbe} are both told: where α comes from, τ, and what replay may
 * take. Immutable.
 */
final class MeasurementSettings {

    private final Double learningRate;
    private final ISchedule learningRateSchedule;
    private final RankTolerance rankTolerance;
    private final ReplayBudget replayBudget;
    private final boolean layerTraces;
    private final boolean topAlignment;

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

    /** α as it was given; null where it is the updater's. */
    Double learningRate(int iteration, int epoch) {
        return learningRateSchedule == null
                ? learningRate
                : Double.valueOf(learningRateSchedule.valueAt(iteration, epoch));
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
         * Whether measurements say how much of Tr F̃ each layer has ({@link FisherMeasurement#layerTraces()}); default
         * false. It costs a look at the diagonal of F̃ for each layer.
         */
        public B layerTraces(boolean take) {
            layerTraces = take;
            return self();
        }

        /**
         * Whether measurements say how far the mean gradient lies along the largest eigenvector
         * ({@link FisherMeasurement#topAlignment()}); default false. It costs all eigenvectors of F̃: operations of the
         * order of B³, many times as long as the eigenvalues alone.
         */
        public B topAlignment(boolean take) {
            topAlignment = take;
            return self();
        }
    }
}
