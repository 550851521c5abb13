package io.dl4jext.fisher;

import io.dl4jext.fisher.capture.GradientCapture;
import io.dl4jext.fisher.gram.GramMatrix;
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
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return of(
                    model, entries, (int) gram.rows(), learningRate, model.score(), keepGramMatrix ? gram.dup() : null);
        }
    }

    /** The batch whose parts have been watched. */
    FisherMeasurement measureParts(Model model, GramMatrix parts, double learningRate, double loss) {
        double[] entries = parts.valuesOfParts();
        int samples = parts.samplesOfParts();
        if (entries == null) {
            return ofDiagonal(model, parts.diagonalOfParts(), learningRate, loss);
        }
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray gram = keepGramMatrix ? Nd4j.create(entries, new long[] {samples, samples}, 'f') : null;
            return of(model, entries, samples, learningRate, loss, gram);
        }
    }

    private FisherMeasurement of(
            Model model, double[] entries, int samples, double learningRate, double loss, INDArray gram) {
        DataType type = model.params().dataType();
        double tolerance = Double.isNaN(rankTolerance) ? Spectrum.defaultRankTolerance(samples, type) : rankTolerance;
        double[] diagonal = new double[samples];
        for (int i = 0; i < samples; i++) {
            diagonal[i] = entries[i * (samples + 1)];
        }
        return new FisherMeasurement(
                Counters.iteration(model),
                Counters.epoch(model),
                samples,
                learningRate,
                loss,
                Spectrum.of(entries, tolerance),
                trace(diagonal),
                GradientStatistics.of(entries, samples),
                gram);
    }

    private static FisherMeasurement ofDiagonal(Model model, double[] diagonal, double learningRate, double loss) {
        return FisherMeasurement.withoutProducts(
                Counters.iteration(model),
                Counters.epoch(model),
                learningRate,
                loss,
                trace(diagonal),
                GradientStatistics.ofNorms(diagonal),
                diagonal.length);
    }

    private static double trace(double[] diagonal) {
        double trace = 0;
        for (double square : diagonal) {
            // A square, but rounding may leave it below zero.
            trace += Math.max(0, square);
        }
        return trace;
    }
}
