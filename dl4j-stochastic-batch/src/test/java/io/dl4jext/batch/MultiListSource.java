package io.dl4jext.batch;

import java.util.List;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** Hands out given multi data sets. */
class MultiListSource implements MultiDataSetIterator {

    private static final long serialVersionUID = 1L;

    private final transient List<? extends MultiDataSet> batches;
    private transient MultiDataSetPreProcessor preProcessor;
    private int at;
    private int failures;
    private int failureAt = -1;

    MultiListSource(List<? extends MultiDataSet> batches) {
        this.batches = batches;
    }

    /** Throws that many times instead of giving batch {@code index}. */
    MultiListSource failingAt(int index, int times) {
        failureAt = index;
        failures = times;
        return this;
    }

    @Override
    public boolean hasNext() {
        return at < batches.size();
    }

    @Override
    public MultiDataSet next() {
        if (at == failureAt && failures > 0) {
            failures--;
            throw new IllegalStateException("source failed on purpose");
        }
        MultiDataSet next = batches.get(at++);
        if (preProcessor != null) {
            preProcessor.preProcess(next);
        }
        return next;
    }

    @Override
    public MultiDataSet next(int num) {
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
