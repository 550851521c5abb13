package io.dl4jext.experiments.fisher;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/**
 * How C_K and L_K go with batch size and learning rate: Spearman's rank correlation within each row or column of the
 * grid. The paper finds that C_K grows with the batch size, L_K falls with it, and both grow with the rate.
 */
final class Trends {

    /** Two points always correlate. */
    private static final int FEWEST = 3;

    private Trends() {}

    /** Two lines of text; empty where no row or column has three trainings that did not diverge. */
    static String of(List<Result> results) {
        ToDoubleFunction<Result> batchSize = result -> result.configuration().batchSize();
        ToDoubleFunction<Result> learningRate = result -> result.configuration().learningRate();
        return line("batch size (for each rate)", results, batchSize, learningRate)
                + line("learning rate (for each batch size)", results, learningRate, batchSize);
    }

    private static String line(
            String along, List<Result> results, ToDoubleFunction<Result> varied, ToDoubleFunction<Result> fixed) {
        List<Double> condition =
                correlations(results, varied, fixed, result -> result.history().averageConditionNumber());
        List<Double> energy =
                correlations(results, varied, fixed, result -> result.history().cumulativeEnergy());
        return condition.isEmpty() && energy.isEmpty()
                ? ""
                : "rank correlation with the " + along + ": C_K " + text(condition) + "; L_K " + text(energy) + "\n";
    }

    /** One correlation for each value of the fixed setting that has enough finite measures. */
    static List<Double> correlations(
            List<Result> results,
            ToDoubleFunction<Result> varied,
            ToDoubleFunction<Result> fixed,
            ToDoubleFunction<Result> measure) {
        Map<Double, List<Result>> lines = results.stream()
                .filter(result -> !result.diverged() && Double.isFinite(measure.applyAsDouble(result)))
                .collect(Collectors.groupingBy(fixed::applyAsDouble, TreeMap::new, Collectors.toList()));
        List<Double> correlations = new ArrayList<>();
        for (List<Result> line : lines.values()) {
            if (line.size() >= FEWEST) {
                line.sort(Comparator.comparingDouble(varied));
                correlations.add(new SpearmansCorrelation()
                        .correlation(
                                line.stream().mapToDouble(varied).toArray(),
                                line.stream().mapToDouble(measure).toArray()));
            }
        }
        return correlations;
    }

    private static String text(List<Double> correlations) {
        return correlations.stream()
                .map(r -> String.format(Locale.ROOT, "%+.2f", r))
                .collect(Collectors.joining(" "));
    }
}
