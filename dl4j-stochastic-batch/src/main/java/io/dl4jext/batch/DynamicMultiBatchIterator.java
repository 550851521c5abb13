package io.dl4jext.batch;

import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.batch.schedule.BatchSizes;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * {@link DynamicBatchIterator} for networks with several inputs or outputs: hands out the examples of any other
 * {@code MultiDataSetIterator} in batches of scheduled sizes. All that is said there holds for every features and
 * labels array here.
 *
 * <pre>{@code
 * DynamicMultiBatchIterator batches = DynamicMultiBatchIterator.builder(pairs, BatchSchedule.named("s16-to-64", 40)).build();
 * batches.attachTo(graph);
 * graph.fit(batches, 40);
 * }</pre>
 */
public final class DynamicMultiBatchIterator extends RebatchingIterator<MultiDataSet> implements MultiDataSetIterator {

    private static final long serialVersionUID = 1L;

    private MultiDataSetPreProcessor preProcessor;

    private DynamicMultiBatchIterator(Builder builder) {
        super(builder, source(builder.source), builder.source);
    }

    /**
     * Begins an iterator over a source.
     *
     * @param source any iterator; its position now is where the first pass begins
     * @param sizes a {@link BatchSchedule} or a controller
     */
    public static Builder builder(MultiDataSetIterator source, BatchSizes sizes) {
        return new Builder(source, sizes);
    }

    private static ExampleSource source(MultiDataSetIterator iterator) {
        return new ExampleSource(
                iterator, DynamicMultiBatchIterator::examples, iterator::resetSupported, iterator::reset);
    }

    private static Examples examples(MultiDataSet data) {
        INDArray[] features = orNone(data.getFeatures());
        INDArray[] labels = orNone(data.getLabels());
        return new Examples(
                features,
                labels,
                orNulls(data.getFeaturesMaskArrays(), features.length),
                orNulls(data.getLabelsMaskArrays(), labels.length),
                data.getExampleMetaData(),
                Examples.Names.NONE,
                false);
    }

    private static INDArray[] orNone(INDArray[] arrays) {
        return arrays == null ? new INDArray[0] : arrays;
    }

    private static INDArray[] orNulls(INDArray[] arrays, int length) {
        return arrays == null ? new INDArray[length] : Arrays.copyOf(arrays, length);
    }

    @Override
    MultiDataSet finished(Examples examples) {
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

    /** Applied to each batch that is handed out, on copies of the source's arrays. The source's own comes before. */
    @Override
    public void setPreProcessor(MultiDataSetPreProcessor preProcessor) {
        this.preProcessor = preProcessor;
    }

    @Override
    public MultiDataSetPreProcessor getPreProcessor() {
        return preProcessor;
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
}
