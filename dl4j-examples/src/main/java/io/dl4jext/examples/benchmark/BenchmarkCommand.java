package io.dl4jext.examples.benchmark;

import io.dl4jext.examples.cli.ResultFolder;
import io.dl4jext.examples.cli.TextTable;
import io.dl4jext.examples.cli.UserError;
import io.dl4jext.examples.doctor.Doctor;
import io.dl4jext.examples.model.Architecture;
import io.dl4jext.examples.model.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmark}: the cost of the Fisher listener. */
@Command(
        name = "benchmark",
        mixinStandardHelpOptions = true,
        description =
                "Measures what the Fisher listener adds to a training step: the plain network, measured at every step,"
                        + " and at every 50th, in turns in one run. Prints a table and writes it to a file with what the machine"
                        + " is.")
public final class BenchmarkCommand implements Callable<Integer> {

    private static final int SELDOM = 50;
    private static final double SELDOM_BAR = 1.02;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--network",
            split = ",",
            paramLabel = "NAME",
            description = "Networks: ${COMPLETION-CANDIDATES}. Default: all.")
    private List<Architecture> networks = List.of(Architecture.values());

    @Option(names = "--batch-size", paramLabel = "B", description = "Examples a step. Default: 128, for resnet8 64.")
    private Integer batchSize;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "200",
            description = "Steps of each of the three, at least " + SELDOM + ". Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
            names = "--block",
            paramLabel = "N",
            defaultValue = "10",
            description = "Steps of one before the next has its turn. Default: ${DEFAULT-VALUE}.")
    private int block;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "20",
            description = "Steps of each before the times count. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder for the file, new or empty. Default: results/benchmark-fisher-TIMESTAMP.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        check("--steps", steps, SELDOM);
        check("--block", block, 1);
        check("--warm-up", warmUp, 0);
        if (batchSize != null) {
            check("--batch-size", batchSize, 1);
        }
        PrintWriter out = spec.commandLine().getOut();
        Path file = ResultFolder.create(output, "benchmark-fisher").resolve("fisher.txt");
        Doctor doctor = new Doctor();
        String heading = doctor.environment() + "\n" + doctor.advice();
        out.println(heading);
        out.flush();

        TextTable table = new TextTable(
                "step", "plain ms", "every step ms", "ratio", "bar", "every " + SELDOM + "th ms", "ratio", "bar");
        for (Architecture network : networks) {
            Workload workload = Workload.of(network);
            if (batchSize != null) {
                workload = workload.withBatchSize(batchSize);
            }
            spec.commandLine().getErr().println("measuring " + workload);
            FisherBenchmark result = FisherBenchmark.run(workload, steps, block, warmUp, SELDOM);
            table.row(
                    workload.toString(),
                    number("%.2f", result.plain()),
                    number("%.2f", result.everyStep()),
                    number("%.3f", result.everyStep() / result.plain()),
                    number("%.2f", everyStepBar(network)),
                    number("%.2f", result.seldom()),
                    number("%.3f", result.seldom() / result.plain()),
                    number("%.2f", SELDOM_BAR));
        }
        String text = table + "\n" + steps + " steps of each after " + warmUp + " to warm up, in turns, " + block
                + " at a time. Times: medians; every " + SELDOM + "th: (median of the measured steps + " + (SELDOM - 1)
                + " x median of the others) / " + SELDOM + ". Ratios: to plain.\n";
        Files.writeString(file, heading + "\n" + text);
        out.print(text);
        out.println("Written to " + file);
        out.flush();
        return 0;
    }

    /** The most that the project allows itself (for the usual batch sizes, in DL4J's fast setting, 2 processors). */
    private static double everyStepBar(Architecture network) {
        switch (network) {
            case MLP:
                return 1.40;
            case LENET:
                return 1.60;
            case RESNET8:
                return 1.80;
            default:
                throw new AssertionError(network);
        }
    }

    private static void check(String option, int value, int least) {
        if (value < least) {
            throw new UserError(option + ": expected at least " + least + ", got " + value);
        }
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
