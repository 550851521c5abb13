package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.cli.EnumName;
import io.dl4jext.experiments.cli.Interruption;
import io.dl4jext.experiments.cli.Numbers;
import io.dl4jext.experiments.cli.Progress;
import io.dl4jext.experiments.cli.ResultFolder;
import io.dl4jext.experiments.cli.Seeds;
import io.dl4jext.experiments.cli.UserError;
import io.dl4jext.implicit.prox.RootRule;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the experiments have in common: all arms × rates × seeds on each task. */
abstract class ExperimentCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--learning-rates",
            split = ",",
            paramLabel = "RATE",
            description = "Learning rates. Default: ${DEFAULT-VALUE}.")
    private List<Double> rates;

    @Option(
            names = "--seeds",
            paramLabel = "N|S,S,...",
            converter = Seeds.Converter.class,
            description =
                    "How many seeds (1, 2, ...), or a list of them; a seed sets the first parameters, the order of"
                            + " the examples and dropout. Default: ${DEFAULT-VALUE}.")
    private Seeds seeds;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training examples. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--arms",
            split = ",",
            paramLabel = "NAME",
            converter = ArmName.class,
            description = "Ways to train: ${COMPLETION-CANDIDATES}. Implicit takes the mean of the examples' (and"
                    + " their time steps') own steps, implicit-scaled lets each step with its share of the loss, as the"
                    + " authors' program does. Those with clip limit the gradient; exact takes 100 times as long. Default:"
                    + " ${DEFAULT-VALUE}.")
    private Set<Arm> arms;

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
            converter = RootRuleName.class,
            description = "Which minimum the implicit step takes where there are several: global (the best) or nearest"
                    + " (the first on the way down, as the authors' program). Default: ${DEFAULT-VALUE}.")
    private RootRule rootRule;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder for the results, new or empty. Default: results/implicit-EXPERIMENT-TIMESTAMP.")
    private Path output;

    /** The tasks, one after the other; called when the common options have been checked. */
    abstract List<Task> tasks() throws IOException;

    /** The first seed: for whatever else is drawn at random. */
    final long firstSeed() {
        return seeds.all()[0];
    }

    @Override
    public final Integer call() throws IOException {
        check();
        List<Task> tasks = tasks();
        String name = spec.name();
        Path folder = ResultFolder.create(output, "implicit-" + name);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        tasks.forEach(task -> out.println(task.description()));
        out.println(settings());
        out.flush();

        RunFile file = new RunFile(folder.resolve("runs.csv"));
        List<Report> reports = new ArrayList<>();
        long work = tasks.stream().mapToLong(task -> work(training(task))).sum();
        try (Interruption stop = Interruption.leaving(folder, err);
                Progress progress = Progress.of(name, work, err)) {
            for (Task task : tasks) {
                reports.add(compare(task, file, progress));
            }
        }
        StringBuilder text = new StringBuilder();
        for (Report report : reports) {
            report.draw(folder);
            text.append(report).append('\n');
        }
        text.append(Report.LEGEND);
        Files.writeString(folder.resolve("table.txt"), text);
        out.println();
        out.println(text);
        out.println("Written to " + folder + ": " + ResultFolder.names(folder));
        out.flush();
        return 0;
    }

    private Report compare(Task task, RunFile file, Progress progress) throws IOException {
        Training training = training(task);
        List<Run> runs = new ArrayList<>();
        double untrained = 0;
        for (long seed : seeds.all()) {
            untrained += training.untrained(seed) / seeds.all().length;
            for (double rate : new TreeSet<>(rates)) {
                for (Arm arm : arms) {
                    String run = task.name() + " " + arm + " " + Numbers.plain(rate) + " seed " + seed;
                    progress.started(run);
                    Run result = training.run(arm, rate, seed, progress);
                    runs.add(result);
                    file.add(task, result);
                    progress.finished(run + ": "
                            + (result.diverged() ? "diverged" : "loss " + Numbers.significant(result.loss())));
                }
            }
        }
        return new Report(task, settings(), new ArrayList<>(arms), runs, untrained);
    }

    private Training training(Task task) {
        return new Training(task, epochs, clip, rootRule);
    }

    private long work(Training training) {
        long work = 0;
        for (Arm arm : arms) {
            work += training.work(arm) * seeds.all().length * new TreeSet<>(rates).size();
        }
        return work;
    }

    private String settings() {
        boolean clips = arms.stream().anyMatch(Arm::isClipped);
        return Numbers.count(epochs, "epoch") + ", " + seeds
                + (clips ? ", clipping at " + Numbers.plain(clip) : "")
                + ", root rule " + rootRule.name().toLowerCase(Locale.ROOT);
    }

    private void check() {
        for (double rate : rates) {
            UserError.require(
                    rate > 0 && rate < Double.POSITIVE_INFINITY, "--learning-rates", "finite numbers above 0", rate);
        }
        UserError.require(epochs >= 1, "--epochs", "at least 1", epochs);
        UserError.require(clip > 0 && clip < Double.POSITIVE_INFINITY, "--clip", "a finite number above 0", clip);
        arms = EnumSet.copyOf(arms);
    }

    static final class ArmName extends EnumName<Arm> {
        ArmName() {
            super(Arm.class);
        }
    }

    static final class RootRuleName extends EnumName<RootRule> {
        RootRuleName() {
            super(RootRule.class);
        }
    }

    /** The defaults of one experiment, so that its help shows them. */
    abstract static class Defaults implements IDefaultValueProvider {

        private final Map<String, String> values;

        Defaults(Map<String, String> values) {
            this.values = values;
        }

        @Override
        public final String defaultValue(ArgSpec argument) {
            return argument.isOption() ? values.get(((OptionSpec) argument).longestName()) : null;
        }
    }
}
