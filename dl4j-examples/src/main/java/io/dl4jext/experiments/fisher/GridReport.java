package io.dl4jext.experiments.fisher;

import io.dl4jext.experiments.command.GridTrial;
import io.dl4jext.experiments.engine.HeldOut;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.FisherPictures;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.report.FisherReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Test error beside C_K and L_K, as a table, a file, pictures and a page. */
final class GridReport {

    private static final int MOST_BEST = 5;

    /** Two points always correlate. */
    private static final int FEWEST = 3;

    private static final String LEGEND =
            "C_K: mean condition number of the per-sample gradients; L_K: weighted cumulative" + " energy.\n";

    private final Path folder;
    private final CsvFile<Run<GridTrial>> summary;
    private Set<String> best = Set.of();

    GridReport(Path folder) {
        this.folder = folder;
        this.summary = new CsvFile<Run<GridTrial>>(folder.resolve("summary.csv"))
                .column("configuration", run -> run.trial.name())
                .column("batch_size", run -> run.trial.batchSize)
                .column("learning_rate", run -> run.trial.learningRate)
                .column("iterations", run -> run.steps)
                .column("measurements", run -> run.trial.history.measurements().size())
                .column("diverged", run -> run.diverged)
                .column("test_error", Run::testError)
                .column("average_condition_number", GridReport::condition)
                .column("cumulative_energy", GridReport::energy)
                .column("seconds", run -> run.seconds)
                .column("best", run -> best.contains(run.trial.name()))
                .column("validation_error", Run::validationError);
    }

    static String line(Run<GridTrial> run) {
        return (run.diverged ? "" : "test error ") + error(run) + (run.diverged ? "" : " %") + ", C_K "
                + Numbers.significant(condition(run)) + ", L_K " + Numbers.significant(energy(run));
    }

    /** A row for each finished configuration. */
    void writeSummary(List<Run<GridTrial>> runs) throws IOException {
        best = best(runs);
        summary.replace(runs);
    }

    void draw(String title, List<Run<GridTrial>> runs) throws IOException {
        FisherPictures.writeGrid(
                folder, title + (best.isEmpty() ? "" : "; ringed: the best validation errors"), histories(runs), best);
    }

    /** {@code report.html}: what is said of all runs, to which the runs are added. */
    void writePage(FisherReport.Builder page, List<Run<GridTrial>> runs) throws IOException {
        FisherPictures.writePage(folder, page, histories(runs));
    }

    private static Map<String, FisherHistory> histories(List<Run<GridTrial>> runs) {
        Map<String, FisherHistory> histories = new LinkedHashMap<>();
        runs.forEach(run -> histories.put(run.trial.name(), run.trial.history));
        return histories;
    }

    static String text(List<Run<GridTrial>> runs, HeldOut heldOut) {
        Set<String> best = best(runs);
        return table(runs) + "\n" + LEGEND
                + (best.isEmpty()
                        ? "All trainings diverged: take smaller learning rates.\n"
                        : "* the lowest validation errors: a third of the configurations, at most " + MOST_BEST
                                + ", and whichever tie with the last\n(" + heldOut + ").\n")
                + trends(runs);
    }

    static TextTable<Run<GridTrial>> table(List<Run<GridTrial>> runs) {
        Set<String> best = best(runs);
        return new TextTable<>(runs)
                .column("configuration", run -> run.trial.name())
                .column("test error %", GridReport::error)
                .column("C_K", run -> Numbers.significant(condition(run)))
                .column("L_K", run -> Numbers.significant(energy(run)))
                .column("seconds", run -> Numbers.format("%.1f", run.seconds))
                .column("best", run -> best.contains(run.trial.name()) ? "*" : "");
    }

    /** The configurations with the lowest validation error, ties included; none if every training diverged. */
    static Set<String> best(List<Run<GridTrial>> runs) {
        double worst = runs.stream()
                .mapToDouble(Run::validationError)
                .filter(Double::isFinite)
                .sorted()
                .limit(Math.min(MOST_BEST, (runs.size() + 2) / 3))
                .max()
                .orElse(Double.NaN);
        return runs.stream()
                .filter(run -> run.validationError() <= worst)
                .map(run -> run.trial.name())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * How C_K and L_K go with batch size and learning rate: Spearman's rank correlation within each row or column of
     * the grid. The paper finds that C_K grows with the batch size, L_K falls with it, and both grow with the rate.
     */
    static String trends(List<Run<GridTrial>> runs) {
        return trend("batch size (for each rate)", runs, run -> run.trial.batchSize, run -> run.trial.learningRate)
                + trend(
                        "learning rate (for each batch size)",
                        runs,
                        run -> run.trial.learningRate,
                        run -> run.trial.batchSize);
    }

    private static String trend(
            String along,
            List<Run<GridTrial>> runs,
            ToDoubleFunction<Run<GridTrial>> varied,
            ToDoubleFunction<Run<GridTrial>> fixed) {
        List<Double> condition = correlations(runs, varied, fixed, GridReport::condition);
        List<Double> energy = correlations(runs, varied, fixed, GridReport::energy);
        return condition.isEmpty() && energy.isEmpty()
                ? ""
                : "rank correlation (Spearman) with the " + along + ": C_K " + signed(condition) + "; L_K "
                        + signed(energy) + "\n";
    }

    /** One correlation for each value of the fixed setting that has enough finite measures. */
    static List<Double> correlations(
            List<Run<GridTrial>> runs,
            ToDoubleFunction<Run<GridTrial>> varied,
            ToDoubleFunction<Run<GridTrial>> fixed,
            ToDoubleFunction<Run<GridTrial>> measure) {
        Map<Double, List<Run<GridTrial>>> lines = runs.stream()
                .filter(run -> !run.diverged && Double.isFinite(measure.applyAsDouble(run)))
                .collect(Collectors.groupingBy(fixed::applyAsDouble, TreeMap::new, Collectors.toList()));
        List<Double> correlations = new ArrayList<>();
        for (List<Run<GridTrial>> line : lines.values()) {
            if (line.size() >= FEWEST) {
                line.sort(Comparator.comparingDouble(varied));
                correlations.add(Significance.spearman(Sample.of(line, varied), Sample.of(line, measure)));
            }
        }
        return correlations;
    }

    private static String signed(List<Double> correlations) {
        return correlations.stream().map(r -> Numbers.format("%+.2f", r)).collect(Collectors.joining(" "));
    }

    private static String error(Run<GridTrial> run) {
        return run.diverged ? "diverged" : Numbers.percent(run.testError());
    }

    private static double condition(Run<GridTrial> run) {
        return run.trial.history.averageConditionNumber();
    }

    private static double energy(Run<GridTrial> run) {
        return run.trial.history.cumulativeEnergy();
    }
}
