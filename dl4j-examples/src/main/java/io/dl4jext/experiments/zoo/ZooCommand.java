package io.dl4jext.experiments.zoo;

import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.engine.Jvm;
import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.engine.UserError;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code zoo}: DL4J's zoo models with every piece of the pack. */
@Command(
        name = "zoo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Builds DL4J's zoo models from random initial parameters, with small inputs and five classes, and trains each some"
                    + " steps: with the Fisher listener (what it costs in time, and whether the sum over its Gram"
                    + " matrix is the squared norm of the gradient, as it must be), converted to implicit steps, with"
                    + " micro-batches, with the stochastic batch size and with AdaGrad.",
            "Prints a table and writes it, with a CSV file. Each model has a JVM of its own. A model that DL4J itself cannot train"
                    + " is named with DL4J's message."
        })
public final class ZooCommand extends ExperimentCommand {

    @Option(
            names = "--models",
            split = ",",
            paramLabel = "NAME",
            description = "Models: ${COMPLETION-CANDIDATES}. Default: all.")
    private Set<ZooModel> models = EnumSet.allOf(ZooModel.class);

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            defaultValue = "8",
            description = "Examples a step. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "5",
            description = "Steps that are timed, plain and measured ones in turn. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
            names = "--interval",
            paramLabel = "N",
            defaultValue = "50",
            description = "Of N more steps one is measured; they are timed together, against N plain ones in turn with"
                    + " them. Default: ${DEFAULT-VALUE}.")
    private int interval;

    @Option(
            names = "--pretrained",
            description =
                    "Models with the weights that DL4J has for them, on inputs of their size. DL4J downloads them to the"
                            + " user's home; where it cannot, or has none, the table says so.")
    private boolean pretrained;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed. Default: ${DEFAULT-VALUE}.")
    private long seed;

    /** Where the JVM that tries one model writes what came out. */
    @Option(names = "--row", hidden = true)
    private Path rowFile;

    @Override
    public Integer call() throws IOException {
        requireAtLeast(2, "--batch-size", batchSize);
        requireAtLeast(1, "--steps", steps);
        requireAtLeast(1, "--interval", interval);
        UserError.require(seed != 0, "--seed", "a whole number other than 0 (ND4J takes 0 for the time of day)", seed);
        if (rowFile != null) {
            new ObjectMapper()
                    .writeValue(
                            rowFile.toFile(),
                            new ZooTrial(models.iterator().next(), pretrained, batchSize, steps, interval, seed).run());
            return 0;
        }
        Path folder = folder("zoo");
        String heading = "batches of " + batchSize + ", " + steps + " steps, seed " + seed;
        print(heading);
        ZooReport report = new ZooReport(folder, interval);
        List<ZooRow> rows = new ArrayList<>();
        try (Progress progress = Progress.of(name(), models.size(), err())) {
            for (ZooModel model : models) {
                progress.started(model.toString());
                rows.add(tried(model, folder));
                report.write(rows);
                progress.advanced(1);
                progress.finished(ZooReport.line(rows.get(rows.size() - 1)));
            }
        }
        return report(folder, "table.txt", heading + "\n\n", report.text(rows));
    }

    private ZooRow tried(ZooModel model, Path folder) throws IOException {
        Path row = Files.createTempFile("zoo", ".json");
        File log = folder.resolve(model + ".log").toFile();
        List<String> arguments = new ArrayList<>(List.of(
                name(),
                "--models",
                model.toString(),
                "--batch-size",
                Integer.toString(batchSize),
                "--steps",
                Integer.toString(steps),
                "--interval",
                Integer.toString(interval),
                "--seed",
                Long.toString(seed),
                "--row",
                row.toString()));
        if (pretrained) {
            arguments.add("--pretrained");
        }
        Process process = Jvm.command(arguments, log).start();
        try {
            if (Jvm.awaitEnd(process, Long.MAX_VALUE) && process.exitValue() == 0) {
                return new ObjectMapper().readValue(row.toFile(), ZooRow.class);
            }
        } finally {
            Files.deleteIfExists(row);
        }
        ZooRow failed = new ZooRow();
        failed.model = model.toString();
        failed.batchSize = batchSize;
        failed.refusal = "did not come to its end, see " + log.getName();
        return failed;
    }
}
