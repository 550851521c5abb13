package io.dl4jext.fisher.chart;

import io.dl4jext.fisher.FisherHistory;

/** One training run as the charts see it: a name and three columns of numbers of the same length. */
final class Run {

    final String name;
    final double[] iterations;
    final double[] averageConditionNumbers;
    final double[] cumulativeEnergies;

    Run(String name, double[] iterations, double[] averageConditionNumbers, double[] cumulativeEnergies) {
        if (iterations.length != averageConditionNumbers.length || iterations.length != cumulativeEnergies.length) {
            throw new IllegalArgumentException("Expected columns of one length in run '" + name + "', got "
                    + iterations.length
                    + ", "
                    + averageConditionNumbers.length
                    + " and "
                    + cumulativeEnergies.length);
        }
        this.name = name;
        this.iterations = iterations;
        this.averageConditionNumbers = averageConditionNumbers;
        this.cumulativeEnergies = cumulativeEnergies;
    }

    static Run of(String name, FisherHistory history) {
        return new Run(
                name,
                history.measurements().stream()
                        .mapToDouble(measurement -> measurement.iteration())
                        .toArray(),
                history.summaries().stream()
                        .mapToDouble(summary -> summary.averageConditionNumber())
                        .toArray(),
                history.summaries().stream()
                        .mapToDouble(summary -> summary.cumulativeEnergy())
                        .toArray());
    }
}
