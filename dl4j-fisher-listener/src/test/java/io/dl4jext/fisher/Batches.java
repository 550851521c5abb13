package io.dl4jext.fisher;

import java.util.List;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Cuts a data set into mini-batches; the last one holds what is left. (DL4J's own iterator moved between versions.) */
final class Batches implements DataSetIterator {

    private static final long serialVersionUID = 1L;

    private final transient DataSet all;
    private final int batch;
    private int cursor;

    Batches(DataSet all, int batch) {
        this.all = all;
        this.batch = batch;
    }

    @Override
    public boolean hasNext() {
        return cursor < all.numExamples();
    }

    @Override
    public DataSet next() {
        return next(batch);
    }

    @Override
    public DataSet next(int count) {
        int end = Math.min(all.numExamples(), cursor + count);
        DataSet next = (DataSet) all.getRange(cursor, end);
        cursor = end;
        return next;
    }

    @Override
    public void reset() {
        cursor = 0;
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    @Override
    public boolean asyncSupported() {
        return true;
    }

    @Override
    public int batch() {
        return batch;
    }

    @Override
    public int inputColumns() {
        return -1;
    }

    @Override
    public int totalOutcomes() {
        return -1;
    }

    @Override
    public List<String> getLabels() {
        return null;
    }

    @Override
    public void setPreProcessor(DataSetPreProcessor preProcessor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DataSetPreProcessor getPreProcessor() {
        return null;
    }
}
