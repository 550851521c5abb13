package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.command.SeedsOption;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.implicit.activation.RootRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/**
 * What the experiments of {@code implicit} have in common: all variants × rates × seeds on each task, or the search for
 * the highest stable rate of each variant and seed.
 */
abstract class RateSweepCommand extends ExperimentCommand {

    static final String ALL_BUT_EXACT = "explicit,implicit,implicit-scaled,explicit-clip,implicit-clip";

    private static final double LEAST_PRECISION = 1.01;

    @Option(
            names = "--learning-rates",
            split = ",",
            paramLabel = "RATE",
            description = "Learning rates. Default: ${DEFAULT-VALUE}.")
    private List<Double> rates;

    @Option(
            names = "--find-highest-rate",
            description =
                    "Search for the highest stable rate of each variant with each seed, between the learning rates"
                            + " and above them, instead of a table of losses; tells the rates with confidence intervals.")
    private boolean search;

    @Option(
            names = "--precision",
            paramLabel = "RATIO",
            defaultValue = "1.1",
            description =
                    "With --find-highest-rate: how far the highest stable rate that is found and an unstable one may be"
                            + " apart, as a ratio. Default: ${DEFAULT-VALUE}.")
    private double precision;

    @Mixin
    private SeedsOption seeds = new SeedsOption("2");

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training examples. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--variants",
            split = ",",
            paramLabel = "NAME",
            description = "Ways to train: ${COMPLETION-CANDIDATES}. implicit: a batch takes"
                    + " the mean of its examples' implicit steps (and of their time steps'); implicit-scaled: each example"
                    + " steps with its part of the batch's loss, as in the authors' program; names with clip: the gradient's"
                    + " norm is limited by --clip; exact: the exact implicit step, 100 times as slow. Default:"
                    + " ${DEFAULT-VALUE}.")
    private Set<Variant> variants;

    @Option(
            names = "--clip",
            split = ",",
            paramLabel = "THRESHOLD",
            description = "Where gradients are clipped: the largest L2 norms of a layer's gradient (DL4J's"
                    + " ClipL2PerLayer; the paper takes the norm over all layers); the variants that clip are trained with"
                    + " each. Default: ${DEFAULT-VALUE}.")
    private List<Double> clips;

    @Option(
            names = "--root-rule",
            paramLabel = "RULE",
            defaultValue = "nearest",
            description = "Which minimum the implicit step takes where there are several: global (the best) or nearest"
                    + " (the first on the way down, as the authors' program). Default: ${DEFAULT-VALUE}.")
    private RootRule rootRule;

    private final Map<String, String> defaults;

    /** The defaults of the experiment. */
    RateSweepCommand(String learningRates, String seeds, String epochs, String variants, String clip) {
        defaults = Map.of(
                "--learning-rates",
                learningRates,
                "--seeds",
                seeds,
                "--epochs",
                epochs,
                "--variants",
                variants,
                "--clip",
                clip);
    }

    /**
     * The tasks, one after the other.
     *
     * @param seed for whatever is drawn at random
     */
    abstract List<Task> tasks(long seed) throws IOException;

    @Override
    public final Integer call() throws IOException {
        requirePositive("--learning-rates", rates);
        requireAtLeast(1, "--epochs", epochs);
        requirePositive("--clip", clips);
        UserError.require(
                precision >= LEAST_PRECISION && precision < Double.POSITIVE_INFINITY,
                "--precision",
                "a finite number of at least " + Numbers.plain(LEAST_PRECISION),
                precision);
        if (!search && isGiven("--precision")) {
            throw new UserError("--precision: expected --find-highest-rate with it, got none");
        }
        requireOne("--clip", "clips", variant -> variant.isClipped);
        requireOne("--root-rule", "is implicit", Variant::isImplicit);
        UserError.require(
                !search || variants.contains(Variant.EXPLICIT),
                "--variants",
                "explicit among them with --find-highest-rate, as its losses tell what is stable",
                variants);
        long first = seeds.first();
        List<Task> tasks = tasks(first);
        TreeSet<Double> sorted = new TreeSet<>(isGiven("--learning-rates") ? rates : defaultRates(tasks.get(0)));
        Path folder = folder("implicit-" + name());
        tasks.forEach(task -> print(task.description));
        print(settings());
        RateTrial.Setting setting = new RateTrial.Setting(epochs, rootRule);
        List<Method> methods = Method.all(variants, clips);
        CsvFile<Run<RateTrial>> runs = ResultFiles.runs(folder, tasks.get(0).isClassification());
        String text = search
                ? search(folder, tasks, methods, new RateSearch(sorted, precision), setting, runs)
                : sweep(folder, tasks, trials(tasks, methods, sorted, setting), setting, runs);
        return report(folder, "table.txt", "", text);
    }

    /** Refuses an option that nothing would come of. */
    private void requireOne(String option, String what, Predicate<Variant> which) {
        UserError.require(
                !isGiven(option) || variants.stream().anyMatch(which),
                option,
                "one among --variants that " + what,
                variants);
    }

    private List<Double> defaultRates(Task task) {
        return task.rateUnit() == 1
                ? rates
                : rates.stream()
                        .map(rate -> RateSearch.rounded(rate * task.rateUnit()))
                        .collect(Collectors.toList());
    }

    /** All methods at all rates: what table.txt says of them. */
    private String sweep(
            Path folder,
            List<Task> tasks,
            List<RateTrial> trials,
            RateTrial.Setting setting,
            CsvFile<Run<RateTrial>> file)
            throws IOException {
        List<Run<RateTrial>> runs = experiment(folder)
                .run(trials, RateTrial::training, RateSweepCommand::line, (latest, all) -> file.add(latest));
        StringBuilder text = new StringBuilder();
        List<AccuracyReport> accuracies = new ArrayList<>();
        for (Task task : tasks) {
            double untrained = new Sample(Arrays.stream(seeds.all())
                            .mapToDouble(seed -> RateTrial.untrained(task, seed, setting))
                            .toArray())
                    .mean();
            List<Run<RateTrial>> own = Run.of(runs, trial -> trial.task == task);
            RateReport report = new RateReport(task.name + ", " + settings(), own, untrained);
            report.draw(folder.resolve(task.name + ".png"));
            text.append(report);
            if (task.isClassification()) {
                AccuracyReport accuracy = new AccuracyReport(own);
                accuracies.add(accuracy);
                text.append(accuracy);
            }
            text.append('\n');
        }
        if (accuracies.size() > 1) {
            text.append(new AccuracyDifferences(accuracies));
        }
        return text + RateReport.LEGEND + (accuracies.isEmpty() ? "" : AccuracyReport.LEGEND);
    }

    /** The highest stable rates, which go to rates.csv, too: what table.txt says of them. */
    private String search(
            Path folder,
            List<Task> tasks,
            List<Method> methods,
            RateSearch rateSearch,
            RateTrial.Setting setting,
            CsvFile<Run<RateTrial>> file)
            throws IOException {
        CsvFile<FoundRate> rateFile = ResultFiles.rates(folder);
        List<FoundRate> found = new ArrayList<>();
        RateSearchPlan plan = new RateSearchPlan(tasks, methods, seeds.all(), rateSearch, setting, rate -> {
            found.add(rate);
            rateFile.add(rate);
        });
        experiment(folder)
                .run(
                        plan,
                        plan.mostWork(),
                        RateTrial::training,
                        RateSweepCommand::line,
                        (latest, all) -> file.add(latest));
        List<HighestRateReport> reports = new ArrayList<>();
        for (Task task : tasks) {
            List<FoundRate> own =
                    found.stream().filter(rate -> rate.task == task).collect(Collectors.toList());
            reports.add(new HighestRateReport(task.name + ", " + settings(), own));
        }
        StringBuilder text = new StringBuilder();
        reports.forEach(report -> text.append(report).append('\n'));
        if (tasks.size() > 1) {
            text.append(HighestRateReport.over(reports));
        }
        return text + HighestRateReport.legend(precision);
    }

    private List<RateTrial> trials(
            List<Task> tasks, List<Method> methods, Set<Double> sorted, RateTrial.Setting setting) {
        List<RateTrial> trials = new ArrayList<>();
        for (Task task : tasks) {
            for (long seed : seeds.all()) {
                for (double rate : sorted) {
                    for (Method method : methods) {
                        trials.add(new RateTrial(task, method, rate, seed, setting));
                    }
                }
            }
        }
        return trials;
    }

    private static String line(Run<RateTrial> run) {
        return RateTrial.hasDiverged(run) ? "diverged" : "loss " + Numbers.significant(RateTrial.loss(run));
    }

    private String settings() {
        return Numbers.count(epochs, "epoch") + ", " + seeds + ", root rule "
                + rootRule.name().toLowerCase(Locale.ROOT);
    }

    /** Of the options whose defaults differ between the experiments. */
    static final class Defaults implements IDefaultValueProvider {

        @Override
        public String defaultValue(ArgSpec argument) {
            RateSweepCommand experiment = (RateSweepCommand) argument.command().userObject();
            return argument.isOption() ? experiment.defaults.get(((OptionSpec) argument).longestName()) : null;
        }
    }
}
