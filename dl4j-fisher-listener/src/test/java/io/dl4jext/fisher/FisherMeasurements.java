package io.dl4jext.fisher;

/** Measurements and summaries made up by hand, for tests outside this package. */
public final class FisherMeasurements {

    private FisherMeasurements() {}

    /**
     * A measurement of a diagonal F̃, whose diagonal these eigenvalues are: gradients at right angles, one for each of
     * them.
     */
    public static FisherMeasurement measurement(
            int epoch, int iteration, double learningRate, double loss, double... eigenvalues) {
        return FisherMeasurement.builder()
                .epoch(epoch)
                .iteration(iteration)
                .learningRate(learningRate)
                .loss(loss)
                .eigenvalues(eigenvalues)
                .build();
    }

    public static FisherSummary summary(int measurements, double averageConditionNumber, double cumulativeEnergy) {
        return new FisherSummary(
                measurements, measurements, 100L * measurements, averageConditionNumber, cumulativeEnergy);
    }
}
