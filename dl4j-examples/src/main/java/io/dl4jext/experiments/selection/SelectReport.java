package io.dl4jext.experiments.selection;

import io.dl4jext.experiments.engine.HeldOut;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.FisherPictures;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The two early ranks against the test error at the end. */
final class SelectReport {

    /** A rank correlation's interval needs four pairs. */
    static final int FEWEST = 4;

    private static final double CONFIDENCE = 0.95;

    private final int early;
    private final int epochs;
    private final long earlyExamples;
    private final Path folder;
    private final CsvFile<Run<SelectTrial>> file;
    private Beacon beacon;

    SelectReport(Path folder, int early, int epochs, int examples) {
        this.folder = folder;
        this.early = early;
        this.epochs = epochs;
        this.earlyExamples = (long) early * examples;
        file = new CsvFile<Run<SelectTrial>>(folder.resolve("runs.csv"))
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

    static String line(Run<SelectTrial> run) {
        return run.diverged ? "diverged" : "test error " + Numbers.percent(run.testError()) + " %";
    }

    /** The first run is the beacon. */
    void write(List<Run<SelectTrial>> runs) throws IOException {
        if (beacon == null) {
            beacon = Beacon.of(runs.get(0).trial.history);
        }
        file.replace(runs);
    }

    private double distance(Run<SelectTrial> run) {
        return SelectTrial.distance(run, beacon, earlyExamples);
    }

    private double validationLoss(Run<SelectTrial> run) {
        return SelectTrial.validationLoss(run, early);
    }

    /** The first seed's trainings, up to where they are ranked, and the beacon. */
    void draw(String title, List<Run<SelectTrial>> runs) throws IOException {
        Map<String, FisherHistory> histories = new LinkedHashMap<>();
        histories.put("beacon", runs.get(0).trial.history);
        long seed = runs.get(1).trial.seed;
        runs.stream()
                .skip(1)
                .filter(run -> run.trial.seed == seed)
                .forEach(run -> histories.put(run.trial.configuration, run.trial.history));
        FisherPictures.writeGrid(folder, title, histories, List.of("beacon"));
    }

    String text(List<Run<SelectTrial>> all, HeldOut heldOut) {
        List<Run<SelectTrial>> runs = all.subList(1, all.size());
        Set<Long> seeds = runs.stream().map(run -> run.trial.seed).collect(Collectors.toCollection(LinkedHashSet::new));
        return "beacon " + all.get(0).trial.configuration + ": " + line(all.get(0)) + "\n\n" + table(runs) + "\n"
                + correlations(runs, seeds) + "\n" + choices(runs, seeds)
                + "\nDistance: from the beacon in the plane of the logarithms of C_K and L_K, after "
                + Numbers.count(early, "epoch")
                + "; validation loss: at the same time. Test error: at the\nend, mean +- standard deviation over the seeds ("
                + heldOut
                + ").\nRank correlation: Spearman's, of all combinations of one seed, with its 95 % interval (Fisher's"
                + " transform); diverged trainings\nrank last. Regret: by how much the chosen combination's test error exceeds"
                + " that of the combination with the lowest.\np: paired t-test over the seeds.\n";
    }

    private TextTable table(List<Run<SelectTrial>> runs) {
        TextTable table = new TextTable("combination", "distance", "validation loss", "test error %");
        Set<String> names =
                runs.stream().map(run -> run.trial.configuration).collect(Collectors.toCollection(LinkedHashSet::new));
        names.stream()
                .map(name -> Run.of(runs, trial -> trial.configuration.equals(name)))
                .sorted(Comparator.comparingDouble(
                        same -> Sample.of(same, this::distance).mean()))
                .forEach(same -> table.row(
                        same.get(0).trial.configuration,
                        Numbers.significant(Sample.of(same, this::distance).mean()),
                        Numbers.significant(
                                Sample.of(same, this::validationLoss).mean()),
                        same.stream().anyMatch(run -> run.diverged)
                                ? Numbers.diverged(Sample.of(same, Run::testError))
                                : Numbers.spread(Sample.of(same, Run::testError), Numbers::percent)));
        return table;
    }

    private String correlations(List<Run<SelectTrial>> runs, Set<Long> seeds) {
        TextTable table =
                new TextTable("rank correlation with the test error", "distance", "95 %", "validation loss", "95 %");
        List<Double> byDistance = new ArrayList<>();
        List<Double> byLoss = new ArrayList<>();
        for (long seed : seeds) {
            List<Run<SelectTrial>> same = Run.of(runs, trial -> trial.seed == seed);
            Sample errors = Sample.of(same, SelectTrial::testError);
            byDistance.add(Significance.spearman(Sample.of(same, this::distance), errors));
            byLoss.add(Significance.spearman(Sample.of(same, this::validationLoss), errors));
            table.row(
                    "seed " + seed,
                    signed(last(byDistance)),
                    interval(last(byDistance), same.size()),
                    signed(last(byLoss)),
                    interval(last(byLoss), same.size()));
        }
        Sample distance = Sample.of(byDistance, Double::doubleValue);
        Sample loss = Sample.of(byLoss, Double::doubleValue);
        return table + "difference " + signed(distance.minus(loss).mean()) + ", p "
                + Numbers.p(Significance.paired(distance, loss)) + "\n";
    }

    private static double last(List<Double> values) {
        return values.get(values.size() - 1);
    }

    private static String signed(double value) {
        return Numbers.format("%+.2f", value);
    }

    private static String interval(double correlation, int pairs) {
        double[] ends = Significance.spearmanInterval(correlation, pairs, CONFIDENCE);
        return signed(ends[0]) + " to " + signed(ends[1]);
    }

    private String choices(List<Run<SelectTrial>> runs, Set<Long> seeds) {
        TextTable table = new TextTable("chosen by", "combinations", "test error %", "regret", "time / full grid");
        double full = runs.stream().mapToDouble(run -> run.seconds).sum();
        Sample lowest = chosen(runs, seeds, SelectTrial::testError, SelectTrial::testError);
        addChoice(table, "distance", runs, seeds, this::distance, lowest, full);
        addChoice(table, "validation loss", runs, seeds, this::validationLoss, lowest, full);
        addChoice(table, "full grid", runs, seeds, run -> run.diverged ? 1 : run.validationError(), lowest, full);
        return table.toString();
    }

    private void addChoice(
            TextTable table,
            String name,
            List<Run<SelectTrial>> runs,
            Set<Long> seeds,
            ToDoubleFunction<Run<SelectTrial>> by,
            Sample lowest,
            double full) {
        Sample errors = chosen(runs, seeds, by, SelectTrial::testError);
        String combinations = seeds.stream()
                .map(seed -> best(runs, seed, by).trial.configuration)
                .distinct()
                .collect(Collectors.joining(" "));
        double rest = (double) (epochs - early) / epochs;
        double time = name.equals("full grid")
                ? 1
                : (full * early / epochs
                                + chosen(runs, seeds, by, run -> run.seconds * rest)
                                                .mean()
                                        * seeds.size())
                        / full;
        table.row(
                name,
                combinations,
                Numbers.spread(errors, Numbers::percent),
                Numbers.spread(errors.minus(lowest), Numbers::percent),
                Numbers.format("%.2f", time));
    }

    private static Sample chosen(
            List<Run<SelectTrial>> runs,
            Set<Long> seeds,
            ToDoubleFunction<Run<SelectTrial>> by,
            ToDoubleFunction<Run<SelectTrial>> value) {
        return Sample.of(seeds, seed -> value.applyAsDouble(best(runs, seed, by)));
    }

    private static Run<SelectTrial> best(
            List<Run<SelectTrial>> runs, long seed, ToDoubleFunction<Run<SelectTrial>> by) {
        return Run.of(runs, trial -> trial.seed == seed).stream()
                .min(Comparator.comparingDouble(by))
                .orElseThrow();
    }
}
