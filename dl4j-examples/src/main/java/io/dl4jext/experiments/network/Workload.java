package io.dl4jext.experiments.network;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.RandomImages;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** A network, a shape of image and a batch size on which speed is measured, with random data in ten classes. Immutable. */
public final class Workload {

    private static final int CLASSES = 10;
    private static final double LEARNING_RATE = 0.01;

    private final Architecture architecture;
    private final ImageShape shape;
    private final int batchSize;

    private Workload(Architecture architecture, ImageShape shape, int batchSize) {
        this.architecture = architecture;
        this.shape = shape;
        this.batchSize = batchSize;
    }

    /** The networks whose speed is known and compared: all but VGG. */
    public static List<Architecture> measured() {
        return List.of(Architecture.MLP, Architecture.LENET, Architecture.RESNET8);
    }

    /** The usual size: 1×28×28 and batches of 128 for {@code mlp} and {@code lenet}, 3×32×32 and 64 for {@code resnet8} and {@code vgg}. */
    public static Workload of(Architecture architecture) {
        return architecture == Architecture.RESNET8 || architecture == Architecture.VGG
                ? new Workload(architecture, new ImageShape(3, 32, 32), 64)
                : new Workload(architecture, new ImageShape(1, 28, 28), 128);
    }

    public ImageShape shape() {
        return shape;
    }

    public int classes() {
        return CLASSES;
    }

    /** The same with another batch size; null for the usual one. */
    public Workload withBatchSize(Integer size) {
        return size == null ? this : new Workload(architecture, shape, size);
    }

    public Architecture architecture() {
        return architecture;
    }

    public int batchSize() {
        return batchSize;
    }

    /** A new network: FLOAT, plain SGD. */
    public Model network(long seed) {
        return network(new Sgd(LEARNING_RATE), seed);
    }

    /** A new network: FLOAT. */
    public Model network(IUpdater updater, long seed) {
        return architecture.create(shape, CLASSES, updater, seed, DataType.FLOAT);
    }

    /** A ready batch. */
    public DataSet batch(long seed) {
        return BatchIterator.inOrder(RandomImages.of(shape, CLASSES, batchSize, seed), architecture.layout(), batchSize)
                .next();
    }

    @Override
    public String toString() {
        return architecture + " " + shape + ", batch " + batchSize;
    }
}
