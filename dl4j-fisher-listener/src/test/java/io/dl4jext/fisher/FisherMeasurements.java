package io.dl4jext.fisher;

import io.dl4jext.fisher.spectrum.Spectrum;
import java.util.Arrays;
import org.nd4j.linalg.factory.Nd4j;

/** Measurements and summaries made up by hand, for tests outside this package. */
public final class FisherMeasurements {

    private FisherMeasurements() {}

    /**
     * A measurement whose spectrum and trace are those of a diagonal F̃; its mean gradient norm is 0.125, its batch
     * size the number of eigenvalues.
     */
    public static FisherMeasurement measurement(
            int epoch, int iteration, double learningRate, double loss, double... eigenvalues) {
        Spectrum spectrum = Spectrum.of(Nd4j.diag(Nd4j.createFromArray(eigenvalues)), 0);
        double trace = Arrays.stream(eigenvalues).sum();
        return new FisherMeasurement(
                iteration, epoch, eigenvalues.length, learningRate, loss, spectrum, trace, 0.125, null);
    }

    public static FisherSummary summary(int measurements, double averageConditionNumber, double cumulativeEnergy) {
        return new FisherSummary(measurements, measurements, averageConditionNumber, cumulativeEnergy);
    }

    /** The history of a run in which nothing but these was seen. */
    public static FisherHistory history(FisherMeasurement... measurements) {
        FisherHistory.Recorder recorder = new FisherHistory.Recorder();
        for (FisherMeasurement measurement : measurements) {
            recorder.add(measurement);
        }
        return recorder.snapshot();
    }
}
