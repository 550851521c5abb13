package io.dl4jext.experiments.network;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.RandomImages;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;

/** A network of images, a shape of image and a batch size, with ten classes. */
public final class ImageWorkload implements Workload {

    private static final int CLASSES = 10;

    private final Architecture architecture;
    private final ImageShape shape;
    private final int batchSize;

    private ImageWorkload(Architecture architecture, ImageShape shape, int batchSize) {
        this.architecture = architecture;
        this.shape = shape;
        this.batchSize = batchSize;
    }

    /**
     * The usual size: 1×28×28 and batches of 128 for {@code mlp} and {@code lenet}, 3×32×32 and 64 for {@code resnet8}
     * and the {@code vgg}s.
     */
    public static ImageWorkload of(Architecture architecture) {
        return architecture == Architecture.RESNET8
                        || architecture == Architecture.VGG
                        || architecture == Architecture.VGG_QUARTER
                ? new ImageWorkload(architecture, new ImageShape(3, 32, 32), 64)
                : new ImageWorkload(architecture, new ImageShape(1, 28, 28), 128);
    }

    public ImageShape shape() {
        return shape;
    }

    public int classes() {
        return CLASSES;
    }

    @Override
    public ImageWorkload withBatchSize(Integer size) {
        return size == null ? this : new ImageWorkload(architecture, shape, size);
    }

    public Architecture architecture() {
        return architecture;
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Model network(IUpdater updater, long seed) {
        return architecture.create(shape, CLASSES, updater, seed, DataType.FLOAT);
    }

    @Override
    public DataSet batch(long seed) {
        return BatchIterator.inOrder(RandomImages.of(shape, CLASSES, batchSize, seed), architecture.layout(), batchSize)
                .next();
    }

    @Override
    public String toString() {
        return architecture + " " + shape + ", batch " + batchSize;
    }
}
