package io.dl4jext.batch.control;

import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSummary;
import java.util.Arrays;

/**
 * C̄_K, L_K and the number of examples of a run that may be saved and resumed: a resumed run has a new listener, whose
 * own sums start from nothing. Values that are not finite are left out.
 */
final class Trajectory {

    private int conditioned;
    private double conditionNumberSum;
    private double closedEnergy;
    private double lastEnergy;
    private int lastIteration;
    private long examples;
    private boolean begun;
    private long examplesOfListener;

    /** @param size the batch size since the measurement before */
    void add(FisherMeasurement measurement, FisherSummary soFar, int size) {
        int passed = measurement.iteration() - lastIteration;
        if (!begun) {
            begun = true;
            examples = soFar.examples();
        } else if (soFar.examples() > examplesOfListener && soFar.measurements() > 1) {
            examples += soFar.examples() - examplesOfListener;
            closedEnergy += lastEnergy * Math.max(0, passed);
        } else {
            // Another listener, which has not seen the iterations since the last measurement of the one before.
            examples += Math.max(0, passed - 1L) * size + measurement.batchSize();
            closedEnergy += lastEnergy * Math.max(1, passed);
        }
        examplesOfListener = soFar.examples();
        lastIteration = measurement.iteration();
        if (Double.isFinite(measurement.energy())) {
            lastEnergy = measurement.energy();
        }
        if (measurement.trace() != 0 && Double.isFinite(measurement.conditionNumber())) {
            conditioned++;
            conditionNumberSum += measurement.conditionNumber();
        }
    }

    /** All of it in numbers, to be {@linkplain #restore restored}. Whole numbers stay exact up to 2⁵³. */
    double[] state() {
        return new double[] {
            conditioned,
            conditionNumberSum,
            closedEnergy,
            lastEnergy,
            lastIteration,
            examples,
            begun ? 1 : 0,
            examplesOfListener
        };
    }

    /** @throws IllegalArgumentException unless these are numbers that {@link #state()} may give */
    void restore(double[] state) {
        boolean fits = state.length == state().length;
        for (int i = 0; fits && i < state.length; i++) {
            // All but the sums count something.
            boolean count = i != 1 && i != 2 && i != 3;
            fits = state[i] >= 0
                    && Double.isFinite(state[i])
                    && (!count || state[i] == Math.rint(state[i]) && state[i] <= 1L << 53);
        }
        if (!fits || state[0] > Integer.MAX_VALUE || state[4] > Integer.MAX_VALUE || state[6] > 1) {
            throw new IllegalArgumentException(
                    "Expected the " + state().length + " numbers of a followed run, got " + Arrays.toString(state));
        }
        conditioned = (int) state[0];
        conditionNumberSum = state[1];
        closedEnergy = state[2];
        lastEnergy = state[3];
        lastIteration = (int) state[4];
        examples = (long) state[5];
        begun = state[6] == 1;
        examplesOfListener = (long) state[7];
    }

    /** C̄_K; NaN before the first. */
    double conditionNumber() {
        return conditionNumberSum / conditioned;
    }

    /** L_K. */
    double energy() {
        return closedEnergy + lastEnergy;
    }

    long examples() {
        return examples;
    }
}
