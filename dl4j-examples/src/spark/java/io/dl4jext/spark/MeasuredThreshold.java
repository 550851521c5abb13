package io.dl4jext.spark;

import org.deeplearning4j.optimize.solvers.accumulation.encoding.ThresholdAlgorithm;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.ThresholdAlgorithmReducer;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.FixedThresholdAlgorithm;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's fixed threshold of gradient sharing, which also tells how long each message was. For one call of fit. */
final class MeasuredThreshold implements ThresholdAlgorithm {

    private static final long serialVersionUID = 1L;

    private final FixedThresholdAlgorithm fixed;
    private final TaskResults<Long> bytes;

    MeasuredThreshold(double threshold, TaskResults<Long> bytes) {
        this.fixed = new FixedThresholdAlgorithm(threshold);
        this.bytes = bytes;
    }

    /**
     * Called for each message with what became of the one before: one int for each value that is sent, or two bits for
     * all.
     */
    @Override
    public double calculateThreshold(
            int iteration, int epoch, Double last, Boolean dense, Double sparsityRatio, INDArray updates) {
        boolean sent = dense != null && (dense || sparsityRatio != null);
        if (sent) {
            bytes.add(dense ? 4 * (updates.length() / 16 + 5) : Math.round(4 * sparsityRatio * updates.length()));
        }
        return fixed.calculateThreshold(iteration, epoch, last, dense, sparsityRatio, updates);
    }

    @Override
    public ThresholdAlgorithmReducer newReducer() {
        return new Same(this);
    }

    @Override
    public MeasuredThreshold clone() {
        return new MeasuredThreshold(fixed.getThreshold(), bytes);
    }

    /** Nothing was learnt that would have to be averaged. */
    private static final class Same implements ThresholdAlgorithmReducer {

        private static final long serialVersionUID = 1L;

        private final ThresholdAlgorithm algorithm;

        Same(ThresholdAlgorithm algorithm) {
            this.algorithm = algorithm;
        }

        @Override
        public void add(ThresholdAlgorithm other) {}

        @Override
        public ThresholdAlgorithmReducer merge(ThresholdAlgorithmReducer other) {
            return this;
        }

        @Override
        public ThresholdAlgorithm getFinalResult() {
            return algorithm;
        }
    }
}
