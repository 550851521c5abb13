package io.dl4jext.fisher.arbiter;

import io.dl4jext.fisher.earlystopping.FisherTerminationCondition;
import io.dl4jext.fisher.internal.capture.Network;
import org.deeplearning4j.datasets.iterator.AsyncShieldDataSetIterator;
import org.deeplearning4j.datasets.iterator.AsyncShieldMultiDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends one candidate's training by ending its data. It is a listener so as to be found with the network. */
final class Ending extends BaseTrainingListener {

    private static final Logger log = LoggerFactory.getLogger(Ending.class);

    private final FisherTerminationCondition condition;
    private final int candidate;
    private boolean over;

    Ending(FisherTerminationCondition condition, int candidate) {
        this.condition = condition;
        this.candidate = candidate;
    }

    static Ending of(Model network) {
        return (Ending) Network.of(network).listeners().stream()
                .filter(listener -> listener instanceof Ending)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Expected the listeners that preProcess added"));
    }

    boolean isOver() {
        if (!over && condition.terminate(0, Double.NaN, true)) {
            over = true;
            log.info("Candidate {} is trained no further: {}", candidate, condition);
        }
        return over;
    }

    @Override
    public String toString() {
        return condition.toString();
    }

    /** @param data DL4J's iterators of either kind */
    Object endedBy(Object data) {
        if (data instanceof DataSetIterator) {
            return new EndingData((DataSetIterator) data);
        }
        if (data instanceof MultiDataSetIterator) {
            return new EndingMultiData((MultiDataSetIterator) data);
        }
        throw new IllegalArgumentException("Expected a DataSetIterator or a MultiDataSetIterator to train on, got "
                + (data == null ? null : data.getClass().getName()));
    }

    /** Without prefetching, which would go on for some batches. */
    private final class EndingData extends AsyncShieldDataSetIterator {

        EndingData(DataSetIterator data) {
            super(data);
        }

        @Override
        public boolean hasNext() {
            return !isOver() && super.hasNext();
        }
    }

    private final class EndingMultiData extends AsyncShieldMultiDataSetIterator {

        EndingMultiData(MultiDataSetIterator data) {
            super(data);
        }

        @Override
        public boolean hasNext() {
            return !isOver() && super.hasNext();
        }
    }
}
