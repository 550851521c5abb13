package io.dl4jext.experiments.sampling;

import io.dl4jext.batch.control.BatchDecision;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.FisherPictures;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.sink.CsvSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** All policies beside each other, as the paper's Table 1; what the paper finds on MNIST checked; files and picture. */
final class SamplingReport {

    private static final String REFERENCE = "s16";
    private static final String CHECKED = "s16-to-64";
    private static final double EXPECTED_TIME = 0.85;
    private static final String MULTI_STEP = "-MS";

    private static final double CONFIDENCE = 0.95;

    /** An accuracy difference below it counts as none. */
    private static final double MARGIN = 0.005;

    private final Path folder;
    private final CsvFile<Run<SamplingTrial>> runFile;
    private final CsvFile<Decision> decisions;

    SamplingReport(Path folder) {
        this.folder = folder;
        runFile = new CsvFile<Run<SamplingTrial>>(folder.resolve("runs.csv"))
                .column("policy", run -> run.trial.policy.name)
                .column("seed", run -> run.trial.seed)
                .column("measured", run -> run.trial.isMeasured())
                .column("iterations", run -> run.steps)
                .column("mean_batch_size", SamplingReport::meanSize)
                .column("diverged", run -> run.diverged)
                .column("test_error", Run::testError)
                .column("average_condition_number", run -> measure(run, FisherHistory::averageConditionNumber))
                .column("cumulative_energy", run -> measure(run, FisherHistory::cumulativeEnergy))
                .column("seconds", run -> run.seconds);
        decisions = new CsvFile<Decision>(folder.resolve("decisions.csv"))
                .column("policy", of -> of.trial.policy.name)
                .column("seed", of -> of.trial.seed)
                .column("epoch", of -> of.decision.epoch())
                .column("iteration", of -> of.decision.iteration())
                .column("measured_size", of -> of.decision.measuredSize())
                .column("requested", of -> of.decision.requested())
                .column("averaged", of -> of.decision.averaged())
                .column("applied", of -> of.decision.applied())
                .column("outcome", of -> of.decision.outcome().name().toLowerCase(Locale.ROOT));
    }

    /** A decision of a training's controller. */
    private static final class Decision {

        final SamplingTrial trial;
        final BatchDecision decision;

        Decision(SamplingTrial trial, BatchDecision decision) {
            this.trial = trial;
            this.decision = decision;
        }
    }

    private static double meanSize(Run<SamplingTrial> run) {
        return (double) run.examples / run.steps;
    }

    private static Object measure(Run<SamplingTrial> run, ToDoubleFunction<FisherHistory> value) {
        return run.trial.history == null ? "" : value.applyAsDouble(run.trial.history);
    }

    static String line(Run<SamplingTrial> run) {
        FisherHistory history = run.trial.history;
        return (run.diverged ? "diverged" : "test error " + Numbers.percent(run.testError()) + " %")
                + (history == null
                        ? ""
                        : ", C_K " + Numbers.significant(history.averageConditionNumber()) + ", L_K "
                                + Numbers.significant(history.cumulativeEnergy()))
                + Numbers.format(", %.1f s", run.seconds);
    }

    /** Writes a row for the training, one for each decision, and the measurements of the first of its policy. */
    void add(Run<SamplingTrial> run, List<Run<SamplingTrial>> all) throws IOException {
        SamplingTrial trial = run.trial;
        FisherHistory history = trial.history;
        runFile.add(run);
        if (!trial.decisions.isEmpty()) {
            decisions.add(trial.decisions.stream()
                    .map(decision -> new Decision(trial, decision))
                    .collect(Collectors.toList()));
        }
        if (history != null && travelled(all).get(trial.policy.name) == history) {
            // In the form that Beacon.read takes.
            try (CsvSink sink = new CsvSink(folder.resolve(trial.policy.name + ".csv"))) {
                for (int i = 0; i < history.measurements().size(); i++) {
                    sink.accept(
                            history.measurements().get(i), history.summaries().get(i));
                }
            }
        }
    }

    void draw(String title, List<Run<SamplingTrial>> runs) throws IOException {
        List<String> beacons = new ArrayList<>();
        policies(runs).stream().filter(row -> row.isBeacon).forEach(row -> beacons.add(row.name));
        FisherPictures.writePaths(folder, title, travelled(runs), beacons);
    }

    /** One measured training of each policy: the first. */
    private static Map<String, FisherHistory> travelled(List<Run<SamplingTrial>> runs) {
        Map<String, FisherHistory> first = new LinkedHashMap<>();
        runs.stream()
                .filter(run -> run.trial.history != null)
                .forEach(run -> first.putIfAbsent(run.trial.policy.name, run.trial.history));
        return first;
    }

    /** Table, legend, checks. */
    static String text(List<Run<SamplingTrial>> runs, Object heldOut) {
        List<Row> rows = policies(runs);
        Row best = rows.stream()
                .filter(row -> row.isBeacon && row.errors.notFinite() == 0)
                .min(Comparator.comparingDouble(row -> row.validation.mean()))
                .orElse(null);
        return table(rows, best)
                + "\nTest error: mean +- standard deviation over the seeds, in %. p-values: paired t-test over the seeds (a seed"
                + " sets initial parameters\nand order of examples), two-sided, Holm's correction over the rows; below "
                + Significance.LEVEL + " counts as different.\n"
                + (best == null
                        ? ""
                        : "* the best beacon: the constant size with the lowest mean validation error (" + heldOut
                                + ").\n")
                + "Seconds: median over the seeds of the training alone. Constant sizes and schedules are timed without the"
                + " Fisher listener\n(the plane is measured in a training of its own, with the first seed); controllers are"
                + " timed with it, since they live on it.\nMean size: examples an iteration.\n"
                + checks(rows);
    }

    private static String table(List<Row> rows, Row best) {
        Row clock = named(rows, row -> row.name.equals(REFERENCE));
        Row reference = clock != null ? clock : named(rows, row -> row.isBeacon);
        double[] p = Significance.holm(rows.stream()
                .mapToDouble(
                        row -> best == null || row == best ? Double.NaN : Significance.paired(row.errors, best.errors))
                .toArray());
        return new TextTable<>(rows)
                .column("policy", row -> row.name + (row == best ? " *" : ""))
                .column("test error %", row -> Numbers.outcome(row.errors, Numbers::percent))
                .column("validation %", row -> Numbers.percent(row.validation.mean()))
                .column(
                        best == null ? "p-value" : "p vs " + best.name,
                        row -> best == null || row == best ? "" : Numbers.p(p[rows.indexOf(row)]))
                .column("iterations", row -> Numbers.format("%.0f", row.iterations.mean()))
                .column("mean size", row -> Numbers.format("%.1f", row.sizes.mean()))
                .column("seconds", row -> Numbers.format("%.2f", row.time()))
                .column(
                        reference == null ? "time" : "time / " + reference.name,
                        row -> reference == null ? "-" : Numbers.format("%.2f", row.time() / reference.time()))
                .toString();
    }

    /** A line each; empty where the policies for them are missing. */
    private static String checks(List<Row> rows) {
        StringBuilder text = new StringBuilder();
        Row reference = named(rows, row -> row.name.equals(REFERENCE));
        for (String suffix : new String[] {"", MULTI_STEP}) {
            Row dynamic = named(rows, row -> row.name.equals(CHECKED + suffix));
            if (reference != null && dynamic != null) {
                text.append(check(dynamic, reference)).append('\n');
            }
        }
        for (Row row : rows) {
            Row multiStep = named(rows, other -> other.name.equals(row.name + MULTI_STEP));
            double p = multiStep == null ? Double.NaN : Significance.paired(row.errors, multiStep.errors);
            if (!Double.isNaN(p)) {
                text.append(
                        row.name + " against " + multiStep.name + ": paired t-test, p-value " + Numbers.p(p) + "\n");
            }
        }
        return text.toString();
    }

    private static String check(Row dynamic, Row reference) {
        for (Row row : List.of(dynamic, reference)) {
            if (row.errors.notFinite() > 0) {
                return dynamic.name + " against " + reference.name + ": nothing to tell, " + row.name
                        + " diverged with " + row.errors.notFinite() + " of "
                        + Numbers.count(row.errors.size(), "seed");
            }
        }
        double ratio = dynamic.time() / reference.time();
        double p = Significance.paired(dynamic.errors, reference.errors);
        double loss = dynamic.errors.mean() - reference.errors.mean();
        double width = dynamic.errors.minus(reference.errors).halfWidth(CONFIDENCE);
        return dynamic.name + " took " + Numbers.format("%.2f", ratio) + " of " + reference.name
                + "'s time (expected <= "
                + EXPECTED_TIME + ": " + (ratio <= EXPECTED_TIME ? "met" : "missed") + "), accuracy difference "
                + Numbers.format("%+.2f", -100 * loss) + " points"
                + (Double.isNaN(width) ? "" : Numbers.format(" (95 %% confidence: +- %.2f)", 100 * width))
                + (Double.isNaN(p) ? ", no test: " + untested(dynamic.errors) : tests(dynamic, reference, p, loss));
    }

    private static String untested(Sample errors) {
        return errors.size() < 2 ? "not enough seeds to tell" : "it is the same with each seed";
    }

    private static String tests(Row dynamic, Row reference, double p, double loss) {
        double same = Significance.equivalence(dynamic.errors, reference.errors, MARGIN);
        return ", paired t-test, p-value " + Numbers.p(p) + " ("
                + (p >= Significance.LEVEL ? "not significant" : loss > 0 ? "a significant loss" : "a significant gain")
                + "); the same within " + 100 * MARGIN + " points: TOST, p-value " + Numbers.p(same)
                + (same < Significance.LEVEL ? " (shown)" : " (not shown)");
    }

    private static Row named(List<Row> rows, Predicate<Row> which) {
        return rows.stream().filter(which).findFirst().orElse(null);
    }

    /** A row for each policy, in the order of the trainings that count. */
    private static List<Row> policies(List<Run<SamplingTrial>> runs) {
        List<Run<SamplingTrial>> counting = Run.of(runs, trial -> !trial.forThePlane);
        return Run.by(trial -> trial.policy.name, counting).values().stream()
                .map(Row::new)
                .collect(Collectors.toList());
    }

    /** What a policy gave over the seeds. */
    private static final class Row {

        final String name;
        final boolean isBeacon;
        final Sample errors;
        final Sample validation;
        final Sample iterations;
        final Sample sizes;
        private final Sample seconds;

        Row(List<Run<SamplingTrial>> runs) {
            Policy policy = runs.get(0).trial.policy;
            name = policy.name;
            isBeacon = policy.isBeacon;
            errors = Sample.of(runs, Run::testError);
            validation = Sample.of(runs, Run::validationError);
            iterations = Sample.of(runs, run -> run.steps);
            sizes = Sample.of(runs, SamplingReport::meanSize);
            seconds = Sample.of(runs, run -> run.seconds);
        }

        /** The median; NaN if any run diverged, as that one was cut short. */
        double time() {
            return errors.notFinite() > 0 ? Double.NaN : seconds.median();
        }
    }
}
