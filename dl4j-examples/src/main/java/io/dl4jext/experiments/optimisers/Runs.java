package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.cli.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** All trainings of one name, with different seeds: what stands in a table's cell. */
final class Runs {

    private final List<Run> all;

    private Runs(List<Run> all) {
        this.all = all;
    }

    /** Those of this name, at least one. */
    static Runs named(String name, List<Run> runs) {
        List<Run> all = runs.stream().filter(run -> run.name().equals(name)).collect(Collectors.toList());
        if (all.isEmpty()) {
            throw new IllegalArgumentException("expected a run named '" + name + "', found none");
        }
        return new Runs(all);
    }

    /** The curve of the first seed. */
    List<CurvePoint> curve() {
        return all.get(0).curve();
    }

    /** "NaN" if all diverged; otherwise the mean of the others, and how many diverged. */
    String loss() {
        List<Double> finite =
                all.stream().filter(run -> !run.diverged()).map(Run::loss).collect(Collectors.toList());
        if (finite.isEmpty()) {
            return "NaN";
        }
        int diverged = all.size() - finite.size();
        return spread(finite, Numbers::significant) + (diverged == 0 ? "" : ", NaN " + diverged + " of " + all.size());
    }

    /** The mean over all seeds; that of a diverged run is one, too. */
    String accuracy() {
        return spread(values(Run::accuracy), value -> String.format(Locale.ROOT, "%.4f", value));
    }

    String seconds() {
        return String.format(
                Locale.ROOT,
                "%.0f",
                values(Run::seconds).stream().mapToDouble(s -> s).average().orElse(Double.NaN));
    }

    private List<Double> values(ToDoubleFunction<Run> value) {
        List<Double> values = new ArrayList<>();
        all.forEach(run -> values.add(value.applyAsDouble(run)));
        return values;
    }

    private static String spread(List<Double> values, Function<Double, String> text) {
        double mean = values.stream().mapToDouble(v -> v).average().orElse(Double.NaN);
        if (values.size() < 2) {
            return text.apply(mean);
        }
        double squares =
                values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
        return text.apply(mean) + " +- " + text.apply(Math.sqrt(squares / (values.size() - 1)));
    }
}
