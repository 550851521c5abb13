package io.dl4jext.experiments.data;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Every example once an epoch, in batches; the last batch holds what is left. Arrays are made when a batch is asked
 * for: features as floats in the chosen {@link Layout}, labels one-hot.
 *
 * <p>A shuffled iterator takes a new order at every {@link #reset()} that follows a batch; the order depends on the seed
 * and on the number of that epoch, nothing else.
 */
public final class BatchIterator implements DataSetIterator {

    private static final long serialVersionUID = 1L;

    private final Examples examples;
    private final Layout layout;
    private final int batchSize;
    private final Long seed;
    private int[] order;
    private int epoch;
    private int cursor;
    private DataSetPreProcessor preProcessor;

    private BatchIterator(Examples examples, Layout layout, int batchSize, Long seed) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("expected a batch size of at least 1, got " + batchSize);
        }
        this.examples = examples;
        this.layout = layout;
        this.batchSize = batchSize;
        this.seed = seed;
        startEpoch();
    }

    /** The examples in their own order. */
    public static BatchIterator inOrder(Examples examples, Layout layout, int batchSize) {
        return new BatchIterator(examples, layout, batchSize, null);
    }

    /** The examples in another random order each epoch. */
    public static BatchIterator shuffled(Examples examples, Layout layout, int batchSize, long seed) {
        return new BatchIterator(examples, layout, batchSize, seed);
    }

    /** How many batches an epoch has: ⌈examples / batch size⌉. */
    public int batches() {
        return (examples.size() + batchSize - 1) / batchSize;
    }

    @Override
    public boolean hasNext() {
        return cursor < examples.size();
    }

    @Override
    public DataSet next() {
        return next(batchSize);
    }

    @Override
    public DataSet next(int num) {
        if (!hasNext()) {
            throw new NoSuchElementException("the epoch is over after " + examples.size() + " examples: call reset()");
        }
        if (num < 1) {
            throw new IllegalArgumentException("expected at least 1 example, got " + num);
        }
        int size = Math.min(num, examples.size() - cursor);
        ImageShape shape = examples.shape();
        int length = shape.size();
        float[] features = new float[Math.multiplyExact(size, length)];
        float[] labels = new float[size * examples.classes()];
        for (int i = 0; i < size; i++) {
            int example = order == null ? cursor + i : order[cursor + i];
            examples.copyTo(example, features, i * length);
            labels[i * examples.classes() + examples.label(example)] = 1;
        }
        cursor += size;
        long[] featureShape = layout == Layout.FLAT
                ? new long[] {size, length}
                : new long[] {size, shape.channels(), shape.height(), shape.width()};
        DataSet batch = new DataSet(array(features, featureShape), array(labels, size, examples.classes()));
        if (preProcessor != null) {
            preProcessor.preProcess(batch);
        }
        return batch;
    }

    private static INDArray array(float[] values, long... shape) {
        return Nd4j.create(values, shape, 'c');
    }

    @Override
    public void reset() {
        if (cursor > 0) {
            epoch++;
            startEpoch();
        }
    }

    private void startEpoch() {
        cursor = 0;
        if (seed != null) {
            order = Shuffle.permutation(examples.size(), new SplittableRandom(seed + 0x9E3779B97F4A7C15L * epoch));
        }
    }

    @Override
    public int inputColumns() {
        return examples.shape().size();
    }

    @Override
    public int totalOutcomes() {
        return examples.classes();
    }

    @Override
    public int batch() {
        return batchSize;
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    /** False: everything is in memory, a prefetching thread would only compete with the training for the processor. */
    @Override
    public boolean asyncSupported() {
        return false;
    }

    @Override
    public void setPreProcessor(DataSetPreProcessor preProcessor) {
        this.preProcessor = preProcessor;
    }

    @Override
    public DataSetPreProcessor getPreProcessor() {
        return preProcessor;
    }

    /** Null: the classes have numbers only. */
    @Override
    public List<String> getLabels() {
        return null;
    }
}
