package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.DataSet;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.optimisers.PaperNumbers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Yotkov's optimisers and Daza's networks. */
public final class Papers3And5Chapter implements Chapter {

    /** Of the paired trainings: those that a claim is about. */
    private static final String PAIRED = "sgd:0.1:10,sgd:0.1~0.001:10,sgd:0.1~0.0001:10,sgd:0.01:10,sgd:0.01:10:0.9,"
            + "sgd:0.001:10:0.9,sgd:0.001:10:0.5,adagrad:0.01:10";

    private static final String SMOKE =
            "sgd:0.1:10,sgd:0.1~0.001:10,sgd:0.1~0.0001:10,sgd:0.01:10,adagrad:0.01:10,sgd:0.1:100,adagrad:0.01:100";

    private static final int PAIRED_IMAGES = 3_000;
    private static final String NARROW = "16";

    @Override
    public List<Integer> papers() {
        return List.of(3, 5);
    }

    @Override
    public String title() {
        return "Optimisers, gradient check and networks";
    }

    @Override
    public String source() {
        return "V. Yotkov: Gradient-Based Optimisation. D. Daza: MLPs, CNNs and Backpropagation.";
    }

    @Override
    public String differences(Scale scale) {
        return "Yotkov's network and settings are the paper's; its initial weights are not told, here they are He's. "
                + (scale == Scale.STANDARD
                        ? "At this scale all of MNIST is trained on with batches of 100 alone; which setting is better than which with batches of 10 is"
                                + " decided on the first 3,000 images, with five seeds. "
                        : scale == Scale.SMOKE
                                ? "At this scale a few hundred images are trained on. "
                                : "Batches of one have one seed, for its hours: their numbers are shown, and decide nothing. ")
                + "DL4J keeps logarithms of probabilities finite and takes the largest output off before the softmax, so that what is NaN in the"
                + " paper mostly is a network here whose units are dead: an accuracy of guessing counts as broken. Daza does not say how pixels are"
                + " scaled, nor the batch sizes of his deeper network and of the VGG, nor its channels: see docs/optimisers.md.";
    }

    @Override
    public List<DataSet> data() {
        return List.of(DataSet.MNIST, DataSet.CIFAR10);
    }

    @Override
    public List<Cell> cells(Scale scale, DataFolder data) {
        List<Cell> cells = new ArrayList<>(whole(scale, data));
        paired(scale, data).stream().filter(cell -> !cells.contains(cell)).forEach(cells::add);
        cells.addAll(adaGrad(scale, data));
        cells.add(gradients(scale, data));
        cells.addAll(daza(scale));
        return cells;
    }

    /** On the paper's data: all batch sizes that there is time for, a cell for each. */
    private static List<Cell> whole(Scale scale, DataFolder data) {
        if (scale == Scale.SMOKE) {
            return List.of(yotkov("yotkov-smoke", 0.3, data, 500, SMOKE, 2, "1"));
        }
        List<Cell> cells = new ArrayList<>(
                List.of(yotkov("yotkov-m100", scale.choose(0.0, 12.0, 16.0), data, 0, argument(rows(100)), 10, "3")));
        if (scale == Scale.FULL) {
            for (int seed = 1; seed <= 3; seed++) {
                // With a comma it is the seed, without their number.
                cells.add(yotkov("yotkov-m10-seed" + seed, 55, data, 0, argument(rows(10)), 10, seed + ","));
            }
            for (PaperNumbers.Row row : rows(1)) {
                cells.add(yotkov("yotkov-m1-" + inNames(row), 40, data, 0, row.argument(), 10, "1"));
            }
        }
        return cells;
    }

    private static List<Cell> paired(Scale scale, DataFolder data) {
        return scale == Scale.STANDARD
                ? List.of(yotkov("yotkov-paired", 10, data, PAIRED_IMAGES, PAIRED, 10, "5"))
                : whole(scale, data);
    }

    /** The different settings of the tables with batches of that size. */
    private static Collection<PaperNumbers.Row> rows(int batchSize) {
        try {
            Map<String, PaperNumbers.Row> settings = new LinkedHashMap<>();
            PaperNumbers.rows().stream()
                    .filter(row -> row.batchSize() == batchSize)
                    .forEach(row -> settings.putIfAbsent(row.argument(), row));
            return settings.values();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the command has them. */
    private static String argument(Collection<PaperNumbers.Row> rows) {
        return rows.stream().map(PaperNumbers.Row::argument).collect(Collectors.joining(","));
    }

    /** Such as {@code sgd-0.1-to-0.001-momentum-0.9}. */
    private static String inNames(PaperNumbers.Row row) {
        return row.name().replace(", m " + row.batchSize(), "").replaceAll("[^a-z0-9.]+", "-");
    }

    /** @param limit 0 for all */
    private static Cell yotkov(
            String name, double minutes, DataFolder data, int limit, String settings, int epochs, String seeds) {
        List<String> arguments = new ArrayList<>(List.of("optimisers", "--no-tables", "--also", settings));
        arguments.addAll(List.of("--epochs", String.valueOf(epochs), "--seeds", seeds));
        arguments.addAll(Mnist.arguments(data, limit == 0 ? Integer.MAX_VALUE : limit));
        return new Cell(name, minutes, arguments);
    }

    private static List<Cell> adaGrad(Scale scale, DataFolder data) {
        if (scale == Scale.SMOKE) {
            return List.of();
        }
        try {
            List<Cell> cells = new ArrayList<>();
            for (int size : scale == Scale.FULL ? new int[] {100, 10} : new int[] {100}) {
                String settings = AdaGradRates.rows().stream()
                        .filter(row -> row.batchSize() == size)
                        .map(row -> AdaGradRates.scaled(row).argument())
                        .collect(Collectors.joining(","));
                cells.add(yotkov("yotkov-adagrad-m" + size, size == 100 ? 1 : 10, data, 0, settings, 10, "1"));
            }
            return cells;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Cell gradients(Scale scale, DataFolder data) {
        List<String> arguments = new ArrayList<>(List.of(
                "gradient-check",
                "--parameters",
                scale.choose("10", "100", "1000"),
                "--batch-size",
                scale.choose("10", "50", "50")));
        arguments.addAll(Mnist.arguments(data, scale.choose(500, 6_000, 60_000)));
        return new Cell("gradient-check", scale.choose(0.15, 0.6, 7.0), arguments);
    }

    private static List<Cell> daza(Scale scale) {
        if (scale == Scale.SMOKE) {
            return List.of(daza(
                    "daza-smoke",
                    0.3,
                    "mlp,mlp-pytorch,deep-mlp,vgg,vgg-plain",
                    "1",
                    "--limit",
                    "200",
                    "--steps",
                    "10",
                    "--width",
                    "4",
                    "--measure-every",
                    "5"));
        }
        if (scale == Scale.STANDARD) {
            return List.of(
                    daza("daza-mlp", 4, "mlp,mlp-pytorch", "3", "--measure-every", "300"),
                    daza("daza-deep", 12, "deep-mlp", "3", "--measure-every", "500"),
                    daza(
                            "daza-vgg",
                            10,
                            "vgg,vgg-plain",
                            "3",
                            "--limit",
                            "10000",
                            "--steps",
                            "1000",
                            "--width",
                            NARROW,
                            "--measure-every",
                            "500"));
        }
        return List.of(
                daza("daza-mlp", 8, "mlp,mlp-pytorch", "10"),
                daza("daza-deep", 12, "deep-mlp", "3"),
                daza("daza-vgg", 50, "vgg,vgg-plain", "3", "--width", NARROW, "--measure-every", "500"));
    }

    private static Cell daza(String name, double minutes, String models, String seeds, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "optimisers",
                "cifar10",
                "--data-dir",
                DataSet.CIFAR10.placeholder(),
                "--models",
                models,
                "--seeds",
                seeds));
        arguments.addAll(List.of(more));
        return new Cell(name, minutes, arguments);
    }

    private static Map<String, String> notComparable(Scale scale) {
        Map<String, String> why = new LinkedHashMap<>();
        if (scale.decides()) {
            for (String vgg : List.of("vgg", "vgg-plain")) {
                why.put(
                        vgg,
                        "a quarter of the channels"
                                + (scale == Scale.FULL ? "" : ", 10,000 images, 1,000 of 5,000 steps"));
            }
        }
        return why;
    }

    @Override
    public Contents contents(Results results) throws IOException {
        Scale scale = results.scale();
        DataFolder data = results.data();
        YotkovTables tables = new YotkovTables(
                whole(scale, data),
                paired(scale, data),
                scale == Scale.STANDARD ? "3,000 images" : Mnist.name(data),
                data.has(DataSet.MNIST) ? "" : "the program's own 6,000 images, the paper has 60,000");
        GradientErrors gradients = new GradientErrors(gradients(scale, data));
        DazaNetworks networks = new DazaNetworks(daza(scale), notComparable(scale));
        List<Finding> findings = new ArrayList<>(tables.findings(results));
        findings.addAll(gradients.findings(results));
        findings.addAll(networks.findings(results));
        Page page = new Page()
                .add(tables.page(results))
                .add(AdaGradRates.page(results, whole(scale, data), adaGrad(scale, data)))
                .add(gradients.page(results))
                .add(networks.page(results));
        return new Contents(findings, page);
    }
}
