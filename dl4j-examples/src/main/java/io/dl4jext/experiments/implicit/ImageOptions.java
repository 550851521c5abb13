package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.cli.UserError;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Mnist;
import java.io.IOException;
import java.nio.file.Path;
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

    /** How a task is made. */
    interface Maker {
        Task make(ImageSet data, int batchSize);
    }

    Task task(Maker maker) throws IOException {
        ImageSet data = directory == null ? Mnist.subset() : Mnist.read(directory);
        int size = data.train().size();
        if (limit != null) {
            UserError.require(limit >= 1 && limit <= size, "--limit", "1 to " + size + " (the training images)", limit);
            data = data.limitTrain(limit);
            size = limit;
        }
        UserError.require(
                batchSize >= 1 && batchSize <= size,
                "--batch-size",
                "1 to " + size + " (the training images)",
                batchSize);
        try {
            return maker.make(data, batchSize);
        } catch (IllegalArgumentException e) {
            throw new UserError("--data-dir: " + e.getMessage());
        }
    }
}
