package io.dl4jext.experiments.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** A list of labelled examples of one shape, held in memory in whatever form is smallest. Immutable. */
public abstract class Examples implements Serializable {

    private static final long serialVersionUID = 1L;

    private final ImageShape shape;
    private final int classes;

    Examples(ImageShape shape, int classes) {
        this.shape = shape;
        this.classes = classes;
    }

    /** How many examples there are. */
    public abstract int size();

    /** The class of an example, 0 ≤ label &lt; {@link #classes()}. */
    public abstract int label(int example);

    /** Writes the example's {@code shape().size()} values (channel by channel, row by row) from {@code offset} on. */
    public abstract void copyTo(int example, float[] target, int offset);

    /** The shape of every example. */
    public final ImageShape shape() {
        return shape;
    }

    /** The number of classes, whether or not all of them occur. */
    public final int classes() {
        return classes;
    }

    /** The first {@code count} examples. */
    public final Examples first(int count) {
        return select(IntStream.range(0, count).toArray());
    }

    /** {@code count} examples, drawn at random without replacement; all of them for the whole size. */
    public final Examples random(int count, long seed) {
        return select(Arrays.copyOf(
                count == size() ? new int[count] : Shuffle.permutation(size(), new SplittableRandom(seed)), count));
    }

    /** A view of these examples; this if they are as many as there are. */
    final Examples select(int[] chosen) {
        if (chosen.length < 1 || chosen.length > size()) {
            throw new IllegalArgumentException("expected 1 to " + size() + " examples, got " + chosen.length);
        }
        return chosen.length == size() ? this : new Selection(this, chosen);
    }

    /** As DL4J takes them: features as floats in this layout, labels one-hot. */
    final BatchIterator.Source in(Layout layout) {
        return new Source(this, layout);
    }

    private static final class Source implements BatchIterator.Source {

        private static final long serialVersionUID = 1L;

        private final Examples examples;
        private final Layout layout;

        Source(Examples examples, Layout layout) {
            this.examples = examples;
            this.layout = layout;
        }

        @Override
        public int size() {
            return examples.size();
        }

        @Override
        public DataSet batch(int[] chosen) {
            int size = chosen.length;
            int length = examples.shape.size();
            float[] features = new float[Math.multiplyExact(size, length)];
            float[] labels = new float[size * examples.classes];
            for (int i = 0; i < size; i++) {
                examples.copyTo(chosen[i], features, i * length);
                labels[i * examples.classes + examples.label(chosen[i])] = 1;
            }
            ImageShape image = examples.shape;
            long[] shape = layout == Layout.FLAT
                    ? new long[] {size, length}
                    : new long[] {size, image.channels(), image.height(), image.width()};
            return new DataSet(
                    Nd4j.create(features, shape, 'c'), Nd4j.create(labels, new long[] {size, examples.classes}, 'c'));
        }

        @Override
        public int inputs() {
            return examples.shape.size();
        }

        @Override
        public int outputs() {
            return examples.classes;
        }
    }

    private static final class Selection extends Examples {

        private static final long serialVersionUID = 1L;

        private final Examples all;
        private final int[] chosen;

        Selection(Examples all, int[] chosen) {
            super(all.shape(), all.classes());
            this.all = all;
            this.chosen = chosen;
        }

        @Override
        public int size() {
            return chosen.length;
        }

        @Override
        public int label(int example) {
            return all.label(chosen[example]);
        }

        @Override
        public void copyTo(int example, float[] target, int offset) {
            all.copyTo(chosen[example], target, offset);
        }
    }
}
