package io.dl4jext.experiments.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A list of labelled examples of one shape, held in memory in whatever form is smallest. Immutable. */
public abstract class Examples implements Serializable {

    private static final long serialVersionUID = 1L;

    private final int channels;
    private final int height;
    private final int width;
    private final int classes;

    Examples(ImageShape shape, int classes) {
        this.channels = shape.channels();
        this.height = shape.height();
        this.width = shape.width();
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
        return new ImageShape(channels, height, width);
    }

    /** The number of classes, whether or not all of them occur. */
    public final int classes() {
        return classes;
    }

    /** A view of the first {@code count} examples. */
    public final Examples first(int count) {
        if (count < 1 || count > size()) {
            throw new IllegalArgumentException("expected 1 to " + size() + " examples, got " + count);
        }
        return count == size() ? this : new Head(this, count);
    }

    /** A view of {@code count} examples, drawn at random without replacement; all of them for the whole size. */
    public final Examples random(int count, long seed) {
        if (count < 1 || count > size()) {
            throw new IllegalArgumentException("expected 1 to " + size() + " examples, got " + count);
        }
        return count == size()
                ? this
                : new Selection(this, Arrays.copyOf(Shuffle.permutation(size(), new SplittableRandom(seed)), count));
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

    private static final class Head extends Examples {

        private static final long serialVersionUID = 1L;

        private final Examples all;
        private final int count;

        Head(Examples all, int count) {
            super(all.shape(), all.classes());
            this.all = all;
            this.count = count;
        }

        @Override
        public int size() {
            return count;
        }

        @Override
        public int label(int example) {
            if (example >= count) {
                throw new IndexOutOfBoundsException("example " + example + " of " + count);
            }
            return all.label(example);
        }

        @Override
        public void copyTo(int example, float[] target, int offset) {
            if (example >= count) {
                throw new IndexOutOfBoundsException("example " + example + " of " + count);
            }
            all.copyTo(example, target, offset);
        }
    }
}
