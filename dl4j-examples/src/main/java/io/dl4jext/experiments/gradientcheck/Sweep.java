package io.dl4jext.experiments.gradientcheck;

import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.gradientcheck.Difference;
import io.dl4jext.gradientcheck.GradientCheck;
import io.dl4jext.gradientcheck.GradientCheckResult;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** The checks of one network in one data type: for every step size, and for the step that makes sense for the type. */
final class Sweep {

    private final DataType precision;
    private final Map<Double, Map<Difference, ErrorSample>> bySteps = new TreeMap<>();
    private final Map<Difference, ErrorSample> sensible;

    private Sweep(DataType precision, Map<Difference, ErrorSample> sensible) {
        this.precision = precision;
        this.sensible = sensible;
    }

    /** How many checks there are, for the progress. */
    static int checks(SortedSet<Double> steps) {
        return steps.size() + 1;
    }

    static Sweep of(
            Model network,
            DataSet batch,
            DataType precision,
            SortedSet<Double> steps,
            int parameters,
            long seed,
            Progress progress) {
        GradientCheck.Builder check = GradientCheck.builder()
                .dataType(precision)
                .parameters(parameters)
                .seed(seed);
        progress.started(name(precision) + ", usual step");
        Sweep sweep = new Sweep(precision, samples(check.build().check(network, batch)));
        progress.advanced(1);
        for (double step : steps) {
            progress.started(name(precision) + ", step " + step);
            sweep.bySteps.put(step, samples(check.step(step).build().check(network, batch)));
            progress.advanced(1);
        }
        return sweep;
    }

    private static Map<Difference, ErrorSample> samples(GradientCheckResult result) {
        Map<Difference, ErrorSample> samples = new EnumMap<>(Difference.class);
        for (Difference difference : Difference.values()) {
            samples.put(difference, new ErrorSample(result.of(difference)));
        }
        return samples;
    }

    /** "double" or "float". */
    String precision() {
        return name(precision);
    }

    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** By step size, rising. */
    Map<Double, Map<Difference, ErrorSample>> bySteps() {
        return bySteps;
    }

    /** With {@link Difference#step}. */
    ErrorSample sensible(Difference difference) {
        return sensible.get(difference);
    }

    /** {@link Difference#step} of a parameter that is not larger than 1. */
    double sensibleStep(Difference difference) {
        return difference.step(precision, 0);
    }

    /** The step with the smallest median error; NaN if no error has a median. */
    double bestStep(Difference difference) {
        double best = Double.NaN;
        double smallest = Double.POSITIVE_INFINITY;
        for (Map.Entry<Double, Map<Difference, ErrorSample>> entry : bySteps.entrySet()) {
            double median = entry.getValue().get(difference).median();
            if (median < smallest) {
                smallest = median;
                best = entry.getKey();
            }
        }
        return best;
    }
}
