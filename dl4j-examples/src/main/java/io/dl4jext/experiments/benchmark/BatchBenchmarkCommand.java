package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.cli.TextTable;
import io.dl4jext.experiments.cli.UserError;
import io.dl4jext.experiments.data.Examples;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmark batch}: the cost of re-batching. */
@Command(
        name = "batch",
        mixinStandardHelpOptions = true,
        description =
                "Measures training on batches that the re-batching iterator cuts from, or puts together from, batches"
                        + " of other sizes, against training on ready batches.")
public final class BatchBenchmarkCommand implements Callable<Integer> {

    private static final double BAR = 1.03;
    private static final int BATCHES = 50;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--network",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "mlp",
            description = "Networks: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, where data counts most.")
    private List<Architecture> networks;

    @Option(names = "--batch-size", paramLabel = "B", description = "Examples a step. Default: 128, for resnet8 64.")
    private Integer batchSize;

    @Option(
            names = "--sources",
            split = ",",
            paramLabel = "B",
            description = "Sizes of the ready batches that are re-batched. Default: the step's own, half of it (two are"
                    + " merged), four times it (cut as views) and 100 (merged across).")
    private List<Integer> sources;

    @Mixin
    private Turns turns;

    @Override
    public Integer call() throws IOException {
        turns.check(1);
        if (batchSize != null) {
            UserError.require(batchSize >= 1, "--batch-size", "at least 1", batchSize);
        }
        if (sources != null) {
            for (int size : sources) {
                UserError.require(size >= 1, "--sources", "at least 1", size);
            }
        }
        turns.report(spec, this::measured);
        return 0;
    }

    private String measured() {
        TextTable table = new TextTable("step", "source", "ready ms", "re-batched ms", "ratio", "bar");
        for (Architecture network : networks) {
            Workload usual = Workload.of(network);
            Workload workload = batchSize == null ? usual : usual.withBatchSize(batchSize);
            measure(workload, table);
        }
        return table + "\n" + turns.legend().replace("to plain", "to training on ready batches")
                + "A step: taking the batch and training on it. Source: the size of the batches that are re-batched; ready again: a second\n"
                + "network on ready batches, whose ratio tells what a ratio of the others is worth.\n";
    }

    private void measure(Workload workload, TextTable table) {
        spec.commandLine().getErr().println("measuring " + workload);
        Examples examples = RandomImages.of(workload.shape(), workload.classes(), BATCHES * workload.batchSize(), 1);
        List<Integer> sizes = sources != null ? sources : usualSources(workload.batchSize());
        FedNetwork ready = FedNetwork.ready(workload, examples);
        List<FedNetwork> rebatched = sizes.stream()
                .map(size -> FedNetwork.rebatched(workload, examples, size))
                .collect(Collectors.toList());
        List<FedNetwork> all = new ArrayList<>(rebatched);
        all.add(0, ready);
        FedNetwork control = FedNetwork.ready(workload, examples);
        all.add(control);
        turns.take(all);
        row(table, workload, "ready again", ready.typical(), control.typical());
        for (int i = 0; i < sizes.size(); i++) {
            row(
                    table,
                    workload,
                    sizes.get(i).toString(),
                    ready.typical(),
                    rebatched.get(i).typical());
        }
    }

    private static void row(TextTable table, Workload workload, String source, double plain, double time) {
        table.row(
                workload.toString(),
                source,
                number("%.2f", plain),
                number("%.2f", time),
                number("%.3f", time / plain),
                number("%.2f", BAR));
    }

    private static List<Integer> usualSources(int size) {
        return List.of(size, Math.max(1, size / 2), 4 * size, 100);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
