package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.command.DataOptions;
import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.command.SeedsOption;
import io.dl4jext.experiments.command.TrainingOptions;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.engine.Evaluator;
import io.dl4jext.experiments.engine.Run;
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
import java.util.LinkedHashSet;
import java.util.List;
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
                    + " tenth of the epochs and at its maximum, and the improvement on the first method.",
            "Writes CSV files of every training and epoch, a picture of the learning curves for each row, and one of what"
                    + " was updated.",
            "In the paper: VGG11 and larger networks (vgg is one with an eighth of its channels), 10 seeds."
        })
public final class StochasticBatchCommand extends ExperimentCommand {

    private static final double[][] SWEPT = {{-0.1, 0}, {0, 0}, {0.1, 0}, {1, 0}, {0.1, -2}, {0.1, -4}, {0.1, -8}};

    @Option(
            names = "--methods",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "sgd,dropout,stochastic-batch",
            description =
                    "Methods: ${COMPLETION-CANDIDATES}. Dropout leaves out half of the units before dense layers, depth-dropout"
                            + " more with depth; stochastic-batch-half updates with probability 1/2 everywhere,"
                            + " stochastic-batch-unweighted takes the probability from the mini-batch's gradient instead of the"
                            + " running mean, stochastic-batch-weighted does so and lets groups of parameters count by their size."
                            + " The others are compared with the first. Default: ${DEFAULT-VALUE}.")
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
            description = "Instead of methods, compare values of alpha and lambda with SGD, as the paper's Table 3.")
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
        Path folder = folder("stochastic-batch-" + options.network() + "-" + data.name());
        String heading = options + ", learning rate " + Numbers.plain(learningRate.get(0)) + " to "
                + Numbers.plain(learningRate.get(1)) + ", " + seeds;
        print(data, heading);
        StochasticReport report = new StochasticReport(variants, settings, folder);
        Evaluator test = new Evaluator(data.test(), options.network().layout());
        int together = variants.size() * seeds.all().length;
        List<Run<MethodTrial>> runs = experiment(folder)
                .run(
                        trials(variants, settings),
                        trial -> training(trial, data, test),
                        StochasticReport::line,
                        (latest, all) -> {
                            report.add(latest);
                            MethodTrial trial = latest.trial;
                            if (trial.updates != null && trial.seed == seeds.first() && !sweep) {
                                trial.updates.writePng(folder.resolve(
                                        "updates-" + trial.variant.name() + "-" + trial.setting.fileName() + ".png"));
                            }
                            if (all.size() % together == 0) {
                                report.draw(options.network().toString(), trial.setting, all);
                            }
                        });
        return report(folder, "table.txt", data + "\n" + heading + "\n\n", report.text(runs));
    }

    private List<MethodTrial> trials(List<Variant> variants, List<Setting> settings) {
        List<MethodTrial> trials = new ArrayList<>();
        for (Setting setting : settings) {
            for (long seed : seeds.all()) {
                for (Variant variant : variants) {
                    trials.add(new MethodTrial(variant, setting, seed, options.epochs()));
                }
            }
        }
        return trials;
    }

    /** The share of the examples is another random one for each seed, the same for all variants, as are the batches. */
    private Training training(MethodTrial trial, ImageSet data, Evaluator test) {
        Setting setting = trial.setting;
        BatchIterator all = BatchIterator.shuffled(
                data.train().random(setting.examples, trial.seed),
                options.network().layout(),
                setting.batchSize,
                trial.seed);
        int used = all.batches() / trial.variant.stride() * trial.variant.stride();
        Model network = trial.variant.network(
                options.network(), data, setting.momentum, this::rate, learningRate.get(0), trial.seed);
        StochasticBatchListener listener =
                trial.variant.isStochastic(setting.momentum) ? StochasticBatchListener.attachTo(network) : null;
        return new Training(network, used == all.batches() ? all : new EarlyTerminationDataSetIterator(all, used))
                .epochs(options.epochs())
                .measureEveryEpoch(test)
                .atEnd(() -> trial.updates = trial.variant.isStochasticBatch() ? listener.statistics() : null);
    }

    /** Sigmoid annealing from the first epoch's rate to the last one's, times the factor. */
    private ISchedule rate(double factor) {
        double first = factor * learningRate.get(0);
        double last = factor * learningRate.get(1);
        return options.epochs() == 1
                ? new FixedSchedule(first)
                : new SigmoidAnnealingSchedule(ScheduleType.EPOCH, first, last, options.epochs());
    }

    private List<Variant> variants() {
        List<Variant> variants = new ArrayList<>();
        if (sweep) {
            variants.add(Variant.of(Method.SGD, alpha, lambda));
            for (double[] pair : SWEPT) {
                variants.add(Variant.swept(
                        unweighted ? Method.STOCHASTIC_BATCH_UNWEIGHTED : Method.STOCHASTIC_BATCH, pair[0], pair[1]));
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
        UserError.require(Double.isFinite(alpha), "--alpha", "a finite number", alpha);
        UserError.require(Double.isFinite(lambda), "--lambda", "a finite number", lambda);
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
