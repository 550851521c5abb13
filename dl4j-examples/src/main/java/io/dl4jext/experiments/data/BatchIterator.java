package io.dl4jext.experiments.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Every example once an epoch, in batches that are made when they are asked for; the last one holds what is left. A
 * shuffled iterator takes a new order at every {@link #reset()} that follows a batch.
 */
public final class BatchIterator implements DataSetIterator {

    private static final long serialVersionUID = 1L;

    /** These examples together. */
    interface Source extends Function<int[], DataSet>, Serializable {}

    /** The examples in the order of an epoch. */
    interface Order extends IntFunction<int[]>, Serializable {}

    private final Source source;
    private final int inputs;
    private final int outputs;
    private final int batchSize;
    private final Order orders;
    private int[] order;
    private int epoch;
    private int cursor;
    private DataSetPreProcessor preProcessor;

    /**
     * An iterator.
     *
     * @param inputs values of an example's features
     * @param outputs values of its labels
     */
    BatchIterator(Source source, int inputs, int outputs, int batchSize, Order orders) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("expected a batch size of at least 1, got " + batchSize);
        }
        this.source = source;
        this.inputs = inputs;
        this.outputs = outputs;
        this.batchSize = batchSize;
        this.orders = orders;
        this.order = orders.apply(0);
    }

    private BatchIterator(Examples examples, Layout layout, int batchSize, Order orders) {
        this(chosen -> examples.batch(chosen, layout), examples.shape().size(), examples.classes(), batchSize, orders);
    }

    /** The examples in their own order. */
    public static BatchIterator inOrder(Examples examples, Layout layout, int batchSize) {
        int[] same = IntStream.range(0, examples.size()).toArray();
        return new BatchIterator(examples, layout, batchSize, epoch -> same);
    }

    /** The examples in another random order each epoch, which depends on the seed and the epoch's number alone. */
    public static BatchIterator shuffled(Examples examples, Layout layout, int batchSize, long seed) {
        int size = examples.size();
        return new BatchIterator(
                examples,
                layout,
                batchSize,
                epoch -> Shuffle.permutation(size, new SplittableRandom(seed + 0x9E3779B97F4A7C15L * epoch)));
    }

    /** How many batches an epoch has: ⌈examples / batch size⌉. */
    public int batches() {
        return (order.length + batchSize - 1) / batchSize;
    }

    @Override
    public boolean hasNext() {
        return cursor < order.length;
    }

    @Override
    public DataSet next() {
        return next(batchSize);
    }

    @Override
    public DataSet next(int num) {
        if (!hasNext()) {
            throw new NoSuchElementException("the epoch is over after " + order.length + " examples: call reset()");
        }
        if (num < 1) {
            throw new IllegalArgumentException("expected at least 1 example, got " + num);
        }
        int end = Math.min(order.length, cursor + num);
        DataSet batch = source.apply(Arrays.copyOfRange(order, cursor, end));
        cursor = end;
        if (preProcessor != null) {
            preProcessor.preProcess(batch);
        }
        return batch;
    }

    @Override
    public void reset() {
        if (cursor > 0) {
            epoch++;
            cursor = 0;
            order = orders.apply(epoch);
        }
    }

    @Override
    public int inputColumns() {
        return inputs;
    }

    @Override
    public int totalOutcomes() {
        return outputs;
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
