package io.dl4jext.batch;

import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.Objects;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * {@link DynamicBatchIterator} for networks with several inputs or outputs: hands out the examples of any other
 * {@code MultiDataSetIterator} in batches of scheduled sizes. All that is said there holds for every features and labels
 * array here.
 *
 * <pre>{@code
 * DynamicMultiBatchIterator batches = DynamicMultiBatchIterator.of(pairs, BatchSchedule.named("s16-to-64", 40)).build();
 * batches.attachTo(graph);
 * graph.fit(batches, 40);
 * }</pre>
 */
public final class DynamicMultiBatchIterator implements MultiDataSetIterator {

    private static final long serialVersionUID = 1L;

    private final MultiDataSetIterator source;
    private final transient Rebatcher rebatcher;
    private final transient ProgressListener listener;
    private final transient String settings;
    private MultiDataSetPreProcessor preProcessor;

    private DynamicMultiBatchIterator(Builder builder) {
        this.source = builder.source;
        this.rebatcher = builder.rebatcher(new Source(source));
        this.listener = rebatcher.listener();
        this.settings = builder.settings(builder.source);
    }

    /**
     * Begins an iterator over a source.
     *
     * @param source any iterator; its position now is where the first pass begins
     * @param sizes a {@link BatchSchedule} or a controller
     */
    public static Builder of(MultiDataSetIterator source, BatchSizes sizes) {
        return new Builder(source, sizes);
    }

    /**
     * The next batch, of the size scheduled for it; or the next part of it, see
     * {@link Builder#maxExamplesInMemory(int)}.
     *
     * @throws java.util.NoSuchElementException if none is left
     * @throws IllegalStateException if the size asked for is not positive, or the source gives null, an empty batch, or
     *     arrays that do not fit together; the message says where
     */
    @Override
    public MultiDataSet next() {
        return rebatcher.next(this::multiDataSet);
    }

    /**
     * A batch of that many examples, or fewer at the end, outside the schedule. It counts as an iteration.
     *
     * @throws java.util.NoSuchElementException if no example is left
     */
    @Override
    public MultiDataSet next(int examples) {
        return rebatcher.next(examples, this::multiDataSet);
    }

    private MultiDataSet multiDataSet(Examples examples) {
        Examples mine = preProcessor == null ? examples : examples.owned();
        MultiDataSet out = new org.nd4j.linalg.dataset.MultiDataSet(
                mine.features(),
                mine.labels().length == 0 ? null : mine.labels(),
                noneAsNull(mine.featureMasks()),
                noneAsNull(mine.labelMasks()),
                mine.metaData());
        if (preProcessor != null) {
            preProcessor.preProcess(out);
        }
        return out;
    }

    private static INDArray[] noneAsNull(INDArray[] masks) {
        return Arrays.stream(masks).allMatch(Objects::isNull) ? null : masks;
    }

    /** Asks for the size of the next batch only where {@link LastBatch#DROP} or CARRY needs it to tell. */
    @Override
    public boolean hasNext() {
        return rebatcher.hasNext();
    }

    /**
     * Begins the source anew.
     *
     * @throws UnsupportedOperationException if the source cannot be
     */
    @Override
    public void reset() {
        rebatcher.reset();
    }

    @Override
    public boolean resetSupported() {
        return rebatcher.resetSupported();
    }

    /** False: a prefetched batch would be of a size decided too early. */
    @Override
    public boolean asyncSupported() {
        return false;
    }

    /**
     * Makes the {@link #listener()} the first of the network's and takes its epoch and iteration over at once. Listeners
     * may be added afterwards; {@code setListeners} would remove this one. From another network, {@link #detachFrom} it.
     *
     * @throws IllegalArgumentException if the network is null or has not been initialised, or cannot be trained as the
     *     settings want it
     */
    public void attachTo(MultiLayerNetwork network) {
        listener.attachTo(network);
    }

    /** As {@link #attachTo(MultiLayerNetwork)}. */
    public void attachTo(ComputationGraph network) {
        listener.attachTo(network);
    }

    /**
     * Undoes {@link #attachTo}: the listener is removed and the network has its own updater and rates again. Gradients
     * added up for an update that is not complete are dropped.
     *
     * @throws IllegalArgumentException if the network is null or has not been initialised
     */
    public void detachFrom(MultiLayerNetwork network) {
        listener.detachFrom(network);
    }

    /** As {@link #detachFrom(MultiLayerNetwork)}. */
    public void detachFrom(ComputationGraph network) {
        listener.detachFrom(network);
    }

    /** Tells this iterator how far the network is; needed for coupled learning rates and virtual batches. */
    public TrainingListener listener() {
        return listener;
    }

    /**
     * Where in the data this iterator stands, counting what was handed out. Within a virtual batch: where that began.
     */
    public BatchState state() {
        return rebatcher.state();
    }

    /**
     * Goes to where an iterator over the same source stood: resets the source if it can be, and skips what was handed
     * out already. The source must give the same examples in the same order.
     *
     * @throws IllegalStateException if the source ends before that
     */
    public void restore(BatchState state) {
        rebatcher.restore(state);
    }

    /** Applied to each batch that is handed out, on copies of the source's arrays. The source's own comes before. */
    @Override
    public void setPreProcessor(MultiDataSetPreProcessor preProcessor) {
        this.preProcessor = preProcessor;
    }

    @Override
    public MultiDataSetPreProcessor getPreProcessor() {
        return preProcessor;
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "(" + settings + ")";
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        throw new NotSerializableException(getClass().getName() + ": save what state() returns instead");
    }

    /** Settings; every one has a default. */
    public static final class Builder extends RebatchBuilder<Builder> {

        private final MultiDataSetIterator source;

        private Builder(MultiDataSetIterator source, BatchSizes sizes) {
            super(sizes);
            if (source == null) {
                throw new IllegalArgumentException("Expected a source iterator, got null");
            }
            this.source = source;
        }

        @Override
        Builder self() {
            return this;
        }

        public DynamicMultiBatchIterator build() {
            return new DynamicMultiBatchIterator(this);
        }
    }

    /** A MultiDataSetIterator as source. */
    private static final class Source implements ExampleSource {

        private final MultiDataSetIterator iterator;

        Source(MultiDataSetIterator iterator) {
            this.iterator = iterator;
        }

        @Override
        public boolean hasNext() {
            return iterator.hasNext();
        }

        @Override
        public Examples next() {
            MultiDataSet data = iterator.next();
            if (data == null) {
                return null;
            }
            INDArray[] features = data.getFeatures() == null ? new INDArray[0] : data.getFeatures();
            INDArray[] labels = data.getLabels() == null ? new INDArray[0] : data.getLabels();
            return new Examples(
                    features,
                    labels,
                    orNulls(data.getFeaturesMaskArrays(), features.length),
                    orNulls(data.getLabelsMaskArrays(), labels.length),
                    data.getExampleMetaData(),
                    Examples.Names.NONE,
                    false);
        }

        private static INDArray[] orNulls(INDArray[] arrays, int length) {
            return arrays == null ? new INDArray[length] : Arrays.copyOf(arrays, length);
        }

        @Override
        public boolean resetSupported() {
            return iterator.resetSupported();
        }

        @Override
        public void reset() {
            iterator.reset();
        }
    }
}
