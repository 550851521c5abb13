package io.dl4jext.fisher.chart;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSummary;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** One training run as the charts see it: a name and four columns of numbers of the same length. */
final class Run {

    final String name;
    final double[] iterations;

    /** Trained on up to each measurement. */
    final double[] examples;

    final double[] averageConditionNumbers;
    final double[] cumulativeEnergies;

    Run(
            String name,
            double[] iterations,
            double[] examples,
            double[] averageConditionNumbers,
            double[] cumulativeEnergies) {
        int length = iterations.length;
        if (length != examples.length
                || length != averageConditionNumbers.length
                || length != cumulativeEnergies.length) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected columns of one length in run '%s', got %d, %d, %d and %d",
                    name,
                    length,
                    examples.length,
                    averageConditionNumbers.length,
                    cumulativeEnergies.length));
        }
        this.name = name;
        this.iterations = iterations;
        this.examples = examples;
        this.averageConditionNumbers = averageConditionNumbers;
        this.cumulativeEnergies = cumulativeEnergies;
    }

    static Run of(String name, FisherHistory history) {
        return new Run(
                name,
                column(history.measurements(), FisherMeasurement::iteration),
                column(history.summaries(), FisherSummary::examples),
                column(history.summaries(), FisherSummary::averageConditionNumber),
                column(history.summaries(), FisherSummary::cumulativeEnergy));
    }

    private static <T> double[] column(List<T> rows, ToDoubleFunction<T> value) {
        return rows.stream().mapToDouble(value).toArray();
    }

    /**
     * This run where it stood after some shares of its examples: at the last measurement before each.
     *
     * @param shares 0 to 1, in ascending order; none leave it whole
     */
    Run after(double... shares) {
        if (examples.length == 0 || shares.length == 0) {
            return this;
        }
        int last = examples.length - 1;
        int[] kept = Arrays.stream(shares)
                .mapToInt(share -> lastUpTo(share * examples[last]))
                .filter(index -> index >= 0)
                .distinct()
                .toArray();
        return new Run(
                name,
                Points.at(kept, iterations),
                Points.at(kept, examples),
                Points.at(kept, averageConditionNumbers),
                Points.at(kept, cumulativeEnergies));
    }

    /** The index of the last measurement within so many examples, or -1. */
    private int lastUpTo(double most) {
        int index = examples.length - 1;
        while (index >= 0 && examples[index] > most) {
            index--;
        }
        return index;
    }
}
