package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.doctor.Doctor;
import io.dl4jext.experiments.engine.Jvm;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.ImageWorkload;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.fisher.FisherListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.dataset.DataSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code benchmark memory}: the most memory that a training takes with and without the Fisher listener. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description =
                "Trains a network with and without the Fisher listener, measured at every step, each in a process of its own, and"
                        + " says how much memory each took.")
final class MemoryBenchmarkCommand extends ExperimentCommand {

    @Option(
            names = "--network",
            split = ",",
            paramLabel = "NAME",
            description = "Networks: ${COMPLETION-CANDIDATES}. Default: mlp, resnet8.")
    private List<Architecture> networks = List.of(Architecture.MLP, Architecture.RESNET8);

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            description = "Examples a step. Default: 512, for images of 3x32x32 128.")
    private Integer batchSize;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "50",
            description = "Steps of each. Default: ${DEFAULT-VALUE}.")
    private int steps;

    /** What this process is to train, and the file for what it took. */
    @Option(names = "--listener", hidden = true)
    private boolean listener;

    @Option(names = "--into", hidden = true)
    private Path into;

    /** What one process took. */
    private static final class Row {

        final String what;
        final boolean measured;
        final double[] taken;

        Row(String what, boolean measured, double[] taken) {
            this.what = what;
            this.measured = measured;
            this.taken = taken;
        }

        String mebibytes(int i) {
            return Numbers.format("%.0f", taken[i]);
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireAtLeast(1, "--batch-size", batchSize);
        requireAtLeast(1, "--steps", steps);
        if (into != null) {
            Files.writeString(into, taken(workload(networks.get(0))));
            return 0;
        }
        Path folder = folder("benchmark-memory");
        Doctor doctor = new Doctor();
        String heading = doctor.environment() + "\n" + doctor.advice() + "\n";
        print(heading);
        List<Row> rows = new ArrayList<>();
        for (Architecture network : networks) {
            for (boolean measured : new boolean[] {false, true}) {
                err().println("measuring " + workload(network) + (measured ? ", measured" : ", plain"));
                err().flush();
                rows.add(row(network, measured, folder));
            }
        }
        String table = new TextTable<>(rows)
                        .column("step", row -> row.what)
                        .column("", row -> row.measured ? "measured" : "plain")
                        .column("process MiB", row -> row.mebibytes(0))
                        .column("heap MiB", row -> row.mebibytes(1))
                        .column("live MiB", row -> row.mebibytes(2))
                + "\n" + steps
                + " steps each in a process of its own. Process and heap: the most at any moment; the heap with garbage"
                + " in it.\nLive: what is left on the heap after collections.\n";
        return report(folder, "memory.txt", heading, table);
    }

    private ImageWorkload workload(Architecture network) {
        ImageWorkload usual = ImageWorkload.of(network);
        return usual.withBatchSize(batchSize != null ? batchSize : usual.batchSize() == 64 ? 128 : 512);
    }

    private Row row(Architecture network, boolean measured, Path folder) throws IOException {
        ImageWorkload workload = workload(network);
        String name = network + (measured ? "-measured" : "-plain");
        Path result = folder.resolve(name + ".txt");
        Path log = folder.resolve(name + ".log");
        List<String> arguments = new ArrayList<>(List.of(
                "benchmark",
                name(),
                "--network",
                network.toString(),
                "--batch-size",
                Integer.toString(workload.batchSize()),
                "--steps",
                Integer.toString(steps),
                "--into",
                result.toString()));
        if (measured) {
            arguments.add("--listener");
        }
        Process process = Jvm.command(arguments, log.toFile()).start();
        if (!Jvm.awaitEnd(process, Long.MAX_VALUE) || process.exitValue() != 0) {
            throw new IllegalStateException(
                    "The process that trained " + workload + " did not come to its end, see " + log);
        }
        double[] taken = Arrays.stream(Files.readString(result).trim().split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        Files.delete(result);
        Files.delete(log);
        return new Row(workload.toString(), measured, taken);
    }

    private String taken(ImageWorkload workload) throws InterruptedException {
        DataSet batch = workload.batch(1);
        Model network = workload.network(1);
        if (listener) {
            network.addListeners(
                    FisherListener.builder().everyIterations(1).failFast(true).build());
        }
        MemoryPeak peak = new MemoryPeak();
        peak.of(() -> {
            for (int step = 0; step < steps; step++) {
                ((NeuralNetwork) network).fit(batch);
            }
        });
        return Arrays.stream(new double[] {peak.process(), peak.heap(), MemoryPeak.live()})
                .mapToObj(Double::toString)
                .collect(Collectors.joining(" "));
    }
}
