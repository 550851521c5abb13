package io.dl4jext.experiments.gradientcheck;

import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.gradientcheck.Difference;
import io.dl4jext.gradientcheck.GradientCheck;
import io.dl4jext.gradientcheck.GradientCheckResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** What backpropagation and one kind of difference differ by, in one data type with one step size. Immutable. */
final class Check {

    /** Stands for {@link Difference#step}, the step that makes sense for the type. */
    static final double USUAL = Double.NaN;

    final DataType type;
    final Difference difference;
    final double step;
    final ErrorSample errors;

    private Check(DataType type, Difference difference, double step, ErrorSample errors) {
        this.type = type;
        this.difference = difference;
        this.step = step;
        this.errors = errors;
    }

    /** All of a network in one data type: every step size, then the usual one, with each kind of difference. */
    static List<Check> sweep(
            Model network,
            DataSet batch,
            DataType type,
            Collection<Double> steps,
            int parameters,
            long seed,
            Progress progress) {
        List<Check> checks = new ArrayList<>();
        List<Double> all = new ArrayList<>(steps);
        all.add(USUAL);
        for (double step : all) {
            progress.started(name(type) + (Double.isNaN(step) ? ", usual step" : ", step " + step));
            GradientCheck.Builder check = GradientCheck.builder()
                    .dataType(type)
                    .parameters(parameters)
                    .seed(seed);
            GradientCheckResult result =
                    (Double.isNaN(step) ? check : check.step(step)).build().check(network, batch);
            for (Difference difference : Difference.values()) {
                checks.add(new Check(type, difference, step, new ErrorSample(result.of(difference))));
            }
            progress.advanced(1);
        }
        return checks;
    }

    /** Those with this kind of difference and a step of their own. */
    static List<Check> of(Difference difference, List<Check> checks) {
        return checks.stream()
                .filter(check -> check.difference == difference && !check.isUsual())
                .collect(Collectors.toList());
    }

    /** Those with the usual step. */
    static List<Check> usual(List<Check> checks) {
        return checks.stream().filter(Check::isUsual).collect(Collectors.toList());
    }

    boolean isUsual() {
        return Double.isNaN(step);
    }

    /** In lower case. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
