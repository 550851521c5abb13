package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.experiments.statistics.Sample;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** One measure of the trainings on one task: by method and rate the values of all seeds. Immutable. */
final class RateCurves {

    private final Map<Method, TreeMap<Double, Sample>> curves = new LinkedHashMap<>();

    RateCurves(Collection<Run<RateTrial>> runs, ToDoubleFunction<Run<RateTrial>> measure) {
        Run.by(trial -> trial.method, runs).forEach((method, own) -> {
            TreeMap<Double, Sample> curve = new TreeMap<>();
            Run.by(trial -> trial.rate, own).forEach((rate, seeds) -> curve.put(rate, Sample.of(seeds, measure)));
            curves.put(method, curve);
        });
    }

    /** In the order in which they were first trained. */
    Set<Method> methods() {
        return all().keySet();
    }

    Map<Method, TreeMap<Double, Sample>> all() {
        return Collections.unmodifiableMap(curves);
    }

    TreeMap<Double, Sample> of(Method method) {
        return curves.get(method);
    }

    /** The rate with the lowest mean; the lowest of these rates; of means that are infinite the lowest rate. */
    double lowestAt(Method method) {
        double best = Double.NaN;
        double lowest = Double.NaN;
        for (Map.Entry<Double, Sample> entry : of(method).entrySet()) {
            double mean = mean(entry.getValue());
            if (Double.isNaN(best) || mean < lowest) {
                best = entry.getKey();
                lowest = mean;
            }
        }
        return best;
    }

    /** Infinite if any value is not finite. */
    static double mean(Sample sample) {
        return sample.notFinite() > 0 ? Double.POSITIVE_INFINITY : sample.mean();
    }

    /** A row for each rate, a column for each method. */
    TextTable<Double> table(Function<Sample, String> cell) {
        TreeSet<Double> rates = new TreeSet<>();
        curves.values().forEach(curve -> rates.addAll(curve.keySet()));
        TextTable<Double> table = new TextTable<>(rates).column("rate", Numbers::plain);
        curves.forEach((method, curve) -> table.column(method.toString(), rate -> cell.apply(curve.get(rate))));
        return table;
    }
}
