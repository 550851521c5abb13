package io.dl4jext.stochastic;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Ready batches one after the other. */
final class ListIterator implements DataSetIterator {

    private final List<DataSet> batches;
    private final CountDownLatch ready;
    private int next;

    ListIterator(List<DataSet> batches) {
        this(batches, new CountDownLatch(0));
    }

    /** @param ready what the first batch waits for */
    ListIterator(List<DataSet> batches, CountDownLatch ready) {
        this.batches = batches;
        this.ready = ready;
    }

    @Override
    public boolean hasNext() {
        return next < batches.size();
    }

    @Override
    public DataSet next() {
        try {
            ready.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return batches.get(next++);
    }

    @Override
    public DataSet next(int number) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int inputColumns() {
        return batches.get(0).numInputs();
    }

    @Override
    public int totalOutcomes() {
        return batches.get(0).numOutcomes();
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    @Override
    public boolean asyncSupported() {
        return false;
    }

    @Override
    public void reset() {
        next = 0;
    }

    @Override
    public int batch() {
        return batches.get(0).numExamples();
    }

    @Override
    public void setPreProcessor(DataSetPreProcessor preProcessor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DataSetPreProcessor getPreProcessor() {
        return null;
    }

    @Override
    public List<String> getLabels() {
        return null;
    }
}
