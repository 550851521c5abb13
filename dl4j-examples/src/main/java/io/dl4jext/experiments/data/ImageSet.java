package io.dl4jext.experiments.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/** A data set: training and test examples of the same shape and classes. Immutable. */
public final class ImageSet {

    private final String name;
    private final Examples train;
    private final Examples test;

    /** Both parts must agree in shape and number of classes. */
    public ImageSet(String name, Examples train, Examples test) {
        if (!train.shape().equals(test.shape()) || train.classes() != test.classes()) {
            throw new IllegalArgumentException(name + ": training examples are " + train.shape() + " in "
                    + train.classes() + " classes, test examples " + test.shape() + " in " + test.classes());
        }
        this.name = name;
        this.train = train;
        this.test = test;
    }

    /** A short name for headings and folders. */
    public String name() {
        return name;
    }

    public Examples train() {
        return train;
    }

    public Examples test() {
        return test;
    }

    public int classes() {
        return train.classes();
    }

    public ImageShape shape() {
        return train.shape();
    }

    /** The same set with the first {@code count} training examples only. */
    public ImageSet limitTrain(int count) {
        return new ImageSet(name, train.first(count), test);
    }

    /**
     * Half of the test examples, drawn at random (always the same), as this set's test examples, and the other half as
     * the other's: so what is chosen can be chosen on examples on which nothing is tested.
     *
     * @return a set for choosing, and one for testing
     * @throws IllegalArgumentException when there is only one test example
     */
    public ImageSet[] forChoosingAndTesting() {
        int size = test.size();
        if (size < 2) {
            throw new IllegalArgumentException(
                    "expected at least 2 test examples, one to choose by and one to test with");
        }
        int[] order = Shuffle.permutation(size, new SplittableRandom(1));
        return new ImageSet[] {
            new ImageSet(name, train, test.select(Arrays.copyOfRange(order, 0, size / 2))),
            new ImageSet(name, train, test.select(Arrays.copyOfRange(order, size / 2, size)))
        };
    }

    @Override
    public String toString() {
        return name + ": " + train.size() + " training and " + test.size() + " test examples, " + shape() + ", "
                + classes() + " classes";
    }
}
