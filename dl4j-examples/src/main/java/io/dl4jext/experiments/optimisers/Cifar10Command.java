package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.cli.EnumName;
import io.dl4jext.experiments.cli.Interruption;
import io.dl4jext.experiments.cli.Progress;
import io.dl4jext.experiments.cli.ResultFolder;
import io.dl4jext.experiments.cli.Seeds;
import io.dl4jext.experiments.cli.TextTable;
import io.dl4jext.experiments.cli.UserError;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Cifar10;
import io.dl4jext.experiments.data.Examples;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.network.Vgg;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code optimisers cifar10}: paper 5's networks. */
@Command(
        name = "cifar10",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains paper 5's networks on CIFAR-10 and prints the paper's test accuracy beside ours: a perceptron with 100"
                    + " hidden units (SGD; small weights, or PyTorch's), one with 600 and"
                    + " 400 (dropout, weight decay, Adam), a VGG-like network with and without batch normalisation (Adam).",
            "Writes the table, a CSV file with every training and one with its points, and a picture of the curves."
        })
final class Cifar10Command implements Callable<Integer> {

    private static final int TEST_BATCH = 200;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            required = true,
            description = "Folder with CIFAR-10's binary version.")
    private Path directory;

    @Option(names = "--limit", paramLabel = "N", description = "Use the first N training and test images only.")
    private Integer limit;

    @Option(
            names = "--models",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "mlp,mlp-pytorch,deep-mlp,vgg,vgg-plain",
            converter = ModelName.class,
            description = "Networks. Default: ${DEFAULT-VALUE}.")
    private Set<CifarModel> models;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Steps of each training. Default: the paper's 1500 (mlp), 4000 (deep-mlp) and 5000 (vgg).")
    private Integer steps;

    @Option(
            names = "--width",
            paramLabel = "W",
            defaultValue = "" + Vgg.WIDTH,
            description = "Channels of the VGG's first convolution; the last have 8 times as many. Default:"
                    + " ${DEFAULT-VALUE}, as in VGG.")
    private int width;

    @Option(
            names = "--measure-every",
            paramLabel = "N",
            defaultValue = "100",
            description = "Test after every N steps. Default: ${DEFAULT-VALUE}, as in the paper.")
    private int measureEvery;

    @Option(
            names = "--seeds",
            paramLabel = "N|S,S,...",
            converter = Seeds.Converter.class,
            defaultValue = "1",
            description = "How many seeds (1, 2, ...), or a list of them. Default: ${DEFAULT-VALUE}.")
    private Seeds seeds;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder for the results, new or empty. Default: results/optimisers-cifar10-TIMESTAMP.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        check();
        ImageSet data = data();
        Map<CifarModel, PaperModel> paper = PaperModel.all();
        Path folder = ResultFolder.create(output, "optimisers-cifar10");
        PrintWriter out = spec.commandLine().getOut();
        out.println(data);
        out.flush();
        List<Run> runs = train(data, paper, folder);

        TextTable table = new TextTable("model", "steps", "batch", "paper: accuracy", "ours", "loss", "seconds");
        CurvePicture picture =
                new CurvePicture("paper 5 on CIFAR-10, " + data.train().size() + " images", "step");
        for (CifarModel model : models) {
            Runs ours = Runs.named(model.toString(), runs);
            table.row(
                    model.toString(),
                    Long.toString(steps(paper.get(model))),
                    Integer.toString(batchSize(paper.get(model), data)),
                    paper.get(model).accuracy(),
                    ours.accuracy(),
                    ours.loss(),
                    ours.seconds());
            picture.add(model.toString(), ours.curve(), 1);
        }
        picture.writePng(folder.resolve("curves.png"));
        String text = table
                + "Paper: all 50,000 training images, the steps that --help tells. Loss: mean over the training examples since the last"
                + " test.\n";
        Files.writeString(folder.resolve("table.txt"), text);
        out.println();
        out.print(text);
        out.println("Written to " + folder + ": " + ResultFolder.names(folder));
        out.flush();
        return 0;
    }

    private List<Run> train(ImageSet data, Map<CifarModel, PaperModel> paper, Path folder) throws IOException {
        RunFiles files = new RunFiles(folder);
        List<Run> runs = new ArrayList<>();
        PrintWriter err = spec.commandLine().getErr();
        long work = seeds.all().length
                * models.stream()
                        .mapToLong(model -> steps(paper.get(model)) * workOfStep(model, paper.get(model), data))
                        .sum();
        try (Interruption stop = Interruption.leaving(folder, err);
                Progress progress = Progress.of("cifar10", work, err)) {
            for (CifarModel model : models) {
                DataSetPreProcessor pixels = model.preProcessor(data.train());
                TestExamples test =
                        new TestExamples(prepared(BatchIterator.inOrder(data.test(), Layout.NCHW, TEST_BATCH), pixels));
                PaperModel how = paper.get(model);
                for (long seed : seeds.all()) {
                    progress.started(model + " seed " + seed);
                    MultiLayerNetwork network =
                            new MultiLayerNetwork(model.configuration(data.shape(), data.classes(), width, seed));
                    network.init();
                    BatchIterator batches = prepared(
                            BatchIterator.shuffled(data.train(), Layout.NCHW, batchSize(how, data), seed), pixels);
                    long start = System.nanoTime();
                    List<CurvePoint> curve = new Training(
                                    network, batches, test, progress, workOfStep(model, how, data))
                            .run(steps(how), measureEvery);
                    Run run = new Run(model.toString(), seed, curve, (System.nanoTime() - start) / 1e9);
                    runs.add(run);
                    files.add(run);
                    progress.finished(run.toString());
                }
            }
        }
        return runs;
    }

    private static BatchIterator prepared(BatchIterator batches, DataSetPreProcessor pixels) {
        batches.setPreProcessor(pixels);
        return batches;
    }

    private long steps(PaperModel paper) {
        return steps == null ? paper.steps() : steps;
    }

    private static int batchSize(PaperModel paper, ImageSet data) {
        return Math.min(paper.batchSize(), data.train().size());
    }

    private long workOfStep(CifarModel model, PaperModel paper, ImageSet data) {
        return model.cost(width) * batchSize(paper, data);
    }

    private ImageSet data() throws IOException {
        ImageSet all = Cifar10.read(directory);
        if (limit == null) {
            return all;
        }
        int size = all.train().size();
        UserError.require(limit >= 1 && limit <= size, "--limit", "1 to " + size + " (the training images)", limit);
        Examples test = all.test();
        return new ImageSet(all.name(), all.train().first(limit), test.first(Math.min(limit, test.size())));
    }

    private void check() {
        UserError.require(steps == null || steps >= 1, "--steps", "at least 1", steps);
        UserError.require(width >= 1, "--width", "at least 1", width);
        UserError.require(measureEvery >= 1, "--measure-every", "at least 1", measureEvery);
        models = EnumSet.copyOf(models);
    }

    static final class ModelName extends EnumName<CifarModel> {
        ModelName() {
            super(CifarModel.class);
        }
    }
}
