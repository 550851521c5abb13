package io.dl4jext.experiments.gradientcheck;

import io.dl4jext.experiments.command.DataOptions;
import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.command.TrainingOptions;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.engine.Networks;
import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
public final class GradientCheckCommand extends ExperimentCommand {

    private static final double PAPER_STEP = 1e-8;

    /** The types in which a network can be checked. */
    enum Precision {
        DOUBLE,
        FLOAT
    }

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "mlp300",
            description = "Network: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, Yotkov's.")
    private Architecture network;

    @Option(
            names = "--types",
            split = ",",
            paramLabel = "TYPE",
            defaultValue = "double,float",
            description = "In which the network computes: double, float. Default: ${DEFAULT-VALUE}.")
    private Set<Precision> types;

    @Option(
            names = "--steps",
            split = ",",
            paramLabel = "H",
            defaultValue = "1e-1,1e-2,1e-3,1e-4,1e-5,1e-6,1e-7,1e-8,1e-9,1e-10,1e-11,1e-12",
            description = "Step sizes. Default: ${DEFAULT-VALUE}; Yotkov takes 1e-8.")
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
            description = "Over how many examples the loss is taken. Default: ${DEFAULT-VALUE}; Yotkov takes 1.")
    private int batchSize;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "1",
            description = "Passes over the training examples before the check: SGD, rate 0.1, batches of 10. Default:"
                    + " ${DEFAULT-VALUE}, as in Yotkov.")
    private int epochs;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Seed of the initial parameters, the order of the examples and the choice of parameters; not 0."
                            + " Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private DataOptions dataOptions;

    @Override
    public Integer call() throws IOException {
        requirePositive("--steps", steps);
        requireAtLeast(1, "--parameters", parameters);
        requireAtLeast(0, "--epochs", epochs);
        UserError.require(seed != 0, "--seed", "a whole number other than 0", seed);
        ImageSet data = dataOptions.load(seed);
        int examples = data.train().size();
        UserError.require(
                batchSize >= 1 && batchSize <= examples,
                "--batch-size",
                "1 to " + examples + " (the training examples)",
                batchSize);
        TrainingOptions.checkFit(network, data);
        Path folder = folder("gradient-check-" + network + "-" + data.name());
        String settings = network + " after " + Numbers.count(epochs, "epoch") + ", loss over "
                + Numbers.count(batchSize, "example") + ", seed " + seed;
        print(data, settings);
        Model trained = trained(data);
        DataSet batch =
                BatchIterator.inOrder(data.train(), network.layout(), batchSize).next();
        List<List<Check>> sweeps = sweeps(trained, batch);
        CsvFile<Check> file = SweepReport.file(folder);
        CsvFile<Closer> closer = Closer.file(folder);
        StringBuilder text = new StringBuilder();
        for (List<Check> sweep : sweeps) {
            file.add(sweep);
            closer.add(Closer.of(sweep));
            text.append(new SweepReport(sweep)).append('\n');
        }
        new ErrorPictures(network.toString(), sweeps).write(folder);
        return report(folder, "table.txt", settings + "\n\n", text + note(Networks.loss(trained, batch)));
    }

    private Model trained(ImageSet data) {
        Model model = network.create(data, new Sgd(0.1), seed);
        BatchIterator batches = BatchIterator.shuffled(
                data.train(), network.layout(), Math.min(10, data.train().size()), seed);
        for (int epoch = 0; epoch < epochs; epoch++) {
            ((NeuralNetwork) model).fit(batches);
        }
        return model;
    }

    /** For each data type. */
    private List<List<Check>> sweeps(Model model, DataSet batch) {
        SortedSet<Double> sizes = new TreeSet<>(steps);
        Set<Precision> chosen = EnumSet.copyOf(types);
        List<List<Check>> sweeps = new ArrayList<>();
        try (Progress progress = Progress.of(name(), (long) chosen.size() * (sizes.size() + 1), err())) {
            for (Precision type : chosen) {
                DataType dataType = DataType.valueOf(type.name());
                sweeps.add(Check.sweep(model, batch, dataType, sizes, parameters, seed, progress));
                progress.finished(Check.name(type) + ": done");
            }
        }
        return sweeps;
    }

    private static String note(double loss) {
        double ulp = Math.ulp((float) loss);
        return "The usual step is where what a difference leaves out and the rounding of the loss are in balance: the root of ulp(1)\n"
                + "for forward and backward differences, its third root for central ones, times |parameter| where that is above 1.\n"
                + "Why 1e-8 fails in float: a parameter of 0.25 and more does not change when 1e-8 is added; and the loss, here "
                + Numbers.significant(loss) + ",\nis rounded to multiples of " + Numbers.scientific(ulp)
                + ", so that its difference divided by 1e-8 is a multiple of "
                + Numbers.significant(ulp / PAPER_STEP) + ", whatever the gradient.\n";
    }
}
