package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.cli.DataOptions;
import io.dl4jext.experiments.cli.Interruption;
import io.dl4jext.experiments.cli.Numbers;
import io.dl4jext.experiments.cli.Progress;
import io.dl4jext.experiments.cli.ResultFolder;
import io.dl4jext.experiments.cli.Seeds;
import io.dl4jext.experiments.cli.UserError;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Layout;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code optimisers}: the tables of paper 3, and others' methods on its network. */
@Command(
        name = "optimisers",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains paper 3's network (inputs, 300, 100, 100, classes; relu, softmax) as in its Tables 1 to 6 and prints the"
                    + " paper's loss and accuracy beside ours: SGD with learning-rate decay, momentum and both, AdaGrad.",
            "Writes the tables, a CSV file with every training and one with every epoch, and a picture of each table's"
                    + " curves.",
            "optimisers cifar10 is about paper 5."
        },
        subcommands = Cifar10Command.class)
public final class OptimisersCommand implements Callable<Integer> {

    private static final int TEST_BATCH = 500;

    private static final String LEGEND =
            "Loss: mean over the training examples of the last epoch, each as its step saw it. Accuracy: of the test examples after\n"
                    + "the last epoch. NaN: loss or parameters were not finite; such a network answers 0 to everything. m: batch size.\n"
                    + "Paper: full MNIST, 10 epochs.\n";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--tables",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,2,3,4,5,6",
            description = "Which of the paper's tables. Default: ${DEFAULT-VALUE}.")
    private List<Integer> tables;

    @Option(
            names = "--batch-sizes",
            split = ",",
            paramLabel = "M",
            defaultValue = "10,100",
            description = "Which of the tables' batch sizes to train; 1 takes ten times as long as 10. Default:"
                    + " ${DEFAULT-VALUE}.")
    private List<Integer> batchSizes;

    @Option(names = "--no-tables", description = "None of the tables, for --also alone.")
    private boolean noTables;

    @Option(
            names = "--also",
            split = ",",
            paramLabel = "METHOD:RATE:M",
            converter = SettingText.class,
            description = {
                "More trainings: a method, a learning rate (0.1, or 0.1~0.001 with linear decay) and a batch size; for sgd also a"
                        + " momentum (sgd:0.01:10:0.9). Methods:"
                        + " sgd, adagrad (paper 3), adagrad-pytorch, adagrad-keras, adagrad-tensorflow, adagrad-optax,"
                        + " adagrad-dl4j, adagrad-norm, dual-averaging, madgrad, adam, and what paper 2 compares itself"
                        + " with: entropy-sgd, accelerated-sgd, depth-dropout (SGD with it)."
            })
    private List<Setting> also;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "5",
            description = "Passes over the training examples; the paper takes 10. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--seeds",
            paramLabel = "N|S,S,...",
            converter = Seeds.Converter.class,
            defaultValue = "1",
            description =
                    "How many seeds (1, 2, ...), or a list of them; a seed sets the first parameters and the order of"
                            + " the examples. Default: ${DEFAULT-VALUE}.")
    private Seeds seeds;

    @Mixin
    private DataOptions dataOptions;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder for the results, new or empty. Default: results/optimisers-DATA-TIMESTAMP.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        check();
        List<PaperRow> rows = rows();
        List<PaperRow> others =
                also == null ? List.of() : also.stream().map(PaperRow::without).collect(Collectors.toList());
        Set<Setting> settings = settings(rows, others);
        ImageSet data = dataOptions.load(seeds.all()[0]);
        int examples = data.train().size();
        settings.forEach(setting -> UserError.require(
                setting.batchSize() <= examples,
                "batch sizes",
                "at most " + examples + " (the training examples)",
                setting.batchSize()));
        Path folder = ResultFolder.create(output, "optimisers-" + data.name());
        PrintWriter out = spec.commandLine().getOut();
        out.println(data);
        out.println(Numbers.count(epochs, "epoch") + ", " + seeds + ", " + Numbers.count(settings.size(), "setting"));
        out.flush();
        List<Run> runs = train(settings, data, folder);
        report(rows, others, runs, examples, folder);
        return 0;
    }

    /** The rows of the chosen tables, also those that will not be trained. */
    private List<PaperRow> rows() throws IOException {
        return PaperTables.rows().stream()
                .filter(row -> !noTables && tables.contains(row.table()))
                .collect(Collectors.toList());
    }

    /** What will be trained: each setting once, though it may stand in several tables. */
    private Set<Setting> settings(List<PaperRow> rows, List<PaperRow> others) {
        Set<Setting> settings = new LinkedHashSet<>();
        rows.stream()
                .map(PaperRow::setting)
                .filter(setting -> batchSizes.contains(setting.batchSize()))
                .forEach(settings::add);
        others.forEach(row -> settings.add(row.setting()));
        UserError.require(!settings.isEmpty(), "--tables, --batch-sizes, --also", "something to train", "nothing");
        return settings;
    }

    private List<Run> train(Set<Setting> settings, ImageSet data, Path folder) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        RunFiles files = new RunFiles(folder);
        List<Run> runs = new ArrayList<>();
        TestExamples test = new TestExamples(BatchIterator.inOrder(data.test(), Layout.FLAT, TEST_BATCH));
        int total = settings.size() * seeds.all().length;
        long work = seeds.all().length
                * settings.stream()
                        .mapToLong(setting -> epochs * steps(setting, data) * workOfStep(setting))
                        .sum();
        try (Interruption stop = Interruption.leaving(folder, err);
                Progress progress = Progress.of("optimisers", work, err)) {
            for (long seed : seeds.all()) {
                for (Setting setting : settings) {
                    progress.started(setting + " seed " + seed);
                    Run run = run(setting, seed, data, test, progress);
                    runs.add(run);
                    files.add(run);
                    progress.finished(run + " (" + runs.size() + " of " + total + ")");
                }
            }
        }
        return runs;
    }

    private static long steps(Setting setting, ImageSet data) {
        return (data.train().size() + setting.batchSize() - 1) / setting.batchSize();
    }

    /** In arbitrary units: it costs something in itself and something an example. */
    private static long workOfStep(Setting setting) {
        return 50 + setting.batchSize();
    }

    private Run run(Setting setting, long seed, ImageSet data, TestExamples test, Progress progress) {
        MultiLayerNetwork network = setting.network(data.shape().size(), data.classes(), epochs, seed);
        BatchIterator batches = BatchIterator.shuffled(data.train(), Layout.FLAT, setting.batchSize(), seed);
        long start = System.nanoTime();
        List<CurvePoint> curve = new Training(network, batches, test, progress, workOfStep(setting))
                .run(epochs * steps(setting, data), steps(setting, data));
        return new Run(setting.toString(), seed, curve, (System.nanoTime() - start) / 1e9);
    }

    private void report(List<PaperRow> rows, List<PaperRow> others, List<Run> runs, int examples, Path folder)
            throws IOException {
        StringBuilder text = new StringBuilder();
        if (!noTables) {
            for (int table : new TreeSet<>(tables)) {
                Comparison comparison = new Comparison(
                        PaperTables.title(table),
                        rows.stream().filter(row -> row.table() == table).collect(Collectors.toList()),
                        runs);
                comparison.draw(folder.resolve("table-" + table + ".png"), examples);
                text.append(comparison).append('\n');
            }
        }
        if (!others.isEmpty()) {
            Comparison comparison = new Comparison("Other trainings", others, runs);
            comparison.draw(folder.resolve("others.png"), examples);
            text.append(comparison).append('\n');
        }
        text.append(LEGEND);
        Files.writeString(folder.resolve("tables.txt"), text);
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        out.print(text);
        out.println("Written to " + folder + ": " + ResultFolder.names(folder));
        out.flush();
    }

    private void check() {
        UserError.require(epochs >= 1, "--epochs", "at least 1", epochs);
        for (int table : tables) {
            UserError.require(
                    table >= 1 && table <= PaperTables.LAST,
                    "--tables",
                    "numbers from 1 to " + PaperTables.LAST,
                    table);
        }
        for (int size : batchSizes) {
            UserError.require(size >= 1, "--batch-sizes", "at least 1", size);
        }
    }
}
