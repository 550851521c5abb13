package io.dl4jext.experiments.stochastic;

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
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stochastic-batch}: what a batch size of its own for each parameter does to test accuracy. */
@Command(
        name = "stochastic-batch",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains a network with the stochastic batch size of paper 2 (ours) and with what the paper compares it with, on"
                    + " shares of the training examples, for the same seeds, and prints tables: test accuracy in the last"
                    + " tenth of the epochs and at its maximum, and the improvement on the first method.",
            "Writes CSV files of every training and epoch, a picture of the learning curves for each row, and one of what"
                    + " was updated."
        })
public final class StochasticBatchCommand implements Callable<Integer> {

    private static final double[][] SWEPT = {{-0.1, 0}, {0, 0}, {0.1, 0}, {1, 0}, {0.1, -2}, {0.1, -4}, {0.1, -8}};

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--methods",
            split = ",",
            paramLabel = "NAME",
            converter = MethodName.class,
            defaultValue = "sgd,dropout,ours",
            description =
                    "Methods: sgd, dropout, depth-dropout, entropy-sgd, accelerated-sgd, ours, ours-unweighted (groups of"
                            + " parameters count once each among their kind, not by size); the others are compared with the first. Default: ${DEFAULT-VALUE}.")
    private List<Method> methods;

    @Option(
            names = "--ratios",
            split = ",",
            paramLabel = "R",
            converter = Ratio.Converter.class,
            defaultValue = "1,1/2,1/4,1/8",
            description = "Shares of the training examples, drawn anew for each seed. Default: ${DEFAULT-VALUE}.")
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

    @Option(names = "--unweighted", description = "With --sweep: groups of parameters count once each, not by size.")
    private boolean unweighted;

    @Option(
            names = "--alpha",
            paramLabel = "A",
            defaultValue = "0.1",
            description = "Of ours, within a group of parameters. Default: ${DEFAULT-VALUE}.")
    private double alpha;

    @Option(
            names = "--lambda",
            paramLabel = "L",
            defaultValue = "-4",
            description = "Of ours, across groups. Default: ${DEFAULT-VALUE}.")
    private double lambda;

    @Option(
            names = "--seeds",
            paramLabel = "N|S,S,...",
            converter = Seeds.Converter.class,
            defaultValue = "2",
            description =
                    "How many seeds (1, 2, ...), or a list of them; a seed sets the first parameters, the share of the"
                            + " examples, their order and the draws. The paper takes 10. Default: ${DEFAULT-VALUE}.")
    private Seeds seeds;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "10",
            description = "Passes over the share of the examples. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "mlp",
            description = "Network: ${COMPLETION-CANDIDATES}. The paper takes VGG11 and larger ones; vgg is one with an"
                    + " eighth of its channels. Default: ${DEFAULT-VALUE}.")
    private Architecture network;

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

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "Folder for the results, new or empty. Default: results/stochastic-batch-NETWORK-DATA-TIMESTAMP.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        check();
        ImageSet data = dataOptions.load(seeds.all()[0]);
        List<Arm> arms = arms();
        List<Setting> settings = settings();
        checkFit(data, arms, settings);
        Path folder = ResultFolder.create(output, "stochastic-batch-" + network + "-" + data.name());
        PrintWriter out = spec.commandLine().getOut();
        Annealing rate = new Annealing(learningRate.get(0), learningRate.get(1), epochs);
        String heading = network + ", " + Numbers.count(epochs, "epoch") + ", " + rate + ", " + seeds;
        out.println(data);
        out.println(heading);
        out.flush();
        List<Run> runs = experiment(new Training(data, network, rate), arms, settings, folder);
        Comparison comparison = new Comparison(arms, settings, runs);
        String text = comparison.tables() + "\n" + Comparison.legend();
        Files.writeString(folder.resolve("table.txt"), data + "\n" + heading + "\n\n" + text);
        out.println();
        out.print(text);
        out.println("Written to " + folder + ": " + ResultFolder.names(folder));
        out.flush();
        return 0;
    }

    private List<Run> experiment(Training training, List<Arm> arms, List<Setting> settings, Path folder)
            throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        int total = seeds.all().length * arms.size() * settings.size();
        long work = settings.stream().mapToLong(training::work).sum() * seeds.all().length * arms.size();
        ResultFiles files = new ResultFiles(folder);
        List<Run> runs = new ArrayList<>();
        try (Interruption stop = Interruption.leaving(folder, err);
                Progress progress = Progress.of("stochastic-batch", work, err)) {
            for (Setting setting : settings) {
                for (long seed : seeds.all()) {
                    for (Arm arm : arms) {
                        String name = arm.name() + ", " + setting + ", seed " + seed;
                        progress.started(name);
                        Training.Outcome outcome = training.run(arm, setting, seed, progress);
                        runs.add(outcome.run);
                        files.add(outcome.run);
                        if (outcome.updates != null && seed == seeds.all()[0] && !sweep) {
                            outcome.updates.writePng(
                                    folder.resolve("updates-" + arm.name() + "-" + setting.fileName() + ".png"));
                        }
                        progress.finished(name + ": " + told(outcome.run) + " (" + runs.size() + " of " + total + ")");
                    }
                }
                CurvePicture.write(
                        folder.resolve("curves-" + setting.fileName() + ".png"),
                        network.toString(),
                        arms,
                        setting,
                        runs);
            }
        }
        return runs;
    }

    private static String told(Run run) {
        return (run.diverged()
                        ? "diverged"
                        : String.format(Locale.ROOT, "test accuracy %.2f %%", 100 * run.lastAccuracy()))
                + String.format(Locale.ROOT, ", %.1f s", run.seconds());
    }

    private List<Arm> arms() {
        List<Arm> arms = new ArrayList<>();
        if (sweep) {
            arms.add(Arm.of(Method.SGD, alpha, lambda));
            for (double[] pair : SWEPT) {
                arms.add(Arm.swept(unweighted ? Method.OURS_UNWEIGHTED : Method.OURS, pair[0], pair[1]));
            }
        } else {
            new LinkedHashSet<>(methods).forEach(method -> arms.add(Arm.of(method, alpha, lambda)));
        }
        return arms;
    }

    private List<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        for (int i = 0; i < batchSizes.size(); i++) {
            for (Ratio ratio : ratios) {
                settings.add(new Setting(batchSizes.get(i), momentum(i), ratio));
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
        UserError.require(epochs >= 1, "--epochs", "at least 1", epochs);
        for (int size : batchSizes) {
            UserError.require(size >= 1, "--batch-sizes", "at least 1", size);
        }
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

    private void checkFit(ImageSet data, List<Arm> arms, List<Setting> settings) {
        String problem = network.refusal(data.shape());
        if (problem != null) {
            throw new UserError("--network: " + problem);
        }
        for (Setting setting : settings) {
            int examples = setting.ratio().of(data.train().size());
            UserError.require(
                    setting.batchSize() <= examples,
                    "--batch-sizes",
                    "at most " + examples + " (ratio " + setting.ratio() + " of the training examples)",
                    setting.batchSize());
            int batches = (examples + setting.batchSize() - 1) / setting.batchSize();
            for (Arm arm : arms) {
                UserError.require(
                        batches >= arm.stride(),
                        "--methods: " + arm.name(),
                        "at least " + arm.stride() + " batches an epoch",
                        batches + " (" + setting + ")");
            }
        }
    }

    static final class MethodName extends EnumName<Method> {
        MethodName() {
            super(Method.class);
        }
    }
}
