package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.command.SeedsOption;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Cifar10;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.engine.Evaluator;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.network.Vgg;
import io.dl4jext.experiments.optimisers.CurveTrial.Cells;
import io.dl4jext.experiments.report.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code optimisers cifar10}: Daza's networks. */
@Command(
        name = "cifar10",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains the networks of Daza's \"MLPs, CNNs and Backpropagation\" on CIFAR-10 and prints the paper's test accuracy beside the one measured here: a perceptron with 100"
                    + " hidden units (SGD; small weights, or PyTorch's), one with 600 and"
                    + " 400 (dropout, weight decay, Adam), a VGG-like network with and without batch normalisation (Adam).",
            "Writes the table, a CSV file with every training and one with its points, and a picture of the curves."
        })
final class Cifar10Command extends ExperimentCommand {

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

    @Mixin
    private SeedsOption seeds = new SeedsOption("1");

    @Override
    public Integer call() throws IOException {
        requireAtLeast(1, "--steps", steps);
        requireAtLeast(1, "--width", width);
        requireAtLeast(1, "--measure-every", measureEvery);
        models = EnumSet.copyOf(models);
        UserError.require(
                !isGiven("--width") || models.stream().anyMatch(CifarModel::isVgg),
                "--width",
                "a VGG among --models",
                models);
        ImageSet data = data();
        Map<CifarModel, PaperNumbers.Model> paper = PaperNumbers.models();
        Path folder = folder("optimisers-cifar10");
        print(data);
        CurveTrial.Files files = new CurveTrial.Files(folder);
        List<Run<CurveTrial>> runs = experiment(folder)
                .run(trials(data, paper), CurveTrial::training, CurveTrial::line, (latest, all) -> files.add(latest));
        CurvePicture picture =
                new CurvePicture("Daza on CIFAR-10, " + data.train().size() + " images" + seeds.ofFirst(), "step");
        Map<CifarModel, Cells> here = new EnumMap<>(CifarModel.class);
        for (CifarModel model : models) {
            here.put(model, Cells.of(model.toString(), runs));
            picture.add(model.toString(), here.get(model).curve, 1);
        }
        TextTable<CifarModel> table = new TextTable<>(models)
                .column("model", model -> model)
                .column("steps", model -> steps(paper.get(model)))
                .column("batch", model -> batchSize(paper.get(model), data))
                .column("paper: accuracy", model -> paper.get(model).accuracy)
                .column("here", model -> here.get(model).accuracy)
                .column("loss", model -> here.get(model).loss)
                .column("seconds", model -> here.get(model).seconds);
        picture.writePng(folder.resolve("curves.png"));
        return report(
                folder,
                "table.txt",
                "",
                table
                        + "Paper: all 50,000 training images, the steps that --help tells. Loss: mean over the training examples"
                        + " since the last test.\n");
    }

    private List<CurveTrial> trials(ImageSet data, Map<CifarModel, PaperNumbers.Model> paper) {
        List<CurveTrial> trials = new ArrayList<>();
        for (CifarModel model : models) {
            DataSetPreProcessor pixels = model.preProcessor(data.train());
            Evaluator test = new Evaluator(data.test(), Layout.NCHW, pixels);
            int batchSize = batchSize(paper.get(model), data);
            long count = steps(paper.get(model));
            for (long seed : seeds.all()) {
                trials.add(new CurveTrial(model.toString(), seed, count * model.cost(width) * batchSize, () -> {
                    MultiLayerNetwork network =
                            new MultiLayerNetwork(model.configuration(data.shape(), data.classes(), width, seed));
                    network.init();
                    BatchIterator batches = BatchIterator.shuffled(data.train(), Layout.NCHW, batchSize, seed);
                    batches.setPreProcessor(pixels);
                    return new Training(network, batches)
                            .steps(count)
                            .cost(size -> model.cost(width) * size)
                            .measureEvery(measureEvery, test)
                            .ifDiverged(test.ofDiverged());
                }));
            }
        }
        return trials;
    }

    private long steps(PaperNumbers.Model paper) {
        return steps == null ? paper.steps : steps;
    }

    private static int batchSize(PaperNumbers.Model paper, ImageSet data) {
        return Math.min(paper.batchSize, data.train().size());
    }

    private ImageSet data() throws IOException {
        ImageSet all = Cifar10.read(directory);
        if (limit == null) {
            return all;
        }
        int size = all.train().size();
        UserError.require(limit >= 1 && limit <= size, "--limit", "1 to " + size + " (the training images)", limit);
        return new ImageSet(
                all.name(),
                all.train().first(limit),
                all.test().first(Math.min(limit, all.test().size())));
    }
}
