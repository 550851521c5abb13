package io.dl4jext.fisher;

import java.util.LinkedHashMap;
import java.util.Map;

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

    /** One with all that is taken when it is asked for. */
    public static FisherMeasurement diagnosed(int iteration, Map<String, Double> layerTraces) {
        return FisherMeasurement.builder()
                .iteration(iteration)
                .learningRate(0.25)
                .loss(1)
                .gradients(new double[] {3, 1, 0}, new double[] {1, 2, 1}, new double[] {2, 4, 5})
                .topAlignment(true)
                .layerTraces(layerTraces)
                .build();
    }

    /** One whose layers have these shares of Tr F̃. */
    public static FisherMeasurement withShares(FisherMeasurement.Builder builder, Map<String, Double> shares) {
        double trace = builder.build().trace();
        Map<String, Double> traces = new LinkedHashMap<>(shares);
        traces.replaceAll((layer, share) -> share * trace);
        return builder.layerTraces(traces).build();
    }

    public static FisherSummary summary(int measurements, double averageConditionNumber, double cumulativeEnergy) {
        return new FisherSummary(
                measurements, measurements, 100L * measurements, averageConditionNumber, cumulativeEnergy);
    }
}
