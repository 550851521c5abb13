package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.DataSet;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.page.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Liao et al.: C̄_K and L_K over batch sizes and rates, and batch sizes that change. */
public final class Paper1Chapter implements Chapter {

    private static final String MOMENTUM = "0.9";

    /** With fewer, a policy with -MS does not come to all of its five sizes in each step of the rate. */
    private static final String SAMPLING_EPOCHS = "20";

    @Override
    public List<Integer> papers() {
        return List.of(1);
    }

    @Override
    public String title() {
        return "Fisher measures and dynamic sampling";
    }

    @Override
    public String source() {
        return "Z. Liao, T. Drummond, I. Reid, G. Carneiro: Approximate Fisher Information Matrix to Characterise the Training of"
                + " Deep Neural Networks.";
    }

    @Override
    public String differences(Scale scale) {
        return "The paper trains ResNets and DenseNets of 110 layers on CIFAR-10, CIFAR-100 and SVHN for 320 (SVHN: 40) epochs, and of 8 layers"
                + " on MNIST for 40, with augmented data, on GPUs. Here: its perceptron (784-500-500-10) on MNIST, and on CIFAR-10 a LeNet, a"
                + " ResNet of 8 layers and a narrow VGG, for few epochs, partly on the first images only, without augmentation; the grids of"
                + " batch sizes and rates without decay of the rate. "
                + (scale.decides() ? "" : "At this scale a few hundred images are trained on. ")
                + (scale == Scale.FULL
                        ? "Dynamic sampling of the perceptron is on the first 20,000 images at a rate of 0.025: on all of them the paper's"
                                + " 0.1 breaks with this momentum and batches of 16, as the grid shows. "
                        : "")
                + "Errors are of half of the test images. So the orders and the differences are held against the paper, not the errors.";
    }

    @Override
    public List<DataSet> data() {
        return List.of(DataSet.MNIST, DataSet.CIFAR10);
    }

    @Override
    public List<Cell> cells(Scale scale, DataFolder data) {
        List<Cell> cells = new ArrayList<>();
        grids(scale, data).forEach(grid -> cells.addAll(grid.cells()));
        plans(scale, data).forEach(plan -> cells.addAll(plan.cells()));
        return cells;
    }

    private static List<FisherGrid> grids(Scale scale, DataFolder data) {
        List<String> mnist = Mnist.arguments(data, scale.choose(600, 6_000, 60_000));
        List<String> sizes = sizes(scale.choose(128, 256, 512));
        String rates = scale.choose("0.0125,0.05,0.2", "0.00625,0.0125,0.025,0.05", "0.00625,0.0125,0.025,0.05,0.1");
        List<SeedGrid> seeds = new ArrayList<>();
        for (int seed = 1; seed <= scale.choose(1, 2, 2); seed++) {
            seeds.add(SeedGrid.inOneCell(
                    "mlp-mnist",
                    seed,
                    sizes,
                    scale.choose(0.15, 2.5, 60.0),
                    some -> grid(mnist, "mlp", some, rates, scale.choose(1, 3, 10))));
        }
        List<FisherGrid> grids = new ArrayList<>();
        grids.add(new FisherGrid("mlp-mnist", "mlp, " + Mnist.name(data), seeds));
        grids.add(cifar("lenet", scale, scale.choose(200, 4_000, 50_000), scale.choose(0.25, 4.0, 36.0), false));
        if (scale.decides()) {
            boolean whole = scale == Scale.FULL;
            grids.add(cifar("resnet8", scale, whole ? 50_000 : 1_500, whole ? 210 : 4, whole));
            grids.add(cifar("vgg", scale, whole ? 50_000 : 2_000, whole ? 120 : 4, whole));
        }
        return grids;
    }

    /** @param bySize whether each batch size is a cell of its own */
    private static FisherGrid cifar(String network, Scale scale, int limit, double minutes, boolean bySize) {
        String id = network + "-cifar10";
        List<String> sizes = sizes(scale.choose(64, 128, 512));
        List<String> data = List.of(
                "--data", "cifar10", "--data-dir", DataSet.CIFAR10.placeholder(), "--limit", String.valueOf(limit));
        String rates = scale.decides() ? "0.0125,0.025,0.05" : "0.0125,0.05,0.1";
        Function<String, List<String>> arguments = some -> grid(data, network, some, rates, scale.choose(1, 2, 2));
        return new FisherGrid(
                id,
                network + ", CIFAR-10",
                List.of(
                        bySize
                                ? SeedGrid.bySize(id, 1, sizes, minutes, arguments)
                                : SeedGrid.inOneCell(id, 1, sizes, minutes, arguments)));
    }

    /** 16, 32 and so on. */
    private static List<String> sizes(int largest) {
        return IntStream.iterate(16, size -> size <= largest, size -> 2 * size)
                .mapToObj(String::valueOf)
                .collect(Collectors.toList());
    }

    private static List<String> grid(List<String> data, String network, String sizes, String rates, int epochs) {
        List<String> arguments = new ArrayList<>(data);
        arguments.addAll(List.of(
                "--network",
                network,
                "--batch-sizes",
                sizes,
                "--learning-rates",
                rates,
                "--momentum",
                MOMENTUM,
                "--epochs",
                String.valueOf(epochs)));
        return arguments;
    }

    private static List<SamplingPlan> plans(Scale scale, DataFolder data) {
        List<SamplingPlan> plans = new ArrayList<>();
        List<String> mlp = new ArrayList<>(Mnist.arguments(data, scale.choose(200, 3_000, 20_000)));
        mlp.addAll(List.of(
                "--network",
                "mlp",
                "--policies",
                scale.decides()
                        ? "s16,s32,s512,s16-to-64,s16-to-64-MS,s32-to-512,s32-to-512-MS,s512-to-32"
                        : "s16,s16-to-64,s16-to-64-MS",
                "--bounds",
                scale.choose("16,64", "16,512", "16,512"),
                "--epochs",
                SAMPLING_EPOCHS));
        if (scale == Scale.FULL) {
            mlp.addAll(List.of("--learning-rate", "0.025"));
        }
        if (!scale.decides()) {
            mlp.addAll(List.of("--controllers", "noise-scale"));
        }
        plans.add(new SamplingPlan(
                "mlp-mnist",
                "mlp, " + Mnist.name(data),
                "mnist",
                "mlp",
                "s16",
                "s16-to-64",
                scale.choose(1, 5, 5),
                scale.choose(0.2, 3.5, 36.0),
                mlp));
        if (scale == Scale.FULL) {
            plans.add(new SamplingPlan(
                    "lenet-cifar10",
                    "lenet, CIFAR-10",
                    "cifar10",
                    "resnet",
                    "s32",
                    "s32-to-128",
                    3,
                    80,
                    List.of(
                            "--data",
                            "cifar10",
                            "--data-dir",
                            DataSet.CIFAR10.placeholder(),
                            "--limit",
                            "10000",
                            "--network",
                            "lenet",
                            "--policies",
                            "s32,s512,s32-to-128,s32-to-128-MS,s32-to-512,s32-to-512-MS,s512-to-32",
                            "--bounds",
                            "32,512",
                            "--epochs",
                            SAMPLING_EPOCHS)));
        }
        return plans;
    }

    @Override
    public Contents contents(Results results) throws IOException {
        List<Finding> findings = new ArrayList<>();
        Page page = new Page();
        for (FisherGrid grid : grids(results.scale(), results.data())) {
            findings.addAll(grid.findings(results));
            page.add(grid.page(results));
        }
        for (SamplingPlan plan : plans(results.scale(), results.data())) {
            findings.addAll(plan.findings(results));
            page.add(plan.page(results));
        }
        return new Contents(findings, page);
    }
}
