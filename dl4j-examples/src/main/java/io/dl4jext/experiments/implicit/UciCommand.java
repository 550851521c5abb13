package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.data.CsvTable;
import io.dl4jext.experiments.data.Digits;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.engine.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code implicit uci}: tables of numbers with a class. */
@Command(
        name = "uci",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        defaultValueProvider = RateSweepCommand.Defaults.class,
        description =
                "Classifies the rows of tables with three arctan layers as wide as the table, which are implicit, and a"
                        + " softmax. Rates, epochs and the random split are those of the paper on 121 tables of the UCI repository.")
final class UciCommand extends RateSweepCommand {

    @Option(
            names = "--file",
            split = ",",
            paramLabel = "FILE",
            description = "Tables of numbers, label last, header optional (plain or .gz); features are standardised."
                    + " Default: the UCI digits that come with the program.")
    private List<Path> files = List.of();

    @Option(
            names = "--missing",
            paramLabel = "WHAT",
            defaultValue = "error",
            description =
                    "What to do about missing values (empty cells or ?): ${COMPLETION-CANDIDATES}; drop leaves the row"
                            + " out, mean takes the feature's mean. Default: ${DEFAULT-VALUE}.")
    private CsvTable.Missing missing;

    @Option(
            names = "--split",
            paramLabel = "PART",
            defaultValue = "0.8",
            description =
                    "Part of the rows, drawn at random with the first seed, to train on. Default: ${DEFAULT-VALUE}.")
    private double split;

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            defaultValue = "100",
            description = "Rows a step. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--weights",
            paramLabel = "NAME",
            defaultValue = "small",
            description =
                    "Initial weights: small (uniform in +-0.1 in the arctan layers, as in the authors' program: these give"
                            + " the paper's table) or xavier (as the paper says). Default: ${DEFAULT-VALUE}.")
    private InitialWeights weights;

    UciCommand() {
        super("0.001,0.01,0.1,0.5,1,3,5,10,30,50", "5", "10", "explicit,implicit,implicit-scaled", "1");
    }

    @Override
    List<Task> tasks(long seed) throws IOException {
        UserError.require(split > 0 && split < 1, "--split", "more than 0 and less than 1", split);
        UserError.require(batchSize >= 1, "--batch-size", "at least 1", batchSize);
        List<Task> tasks = new ArrayList<>();
        for (Path file : files) {
            tasks.add(task(CsvTable.read(file, 1 - split, seed, missing)));
        }
        if (tasks.isEmpty()) {
            tasks.add(task(Digits.standardised(1 - split, seed)));
        }
        long names = tasks.stream().map(task -> task.name).distinct().count();
        UserError.require(names == tasks.size(), "--file", "tables of different names", files);
        return tasks;
    }

    private Task task(ImageSet data) {
        return Task.table(data, batchSize, weights);
    }
}
