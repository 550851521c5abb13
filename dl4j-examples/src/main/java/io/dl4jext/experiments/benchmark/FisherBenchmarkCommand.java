package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.network.Workload;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.fisher.FisherListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.dataset.DataSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code benchmark fisher}: the cost of the Fisher listener. */
@Command(
        name = "fisher",
        mixinStandardHelpOptions = true,
        description =
                "Measures what the Fisher listener adds to a training step: the plain network, measured at every step,"
                        + " and at every 50th.")
final class FisherBenchmarkCommand extends TurnsCommand {

    private static final int SELDOM = 50;
    private static final double SELDOM_BAR = 1.02;

    @Option(
            names = "--network",
            split = ",",
            paramLabel = "NAME",
            description = "Networks: ${COMPLETION-CANDIDATES}. Default: those that have a bar.")
    private List<FisherWorkload> networks = FisherWorkload.withBars();

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            description =
                    "Examples a step. Default: 128, for resnet8 and vgg 64, for char-lstm and embedding 32; bars are for these.")
    private Integer batchSize;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "How often all of it is done, with new networks each time, one after the other; the table has the medians"
                            + " of the runs, and their lowest and highest ratios. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(
            names = "--diagnostics",
            description =
                    "Measures every step also with layerTraces and with topAlignment, the two that are off by default.")
    private boolean diagnostics;

    @Option(
            names = "--profile",
            description =
                    "Tells also where the time of steps that are all measured goes, sampled by Java's flight recorder.")
    private boolean profile;

    @Override
    int leastSteps() {
        return SELDOM;
    }

    @Override
    void check() {
        UserError.require(batchSize == null || batchSize >= 1, "--batch-size", "at least 1", batchSize);
        UserError.require(runs >= 1, "--runs", "at least 1", runs);
    }

    @Override
    String measured() {
        List<Row> rows = new ArrayList<>();
        // Run by run: what else the machine does for minutes meets all networks.
        for (int run = 1; run <= runs; run++) {
            for (int i = 0; i < networks.size(); i++) {
                Workload workload = networks.get(i).usual().withBatchSize(batchSize);
                tell(workload + (runs == 1 ? "" : ", run " + run + " of " + runs));
                Row row = timed(workload, networks.get(i).bar());
                if (run == 1) {
                    rows.add(row);
                } else {
                    rows.set(i, rows.get(i).and(row));
                }
            }
        }
        TextTable<Row> table = table(rows, "step", "plain ms", "every step ms");
        spread(table, 1).column("bar", Row::bar);
        spread(addTimes(table, "every " + SELDOM + "th ms", 2), 2).column("bar", row -> bar(SELDOM_BAR));
        if (diagnostics) {
            spread(addTimes(table, "layer traces ms", 3), 3);
            spread(addTimes(table, "top alignment ms", 4), 4);
        }
        return table + "\n" + legend("plain") + "Every " + SELDOM + "th: (median of the measured steps + "
                + (SELDOM - 1) + " x median of the others) / " + SELDOM + ".\n"
                + (runs == 1
                        ? ""
                        : "All of it " + runs
                                + " times, with new networks: the medians of the runs, of times and of ratios, and the"
                                + " lowest and highest\nratio of a run.\n")
                + (profile ? profiles() : "");
    }

    private String profiles() {
        StringBuilder text =
                new StringBuilder("\nOf the time of measured steps (what Java sees of it, all threads):\n");
        for (FisherWorkload network : networks) {
            Workload workload = network.usual().withBatchSize(batchSize);
            tell(workload + ", profile");
            Contender measured = measured(workload, workload.batch(1), FisherListener.builder());
            List<Map.Entry<String, Double>> shares = new ArrayList<>(
                    StepProfile.of(() -> take(List.of(measured))).entrySet());
            text.append('\n').append(workload).append('\n');
            text.append(new TextTable<>(shares)
                    .column("where", Map.Entry::getKey)
                    .column("share", share -> Numbers.format("%.1f %%", 100 * share.getValue())));
        }
        return text.toString();
    }

    private Row timed(Workload workload, double bar) {
        DataSet batch = workload.batch(1);
        List<Contender> all = new ArrayList<>();
        all.add(Contender.on(workload.network(1), batch));
        all.add(measured(workload, batch, FisherListener.builder()));
        all.add(measured(workload, batch, FisherListener.builder(), SELDOM));
        if (diagnostics) {
            all.add(measured(workload, batch, FisherListener.builder().layerTraces(true)));
            all.add(measured(workload, batch, FisherListener.builder().topAlignment(true)));
        }
        return timed(workload.toString(), bar, all.toArray(Contender[]::new));
    }

    private TextTable<Row> spread(TextTable<Row> table, int i) {
        return runs == 1 ? table : addSpread(table, i);
    }

    private static Contender measured(Workload workload, DataSet batch, FisherListener.Builder listener) {
        return measured(workload, batch, listener, 1);
    }

    private static Contender measured(Workload workload, DataSet batch, FisherListener.Builder listener, int every) {
        AtomicBoolean measured = new AtomicBoolean();
        Model network = workload.network(1);
        network.addListeners(listener.everyIterations(every)
                .failFast(true) // a listener that gave up would look fast
                .sink((measurement, soFar) -> measured.set(true))
                .build());
        return new Contender(
                () -> measured.set(false), () -> ((NeuralNetwork) network).fit(batch), every, measured::get);
    }
}
