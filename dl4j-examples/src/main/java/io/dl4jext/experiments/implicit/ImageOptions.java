package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Mnist;
import io.dl4jext.experiments.engine.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiFunction;
import picocli.CommandLine.Option;

/** The options of the experiments on MNIST. */
final class ImageOptions {

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description =
                    "Folder with MNIST's IDX files (plain or .gz). Default: the first 6,000 training images, which"
                            + " come with the program.")
    private Path directory;

    @Option(names = "--limit", paramLabel = "N", description = "Use the first N training images only.")
    private Integer limit;

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            defaultValue = "100",
            description = "Images a step. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    Task task(BiFunction<ImageSet, Integer, Task> maker) throws IOException {
        ImageSet data = directory == null ? Mnist.subset() : Mnist.read(directory);
        int size = data.train().size();
        if (limit != null) {
            requireWithin(size, "--limit", limit);
            data = data.limitTrain(limit);
        }
        requireWithin(data.train().size(), "--batch-size", batchSize);
        try {
            return maker.apply(data, batchSize);
        } catch (IllegalArgumentException e) {
            throw new UserError("--data-dir: " + e.getMessage());
        }
    }

    private static void requireWithin(int size, String option, int value) {
        UserError.require(value >= 1 && value <= size, option, "1 to " + size + " (the training images)", value);
    }
}
