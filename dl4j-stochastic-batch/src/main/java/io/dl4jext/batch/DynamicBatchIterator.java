package io.dl4jext.batch;

import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.batch.schedule.BatchSizes;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Hands out the examples of any other iterator in batches of scheduled sizes: every example once in an epoch, in order,
 * with its label, masks and meta data.
 *
 * <pre>{@code
 * DynamicBatchIterator batches = DynamicBatchIterator.builder(mnist, BatchSchedule.named("s32-to-512", 40)).build();
 * batches.attachTo(network);
 * network.fit(batches, 40);
 * }</pre>
 *
 * <p>Nothing is held beyond the scheduled batch that is being handed out and the source batch in use. A batch that lies
 * within one source batch is handed out as views of its arrays, without a copy (and with one if a pre-processor is set
 * here, since most work in place; set it on the source to avoid that). A batch from several is merged as DL4J's
 * {@code DataSet.merge} does, time series of unequal length padded and masked. A source must not overwrite the arrays
 * of a batch when it makes the next; arrays in workspaces are copied.
 *
 * <p>The network drives the schedule when it is {@link #attachTo attached}, or has the {@link #listener()}: its own
 * epoch and iteration count. Otherwise the iterator counts passes through the data that began with a {@code reset()}
 * after at least one batch, and batches. DL4J's own prefetching is declined, as sizes shall depend on what has been
 * trained so far; behind an explicit AsyncDataSetIterator, batches that wait in its queue are counted in, so that a
 * schedule does not lag (a controller still decides on what is measured by then); attach the network first. For
 * ParallelWrapper, whose copies each have a count of their own, leave the network unattached; learning-rate scaling and
 * gradient accumulation are refused there.
 *
 * <p>Once {@link #hasNext()} has said false it stays so until {@link #reset()}. A pass of which the attached network
 * hears nothing (evaluate, a score calculator, a normaliser) is no training: every example comes once, whatever
 * {@link Builder#lastBatch} says, and training goes on afterwards as if nothing had been drawn. {@code fit} and early
 * stopping say beforehand that they train; a loop of one's own does with its first batch, after which comes what was
 * carried over. Without an attached network every pass counts as training. What a prefetching thread draws before the
 * network has trained at all is taken for training, too: with DROP or CARRY prefetch the source instead.
 *
 * <p>When the source throws, so does this iterator; the next call goes on where it stopped, nothing lost, nothing
 * twice.
 */
public final class DynamicBatchIterator extends RebatchingIterator<DataSet> implements DataSetIterator {

    private static final long serialVersionUID = 1L;

    private final DataSetIterator source;
    private DataSetPreProcessor preProcessor;

    private DynamicBatchIterator(Builder builder) {
        super(builder, source(builder.source), builder.source);
        this.source = builder.source;
    }

    /**
     * Begins an iterator over a source.
     *
     * @param source any iterator; its position now is where the first pass begins
     * @param sizes a {@link BatchSchedule} or a controller
     */
    public static Builder builder(DataSetIterator source, BatchSizes sizes) {
        return new Builder(source, sizes);
    }

    private static ExampleSource source(DataSetIterator iterator) {
        return new ExampleSource(iterator, DynamicBatchIterator::examples, iterator::resetSupported, iterator::reset);
    }

    private static Examples examples(DataSet data) {
        return new Examples(
                one(data.getFeatures()),
                one(data.getLabels()),
                one(data.getFeaturesMaskArray()),
                one(data.getLabelsMaskArray()),
                data.getExampleMetaData(),
                new Examples.Names(orEmpty(data.getColumnNames()), orEmpty(data.getLabelNamesList())),
                false);
    }

    private static INDArray[] one(INDArray array) {
        return new INDArray[] {array};
    }

    private static List<String> orEmpty(List<String> names) {
        return names == null ? List.of() : names;
    }

    @Override
    DataSet finished(Examples examples) {
        Examples mine = preProcessor == null ? examples : examples.owned();
        DataSet out = new DataSet(mine.features()[0], mine.labels()[0], mine.featureMasks()[0], mine.labelMasks()[0]);
        out.setExampleMetaData(mine.metaData());
        out.setColumnNames(new ArrayList<>(mine.names().columns));
        out.setLabelNames(new ArrayList<>(mine.names().labels));
        if (preProcessor != null) {
            preProcessor.preProcess(out);
        }
        return out;
    }

    /** The size of the last batch; before the first, the scheduled one, or 0 if a controller decides. */
    @Override
    public int batch() {
        return lastBatchSize();
    }

    @Override
    public int inputColumns() {
        return source.inputColumns();
    }

    @Override
    public int totalOutcomes() {
        return source.totalOutcomes();
    }

    @Override
    public List<String> getLabels() {
        return source.getLabels();
    }

    /** Applied to each batch that is handed out, on copies of the source's arrays. The source's own comes before. */
    @Override
    public void setPreProcessor(DataSetPreProcessor preProcessor) {
        this.preProcessor = preProcessor;
    }

    @Override
    public DataSetPreProcessor getPreProcessor() {
        return preProcessor;
    }

    /** Settings; every one has a default. */
    public static final class Builder extends RebatchBuilder<Builder> {

        private final DataSetIterator source;

        private Builder(DataSetIterator source, BatchSizes sizes) {
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

        public DynamicBatchIterator build() {
            return new DynamicBatchIterator(this);
        }
    }
}
