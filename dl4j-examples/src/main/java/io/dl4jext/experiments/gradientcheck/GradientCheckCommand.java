package io.dl4jext.experiments.gradientcheck;

import io.dl4jext.experiments.cli.DataOptions;
import io.dl4jext.experiments.cli.EnumName;
import io.dl4jext.experiments.cli.Numbers;
import io.dl4jext.experiments.cli.Progress;
import io.dl4jext.experiments.cli.ResultFolder;
import io.dl4jext.experiments.cli.UserError;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.network.Architecture;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code gradient-check}: backpropagation against finite differences, as papers 3 and 5 do. */
@Command(
        name = "gradient-check",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compares the gradients of backpropagation with forward, backward and central differences of the loss, in double"
                    + " and in float, over a range of step sizes, and prints the relative errors and the step that is best.",
            "Writes a table, a CSV file, a picture of the error against the step, and a histogram."
        })
public final class GradientCheckCommand implements Callable<Integer> {

    private static final double PAPER_STEP = 1e-8;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "mlp300",
            description = "Network: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, paper 3's.")
    private Architecture network;

    @Option(
            names = "--types",
            split = ",",
            paramLabel = "TYPE",
            defaultValue = "double,float",
            converter = PrecisionName.class,
            description = "In which the network computes: double, float. Default: ${DEFAULT-VALUE}.")
    private Set<Precision> types;

    @Option(
            names = "--steps",
            split = ",",
            paramLabel = "H",
            defaultValue = "1e-1,1e-2,1e-3,1e-4,1e-5,1e-6,1e-7,1e-8,1e-9,1e-10,1e-11,1e-12",
            description = "Step sizes. Default: ${DEFAULT-VALUE}; paper 3 takes 1e-8.")
    private List<Double> steps;

    @Option(
            names = "--parameters",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many parameters, chosen at random, are changed one by one. Default: ${DEFAULT-VALUE}.")
    private int parameters;

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            defaultValue = "50",
            description = "Over how many examples the loss is taken. Default: ${DEFAULT-VALUE}; paper 3 takes 1.")
    private int batchSize;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "1",
            description = "Passes over the training examples before the check: SGD, rate 0.1, batches of 10. Default:"
                    + " ${DEFAULT-VALUE}, as in paper 3.")
    private int epochs;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the first parameters, the order of the examples and the choice of parameters; not 0."
                    + " Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private DataOptions dataOptions;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "Folder for the results, new or empty. Default: results/gradient-check-NETWORK-DATA-TIMESTAMP.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        check();
        ImageSet data = dataOptions.load(seed);
        int examples = data.train().size();
        UserError.require(
                batchSize >= 1 && batchSize <= examples,
                "--batch-size",
                "1 to " + examples + " (the training examples)",
                batchSize);
        String problem = network.refusal(data.shape());
        if (problem != null) {
            throw new UserError("--network: " + problem);
        }
        Path folder = ResultFolder.create(output, "gradient-check-" + network + "-" + data.name());
        PrintWriter out = spec.commandLine().getOut();
        out.println(data);
        out.println(settings());
        out.flush();
        Model trained = trained(data);
        DataSet batch =
                BatchIterator.inOrder(data.train(), network.layout(), batchSize).next();
        report(sweeps(trained, batch), loss(trained, batch), folder);
        return 0;
    }

    private String settings() {
        return network + " after " + Numbers.count(epochs, "epoch") + ", loss over "
                + Numbers.count(batchSize, "example") + ", seed " + seed;
    }

    private Model trained(ImageSet data) {
        Model model = network.create(data.shape(), data.classes(), new Sgd(0.1), seed, DataType.FLOAT);
        BatchIterator batches = BatchIterator.shuffled(
                data.train(), network.layout(), Math.min(10, data.train().size()), seed);
        for (int epoch = 0; epoch < epochs; epoch++) {
            ((NeuralNetwork) model).fit(batches);
        }
        return model;
    }

    private List<Sweep> sweeps(Model model, DataSet batch) {
        SortedSet<Double> sizes = new TreeSet<>(steps);
        List<Sweep> sweeps = new ArrayList<>();
        try (Progress progress = Progress.of(
                "gradient-check",
                (long) types.size() * Sweep.checks(sizes),
                spec.commandLine().getErr())) {
            for (Precision type : types) {
                sweeps.add(Sweep.of(model, batch, type, sizes, parameters, seed, progress));
                progress.finished(type + ": done");
            }
        }
        return sweeps;
    }

    private void report(List<Sweep> sweeps, double loss, Path folder) throws IOException {
        List<String> rows = new ArrayList<>(List.of(SweepReport.HEADER));
        StringBuilder text = new StringBuilder();
        for (Sweep sweep : sweeps) {
            SweepReport report = new SweepReport(sweep);
            rows.addAll(report.rows());
            text.append(report).append('\n');
        }
        text.append(note(loss));
        ResultFolder.replace(folder.resolve("errors.csv"), rows);
        Files.writeString(folder.resolve("table.txt"), settings() + "\n\n" + text);
        new ErrorPictures(network.toString(), sweeps).write(folder);
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        out.print(text);
        out.println("Written to " + folder + ": " + ResultFolder.names(folder));
        out.flush();
    }

    private static double loss(Model model, DataSet batch) {
        return model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).score(batch)
                : ((ComputationGraph) model).score(batch);
    }

    private static String note(double loss) {
        double ulp = Precision.FLOAT.ulp(loss);
        return "The usual step is where what a difference leaves out and the rounding of the loss are in balance: the root of ulp(1)\n"
                + "for forward and backward differences, its third root for central ones, times |parameter| where that is above 1.\n"
                + "Why 1e-8 fails in float: a parameter of 0.25 and more does not change when 1e-8 is added; and the loss, here "
                + Numbers.significant(loss) + ",\nis rounded to multiples of " + SweepReport.number(ulp)
                + ", so that its difference divided by 1e-8 is a multiple of "
                + Numbers.significant(ulp / PAPER_STEP) + ", whatever the gradient.\n";
    }

    private void check() {
        for (double step : steps) {
            UserError.require(step > 0 && step < Double.POSITIVE_INFINITY, "--steps", "finite numbers above 0", step);
        }
        UserError.require(parameters >= 1, "--parameters", "at least 1", parameters);
        UserError.require(epochs >= 0, "--epochs", "at least 0", epochs);
        UserError.require(seed != 0, "--seed", "a whole number other than 0", seed);
        types = EnumSet.copyOf(types);
    }

    static final class PrecisionName extends EnumName<Precision> {
        PrecisionName() {
            super(Precision.class);
        }
    }
}
