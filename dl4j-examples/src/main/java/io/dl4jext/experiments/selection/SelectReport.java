package io.dl4jext.experiments.selection;

import io.dl4jext.experiments.command.GridTrial;
import io.dl4jext.experiments.engine.HeldOut;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.FisherPictures;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherSummary;
import io.dl4jext.fisher.report.FisherReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The two early ranks against the test error at the end. */
final class SelectReport {

    /** A rank correlation's interval needs four pairs. */
    static final int FEWEST = 4;

    private static final double CONFIDENCE = 0.95;
    private static final String FULL_GRID = "full grid";

    private final int early;
    private final int epochs;
    private final long earlyExamples;
    private final Path folder;
    private final CsvFile<Run<GridTrial>> file;
    private Beacon beacon;

    SelectReport(Path folder, int early, int epochs, int examples) {
        this.folder = folder;
        this.early = early;
        this.epochs = epochs;
        this.earlyExamples = (long) early * examples;
        file = new CsvFile<Run<GridTrial>>(folder.resolve("runs.csv"))
                .column("configuration", run -> run.trial.configuration)
                .column("batch_size", run -> run.trial.batchSize)
                .column("learning_rate", run -> run.trial.learningRate)
                .column("seed", run -> run.trial.seed)
                .column("early_distance", this::distance)
                .column("early_validation_loss", this::validationLoss)
                .column("diverged", run -> run.diverged)
                .column("test_error", Run::testError)
                .column("seconds", run -> run.seconds);
    }

    static String line(Run<GridTrial> run) {
        return run.diverged ? "diverged" : "test error " + Numbers.percent(run.testError()) + " %";
    }

    /**
     * The first run is the beacon.
     *
     * @throws UserError when it has diverged: nothing is to be ranked by it
     */
    void write(List<Run<GridTrial>> runs) throws IOException {
        Run<GridTrial> first = runs.get(0);
        if (beacon == null && !first.diverged) {
            beacon = Beacon.of(first.trial.history);
        }
        file.replace(runs);
        UserError.require(!first.diverged, "--beacon", "a training that does not diverge", first.trial.configuration);
    }

    /** From the beacon, early; infinite if the training diverged before, or was not measured. */
    private double distance(Run<GridTrial> run) {
        if (Double.isInfinite(validationLoss(run))) {
            return Double.POSITIVE_INFINITY; // what was measured last was before it broke
        }
        FisherSummary at = null;
        for (FisherSummary summary : run.trial.history.summaries()) {
            if (summary.examples() <= earlyExamples) {
                at = summary;
            }
        }
        double distance = at == null || beacon == null ? Double.NaN : beacon.distance(at);
        return Double.isFinite(distance) ? distance : Double.POSITIVE_INFINITY;
    }

    /** Early; infinite if the training diverged before. */
    private double validationLoss(Run<GridTrial> run) {
        double loss = early <= run.curve.size() ? run.curve.get(early - 1).score.validationLoss : Double.NaN;
        return Double.isFinite(loss) ? loss : Double.POSITIVE_INFINITY;
    }

    /** At the end; 1 if the training diverged. */
    private static double testError(Run<GridTrial> run) {
        return run.diverged ? 1 : run.testError();
    }

    /** The first seed's trainings and the beacon, to their end. */
    void draw(String title, List<Run<GridTrial>> runs) throws IOException {
        Map<String, FisherHistory> histories = new LinkedHashMap<>();
        histories.put("beacon", runs.get(0).trial.history);
        long seed = runs.get(1).trial.seed;
        runs.stream()
                .skip(1)
                .filter(run -> run.trial.seed == seed)
                .forEach(run -> histories.put(run.trial.configuration, run.trial.history));
        FisherPictures.writeGrid(folder, title, histories, List.of("beacon"));
        FisherPictures.writePage(folder, FisherReport.builder().title("select: " + title), histories);
    }

    String text(List<Run<GridTrial>> all, HeldOut heldOut) {
        List<Run<GridTrial>> runs = all.subList(1, all.size());
        Map<Long, List<Run<GridTrial>>> bySeed = Run.by(trial -> trial.seed, runs);
        return "beacon " + all.get(0).trial.configuration + ": " + line(all.get(0)) + "\n\n" + table(runs) + "\n"
                + correlations(bySeed) + "\n" + choices(runs, bySeed)
                + "\nDistance: from the beacon in the plane of the logarithms of C_K and L_K, after "
                + Numbers.count(early, "epoch")
                + "; validation loss: at the same time. Test error: at the\nend, mean +- standard deviation over the seeds ("
                + heldOut
                + ").\nRank correlation: Spearman's, of all combinations of one seed, with its 95 % interval (Fisher's"
                + " transform); diverged trainings\nrank last. Regret: by how much the chosen combination's test error exceeds"
                + " that of the combination with the lowest.\np: paired t-test over the seeds.\n";
    }

    private TextTable<List<Run<GridTrial>>> table(List<Run<GridTrial>> runs) {
        List<List<Run<GridTrial>>> combinations = Run.by(trial -> trial.configuration, runs).values().stream()
                .sorted(Comparator.comparingDouble(this::meanDistance))
                .collect(Collectors.toList());
        return new TextTable<>(combinations)
                .column("combination", same -> same.get(0).trial.configuration)
                .column("distance", same -> Numbers.significant(meanDistance(same)))
                .column(
                        "validation loss",
                        same -> Numbers.significant(
                                Sample.of(same, this::validationLoss).mean()))
                .column("test error %", same -> Numbers.outcome(Sample.of(same, Run::testError), Numbers::percent));
    }

    private double meanDistance(List<Run<GridTrial>> runs) {
        return Sample.of(runs, this::distance).mean();
    }

    private String correlations(Map<Long, List<Run<GridTrial>>> bySeed) {
        Map<Long, Double> byDistance = correlations(bySeed, this::distance);
        Map<Long, Double> byLoss = correlations(bySeed, this::validationLoss);
        TextTable<Long> table = new TextTable<>(bySeed.keySet())
                .column("rank correlation with the test error", seed -> "seed " + seed)
                .column("distance", seed -> signed(byDistance.get(seed)))
                .column(
                        "95 %",
                        seed -> interval(byDistance.get(seed), bySeed.get(seed).size()))
                .column("validation loss", seed -> signed(byLoss.get(seed)))
                .column(
                        "95 %",
                        seed -> interval(byLoss.get(seed), bySeed.get(seed).size()));
        Sample distance = Sample.of(byDistance.values(), Double::doubleValue);
        Sample loss = Sample.of(byLoss.values(), Double::doubleValue);
        return table + "difference " + signed(distance.minus(loss).mean()) + ", p "
                + Numbers.p(Significance.paired(distance, loss)) + "\n";
    }

    /** Of a measure with the test error, for each seed. */
    private static Map<Long, Double> correlations(
            Map<Long, List<Run<GridTrial>>> bySeed, ToDoubleFunction<Run<GridTrial>> measure) {
        Map<Long, Double> correlations = new LinkedHashMap<>();
        bySeed.forEach((seed, runs) ->
                correlations.put(seed, Significance.spearman(Sample.of(runs, measure), testErrors(runs))));
        return correlations;
    }

    private static String signed(double value) {
        return Numbers.format("%+.2f", value);
    }

    private static String interval(double correlation, int pairs) {
        double[] ends = Significance.spearmanInterval(correlation, pairs, CONFIDENCE);
        return signed(ends[0]) + " to " + signed(ends[1]);
    }

    private String choices(List<Run<GridTrial>> runs, Map<Long, List<Run<GridTrial>>> bySeed) {
        Map<String, List<Run<GridTrial>>> chosen = new LinkedHashMap<>();
        chosen.put("distance", best(bySeed, this::distance));
        chosen.put("validation loss", best(bySeed, this::validationLoss));
        chosen.put(FULL_GRID, best(bySeed, run -> run.diverged ? 1 : run.validationError()));
        Sample lowest = testErrors(best(bySeed, SelectReport::testError));
        double full = seconds(runs);
        double part = (double) early / epochs;
        return new TextTable<>(chosen.entrySet())
                .column("chosen by", Map.Entry::getKey)
                .column(
                        "combinations",
                        by -> by.getValue().stream()
                                .map(run -> run.trial.configuration)
                                .distinct()
                                .collect(Collectors.joining(" ")))
                .column("test error %", by -> Numbers.spread(testErrors(by.getValue()), Numbers::percent))
                .column("regret", by -> Numbers.spread(testErrors(by.getValue()).minus(lowest), Numbers::percent))
                .column(
                        "time / full grid",
                        by -> Numbers.format(
                                "%.2f",
                                by.getKey().equals(FULL_GRID) ? 1 : part + (1 - part) * seconds(by.getValue()) / full))
                .toString();
    }

    /** The run with the smallest value for each seed. */
    private static List<Run<GridTrial>> best(
            Map<Long, List<Run<GridTrial>>> bySeed, ToDoubleFunction<Run<GridTrial>> value) {
        return bySeed.values().stream()
                .map(runs ->
                        runs.stream().min(Comparator.comparingDouble(value)).orElseThrow())
                .collect(Collectors.toList());
    }

    private static Sample testErrors(List<Run<GridTrial>> runs) {
        return Sample.of(runs, SelectReport::testError);
    }

    private static double seconds(List<Run<GridTrial>> runs) {
        return runs.stream().mapToDouble(run -> run.seconds).sum();
    }
}
