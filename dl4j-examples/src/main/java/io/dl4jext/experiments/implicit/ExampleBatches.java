package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Examples;
import io.dl4jext.experiments.data.Layout;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;

/** Labelled examples in batches, as a {@link Task} wants them. */
final class ExampleBatches {

    private static final int LOSS_BATCH = 500;

    private final Examples examples;
    private final Layout layout;
    private final int batchSize;
    private final DataSetPreProcessor preProcessor;

    /** @param preProcessor what is done to each batch, or null */
    ExampleBatches(Examples examples, Layout layout, int batchSize, DataSetPreProcessor preProcessor) {
        this.examples = examples;
        this.layout = layout;
        this.batchSize = batchSize;
        this.preProcessor = preProcessor;
    }

    int steps() {
        return (examples.size() + batchSize - 1) / batchSize;
    }

    Iterable<DataSet> shuffled(long seed) {
        return epochs(BatchIterator.shuffled(examples, layout, batchSize, seed));
    }

    Iterable<DataSet> inOrder() {
        return epochs(BatchIterator.inOrder(examples, layout, LOSS_BATCH));
    }

    private Iterable<DataSet> epochs(BatchIterator batches) {
        batches.setPreProcessor(preProcessor);
        return () -> {
            batches.reset();
            return batches;
        };
    }
}
