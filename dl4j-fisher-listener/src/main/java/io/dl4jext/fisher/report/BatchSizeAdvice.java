package io.dl4jext.fisher.report;

import io.dl4jext.fisher.FisherMeasurement;
import java.util.List;

/** What the noise scale at the end of a run says of its batch size. */
final class BatchSizeAdvice {

    /** More than anybody trains with. */
    private static final double MOST = 1L << 40;

    private final double scale;
    private final int inUse;

    /** @param scale in examples; NaN where it is not known */
    BatchSizeAdvice(double scale, int inUse) {
        this.scale = scale;
        this.inUse = inUse;
    }

    static BatchSizeAdvice of(RunData run) {
        return new BatchSizeAdvice(run.noiseScale(), inUse(run.history.measurements()));
    }

    /** The larger of the last two: an epoch's last mini-batch may be smaller. */
    private static int inUse(List<FisherMeasurement> measurements) {
        return measurements.subList(Math.max(0, measurements.size() - 2), measurements.size()).stream()
                .mapToInt(FisherMeasurement::batchSize)
                .max()
                .orElse(0);
    }

    /** The batch size in use at the end; 0 where nothing was measured. */
    int inUse() {
        return inUse;
    }

    /** The power of two that is nearest to the noise scale in ratio, at least 1; 0 where there is none to be said. */
    long suggested() {
        return scale >= 0 && scale <= MOST ? 1L << Math.max(0, Math.round(Math.log(scale) / Math.log(2))) : 0;
    }

    String text() {
        if (Double.isNaN(scale)) {
            return "not known: it takes batches of two examples or more, and gradients that are finite and not all zero";
        }
        if (suggested() == 0) {
            return "the gradient cannot be told from its noise: measure more often, or with larger batches";
        }
        double ratio = scale / inUse;
        return ratio > 2
                ? "larger batches would save steps"
                : ratio < 0.5 ? "smaller batches would save examples" : "the batch size in use is about right";
    }
}
