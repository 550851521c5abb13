package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.command.SeedsOption;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.implicit.activation.RootRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** What the experiments of {@code implicit} have in common: all variants × rates × seeds on each task. */
abstract class RateSweepCommand extends ExperimentCommand {

    static final String ALL_BUT_EXACT = "explicit,implicit,implicit-scaled,explicit-clip,implicit-clip";

    @Option(
            names = "--learning-rates",
            split = ",",
            paramLabel = "RATE",
            description = "Learning rates. Default: ${DEFAULT-VALUE}.")
    private List<Double> rates;

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
            paramLabel = "THRESHOLD",
            description = "Where gradients are clipped: the largest L2 norm of a layer's gradient (DL4J's"
                    + " ClipL2PerLayer; the paper takes the norm over all layers). Default: ${DEFAULT-VALUE}.")
    private double clip;

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
        requirePositive("--clip", clip);
        List<Task> tasks = tasks(seeds.first());
        Path folder = folder("implicit-" + name());
        tasks.forEach(task -> print(task.description));
        print(settings());
        CsvFile<Run<RateTrial>> file = new CsvFile<Run<RateTrial>>(folder.resolve("runs.csv"))
                .column("data", run -> run.trial.task.name)
                .column("variant", run -> run.trial.variant)
                .column("learning_rate", run -> run.trial.rate)
                .column("seed", run -> run.trial.seed)
                .column("diverged", RateSweepCommand::hasDiverged)
                .column("loss", RateTrial::loss)
                .column("seconds", run -> run.seconds);
        RateTrial.Setting setting = new RateTrial.Setting(epochs, clip, rootRule);
        List<Run<RateTrial>> runs = experiment(folder)
                .run(
                        trials(tasks, setting),
                        RateTrial::training,
                        RateSweepCommand::line,
                        (latest, all) -> file.add(latest));
        StringBuilder text = new StringBuilder();
        for (Task task : tasks) {
            double untrained = new Sample(Arrays.stream(seeds.all())
                            .mapToDouble(seed -> RateTrial.untrained(task, seed, setting))
                            .toArray())
                    .mean();
            RateReport report =
                    new RateReport(task.name + ", " + settings(), Run.of(runs, trial -> trial.task == task), untrained);
            report.draw(folder.resolve(task.name + ".png"));
            text.append(report).append('\n');
        }
        return report(folder, "table.txt", "", text + RateReport.LEGEND);
    }

    private List<RateTrial> trials(List<Task> tasks, RateTrial.Setting setting) {
        List<RateTrial> trials = new ArrayList<>();
        for (Task task : tasks) {
            for (long seed : seeds.all()) {
                for (double rate : new TreeSet<>(rates)) {
                    for (Variant variant : EnumSet.copyOf(variants)) {
                        trials.add(new RateTrial(task, variant, rate, seed, setting));
                    }
                }
            }
        }
        return trials;
    }

    private static String line(Run<RateTrial> run) {
        return hasDiverged(run) ? "diverged" : "loss " + Numbers.significant(RateTrial.loss(run));
    }

    private static boolean hasDiverged(Run<RateTrial> run) {
        return !Double.isFinite(RateTrial.loss(run));
    }

    private String settings() {
        boolean clips = variants.stream().anyMatch(variant -> variant.isClipped);
        return Numbers.count(epochs, "epoch") + ", " + seeds
                + (clips ? ", clipping at " + Numbers.plain(clip) : "")
                + ", root rule " + rootRule.name().toLowerCase(Locale.ROOT);
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
