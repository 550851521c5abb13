package io.dl4jext.fisher;

import io.dl4jext.fisher.capture.GradientCapture;
import io.dl4jext.fisher.spectrum.Spectrum;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Turns F̃ of one backward pass into a measurement. */
final class Measurer {

    /** NaN: the default, which depends on batch size and data type. */
    static final double DEFAULT_RANK_TOLERANCE = Double.NaN;

    private final double rankTolerance;
    private final boolean keepGramMatrix;

    Measurer(double rankTolerance, boolean keepGramMatrix) {
        this.rankTolerance = rankTolerance;
        this.keepGramMatrix = keepGramMatrix;
    }

    /** Ends the capture of the pass that is over. */
    FisherMeasurement measure(Model model, GradientCapture capture, double learningRate) {
        INDArray gram = capture.end();
        double[] entries = capture.values();
        int samples = (int) gram.rows();
        DataType type = model.params().dataType();
        double tolerance = Double.isNaN(rankTolerance) ? Spectrum.defaultRankTolerance(samples, type) : rankTolerance;
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            double trace = 0;
            for (int i = 0; i < entries.length; i += samples + 1) {
                // A square, but rounding may leave it below zero.
                trace += Math.max(0, entries[i]);
            }
            return new FisherMeasurement(
                    Counters.iteration(model),
                    Counters.epoch(model),
                    samples,
                    learningRate,
                    model.score(),
                    Spectrum.of(entries, tolerance),
                    trace,
                    GradientStatistics.of(entries, samples),
                    keepGramMatrix ? gram.dup() : null);
        }
    }
}
