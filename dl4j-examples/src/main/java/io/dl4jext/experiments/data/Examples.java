package io.dl4jext.experiments.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** A list of labelled examples of one shape, held in memory in whatever form is smallest. Immutable. */
public final class Examples implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Where the values of the examples are. */
    private interface Values extends Serializable {
        void copyTo(int example, float[] target, int offset);
    }

    private final ImageShape shape;
    private final int classes;
    private final int[] labels;
    private final Values values;

    private Examples(ImageShape shape, int classes, int[] labels, Values values) {
        this.shape = shape;
        this.classes = classes;
        this.labels = labels;
        this.values = values;
    }

    /** Examples as floats, one after the other. */
    static Examples ofFloats(ImageShape shape, int classes, float[] floats, int[] labels) {
        int size = shape.size();
        return new Examples(
                shape,
                classes,
                labels,
                (example, target, offset) -> System.arraycopy(floats, example * size, target, offset, size));
    }

    /**
     * Images as the unsigned bytes of their file, 0..255; scaled to 0..1 when they are copied out. Image i starts at
     * {@code bytes[i * stride + firstPixel]}: in CIFAR-10 files a record begins with its label.
     *
     * @param labels one class a record; its length is the number of examples
     */
    static Examples ofBytes(ImageShape shape, int classes, byte[] bytes, int firstPixel, int stride, byte[] labels) {
        int size = shape.size();
        int[] numbers =
                IntStream.range(0, labels.length).map(i -> labels[i] & 0xff).toArray();
        return new Examples(shape, classes, numbers, (example, target, offset) -> {
            int from = example * stride + firstPixel;
            for (int i = 0; i < size; i++) {
                target[offset + i] = (bytes[from + i] & 0xff) * (1f / 255f);
            }
        });
    }

    /** How many examples there are. */
    public int size() {
        return labels.length;
    }

    /** How many batches of this size an epoch has, the last one with what is left. */
    public int batches(int batchSize) {
        return (size() + batchSize - 1) / batchSize;
    }

    /** The class of an example, 0 ≤ label &lt; {@link #classes()}. */
    public int label(int example) {
        return labels[example];
    }

    /** Writes the example's {@code shape().size()} values (channel by channel, row by row) from {@code offset} on. */
    public void copyTo(int example, float[] target, int offset) {
        values.copyTo(example, target, offset);
    }

    /** The shape of every example. */
    public ImageShape shape() {
        return shape;
    }

    /** The number of classes, whether or not all of them occur. */
    public int classes() {
        return classes;
    }

    /** The first {@code count} examples. */
    public Examples first(int count) {
        return select(IntStream.range(0, count).toArray());
    }

    /** {@code count} examples, drawn at random without replacement; all of them for the whole size. */
    public Examples random(int count, long seed) {
        return select(Arrays.copyOf(
                count == size() ? new int[count] : Shuffle.permutation(size(), new SplittableRandom(seed)), count));
    }

    /** A view of these examples; this if they are as many as there are. */
    Examples select(int[] chosen) {
        if (chosen.length < 1 || chosen.length > size()) {
            throw new IllegalArgumentException("expected 1 to " + size() + " examples, got " + chosen.length);
        }
        return chosen.length == size()
                ? this
                : new Examples(
                        shape,
                        classes,
                        Arrays.stream(chosen).map(this::label).toArray(),
                        (example, target, offset) -> copyTo(chosen[example], target, offset));
    }

    /** As DL4J takes them: features as floats in this layout, labels one-hot. */
    DataSet batch(int[] chosen, Layout layout) {
        int size = chosen.length;
        int length = shape.size();
        float[] features = new float[Math.multiplyExact(size, length)];
        float[] oneHot = new float[size * classes];
        for (int i = 0; i < size; i++) {
            copyTo(chosen[i], features, i * length);
            oneHot[i * classes + label(chosen[i])] = 1;
        }
        long[] featureShape = layout == Layout.FLAT
                ? new long[] {size, length}
                : new long[] {size, shape.channels(), shape.height(), shape.width()};
        return new DataSet(
                Nd4j.create(features, featureShape, 'c'), Nd4j.create(oneHot, new long[] {size, classes}, 'c'));
    }
}
