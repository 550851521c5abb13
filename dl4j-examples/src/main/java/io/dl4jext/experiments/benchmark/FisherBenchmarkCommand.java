package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.Workload;
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

    /** For the usual batch sizes, in DL4J's fast setting, 2 processors. */
    private static final Map<Architecture, Double> EVERY_STEP_BARS =
            Map.of(Architecture.MLP, 1.40, Architecture.LENET, 1.60, Architecture.RESNET8, 1.80);

    @Option(
            names = "--network",
            split = ",",
            paramLabel = "NAME",
            description = "Networks: ${COMPLETION-CANDIDATES}. Default: all but vgg.")
    private List<Architecture> networks = Workload.measured();

    @Option(names = "--batch-size", paramLabel = "B", description = "Examples a step. Default: 128, for resnet8 64.")
    private Integer batchSize;

    @Override
    int leastSteps() {
        return SELDOM;
    }

    @Override
    void check() {
        UserError.require(batchSize == null || batchSize >= 1, "--batch-size", "at least 1", batchSize);
    }

    @Override
    String measured() {
        List<Row> rows = new ArrayList<>();
        for (Architecture network : networks) {
            Workload workload = Workload.of(network).withBatchSize(batchSize);
            tell(workload);
            DataSet batch = workload.batch(1);
            rows.add(timed(
                    workload.toString(),
                    EVERY_STEP_BARS.getOrDefault(network, Double.NaN),
                    Contender.on(workload.network(1), batch),
                    measured(workload, batch, 1),
                    measured(workload, batch, SELDOM)));
        }
        TextTable<Row> table = table(rows, "step", "plain ms", "every step ms").column("bar", Row::bar);
        return addTimes(table, "every " + SELDOM + "th ms", 2).column("bar", row -> bar(SELDOM_BAR))
                + "\n" + legend("plain") + "Every " + SELDOM + "th: (median of the measured steps + "
                + (SELDOM - 1) + " x median of the others) / " + SELDOM + ".\n";
    }

    private static Contender measured(Workload workload, DataSet batch, int every) {
        AtomicBoolean measured = new AtomicBoolean();
        Model network = workload.network(1);
        network.addListeners(FisherListener.builder()
                .everyIterations(every)
                .failFast(true) // a listener that gave up would look fast
                .sink((measurement, soFar) -> measured.set(true))
                .build());
        return new Contender(
                () -> measured.set(false), () -> ((NeuralNetwork) network).fit(batch), every, measured::get);
    }
}
