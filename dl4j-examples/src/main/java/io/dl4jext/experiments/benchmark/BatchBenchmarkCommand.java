package io.dl4jext.experiments.benchmark;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Examples;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.ImageWorkload;
import io.dl4jext.experiments.report.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code benchmark batch}: the cost of re-batching. */
@Command(
        name = "batch",
        mixinStandardHelpOptions = true,
        description =
                "Measures training on batches that the re-batching iterator cuts from, or puts together from, batches"
                        + " of other sizes, against training on ready batches.")
final class BatchBenchmarkCommand extends TurnsCommand {

    private static final double BAR = 1.03;
    private static final int BATCHES = 50;

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

    @Override
    void check() {
        UserError.require(batchSize == null || batchSize >= 1, "--batch-size", "at least 1", batchSize);
        if (sources != null) {
            sources.forEach(size -> UserError.require(size >= 1, "--sources", "at least 1", size));
        }
    }

    @Override
    String measured() {
        Map<Row, String> rows = new LinkedHashMap<>();
        for (Architecture network : networks) {
            ImageWorkload workload = ImageWorkload.of(network).withBatchSize(batchSize);
            tell(workload);
            int size = workload.batchSize();
            Examples examples = RandomImages.of(workload.shape(), workload.classes(), BATCHES * size, 1);
            List<Integer> sizes = sources != null ? sources : List.of(size, Math.max(1, size / 2), 4 * size, 100);
            List<Contender> all = new ArrayList<>();
            all.add(ready(workload, examples));
            all.add(ready(workload, examples));
            sizes.forEach(source -> all.add(rebatched(workload, examples, source)));
            take(all);
            for (int i = 1; i < all.size(); i++) {
                rows.put(
                        new Row(
                                workload.toString(),
                                BAR,
                                all.get(0).typical(),
                                all.get(i).typical()),
                        i == 1 ? "ready again" : sizes.get(i - 2).toString());
            }
        }
        TextTable<Row> table = new TextTable<>(rows.keySet())
                .column("step", row -> row.what)
                .column("source", rows::get)
                .column("ready ms", row -> row.milliseconds(0));
        return addTimes(table, "re-batched ms", 1).column("bar", Row::bar) + "\n" + legend("training on ready batches")
                + "A step: taking the batch and training on it. Source: the size of the batches that are re-batched; ready again: a second\n"
                + "network on ready batches, whose ratio tells what a ratio of the others is worth.\n";
    }

    /** On batches that were made beforehand. */
    private static Contender ready(ImageWorkload workload, Examples examples) {
        return Contender.on(workload.network(1), source(workload, examples, workload.batchSize()));
    }

    /** On batches of the same size, made from ready ones of another. */
    private static Contender rebatched(ImageWorkload workload, Examples examples, int sourceSize) {
        Model network = workload.network(1);
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        source(workload, examples, sourceSize), BatchSchedule.constant(workload.batchSize()))
                .build();
        batches.attachTo(network);
        return Contender.on(network, batches);
    }

    private static DataSetIterator source(ImageWorkload workload, Examples examples, int size) {
        List<DataSet> ready = new ArrayList<>();
        BatchIterator.inOrder(examples, workload.architecture().layout(), size).forEachRemaining(ready::add);
        return new ExistingDataSetIterator(ready);
    }
}
