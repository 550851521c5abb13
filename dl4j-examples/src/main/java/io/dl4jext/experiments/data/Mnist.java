package io.dl4jext.experiments.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * MNIST and its drop-in relatives (Fashion-MNIST and the like): 28×28 grey images in ten classes, as IDX files under
 * their usual names ({@code train-images-idx3-ubyte} and so on), plain or with {@code .gz}.
 */
public final class Mnist {

    private static final int CLASSES = 10;

    private Mnist() {}

    /** The first 6,000 training and 1,000 test images, which come with this program. */
    public static ImageSet subset() throws IOException {
        try (DataFile trainImages = DataFile.resource("mnist/train-images-idx3-ubyte.gz");
                DataFile trainLabels = DataFile.resource("mnist/train-labels-idx1-ubyte.gz");
                DataFile testImages = DataFile.resource("mnist/t10k-images-idx3-ubyte.gz");
                DataFile testLabels = DataFile.resource("mnist/t10k-labels-idx1-ubyte.gz")) {
            return new ImageSet(
                    "mnist-subset",
                    IdxImages.read(trainImages, trainLabels, CLASSES),
                    IdxImages.read(testImages, testLabels, CLASSES));
        }
    }

    /**
     * The four files in {@code directory}.
     *
     * @throws DataFileException when one is missing, truncated or of another kind
     */
    public static ImageSet read(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new DataFileException(directory, "expected a folder with MNIST's four IDX files, found none");
        }
        Examples train = pair(directory, "train-images-idx3-ubyte", "train-labels-idx1-ubyte");
        Examples test = pair(directory, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");
        if (!train.shape().equals(test.shape())) {
            throw new DataFileException(
                    directory,
                    "expected test images of " + train.shape() + " like the training images, found " + test.shape());
        }
        return new ImageSet("mnist", train, test);
    }

    private static Examples pair(Path directory, String images, String labels) throws IOException {
        try (DataFile imageFile = open(directory, images);
                DataFile labelFile = open(directory, labels)) {
            return IdxImages.read(imageFile, labelFile, CLASSES);
        }
    }

    private static DataFile open(Path directory, String name) throws IOException {
        Path plain = directory.resolve(name);
        if (Files.exists(plain)) {
            return DataFile.open(plain);
        }
        Path zipped = directory.resolve(name + ".gz");
        if (Files.exists(zipped)) {
            return DataFile.open(zipped);
        }
        throw new DataFileException(directory, "expected a file " + name + " or " + name + ".gz, found neither");
    }
}
