package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.batch.ArrayKind.Mask;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.batch.schedule.BatchSizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;

/** Random sources, sizes and schedules: every example once, in order, whole; sizes as scheduled. */
class RebatchingPropertyTest {

    /** What a source's batches have in common. */
    static final class SourceKind {
        final ArrayKind features;
        final ArrayKind labels;
        final boolean unequalLengths;
        final boolean masksOnlySometimes;
        final boolean metaData;

        SourceKind(
                ArrayKind features,
                ArrayKind labels,
                boolean unequalLengths,
                boolean masksOnlySometimes,
                boolean metaData) {
            this.features = features;
            this.labels = labels;
            this.unequalLengths = unequalLengths;
            this.masksOnlySometimes = masksOnlySometimes;
            this.metaData = metaData;
        }

        List<DataSet> batches(List<Integer> sizes, long seed) {
            Random random = new Random(seed);
            List<DataSet> batches = new ArrayList<>();
            int id = 0;
            for (int size : sizes) {
                int length = unequalLengths ? 1 + random.nextInt(4) : 3;
                DataSet batch = new DataSet(
                        features.array(size, length, random),
                        labels.array(size, length, random),
                        mask(features, size, length, random),
                        mask(labels, size, length, random));
                if (metaData) {
                    List<Integer> ids = new ArrayList<>();
                    for (int i = 0; i < size; i++) {
                        ids.add(id++);
                    }
                    batch.setExampleMetaData(ids);
                }
                batches.add(batch);
            }
            return batches;
        }

        private INDArray mask(ArrayKind kind, int size, int length, Random random) {
            boolean none = kind.mask == Mask.NONE || (masksOnlySometimes && random.nextBoolean());
            return none ? null : kind.mask(size, length, random);
        }

        @Override
        public String toString() {
            return "features " + features + ", labels " + labels + (unequalLengths ? ", unequal lengths" : "")
                    + (masksOnlySometimes ? ", masks sometimes" : "") + (metaData ? ", meta data" : "");
        }
    }

    @Provide
    Arbitrary<SourceKind> kinds() {
        Arbitrary<ArrayKind> kind = Combinators.combine(
                        Arbitraries.integers().between(2, 5),
                        Arbitraries.of(Mask.class),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false))
                .as(ArrayKind::new);
        Arbitrary<Boolean> flag = Arbitraries.of(true, false);
        return Combinators.combine(kind, kind, flag, flag, flag)
                .as(SourceKind::new)
                // A mask of one value for each example says nothing of padding, in DL4J neither.
                .filter(k -> !k.unequalLengths
                        || (!(k.features.rank == 3 && k.features.mask == Mask.EXAMPLE)
                                && !(k.labels.rank == 3 && k.labels.mask == Mask.EXAMPLE)));
    }

    @Property(tries = 250)
    void everyExampleOnceInOrderWithSizesAsScheduled(
            @ForAll("kinds") SourceKind kind,
            @ForAll @Size(min = 1, max = 7) List<@IntRange(min = 1, max = 9) Integer> sourceSizes,
            @ForAll @Size(min = 1, max = 5) List<@IntRange(min = 1, max = 13) Integer> scheduled,
            @ForAll LastBatch policy,
            @ForAll long seed) {
        List<DataSet> batches = kind.batches(sourceSizes, seed);
        ExampleTable table = ExampleTable.of(batches);
        int total = table.rows.size();
        // The schedule knows iterations only, so the sizes go on over the epochs.
        BatchSchedule schedule = (epoch, iteration) -> scheduled.get(iteration % scheduled.size());
        DynamicBatchIterator iterator = DynamicBatchIterator.builder(new ListSource(batches), schedule)
                .lastBatch(policy)
                .build();
        ExampleTable twice = new ExampleTable();
        twice.rows.addAll(table.rows);
        twice.rows.addAll(table.rows);

        int iteration = 0;
        int carried = 0;
        for (int epoch = 0; epoch < 2; epoch++) {
            int at = epoch == 0 ? 0 : total - carried;
            int left = total + carried;
            while (iterator.hasNext()) {
                DataSet batch = iterator.next();
                int size = scheduled.get(iteration++ % scheduled.size());
                int expected = policy == LastBatch.KEEP ? Math.min(size, left) : size;
                assertThat(batch.numExamples()).isEqualTo(expected);
                assertThat(twice.compare(batch, at)).isNull();
                at += expected;
                left -= expected;
            }
            if (policy == LastBatch.KEEP) {
                assertThat(left).isZero();
            } else {
                assertThat(left).isLessThan(scheduled.get(iteration % scheduled.size()));
            }
            carried = policy == LastBatch.CARRY ? left : 0;
            iterator.reset();
        }
    }

    @Property(tries = 120)
    void mergesAsDl4jDoesWhereDl4jCan(
            @ForAll("kinds") SourceKind kind,
            @ForAll @Size(min = 2, max = 4) List<@IntRange(min = 1, max = 4) Integer> sourceSizes,
            @ForAll long seed) {
        SourceKind mergeable = new SourceKind(
                mergeable(kind.features), mergeable(kind.labels), kind.unequalLengths, false, kind.metaData);
        List<DataSet> batches = mergeable.batches(sourceSizes, seed);
        DataSet merged = DataSet.merge(batches);
        DataSet ours = DynamicBatchIterator.builder(new ListSource(batches), (epoch, iteration) -> 1000)
                .build()
                .next();

        assertThat(ours.getFeatures()).isEqualTo(merged.getFeatures());
        assertThat(ours.getLabels()).isEqualTo(merged.getLabels());
        assertThat(ours.getExampleMetaData()).isEqualTo(merged.getExampleMetaData());
        assertThat(ours.getFeaturesMaskArray()).isEqualTo(merged.getFeaturesMaskArray());
        assertThat(ours.getLabelsMaskArray()).isEqualTo(merged.getLabelsMaskArray());
    }

    /** Five dimensions and masks of one value for each example are beyond DL4J. */
    private static ArrayKind mergeable(ArrayKind kind) {
        return new ArrayKind(Math.min(4, kind.rank), kind.mask == Mask.EXAMPLE ? Mask.NONE : kind.mask, false, false);
    }

    @Property(tries = 60)
    void multiDataSetsComeOutAlike(
            @ForAll("kinds") SourceKind kind,
            @ForAll("kinds") SourceKind other,
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 7) Integer> sourceSizes,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 11) Integer> scheduled,
            @ForAll long seed) {
        List<DataSet> one = kind.batches(sourceSizes, seed);
        List<DataSet> two = other.batches(sourceSizes, seed + 1);
        List<MultiDataSet> pairs = new ArrayList<>();
        for (int i = 0; i < one.size(); i++) {
            DataSet a = one.get(i);
            DataSet b = two.get(i);
            pairs.add(new MultiDataSet(
                    new INDArray[] {a.getFeatures(), b.getFeatures()},
                    new INDArray[] {a.getLabels(), b.getLabels()},
                    new INDArray[] {a.getFeaturesMaskArray(), b.getFeaturesMaskArray()},
                    new INDArray[] {a.getLabelsMaskArray(), b.getLabelsMaskArray()},
                    a.getExampleMetaData()));
        }
        DynamicMultiBatchIterator iterator = DynamicMultiBatchIterator.builder(
                        new MultiListSource(pairs),
                        (BatchSchedule) (epoch, iteration) -> scheduled.get(iteration % scheduled.size()))
                .build();
        ExampleTable first = ExampleTable.of(one);
        ExampleTable second = ExampleTable.of(two);

        int at = 0;
        int iteration = 0;
        while (iterator.hasNext()) {
            org.nd4j.linalg.dataset.api.MultiDataSet batch = iterator.next();
            int size = Math.min(scheduled.get(iteration++ % scheduled.size()), first.rows.size() - at);
            assertThat(batch.getFeatures(0).size(0)).isEqualTo(size);
            assertThat(first.compare(dataSet(batch, 0, batch.getExampleMetaData()), at))
                    .isNull();
            assertThat(second.compare(dataSet(batch, 1, metaData(second, at, size)), at))
                    .isNull();
            at += size;
        }
        assertThat(at).isEqualTo(first.rows.size());
    }

    private static List<? extends java.io.Serializable> metaData(ExampleTable table, int from, int count) {
        List<java.io.Serializable> out = new ArrayList<>();
        for (ExampleTable.Row row : table.rows.subList(from, from + count)) {
            if (row.metaData == null) {
                return null;
            }
            out.add(row.metaData);
        }
        return out;
    }

    private static DataSet dataSet(
            org.nd4j.linalg.dataset.api.MultiDataSet batch, int index, List<? extends java.io.Serializable> metaData) {
        DataSet out = new DataSet(
                batch.getFeatures(index),
                batch.getLabels(index),
                batch.getFeaturesMaskArrays() == null ? null : batch.getFeaturesMaskArray(index),
                batch.getLabelsMaskArrays() == null ? null : batch.getLabelsMaskArray(index));
        out.setExampleMetaData(metaData);
        return out;
    }

    @Property(tries = 150)
    void aFailingSourceLosesAndRepeatsNothing(
            @ForAll @Size(min = 2, max = 6) List<@IntRange(min = 1, max = 5) Integer> sourceSizes,
            @ForAll @IntRange(min = 1, max = 9) int size,
            @ForAll @IntRange(min = 0, max = 5) int failAt,
            @ForAll @IntRange(min = 1, max = 3) int times,
            @ForAll LastBatch policy,
            @ForAll long seed) {
        SourceKind kind = new SourceKind(
                new ArrayKind(2, Mask.NONE, false, false),
                new ArrayKind(2, Mask.EXAMPLE, false, false),
                false,
                true,
                true);
        List<DataSet> batches = kind.batches(sourceSizes, seed);
        ExampleTable table = ExampleTable.of(batches);
        int total = table.rows.size();
        List<Integer> asked = new ArrayList<>();
        BatchSizes sizes = (epoch, iteration) -> {
            asked.add(iteration);
            return size;
        };
        DynamicBatchIterator iterator = DynamicBatchIterator.builder(
                        new ListSource(batches).failingAt(failAt, times), sizes)
                .lastBatch(policy)
                .build();

        int at = 0;
        int failed = 0;
        while (true) {
            try {
                if (!iterator.hasNext()) {
                    break;
                }
                DataSet batch = iterator.next();
                assertThat(table.compare(batch, at)).isNull();
                at += batch.numExamples();
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("source failed on purpose");
                failed++;
            }
        }
        assertThat(failed).isEqualTo(failAt < sourceSizes.size() ? times : 0);
        assertThat(at).isEqualTo(policy == LastBatch.KEEP ? total : total - total % size);
        assertThat(asked).doesNotHaveDuplicates();
    }

    @Property(tries = 150)
    void resumesWithTheVeryNextExample(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 5) Integer> sourceSizes,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 9) Integer> scheduled,
            @ForAll @IntRange(min = 0, max = 60) int stopAfter,
            @ForAll LastBatch policy,
            @ForAll long seed) {
        SourceKind kind = new SourceKind(
                new ArrayKind(2, Mask.NONE, false, false),
                new ArrayKind(2, Mask.NONE, false, false),
                false,
                false,
                true);
        List<DataSet> batches = kind.batches(sourceSizes, seed);
        BatchSchedule schedule = (epoch, iteration) -> scheduled.get((iteration + epoch) % scheduled.size());

        DynamicBatchIterator whole = iterator(batches, schedule, policy);
        List<List<?>> expected = new ArrayList<>();
        List<BatchState> states = new ArrayList<>();
        List<Integer> before = new ArrayList<>();
        List<Integer> epochs = new ArrayList<>();
        for (int epoch = 0; epoch < 3; epoch++) {
            boolean left = true;
            while (left) {
                states.add(whole.state());
                before.add(expected.size());
                epochs.add(epoch);
                left = whole.hasNext();
                if (left) {
                    expected.add(whole.next().getExampleMetaData());
                }
            }
            // Once more, between two epochs.
            states.add(whole.state());
            before.add(expected.size());
            epochs.add(epoch + 1);
            assertThat(states.get(states.size() - 1).epoch()).isEqualTo(epoch + 1);
            whole.reset();
        }
        int at = stopAfter % states.size();
        DynamicBatchIterator resumed = iterator(batches, schedule, policy);
        resumed.restore(states.get(at));
        if (states.get(at).isExhausted()) {
            assertThat(resumed.hasNext()).isFalse();
            resumed.reset();
        }
        List<List<?>> rest = new ArrayList<>();
        for (int epoch = epochs.get(at); epoch < 3; epoch++) {
            while (resumed.hasNext()) {
                rest.add(resumed.next().getExampleMetaData());
            }
            resumed.reset();
        }
        assertThat(rest).isEqualTo(expected.subList(before.get(at), expected.size()));
    }

    private static DynamicBatchIterator iterator(List<DataSet> batches, BatchSchedule schedule, LastBatch policy) {
        return DynamicBatchIterator.builder(new ListSource(batches), schedule)
                .lastBatch(policy)
                .build();
    }
}
