package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.command.DataOptions;
import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.command.SeedsOption;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.engine.Evaluator;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.optimisers.CurveTrial.Cells;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code optimisers}: Yotkov's tables, and others' methods on the same network. */
@Command(
        name = "optimisers",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains the network of Yotkov's \"Gradient-Based Optimisation\" (inputs, 300, 100, 100, classes; relu, softmax) as"
                    + " in its Tables 1 to 6 and prints the paper's loss and accuracy beside those measured here: SGD with"
                    + " learning-rate decay, momentum and both, AdaGrad.",
            "Writes the tables, a CSV file with every training and one with every epoch, and a picture of each table's"
                    + " curves.",
            "optimisers cifar10 trains those of Daza's \"MLPs, CNNs and Backpropagation\"."
        },
        subcommands = Cifar10Command.class)
public final class OptimisersCommand extends ExperimentCommand {

    private static final String LEGEND =
            "Loss: mean over the training examples of the last epoch, each as its step saw it. Accuracy: of the test examples after\n"
                    + "the last epoch. NaN: loss or parameters were not finite; such a network answers 0 to everything. m: batch size.\n"
                    + "Paper: full MNIST, 10 epochs.\n";

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
            converter = Setting.Converter.class,
            description = {
                "More trainings: a method, a learning rate (0.1, or 0.1~0.001 with linear decay) and a batch size; for sgd also a"
                        + " momentum (sgd:0.01:10:0.9). Methods:"
                        + " sgd, adagrad (Yotkov), adagrad-pytorch, adagrad-keras, adagrad-tensorflow, adagrad-optax,"
                        + " adagrad-dl4j, adagrad-norm, dual-averaging, madgrad, adam, and what Nakamura et al. compare"
                        + " with: entropy-sgd, accelerated-sgd, depth-dropout (SGD with it)."
            })
    private List<Setting> also;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "5",
            description = "Passes over the training examples; the paper takes 10. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Mixin
    private SeedsOption seeds = new SeedsOption("1");

    @Mixin
    private DataOptions dataOptions;

    @Override
    public Integer call() throws IOException {
        check();
        List<PaperNumbers.Row> rows = PaperNumbers.rows().stream()
                .filter(row -> !noTables && tables.contains(row.table))
                .collect(Collectors.toList());
        List<PaperNumbers.Row> others = also == null
                ? List.of()
                : also.stream().distinct().map(PaperNumbers.Row::without).collect(Collectors.toList());
        Set<Setting> settings = settings(rows, others);
        ImageSet data = dataOptions.load(seeds.first());
        requireAtMost(
                data.train().size(),
                "batch sizes",
                settings.stream().map(setting -> setting.batchSize).collect(Collectors.toList()));
        Path folder = folder("optimisers-" + data.name());
        print(data, Numbers.count(epochs, "epoch") + ", " + seeds + ", " + Numbers.count(settings.size(), "setting"));
        CurveTrial.Files files = new CurveTrial.Files(folder);
        List<Run<CurveTrial>> runs = experiment(folder)
                .run(
                        trials(settings, data),
                        CurveTrial::training,
                        CurveTrial::line,
                        (latest, all) -> files.add(latest));
        StringBuilder text = new StringBuilder();
        for (int table : noTables ? new TreeSet<Integer>() : new TreeSet<>(tables)) {
            List<PaperNumbers.Row> own =
                    rows.stream().filter(row -> row.table == table).collect(Collectors.toList());
            text.append(table(PaperNumbers.title(table), own, runs, data, folder.resolve("table-" + table + ".png")));
        }
        if (!others.isEmpty()) {
            text.append(table("Other trainings", others, runs, data, folder.resolve("others.png")));
        }
        return report(folder, "tables.txt", "", text + LEGEND);
    }

    /** What will be trained: each setting once, though it may stand in several tables. */
    private Set<Setting> settings(List<PaperNumbers.Row> rows, List<PaperNumbers.Row> others) {
        Set<Setting> settings = new LinkedHashSet<>();
        rows.stream()
                .map(row -> row.setting)
                .filter(setting -> batchSizes.contains(setting.batchSize))
                .forEach(settings::add);
        others.forEach(row -> settings.add(row.setting));
        UserError.require(!settings.isEmpty(), "--tables, --batch-sizes, --also", "something to train", "nothing");
        return settings;
    }

    private List<CurveTrial> trials(Set<Setting> settings, ImageSet data) {
        Evaluator test = new Evaluator(data.test(), Layout.FLAT);
        List<CurveTrial> trials = new ArrayList<>();
        for (long seed : seeds.all()) {
            for (Setting setting : settings) {
                long work = Training.work((long) epochs * data.train().batches(setting.batchSize), setting.batchSize);
                trials.add(new CurveTrial(
                        setting.toString(),
                        seed,
                        work,
                        () -> new Training(
                                        setting.network(data.shape().size(), data.classes(), epochs, seed),
                                        BatchIterator.shuffled(data.train(), Layout.FLAT, setting.batchSize, seed))
                                .epochs(epochs)
                                .measureEveryEpoch(test)
                                .ifDiverged(test.ofDiverged())));
            }
        }
        return trials;
    }

    /**
     * The paper's numbers and those measured here side by side; draws the first seed's curves. Rows that were not
     * trained keep the paper's only.
     */
    private String table(
            String title, List<PaperNumbers.Row> rows, List<Run<CurveTrial>> runs, ImageSet data, Path picture)
            throws IOException {
        Map<PaperNumbers.Row, Cells> here = new HashMap<>();
        CurvePicture curves = new CurvePicture(title + seeds.ofFirst(), "epoch");
        for (PaperNumbers.Row row : rows) {
            String name = row.setting.toString();
            here.put(row, Cells.of(name, runs));
            curves.add(name, here.get(row).curve, data.train().batches(row.setting.batchSize));
        }
        TextTable<PaperNumbers.Row> table = new TextTable<>(rows)
                .column("method", row -> row.setting.method)
                .column("rate", row -> row.setting.rates())
                .column("m", row -> row.setting.batchSize)
                .column("momentum", row -> row.setting.momentum == 0 ? "-" : Numbers.plain(row.setting.momentum))
                .column(
                        "paper: loss",
                        row -> row.table == 0 ? "-" : Double.isNaN(row.loss) ? "NaN" : Numbers.plain(row.loss))
                .column("here", row -> here.get(row).loss)
                .column("paper: accuracy", row -> Numbers.format("%.3f", row.accuracy))
                .column("here", row -> here.get(row).accuracy)
                .column("seconds", row -> here.get(row).seconds);
        curves.writePng(picture);
        return title + "\n" + table + "\n";
    }

    private void check() throws IOException {
        requireAtLeast(1, "--epochs", epochs);
        for (int table : tables) {
            UserError.require(
                    table >= 1 && table <= PaperNumbers.LAST_TABLE,
                    "--tables",
                    "numbers from 1 to " + PaperNumbers.LAST_TABLE,
                    table);
        }
        requireAtLeast(1, "--batch-sizes", batchSizes);
        if (noTables) {
            for (String option : List.of("--tables", "--batch-sizes")) {
                UserError.require(!isGiven(option), option, "to go without --no-tables", "both");
            }
        } else if (isGiven("--batch-sizes")) {
            for (int size : batchSizes) {
                UserError.require(
                        PaperNumbers.rows().stream()
                                .anyMatch(row -> tables.contains(row.table) && row.setting.batchSize == size),
                        "--batch-sizes",
                        "batch sizes of the tables " + tables,
                        size);
            }
        }
    }
}
