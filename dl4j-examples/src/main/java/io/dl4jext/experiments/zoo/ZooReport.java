package io.dl4jext.experiments.zoo;

import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A row for each model. */
final class ZooReport {

    private final int interval;
    private final CsvFile<ZooRow> file;

    /** @param interval of the measurements behind {@link ZooRow#seldom} */
    ZooReport(Path folder, int interval) {
        this.interval = interval;
        file = new CsvFile<ZooRow>(folder.resolve("models.csv"))
                .column("model", row -> row.model)
                .column("input", row -> row.input)
                .column("batch_size", row -> row.batchSize)
                .column("parameters", row -> row.parameters)
                .column("layers_direct", row -> row.direct)
                .column("layers_replayed", row -> row.replayed)
                .column("layers_without", row -> row.without)
                .column("plain_ms", row -> row.plain)
                .column("measured_ms", row -> row.measured)
                .column("interval", row -> interval)
                .column("interval_times_plain", row -> row.seldom)
                .column("identity", row -> row.identity)
                .column("implicit", row -> row.implicit)
                .column("micro_batches", row -> row.microBatches)
                .column("stochastic_batch", row -> row.stochasticBatch)
                .column("adagrad", row -> row.adaGrad)
                .column("listener", row -> row.listener)
                .column("refusal", row -> row.refusal);
    }

    void write(List<ZooRow> rows) throws IOException {
        file.replace(rows);
    }

    static String line(ZooRow row) {
        return row.model + ": "
                + (row.refusal.isEmpty()
                        ? "a measured step takes " + Numbers.format("%.2f", row.overhead()) + " plain ones"
                        : row.refusal);
    }

    String text(List<ZooRow> rows) {
        TextTable<ZooRow> cost = new TextTable<>(rows)
                .column("model", row -> row.model)
                .column("input", row -> row.input)
                .column("parameters", row -> Numbers.format("%,.0f", row.parameters))
                .column("direct", row -> row.direct)
                .column("replayed", row -> row.replayed)
                .column("none", row -> row.without)
                .column("plain ms", row -> Numbers.format("%.0f", row.plain))
                .column("measured", row -> Numbers.format("%.2f", row.overhead()))
                .column("1 in " + interval, row -> Numbers.format("%.2f", row.seldom))
                .column("identity", row -> Numbers.scientific(row.identity));
        TextTable<ZooRow> pieces = new TextTable<>(trained(rows))
                .column("model", row -> row.model)
                .column("listener", row -> row.listener.isEmpty() ? "measures" : outcome(row.listener))
                .column("implicit steps", row -> outcome(row.implicit))
                .column("micro-batches", row -> outcome(row.microBatches))
                .column("stochastic batch", row -> outcome(row.stochasticBatch))
                .column("AdaGrad, -Norm", row -> outcome(row.adaGrad));
        String refusals = rows.stream().flatMap(ZooReport::refusals).collect(Collectors.joining());
        return cost
                + "\ndirect, replayed, none: layers by their contribution to the Gram matrix. measured, 1 in "
                + interval
                + ": times of a"
                + " plain step.\nidentity: |sum of the Gram matrix - squared norm of the gradient| by that norm.\n\n"
                + pieces
                + "\nmicro-batches: the batch in two parts, by how much its update is off that of the whole batch (batch"
                + " normalisation has\nother statistics in parts, dropout other masks).\n"
                + (refusals.isEmpty() ? "" : "\nRefused:\n" + refusals);
    }

    private static List<ZooRow> trained(List<ZooRow> rows) {
        return rows.stream().filter(row -> row.refusal.isEmpty()).collect(Collectors.toList());
    }

    private static boolean isRefusal(String outcome) {
        return outcome.contains(": ");
    }

    private static String outcome(String outcome) {
        return isRefusal(outcome) ? "refused" : outcome;
    }

    /** A line for each exception that a model met. */
    private static Stream<String> refusals(ZooRow row) {
        return row.refusal.isEmpty()
                ? Stream.of(row.listener, row.implicit, row.microBatches, row.stochasticBatch, row.adaGrad)
                        .filter(ZooReport::isRefusal)
                        .map(outcome -> row.model + ", " + outcome + "\n")
                : Stream.of(row.model + ", DL4J itself: " + row.refusal + "\n");
    }
}
