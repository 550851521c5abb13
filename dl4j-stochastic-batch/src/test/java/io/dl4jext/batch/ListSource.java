package io.dl4jext.batch;

import java.util.List;
import java.util.NoSuchElementException;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Hands out given data sets, and can be made to fail. */
class ListSource implements DataSetIterator {

    private static final long serialVersionUID = 1L;

    private final transient List<DataSet> batches;
    private final boolean resettable;
    private transient DataSetPreProcessor preProcessor;
    private int at;
    private int failures;
    private int failureAt = -1;
    int resets;

    ListSource(List<DataSet> batches) {
        this(batches, true);
    }

    ListSource(List<DataSet> batches, boolean resettable) {
        this.batches = batches;
        this.resettable = resettable;
    }

    /** Throws that many times instead of giving batch {@code index}. */
    ListSource failingAt(int index, int times) {
        failureAt = index;
        failures = times;
        return this;
    }

    int drawn() {
        return at;
    }

    @Override
    public boolean hasNext() {
        return at < batches.size();
    }

    @Override
    public DataSet next() {
        if (at == failureAt && failures > 0) {
            failures--;
            throw new IllegalStateException("source failed on purpose");
        }
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        DataSet next = batches.get(at++);
        if (preProcessor != null) {
            preProcessor.preProcess(next);
        }
        return next;
    }

    @Override
    public DataSet next(int num) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int inputColumns() {
        return 11;
    }

    @Override
    public int totalOutcomes() {
        return 22;
    }

    @Override
    public boolean resetSupported() {
        return resettable;
    }

    @Override
    public boolean asyncSupported() {
        return true;
    }

    @Override
    public void reset() {
        if (!resettable) {
            throw new UnsupportedOperationException();
        }
        at = 0;
        resets++;
    }

    @Override
    public int batch() {
        return 33;
    }

    @Override
    public void setPreProcessor(DataSetPreProcessor preProcessor) {
        this.preProcessor = preProcessor;
    }

    @Override
    public DataSetPreProcessor getPreProcessor() {
        return preProcessor;
    }

    @Override
    public List<String> getLabels() {
        return List.of("a", "b");
    }
}
