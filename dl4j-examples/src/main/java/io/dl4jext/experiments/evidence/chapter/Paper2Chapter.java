package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.DataSet;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Difference;
import io.dl4jext.experiments.evidence.claim.Difference.Unit;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.page.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Paper 2: a batch size of its own for every parameter. */
public final class Paper2Chapter implements Chapter {

    private static final int SEEDS = 8;

    private static final List<String> SHORT =
            List.of(BatchMethods.SGD, BatchMethods.OURS, BatchMethods.HALF, "dropout");

    private static final List<String> ALL = List.of(
            BatchMethods.SGD,
            BatchMethods.OURS,
            BatchMethods.HALF,
            "stochastic-batch-unweighted",
            "stochastic-batch-mean-weighted",
            "stochastic-batch-weighted",
            "dropout",
            "depth-dropout",
            "entropy-sgd",
            "accelerated-sgd");

    @Override
    public List<Integer> papers() {
        return List.of(2);
    }

    @Override
    public String title() {
        return "Stochastic batch size";
    }

    @Override
    public String source() {
        return "K. Nakamura, S. Soatto, B.-W. Hong: Stochastic Batch Size for Adaptive Regularization in Deep Network Optimization.";
    }

    @Override
    public String differences(Scale scale) {
        return "The paper trains VGG11 and two ResNets on 6,250 CIFAR-10 images and more, on SVHN and STL10, all methods at the rate that is best for SGD;"
                + " for how many epochs it does not say. Here: VGG11 with batch normalisation, one dense layer and "
                + scale.choose("an eighth", "an eighth", "an eighth and a quarter")
                + " of its channels on "
                + scale.choose("200", "1,500", "1,500 and 6,250") + " images, for "
                + scale.choose("one epoch", "ten epochs", "30 epochs")
                + ", without augmentation, and each method at the one of three rates that has the least validation error, on half of the test images;"
                + " the other half tests. Which gradient the probabilities come from and what the weighted mean of the groups is, the paper leaves"
                + " open: see docs/stochastic.md. Its control is ours: all parameters with probability 1/2.";
    }

    @Override
    public List<DataSet> data() {
        return List.of(DataSet.CIFAR10);
    }

    @Override
    public List<Cell> cells(Scale scale, DataFolder data) {
        List<Cell> cells = new ArrayList<>();
        settings(scale).forEach(setting -> cells.addAll(setting.cells()));
        orders(scale).forEach(order -> cells.addAll(order.cells()));
        return cells;
    }

    private static List<BatchMethods> settings(Scale scale) {
        List<BatchMethods> settings = new ArrayList<>();
        settings.add(digits(scale));
        if (scale != Scale.FULL) {
            settings.add(vgg(scale, "vgg", 1_500, "16", scale.choose(0.2, 7.0, 0.0)));
            return settings;
        }
        for (String network : List.of("vgg", "vgg-quarter")) {
            for (int images : new int[] {1_500, 6_250}) {
                for (String size : List.of("16", "128")) {
                    double minutes = 22 * (network.equals("vgg") ? 1 : 3) * images / 1_500.0;
                    settings.add(vgg(scale, network, images, size, minutes));
                }
            }
        }
        return settings;
    }

    /** The perceptron on an eighth of the program's own images. */
    private static BatchMethods digits(Scale scale) {
        List<String> arguments =
                new ArrayList<>(List.of("--network", "mlp", "--data", "mnist-subset", "--ratios", "1/8"));
        arguments.addAll(tuned(scale, scale.choose("1", "15", "50")));
        return new BatchMethods(
                "mlp-digits",
                "MLP, 750 MNIST images, batches of 64",
                "64",
                "",
                scale == Scale.FULL ? ALL : SHORT,
                scale.choose(0.1, 0.5, 2.0),
                arguments);
    }

    private static BatchMethods vgg(Scale scale, String network, int images, String size, double minutes) {
        List<String> arguments = new ArrayList<>(List.of("--network", network));
        arguments.addAll(cifar(scale.choose(200, images, images)));
        arguments.addAll(tuned(scale, scale.choose("1", "10", "30")));
        return new BatchMethods(
                network + "-" + images + "-b" + size,
                String.format(
                        Locale.ROOT,
                        "VGG11 with %s of its channels, %,d CIFAR-10 images, batches of %s",
                        network.equals("vgg") ? "an eighth" : "a quarter",
                        images,
                        size),
                size,
                images == 6_250 ? "0.125" : "none",
                scale == Scale.FULL ? ALL : SHORT,
                minutes,
                arguments);
    }

    /** A share of the training images, another one for each seed. */
    private static List<String> cifar(int images) {
        return List.of(
                "--data",
                "cifar10",
                "--data-dir",
                DataSet.CIFAR10.placeholder(),
                "--ratios",
                String.valueOf(images / 50_000.0));
    }

    private static List<String> tuned(Scale scale, String epochs) {
        return List.of(
                "--epochs",
                epochs,
                "--measure",
                "last-epochs",
                "--rates",
                scale.choose("0.1,0.05", "0.2,0.1,0.05", "0.4,0.2,0.1,0.05,0.02"),
                "--seeds",
                scale.choose("2", String.valueOf(SEEDS), "10"),
                "--tuning-seeds",
                scale.choose("1", "1", "2"));
    }

    private static List<Table3Order> orders(Scale scale) {
        List<Table3Order> orders = new ArrayList<>();
        orders.add(new Table3Order(
                "mlp-digits",
                "MLP, 750 MNIST images",
                scale.choose(1, SEEDS, 10),
                scale.choose(0.1, 0.4, 1.0),
                List.of(
                        "--network",
                        "mlp",
                        "--data",
                        "mnist-subset",
                        "--ratios",
                        "1/8",
                        "--epochs",
                        scale.choose("1", "15", "50"),
                        "--measure",
                        "last-epochs")));
        if (scale == Scale.FULL) {
            List<String> arguments = new ArrayList<>(List.of("--network", "vgg", "--batch-sizes", "16"));
            arguments.addAll(cifar(1_500));
            arguments.addAll(List.of("--epochs", "30", "--measure", "last-epochs"));
            orders.add(new Table3Order(
                    "vgg-1500", "VGG11 with an eighth of its channels, 1,500 CIFAR-10 images", 10, 18, arguments));
        }
        return orders;
    }

    @Override
    public Contents contents(Results results) throws IOException {
        List<Finding> findings = new ArrayList<>();
        Page page = new Page();
        List<BatchMethods> settings = settings(results.scale());
        for (BatchMethods setting : settings) {
            findings.addAll(setting.findings(results));
            page.add(setting.page(results));
        }
        findings.addAll(Question.together(growth(settings, results)));
        for (Table3Order order : orders(results.scale())) {
            findings.addAll(order.findings(results));
            page.add(order.page(results));
        }
        return new Contents(findings, page);
    }

    /** The fewer the images, the more it gains: each network and batch size at both numbers of images. */
    private static List<Question> growth(List<BatchMethods> settings, Results results) throws IOException {
        List<Question> questions = new ArrayList<>();
        for (BatchMethods few : settings) {
            for (BatchMethods many : settings) {
                if (many.hasMoreImagesThan(few)) {
                    questions.add(Difference.above(
                            new Claim(few.title() + ": the gain over SGD is higher than with more images", "Table 4"),
                            few.gains(results),
                            many.gains(results),
                            Unit.POINTS));
                }
            }
        }
        return questions;
    }
}
