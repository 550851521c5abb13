package io.dl4jext.experiments.sampling;

import io.dl4jext.batch.control.Beacon;
import io.dl4jext.experiments.cli.DataOptions;
import io.dl4jext.experiments.cli.EnumName;
import io.dl4jext.experiments.cli.Interruption;
import io.dl4jext.experiments.cli.Numbers;
import io.dl4jext.experiments.cli.Progress;
import io.dl4jext.experiments.cli.ResultFolder;
import io.dl4jext.experiments.cli.Seeds;
import io.dl4jext.experiments.cli.UserError;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.fisher.FisherHistory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dynamic-sampling}: what a changing batch size does to test error and training time. */
@Command(
        name = "dynamic-sampling",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains a network with constant batch sizes (beacons), with sizes that change on schedule, and with sizes that"
                    + " controllers choose by what the gradients say, all for the same seeds, and prints a table: test"
                    + " error, p-value against the best beacon, training time.",
            "Writes a CSV file of every training, the controllers' decisions, the measurements of one training for each"
                    + " policy, and a picture of their ways through the plane of C_K (mean condition number) and L_K"
                    + " (weighted cumulative energy)."
        })
public final class DynamicSamplingCommand implements Callable<Integer> {

    /** Of each scheduled training, if it has as many iterations. */
    private static final int MEASUREMENTS = 100;

    private static final int CONTROL_EVERY = 10;

    /** Beacons before others, then the lower test error. */
    private static final Comparator<Run> BETTER =
            Comparator.comparing((Run run) -> !run.policy().isBeacon()).thenComparingDouble(Run::testError);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--policies",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "s16,s32,s64,s128,s256,s512,s16-to-64,s16-to-64-MS,s32-to-512,s32-to-512-MS,s512-to-32",
            description =
                    "Sizes by name: s32 is constant, s32-to-512 doubles (s512-to-32 halves) over five stages of the"
                            + " training, with -MS over five stages of each step of the learning rate. Default:"
                            + " ${DEFAULT-VALUE}.")
    private List<String> policies;

    @Option(
            names = "--controllers",
            split = ",",
            paramLabel = "NAME",
            converter = RuleName.class,
            description = "Controllers: ${COMPLETION-CANDIDATES}. Default: all.")
    private Set<Rule> controllers;

    @Option(names = "--no-controllers", description = "None of the controllers.")
    private boolean noControllers;

    @Option(
            names = "--bounds",
            split = ",",
            arity = "1",
            paramLabel = "MIN,MAX",
            defaultValue = "16,512",
            description = "The smallest size of the controllers, with which they begin, and the largest. Default:"
                    + " ${DEFAULT-VALUE}.")
    private List<Integer> bounds;

    @Option(
            names = "--follow",
            split = ",",
            paramLabel = "NAME",
            description = "Which of the policies the beacon follower stays near to, as they went with the first seed."
                    + " Default: the constant size with the lowest test error then.")
    private List<String> follow;

    @Option(
            names = "--seeds",
            paramLabel = "N|S,S,...",
            converter = Seeds.Converter.class,
            defaultValue = "3",
            description =
                    "How many seeds (1, 2, ...), or a list of them; a seed sets the first parameters and the order of"
                            + " the examples. The paper takes 5. Default: ${DEFAULT-VALUE}.")
    private Seeds seeds;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "Passes over the training examples; a policy with -MS and five sizes needs 20. The paper takes"
                            + " 40. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "mlp",
            description = "Network: ${COMPLETION-CANDIDATES}. The paper takes resnet8. Default: ${DEFAULT-VALUE}.")
    private Architecture network;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            defaultValue = "0.1",
            description = "Learning rate, a tenth of it after half of the epochs and a hundredth after three quarters."
                    + " Default: ${DEFAULT-VALUE}.")
    private double learningRate;

    @Option(
            names = "--momentum",
            paramLabel = "M",
            defaultValue = "0.9",
            description = "Nesterov momentum; 0 is plain SGD. Default: ${DEFAULT-VALUE}.")
    private double momentum;

    @Option(
            names = "--measure-every",
            paramLabel = "N",
            description = "Measure every Nth iteration. Default: 10 for the controllers; for the others so that every"
                    + " hundredth of the training with the largest size has a measurement.")
    private Integer measureEvery;

    @Option(
            names = "--rank-tolerance",
            paramLabel = "T",
            defaultValue = "3.45e-4",
            description =
                    "Singular values up to T times the largest count as zero. Default: ${DEFAULT-VALUE}, as of the"
                            + " command fisher.")
    private double rankTolerance;

    @Mixin
    private DataOptions dataOptions;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "Folder for the results, new or empty. Default: results/dynamic-sampling-NETWORK-DATA-TIMESTAMP.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        check();
        List<Scheduled> scheduled = scheduled();
        ImageSet data = dataOptions.load(seeds.all()[0]);
        checkFit(data, scheduled);
        Path folder = ResultFolder.create(output, "dynamic-sampling-" + network + "-" + data.name());
        PrintWriter out = spec.commandLine().getOut();
        out.println(data);
        out.println(settings());
        out.flush();
        RateDecay rate = new RateDecay(learningRate, epochs);
        Training training = new Training(
                data,
                network,
                rate,
                momentum,
                measureEvery != null ? measureEvery : scheduledEvery(data, scheduled),
                measureEvery != null ? measureEvery : CONTROL_EVERY,
                rankTolerance);
        report(experiment(training, scheduled, folder), folder);
        return 0;
    }

    /** One for all policies: equal beginnings are then measured equally, and leave from the same place in the plane. */
    private int scheduledEvery(ImageSet data, List<Scheduled> scheduled) {
        int largest = scheduled.stream().mapToInt(Scheduled::largest).max().orElse(1);
        return Math.max(1, data.train().size() / largest * epochs / MEASUREMENTS);
    }

    private Experiment experiment(Training training, List<Scheduled> scheduled, Path folder) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        long oneSeed = scheduled.stream().mapToLong(training::work).sum();
        long controlled = controllers.stream()
                .mapToLong(rule -> training.work(new Controlled(rule, bounds(), List.of())))
                .sum();
        long work = oneSeed + seeds.all().length * (oneSeed + controlled);
        int runs = scheduled.size() + seeds.all().length * (scheduled.size() + controllers.size());
        try (Interruption stop = Interruption.leaving(folder, err);
                Progress progress = Progress.of("dynamic-sampling", work, err)) {
            Experiment experiment = new Experiment(training, new ResultFiles(folder), progress, runs);
            for (Scheduled policy : scheduled) {
                experiment.measure(policy, seeds.all()[0]);
            }
            List<Policy> all = new ArrayList<>(scheduled);
            List<Beacon> beacons = controllers.contains(Rule.BEACON_FOLLOWER) ? beacons(experiment) : List.of();
            controllers.forEach(rule -> all.add(new Controlled(rule, bounds(), beacons)));
            for (long seed : seeds.all()) {
                for (Policy policy : all) {
                    experiment.run(policy, seed);
                }
            }
            return experiment;
        }
    }

    /** What the follower follows, as measured. */
    private List<Beacon> beacons(Experiment experiment) {
        List<Run> measured = experiment.measured();
        List<Run> chosen;
        if (follow != null) {
            chosen = measured.stream()
                    .filter(run -> follow.contains(run.policy().name()))
                    .collect(Collectors.toList());
            for (Run run : chosen) {
                UserError.require(
                        !run.diverged(),
                        "--follow",
                        "policies that do not diverge",
                        run.policy().name());
            }
        } else {
            // Of equally good ones the last, which is the larger size as a rule.
            chosen = measured.stream()
                    .filter(run -> !run.diverged())
                    .reduce((a, b) -> BETTER.compare(b, a) <= 0 ? b : a)
                    .map(List::of)
                    .orElseThrow(() -> new UserError("--controllers: expected a policy that does not diverge for "
                            + Rule.BEACON_FOLLOWER + " to follow, got none: take a smaller --learning-rate"));
        }
        spec.commandLine()
                .getOut()
                .println(Rule.BEACON_FOLLOWER + " follows "
                        + chosen.stream().map(run -> run.policy().name()).collect(Collectors.joining(", ")));
        return chosen.stream().map(run -> Beacon.of(run.history())).collect(Collectors.toList());
    }

    private void report(Experiment experiment, Path folder) throws IOException {
        Comparison comparison = experiment.comparison();
        Map<String, FisherHistory> histories = new LinkedHashMap<>();
        experiment.travelled().forEach(run -> histories.put(run.policy().name(), run.history()));
        PlanePicture.write(
                folder,
                network + ", " + Numbers.count(epochs, "epoch") + ", seed " + seeds.all()[0]
                        + "; at 5, 20, 40, 60, 80 and 100 % of the training",
                histories,
                comparison.beacons());
        String text = comparison.table() + "\n" + comparison.legend() + comparison.checks();
        Files.writeString(folder.resolve("table.txt"), settings() + "\n" + text);
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        out.print(text);
        out.println("Written to " + folder + ": " + ResultFolder.names(folder));
        out.flush();
    }

    private String settings() {
        return network + ", " + Numbers.count(epochs, "epoch") + ", learning rate " + Numbers.plain(learningRate) + ", "
                + (momentum == 0 ? "plain SGD" : "Nesterov momentum " + Numbers.plain(momentum)) + ", " + seeds
                + (controllers.isEmpty() ? "" : ", controllers within " + bounds());
    }

    private Controlled.Bounds bounds() {
        return new Controlled.Bounds(bounds.get(0), bounds.get(1));
    }

    private List<Scheduled> scheduled() {
        return new LinkedHashSet<>(policies)
                .stream().map(name -> Scheduled.named(name.trim(), epochs)).collect(Collectors.toList());
    }

    private void check() {
        UserError.require(epochs >= 1, "--epochs", "at least 1", epochs);
        UserError.require(
                learningRate > 0 && learningRate < Double.POSITIVE_INFINITY,
                "--learning-rate",
                "a finite number above 0",
                learningRate);
        UserError.require(momentum >= 0 && momentum < 1, "--momentum", "0 or more and less than 1", momentum);
        UserError.require(
                rankTolerance >= 0 && rankTolerance < 1,
                "--rank-tolerance",
                "0 or more and less than 1",
                rankTolerance);
        if (measureEvery != null) {
            UserError.require(measureEvery >= 1, "--measure-every", "at least 1", measureEvery);
        }
        UserError.require(
                bounds.size() == 2 && bounds.get(0) >= 1 && bounds.get(0) <= bounds.get(1),
                "--bounds",
                "two sizes, 1 <= MIN <= MAX",
                bounds);
        if (noControllers && controllers != null) {
            throw new UserError("expected --controllers or --no-controllers, got both");
        }
        controllers = noControllers
                ? EnumSet.noneOf(Rule.class)
                : controllers == null ? EnumSet.allOf(Rule.class) : EnumSet.copyOf(controllers);
        if (follow != null) {
            for (String name : follow) {
                UserError.require(policies.contains(name), "--follow", "names out of --policies", name);
            }
        }
    }

    private void checkFit(ImageSet data, List<Scheduled> scheduled) {
        int examples = data.train().size();
        String expected = "at most " + examples + " (the training examples)";
        for (Scheduled policy : scheduled) {
            UserError.require(
                    policy.largest() <= examples,
                    "--policies: " + policy.name(),
                    "sizes of " + expected,
                    policy.largest());
        }
        if (!controllers.isEmpty()) {
            UserError.require(bounds.get(1) <= examples, "--bounds", expected, bounds.get(1));
        }
        String problem = network.refusal(data.shape());
        if (problem != null) {
            throw new UserError("--network: " + problem);
        }
    }

    static final class RuleName extends EnumName<Rule> {
        RuleName() {
            super(Rule.class);
        }
    }
}
