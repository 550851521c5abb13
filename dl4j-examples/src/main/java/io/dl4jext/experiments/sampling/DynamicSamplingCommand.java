package io.dl4jext.experiments.sampling;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.control.BatchController;
import io.dl4jext.batch.schedule.BatchSizes;
import io.dl4jext.experiments.command.DataOptions;
import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.command.MeasuringOptions;
import io.dl4jext.experiments.command.MomentumOption;
import io.dl4jext.experiments.command.SeedsOption;
import io.dl4jext.experiments.command.TrainingOptions;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.engine.HeldOut;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
                    + " (weighted cumulative energy).",
            "Liao et al. train resnet8 for 40 epochs, with 5 seeds. A policy with -MS and five sizes needs 20 epochs."
        })
public final class DynamicSamplingCommand extends ExperimentCommand {

    /** Of each scheduled training, if it has as many iterations. */
    private static final int MEASUREMENTS = 100;

    private static final int CONTROL_EVERY = 10;

    /** Batches of the source; those of the trainings are cut from these or put together. */
    private static final int SOURCE_BATCH = 512;

    /** Beacons before others, then the lower error on the examples to choose by. */
    private static final Comparator<Run<SamplingTrial>> BETTER = Comparator.comparing(
                    (Run<SamplingTrial> run) -> !run.trial.policy.isBeacon)
            .thenComparingDouble(Run::validationError);

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
            description =
                    "Policies whose way through the plane (with the first seed) the controller beacon-follower keeps"
                            + " close to. Default: the constant size with the lowest validation error.")
    private List<String> follow;

    @Mixin
    private SeedsOption seeds = new SeedsOption("3");

    @Mixin
    private TrainingOptions options = new TrainingOptions(Architecture.MLP, 20);

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            defaultValue = "0.1",
            description = "Learning rate, a tenth of it after half of the epochs and a hundredth after three quarters."
                    + " Default: ${DEFAULT-VALUE}.")
    private double learningRate;

    @Mixin
    private MomentumOption momentum = new MomentumOption(0.9);

    @Mixin
    private MeasuringOptions measuring;

    @Mixin
    private DataOptions dataOptions;

    /** What the beacon follower follows, once it is measured. */
    private List<Beacon> beacons = List.of();

    @Override
    public Integer call() throws IOException {
        check();
        List<Policy> scheduled = policies.stream()
                .map(name -> Policy.scheduled(name, options.epochs()))
                .collect(Collectors.toList());
        ImageSet data = dataOptions.load(seeds.first());
        checkFit(data, scheduled);
        HeldOut heldOut = new HeldOut(data, options.network().layout());
        Path folder = folder("dynamic-sampling-" + options.network() + "-" + data.name());
        print(data, settings());
        SamplingReport report = new SamplingReport(folder);
        // One interval for all policies: equal beginnings are then measured equally, and leave from the same place.
        int largest = scheduled.stream().mapToInt(Policy::largest).max().orElse(1);
        int interval = data.train().size() / largest * options.epochs() / MEASUREMENTS;
        List<Run<SamplingTrial>> runs = experiment(folder)
                .run(
                        trials(data, scheduled),
                        trial -> training(trial, data, heldOut, interval),
                        SamplingReport::line,
                        (latest, all) -> {
                            report.add(latest, all);
                            if (all.size() == scheduled.size() && controllers.contains(Rule.BEACON_FOLLOWER)) {
                                beacons = chooseBeacons(all);
                            }
                        });
        report.draw(options + ", seed " + seeds.first() + "; at 5, 20, 40, 60, 80 and 100 % of the training", runs);
        return report(folder, "table.txt", settings() + "\n", SamplingReport.text(runs, heldOut));
    }

    /** Each scheduled policy once for the plane, then everything for every seed. */
    private List<SamplingTrial> trials(ImageSet data, List<Policy> scheduled) {
        List<Policy> all = new ArrayList<>(scheduled);
        controllers.forEach(rule ->
                all.add(Policy.controlled(rule, bounds.get(0), bounds.get(1), options.epochs(), () -> beacons)));
        List<SamplingTrial> trials = new ArrayList<>();
        scheduled.forEach(policy -> trials.add(new SamplingTrial(policy, seeds.first(), true, work(policy, data))));
        for (long seed : seeds.all()) {
            all.forEach(policy -> trials.add(new SamplingTrial(policy, seed, false, work(policy, data))));
        }
        return trials;
    }

    private long work(Policy policy, ImageSet data) {
        long work = 0;
        for (int epoch = 0; epoch < options.epochs(); epoch++) {
            work += Training.work(data.train().batches(policy.size(epoch)), policy.size(epoch));
        }
        return work;
    }

    /** For one seed from the same parameters and in the same order of examples with every policy. */
    private Training training(SamplingTrial trial, ImageSet data, HeldOut heldOut, int interval) {
        Architecture architecture = options.network();
        BatchSizes sizes = trial.policy.begin();
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        BatchIterator.shuffled(data.train(), architecture.layout(), SOURCE_BATCH, trial.seed), sizes)
                .build();
        Model network = architecture.create(
                data, momentum.updater(new RateDecay(learningRate, options.epochs()).schedule()), trial.seed);
        FisherListener fisher = trial.isMeasured() ? listener(sizes, interval) : null;
        if (fisher != null) {
            network.addListeners(fisher);
        }
        batches.attachTo(network);
        return new Training(network, batches)
                .epochs(options.epochs())
                .measure(heldOut)
                .atEnd(() -> {
                    if (fisher != null) {
                        trial.history = fisher.history();
                        fisher.close();
                    }
                    if (sizes instanceof BatchController) {
                        trial.decisions = ((BatchController) sizes).log();
                    }
                });
    }

    private FisherListener listener(BatchSizes sizes, int interval) {
        boolean controlled = sizes instanceof BatchController;
        FisherListener.Builder fisher = measuring
                .listener(controlled ? CONTROL_EVERY : interval)
                .failFast(true); // a listener that gave up would look fast
        return (controlled ? fisher.sink((BatchController) sizes) : fisher).build();
    }

    private List<Beacon> chooseBeacons(List<Run<SamplingTrial>> measured) {
        List<Run<SamplingTrial>> chosen;
        if (follow != null) {
            chosen = Run.of(measured, trial -> follow.contains(trial.policy.name));
            chosen.forEach(run -> UserError.require(
                    !run.diverged, "--follow", "policies that do not diverge", run.trial.policy.name));
        } else {
            // Of equally good ones the last, which is the larger size as a rule.
            chosen = measured.stream()
                    .filter(run -> !run.diverged)
                    .reduce((a, b) -> BETTER.compare(b, a) <= 0 ? b : a)
                    .map(List::of)
                    .orElseThrow(() -> new UserError("--controllers: expected a policy that does not diverge for "
                            + Rule.BEACON_FOLLOWER + " to follow, got none: take a smaller --learning-rate"));
        }
        print(Rule.BEACON_FOLLOWER + " follows "
                + chosen.stream().map(run -> run.trial.policy.name).collect(Collectors.joining(", ")));
        return chosen.stream().map(run -> Beacon.of(run.trial.history)).collect(Collectors.toList());
    }

    private String settings() {
        return options + ", learning rate " + Numbers.plain(learningRate) + ", " + momentum + ", " + seeds
                + (controllers.isEmpty() ? "" : ", controllers within " + bounds.get(0) + " to " + bounds.get(1));
    }

    private void check() {
        options.check();
        requirePositive("--learning-rate", learningRate);
        momentum.check();
        measuring.check();
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
        UserError.require(
                !isGiven("--bounds") || !controllers.isEmpty(), "--bounds", "controllers with it", "--no-controllers");
        policies = names(policies);
        if (follow != null) {
            UserError.require(
                    controllers.contains(Rule.BEACON_FOLLOWER),
                    "--follow",
                    Rule.BEACON_FOLLOWER + " among --controllers",
                    controllers);
            follow = names(follow);
            follow.forEach(
                    name -> UserError.require(policies.contains(name), "--follow", "names out of --policies", name));
        }
    }

    /** Each once, with what may stand around a comma gone. */
    private static List<String> names(List<String> typed) {
        return typed.stream().map(String::trim).distinct().collect(Collectors.toList());
    }

    private void checkFit(ImageSet data, List<Policy> scheduled) {
        int examples = data.train().size();
        for (Policy policy : scheduled) {
            UserError.require(
                    policy.largest() <= examples,
                    "--policies: " + policy.name,
                    "sizes of at most " + examples + " (the training examples)",
                    policy.largest());
        }
        if (!controllers.isEmpty()) {
            requireAtMost(examples, "--bounds", bounds.subList(1, 2));
        }
        options.checkFit(data);
    }
}
