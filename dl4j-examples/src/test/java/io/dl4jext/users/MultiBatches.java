package io.dl4jext.users;

import java.util.List;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** Hands out given batches. (DL4J has no such iterator for MultiDataSets that can be reset.) */
final class MultiBatches implements MultiDataSetIterator {

    private static final long serialVersionUID = 1L;

    private final transient List<? extends MultiDataSet> batches;
    private transient MultiDataSetPreProcessor preProcessor;
    private int at;

    MultiBatches(List<? extends MultiDataSet> batches) {
        this.batches = batches;
    }

    @Override
    public boolean hasNext() {
        return at < batches.size();
    }

    @Override
    public MultiDataSet next() {
        MultiDataSet next = batches.get(at++);
        if (preProcessor != null) {
            preProcessor.preProcess(next);
        }
        return next;
    }

    @Override
    public MultiDataSet next(int count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setPreProcessor(MultiDataSetPreProcessor preProcessor) {
        this.preProcessor = preProcessor;
    }

    @Override
    public MultiDataSetPreProcessor getPreProcessor() {
        return preProcessor;
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
    public void reset() {
        at = 0;
    }
}
