package io.dl4jext.experiments.data;

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

    @Override
    public String toString() {
        return name + ": " + train.size() + " training and " + test.size() + " test examples, " + shape() + ", "
                + classes() + " classes";
    }
}
