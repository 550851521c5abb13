package io.dl4jext.experiments.zoo;

import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A row for each model. */
final class ZooReport {

    private static final int SELDOM = 50;

    private final CsvFile<ZooRow> file;

    ZooReport(Path folder) {
        file = new CsvFile<ZooRow>(folder.resolve("models.csv"))
                .column("model", row -> row.model)
                .column("side", row -> row.side)
                .column("batch_size", row -> row.batchSize)
                .column("parameters", row -> row.parameters)
                .column("layers_direct", row -> row.direct)
                .column("layers_replayed", row -> row.replayed)
                .column("layers_without", row -> row.without)
                .column("plain_ms", row -> row.plain)
                .column("measured_ms", row -> row.measured)
                .column("plain_heap_mib", row -> row.plainHeap)
                .column("measured_heap_mib", row -> row.measuredHeap)
                .column("plain_process_mib", row -> row.plainProcess)
                .column("measured_process_mib", row -> row.measuredProcess)
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
                        ? "a measured step takes " + Numbers.format("%.2f", row.overhead(1)) + " plain ones"
                        : row.refusal);
    }

    static String text(List<ZooRow> rows) {
        TextTable cost = new TextTable(
                "model",
                "input",
                "parameters",
                "direct",
                "replayed",
                "none",
                "plain ms",
                "measured",
                "every 50th",
                "heap MiB",
                "process MiB",
                "identity");
        TextTable pieces = new TextTable(
                "model", "listener", "implicit steps", "micro-batches", "stochastic batch", "AdaGrad, -Norm");
        StringBuilder refusals = new StringBuilder();
        for (ZooRow row : rows) {
            cost.row(
                    row.model,
                    row.side == 0 ? "text" : row.side + " x " + row.side,
                    Numbers.format("%,.0f", row.parameters),
                    Integer.toString(row.direct),
                    Integer.toString(row.replayed),
                    Integer.toString(row.without),
                    Numbers.format("%.0f", row.plain),
                    Numbers.format("%.2f", row.overhead(1)),
                    Numbers.format("%.2f", row.overhead(SELDOM)),
                    change(row.plainHeap, row.measuredHeap),
                    change(row.plainProcess, row.measuredProcess),
                    Numbers.scientific(row.identity));
            if (row.refusal.isEmpty()) {
                List<String> cells = new ArrayList<>(List.of(row.model));
                for (String outcome : List.of(
                        row.listener.isEmpty() ? "measures" : row.listener,
                        row.implicit,
                        row.microBatches,
                        row.stochasticBatch,
                        row.adaGrad)) {
                    boolean refused = outcome.contains(": ");
                    cells.add(refused ? "refused" : outcome);
                    if (refused) {
                        refusals.append(row.model).append(", ").append(outcome).append('\n');
                    }
                }
                pieces.row(cells);
            } else {
                refusals.append(row.model)
                        .append(", training: ")
                        .append(row.refusal)
                        .append('\n');
            }
        }
        return cost
                + "\ndirect, replayed, none: layers by their contribution to the Gram matrix. measured, every 50th: times of a"
                + " plain step.\nMemory: without -> with the listener, heap in use after a collection and the whole process."
                + " identity: |sum of the Gram\nmatrix - squared norm of the gradient| by that norm.\n\n"
                + pieces
                + "\nmicro-batches: the batch in two parts, by how much its update is off that of the whole batch (batch"
                + " normalisation has\nother statistics in parts, dropout other masks).\n"
                + (refusals.length() == 0 ? "" : "\nRefused:\n" + refusals);
    }

    private static String change(double before, double after) {
        return Double.isNaN(before) ? "-" : Numbers.format("%.0f", before) + " -> " + Numbers.format("%.0f", after);
    }
}
