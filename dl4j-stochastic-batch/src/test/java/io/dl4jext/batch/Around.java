package io.dl4jext.batch;

import java.util.List;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Hands its iterator's batches on. */
class Around extends ListSource {

    private static final long serialVersionUID = 1L;

    private final transient DataSetIterator within;

    Around(DataSetIterator within) {
        super(List.of());
        this.within = within;
    }

    @Override
    public boolean hasNext() {
        return within.hasNext();
    }

    @Override
    public DataSet next() {
        return within.next();
    }

    @Override
    public boolean asyncSupported() {
        return false;
    }

    @Override
    public void reset() {
        within.reset();
    }
}
