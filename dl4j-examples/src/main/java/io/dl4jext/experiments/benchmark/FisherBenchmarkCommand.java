package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.cli.TextTable;
import io.dl4jext.experiments.cli.UserError;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.Workload;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmark fisher}: the cost of the Fisher listener. */
@Command(
        name = "fisher",
        mixinStandardHelpOptions = true,
        description =
                "Measures what the Fisher listener adds to a training step: the plain network, measured at every step,"
                        + " and at every 50th.")
public final class FisherBenchmarkCommand implements Callable<Integer> {

    private static final int SELDOM = 50;
    private static final double SELDOM_BAR = 1.02;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--network",
            split = ",",
            paramLabel = "NAME",
            description = "Networks: ${COMPLETION-CANDIDATES}. Default: all but vgg.")
    private List<Architecture> networks = Workload.measured();

    @Option(names = "--batch-size", paramLabel = "B", description = "Examples a step. Default: 128, for resnet8 64.")
    private Integer batchSize;

    @Mixin
    private Turns turns;

    @Override
    public Integer call() throws IOException {
        turns.check(SELDOM);
        if (batchSize != null) {
            UserError.require(batchSize >= 1, "--batch-size", "at least 1", batchSize);
        }
        turns.report(spec, this::measured);
        return 0;
    }

    private String measured() {
        TextTable table = new TextTable(
                "step", "plain ms", "every step ms", "ratio", "bar", "every " + SELDOM + "th ms", "ratio", "bar");
        for (Architecture network : networks) {
            Workload workload = Workload.of(network);
            if (batchSize != null) {
                workload = workload.withBatchSize(batchSize);
            }
            spec.commandLine().getErr().println("measuring " + workload);
            FisherBenchmark result = FisherBenchmark.run(workload, turns, SELDOM);
            table.row(
                    workload.toString(),
                    number("%.2f", result.plain()),
                    number("%.2f", result.everyStep()),
                    number("%.3f", result.everyStep() / result.plain()),
                    Double.isNaN(everyStepBar(network)) ? "" : number("%.2f", everyStepBar(network)),
                    number("%.2f", result.seldom()),
                    number("%.3f", result.seldom() / result.plain()),
                    number("%.2f", SELDOM_BAR));
        }
        return table + "\n" + turns.legend() + "Every " + SELDOM + "th: (median of the measured steps + " + (SELDOM - 1)
                + " x median of the others) / " + SELDOM + ".\n";
    }

    /** The most that the project allows itself, NaN where nothing is promised (for the usual batch sizes, in DL4J's fast setting, 2 processors). */
    private static double everyStepBar(Architecture network) {
        switch (network) {
            case MLP:
                return 1.40;
            case LENET:
                return 1.60;
            case RESNET8:
                return 1.80;
            default:
                return Double.NaN;
        }
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
