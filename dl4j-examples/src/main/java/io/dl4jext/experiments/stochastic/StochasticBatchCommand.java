package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.command.DataOptions;
import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.command.SeedsOption;
import io.dl4jext.experiments.command.TrainingOptions;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.engine.Evaluator;
import io.dl4jext.experiments.engine.HeldOut;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Score;
import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.stochastic.MethodTrial.Setting;
import io.dl4jext.schedule.SigmoidAnnealingSchedule;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.deeplearning4j.datasets.iterator.EarlyTerminationDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stochastic-batch}: what a batch size of its own for each parameter does to test accuracy. */
@Command(
        name = "stochastic-batch",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains a network with the stochastic batch size of Nakamura et al. and with what the paper compares it with, on"
                    + " parts of the training examples, for the same seeds, and prints tables: test accuracy in the last"
                    + " tenth of the epochs and at its maximum, and the difference from the first method, and from"
                    + " stochastic-batch-half where that is among them; from 8 seeds on with a verdict.",
            "Writes CSV files of every training, epoch and comparison, a picture of the learning curves for each row, and one"
                    + " of what was updated.",
            "In the paper: VGG11 and larger networks (vgg is one with an eighth of its channels, vgg-quarter with a quarter), 10"
                    + " seeds."
        })
public final class StochasticBatchCommand extends ExperimentCommand {

    /** After which epochs the network is measured. */
    private enum Measured {
        EVERY_EPOCH,
        LAST_EPOCHS;

        @Override
        public String toString() {
            return EnumName.typed(name());
        }
    }

    @Option(
            names = "--methods",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "sgd,dropout,stochastic-batch",
            description =
                    "Methods: ${COMPLETION-CANDIDATES}. Dropout leaves out half of the units before dense layers, depth-dropout"
                            + " more with depth; stochastic-batch-half updates with probability 1/2 everywhere,"
                            + " stochastic-batch-unweighted takes the probability from the mini-batch's gradient instead of the"
                            + " running mean, stochastic-batch-mean-weighted lets groups of parameters count by their size,"
                            + " stochastic-batch-weighted does both. The others are compared with the first. Default:"
                            + " ${DEFAULT-VALUE}.")
    private List<Method> methods;

    @Option(
            names = "--ratios",
            split = ",",
            paramLabel = "R",
            converter = Ratio.Converter.class,
            defaultValue = "1,1/2,1/4,1/8",
            description = "Parts of the training examples, drawn anew for each seed. Default: ${DEFAULT-VALUE}.")
    private List<Ratio> ratios;

    @Option(
            names = "--batch-sizes",
            split = ",",
            paramLabel = "B",
            defaultValue = "64",
            description = "Batch sizes. The paper takes 16,32,64,128. Default: ${DEFAULT-VALUE}.")
    private List<Integer> batchSizes;

    @Option(
            names = "--momenta",
            split = ",",
            paramLabel = "M",
            description =
                    "A momentum for each batch size. Default: the paper's pairs, 0 for batches of 16, 0.3 for 32, 0.6"
                            + " for 64, 0.9 for 128.")
    private List<Double> momenta;

    @Option(
            names = "--sweep",
            description =
                    "Instead of methods, compare values of alpha and lambda with SGD, as the paper's Table 3, which stands beside"
                            + " them.")
    private boolean sweep;

    @Option(
            names = "--unweighted",
            description =
                    "With --sweep: as the method stochastic-batch-unweighted, the probability from the mini-batch's gradient.")
    private boolean unweighted;

    @Option(
            names = "--alpha",
            paramLabel = "A",
            defaultValue = "0.1",
            description =
                    "How strongly the update probability depends on the gradient within a group of parameters (stochastic-batch). Default: ${DEFAULT-VALUE}.")
    private double alpha;

    @Option(
            names = "--lambda",
            paramLabel = "L",
            defaultValue = "-4",
            description = "How strongly it depends on the gradient across groups. Default: ${DEFAULT-VALUE}.")
    private double lambda;

    @Mixin
    private SeedsOption seeds = new SeedsOption("2");

    @Mixin
    private TrainingOptions options = new TrainingOptions(Architecture.MLP, 10);

    @Option(
            names = "--learning-rate",
            split = ",",
            arity = "1",
            paramLabel = "FIRST,LAST",
            defaultValue = "0.1,0.001",
            description = "Learning rate of the first and the last epoch, sigmoid annealing between. Default:"
                    + " ${DEFAULT-VALUE}.")
    private List<Double> learningRate;

    @Option(
            names = "--rates",
            split = ",",
            paramLabel = "R",
            description =
                    "Learning rates of the first epoch, instead of that of --learning-rate, whose ratio to LAST they keep. Each"
                            + " method gets the one with the least validation error, on half of the test examples; the other half tests.")
    private List<Double> rates;

    @Option(
            names = "--tuning-seeds",
            paramLabel = "N",
            description =
                    "With --rates: try all rates with the first N seeds only, and train the other seeds with those chosen."
                            + " Default: all.")
    private Integer tuningSeeds;

    @Option(
            names = "--measure",
            paramLabel = "WHEN",
            defaultValue = "every-epoch",
            description =
                    "When to measure: ${COMPLETION-CANDIDATES}. The latter are the tenth that counts; that saves time, and"
                            + " leaves out maxima and curves. Default: ${DEFAULT-VALUE}.")
    private Measured measured;

    @Option(
            names = "--margin",
            paramLabel = "POINTS",
            defaultValue = "0.5",
            description =
                    "The difference, in %%-points, below which two methods count as the same. Default: ${DEFAULT-VALUE}.")
    private double margin;

    @Mixin
    private DataOptions dataOptions;

    @Override
    public Integer call() throws IOException {
        check();
        ImageSet data = dataOptions.load(seeds.first());
        List<Variant> variants = variants();
        List<Setting> settings = settings(data.train().size());
        options.checkFit(data);
        checkFit(variants, settings);
        Function<Model, Score> test = rates == null
                ? new Evaluator(data.test(), options.network().layout())
                : new HeldOut(data, options.network().layout());
        Path folder = folder("stochastic-batch-" + options.network() + "-" + data.name());
        String heading = options + ", " + rateHeading(test) + ", " + seeds;
        print(data, heading);
        StochasticReport report = new StochasticReport(variants, settings, margin, folder);
        int measuredEpochs =
                measured == Measured.EVERY_EPOCH ? options.epochs() : MethodTrial.counted(options.epochs());
        Trials trials = new Trials(variants, settings, options.epochs(), measuredEpochs);
        long[] all = seeds.all();
        int tuning = tuningSeeds == null ? all.length : tuningSeeds;
        List<Run<MethodTrial>> runs =
                train(trials.withAll(firstRates(), Arrays.copyOf(all, tuning)), data, test, report);
        String choice = "";
        if (rates != null) {
            List<RateChoice> choices = RateChoice.of(runs);
            RateChoice.write(folder.resolve("rates.csv"), choices);
            choice = RateChoice.text(choices) + "\n";
            runs = new ArrayList<>(Run.of(runs, trial -> RateChoice.isChosen(trial, choices)));
            List<MethodTrial> others = trials.withChosen(choices, Arrays.copyOfRange(all, tuning, all.length));
            runs.addAll(others.isEmpty() ? List.of() : train(others, data, test, report));
        }
        report.writeComparisons(runs);
        report.drawCurves(options.network().toString(), runs);
        if (!sweep) {
            report.drawUpdates(runs);
        }
        String paper = sweep ? "\n" + Table3.text(settings, runs, measuredEpochs == options.epochs()) : "";
        return report(folder, "table.txt", data + "\n" + heading + "\n\n", choice + report.text(runs) + paper);
    }

    private List<Run<MethodTrial>> train(
            List<MethodTrial> trials, ImageSet data, Function<Model, Score> test, StochasticReport report)
            throws IOException {
        return experiment(folder())
                .run(
                        trials,
                        trial -> training(trial, data, test),
                        StochasticReport::line,
                        (latest, all) -> report.add(latest));
    }

    private String rateHeading(Object heldOut) {
        String annealing = Numbers.plain(learningRate.get(0)) + " to " + Numbers.plain(learningRate.get(1));
        return rates == null
                ? "learning rate " + annealing
                : "learning rate chosen of "
                        + rates.stream().map(Numbers::plain).collect(Collectors.joining(", ")) + " (falling as "
                        + annealing + "; " + heldOut + ")";
    }

    private List<Double> firstRates() {
        return rates == null ? learningRate.subList(0, 1) : rates;
    }

    /** The share of the examples is another random one for each seed, the same for all variants, as are the batches. */
    private Training training(MethodTrial trial, ImageSet data, Function<Model, Score> test) {
        Setting setting = trial.setting;
        BatchIterator all = BatchIterator.shuffled(
                data.train().random(setting.examples, trial.seed),
                options.network().layout(),
                setting.batchSize,
                trial.seed);
        int used = all.batches() / trial.variant.stride() * trial.variant.stride();
        Model network = trial.variant.network(
                options.network(), data, setting.momentum, factor -> rate(factor, trial.rate), trial.rate, trial.seed);
        StochasticBatchListener listener =
                trial.variant.isStochastic(setting.momentum) ? StochasticBatchListener.attachTo(network) : null;
        return new Training(network, used == all.batches() ? all : new EarlyTerminationDataSetIterator(all, used))
                .epochs(options.epochs())
                .measureLastEpochs(trial.measured, test)
                .atEnd(() -> trial.updates = trial.variant.isStochasticBatch() && trial.seed == seeds.first()
                        ? listener.statistics()
                        : null);
    }

    /** Sigmoid annealing from the first epoch's rate to the last one's, times the factor. */
    private ISchedule rate(double factor, double firstRate) {
        double first = factor * firstRate;
        double last = factor * learningRate.get(1) * (firstRate / learningRate.get(0));
        return options.epochs() == 1
                ? new FixedSchedule(first)
                : new SigmoidAnnealingSchedule(ScheduleType.EPOCH, first, last, options.epochs());
    }

    private List<Variant> variants() {
        List<Variant> variants = new ArrayList<>();
        if (sweep) {
            variants.add(Variant.of(Method.SGD, alpha, lambda));
            for (Table3 row : Table3.values()) {
                variants.add(Variant.swept(
                        unweighted ? Method.STOCHASTIC_BATCH_UNWEIGHTED : Method.STOCHASTIC_BATCH,
                        row.alpha,
                        row.lambda));
            }
        } else {
            new LinkedHashSet<>(methods).forEach(method -> variants.add(Variant.of(method, alpha, lambda)));
        }
        return variants;
    }

    private List<Setting> settings(int examples) {
        List<Setting> settings = new ArrayList<>();
        for (int i = 0; i < batchSizes.size(); i++) {
            for (Ratio ratio : ratios) {
                settings.add(new Setting(batchSizes.get(i), momentum(i), ratio, examples));
            }
        }
        return settings;
    }

    private double momentum(int i) {
        Double momentum = momenta == null ? Setting.pairedMomentum(batchSizes.get(i)) : momenta.get(i);
        if (momentum == null) {
            throw new UserError("--batch-sizes: expected --momenta for others than 16, 32, 64 and 128, got "
                    + batchSizes.get(i) + " without");
        }
        UserError.require(momentum >= 0 && momentum < 1, "--momenta", "0 or more and less than 1", momentum);
        return momentum;
    }

    private void check() {
        UserError.require(sweep || !unweighted, "--unweighted", "--sweep with it", "none");
        UserError.require(!sweep || !isGiven("--methods"), "--methods", "no --sweep with it", "one");
        for (String option : List.of("--alpha", "--lambda")) {
            UserError.require(
                    !sweep || !isGiven(option), option, "no --sweep with it, which has its own values", "one");
            UserError.require(
                    !isGiven(option) || methods.stream().anyMatch(Method::isAdaptive),
                    option,
                    "a method that depends on it among --methods",
                    methods);
        }
        options.check();
        requireAtLeast(1, "--batch-sizes", batchSizes);
        UserError.require(
                batchSizes.stream().distinct().count() == batchSizes.size() || momenta != null,
                "--batch-sizes",
                "each once",
                batchSizes);
        if (momenta != null) {
            UserError.require(
                    momenta.size() == batchSizes.size(),
                    "--momenta",
                    batchSizes.size() + ", one for each of --batch-sizes",
                    momenta);
        }
        UserError.require(
                learningRate.size() == 2 && learningRate.stream().allMatch(rate -> rate > 0 && rate < 1e6),
                "--learning-rate",
                "two numbers above 0",
                learningRate);
        checkRates();
        requirePositive("--margin", margin);
        UserError.require(Double.isFinite(alpha), "--alpha", "a finite number", alpha);
        UserError.require(Double.isFinite(lambda), "--lambda", "a finite number", lambda);
    }

    private void checkRates() {
        UserError.require(tuningSeeds == null || rates != null, "--tuning-seeds", "--rates with it", "none");
        if (rates == null) {
            return;
        }
        requirePositive("--rates", rates);
        UserError.require(
                rates.size() > 1 && rates.stream().distinct().count() == rates.size(),
                "--rates",
                "two or more, each once",
                rates);
        int most = seeds.all().length;
        UserError.require(
                tuningSeeds == null || tuningSeeds >= 1 && tuningSeeds <= most,
                "--tuning-seeds",
                "1 to " + most + " (--seeds)",
                tuningSeeds);
    }

    private static void checkFit(List<Variant> variants, List<Setting> settings) {
        for (Setting setting : settings) {
            UserError.require(
                    setting.batchSize <= setting.examples,
                    "--batch-sizes",
                    "at most " + setting.examples + " (ratio " + setting.ratio + " of the training examples)",
                    setting.batchSize);
            for (Variant variant : variants) {
                UserError.require(
                        setting.batches() >= variant.stride(),
                        "--methods: " + variant.name(),
                        "at least " + variant.stride() + " batches an epoch",
                        setting.batches() + " (" + setting + ")");
            }
        }
    }
}
