package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.batch.schedule.BatchSizes;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class DynamicBatchIteratorTest {

    private static DynamicBatchIterator over(BatchSizes sizes, DataSet... batches) {
        return DynamicBatchIterator.builder(new ListSource(Arrays.asList(batches)), sizes)
                .build();
    }

    /** Examples whose features are their number, in a batch from … to (excluded). */
    private static DataSet numbered(int from, int to) {
        INDArray features = Nd4j.create(DataType.FLOAT, to - from, 2);
        for (int i = from; i < to; i++) {
            features.putScalar(i - from, 0, i);
            features.putScalar(i - from, 1, -i);
        }
        return new DataSet(features, features.dup());
    }

    private static BatchSchedule always(int size) {
        return BatchSchedule.constant(size);
    }

    private static float[] numbers(DataSet batch) {
        float[] out = new float[batch.numExamples()];
        for (int i = 0; i < out.length; i++) {
            out[i] = batch.getFeatures().getFloat(i, 0);
        }
        return out;
    }

    @Test
    void withinOneSourceBatchNothingIsCopied() {
        DataSet source = numbered(0, 6);
        DynamicBatchIterator batches = over(always(3), source, numbered(6, 9));
        DataSet first = batches.next();
        DataSet second = batches.next();
        DataSet third = batches.next();
        // What is written to a view arrives in the source.
        second.getFeatures().putScalar(1, 0, 100);

        assertThat(numbers(first)).containsExactly(0, 1, 2);
        assertThat(source.getFeatures().getFloat(4, 0)).isEqualTo(100);
        assertThat(numbers(third)).containsExactly(6, 7, 8);
    }

    @Test
    void aWholeSourceBatchIsHandedOutAsItIs() {
        DataSet source = numbered(0, 6);
        DataSet batch = over(always(6), source).next();

        assertThat(batch.getFeatures()).isSameAs(source.getFeatures());
        assertThat(batch.getLabels()).isSameAs(source.getLabels());
    }

    @Test
    void labelsThatAreTheFeaturesStaySo() {
        INDArray array = numbered(0, 6).getFeatures();
        DataSet[] source = {new DataSet(array, array), new DataSet(array, array)};
        DataSet merged = over(always(8), source).next();

        assertThat(merged.getLabels()).isSameAs(merged.getFeatures());
        assertThat(merged.numExamples()).isEqualTo(8);
    }

    /** As AsyncDataSetIterator does: a ring, here with room for one batch, so that the next overwrites it. */
    @Test
    void aSourceThatUsesAWorkspaceIsCopied() {
        WorkspaceConfiguration ring = WorkspaceConfiguration.builder()
                .initialSize(80)
                .policyReset(ResetPolicy.ENDOFBUFFER_REACHED)
                .policyLearning(LearningPolicy.NONE)
                .policyAllocation(AllocationPolicy.STRICT)
                .build();
        ListSource source = new ListSource(Arrays.asList(numbered(0, 4), numbered(4, 8), numbered(8, 12)));
        source.setPreProcessor(batch -> {
            try (MemoryWorkspace ignored =
                    Nd4j.getWorkspaceManager().getAndActivateWorkspace(ring, "DynamicBatchIteratorTest")) {
                batch.setFeatures(batch.getFeatures().dup());
                batch.setLabels(batch.getLabels().dup());
            }
        });
        DynamicBatchIterator batches =
                DynamicBatchIterator.builder(source, always(3)).build();

        assertThat(numbers(batches.next())).containsExactly(0, 1, 2);
        assertThat(numbers(batches.next())).containsExactly(3, 4, 5);
        assertThat(numbers(batches.next())).containsExactly(6, 7, 8);
        assertThat(numbers(batches.next())).containsExactly(9, 10, 11);
        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }

    @Test
    void drawsNoMoreThanItNeeds() {
        ListSource source = new ListSource(
                Arrays.asList(numbered(0, 4), numbered(4, 8), numbered(8, 12), numbered(12, 16), numbered(16, 20)));
        DynamicBatchIterator batches = DynamicBatchIterator.builder(source, always(5))
                .lastBatch(LastBatch.DROP)
                .build();
        List<Integer> drawn = new ArrayList<>();
        while (batches.hasNext()) {
            batches.next();
            drawn.add(source.drawn());
        }

        assertThat(drawn).containsExactly(2, 3, 4, 5);
    }

    @Test
    void preProcessorsOnEitherSide() {
        DataSet[] data = {numbered(0, 4), numbered(4, 6)};
        INDArray before = data[0].getFeatures().dup();
        ListSource source = new ListSource(Arrays.asList(data[0].copy(), data[1].copy()));
        source.setPreProcessor(batch -> batch.getFeatures().addi(1000));
        DynamicBatchIterator batches =
                DynamicBatchIterator.builder(source, always(3)).build();
        batches.setPreProcessor(batch -> batch.setFeatures(batch.getFeatures().muli(2)));

        assertThat(numbers(batches.next())).containsExactly(2000, 2002, 2004);
        assertThat(numbers(batches.next())).containsExactly(2006, 2008, 2010);
        assertThat(batches.hasNext()).isFalse();

        // Ours works on copies: a source that keeps its arrays is as before.
        DynamicBatchIterator own = over(always(4), data);
        own.setPreProcessor(batch -> batch.getFeatures().muli(-1));
        assertThat(numbers(own.next())).containsExactly(-0f, -1, -2, -3);
        assertThat(data[0].getFeatures()).isEqualTo(before);
        assertThat(own.getPreProcessor()).isNotNull();
    }

    @Test
    void aPreProcessorThatFailsLosesNothing() {
        int[] failures = {1};
        DynamicBatchIterator batches = over(always(3), numbered(0, 2), numbered(2, 4));
        batches.setPreProcessor(batch -> {
            batch.getFeatures().addi(50);
            if (failures[0]-- > 0) {
                throw new IllegalStateException("on purpose");
            }
        });

        assertThatIllegalStateException().isThrownBy(batches::next).withMessage("on purpose");
        assertThat(numbers(batches.next())).containsExactly(50, 51, 52);
        assertThat(numbers(batches.next())).containsExactly(53);
    }

    @Test
    void nextWithANumberGoesBesideTheSchedule() {
        List<Integer> asked = new ArrayList<>();
        DynamicBatchIterator batches = over(
                (epoch, iteration) -> {
                    asked.add(iteration);
                    return 2;
                },
                numbered(0, 4),
                numbered(4, 9));

        assertThat(numbers(batches.next())).containsExactly(0, 1);
        assertThat(numbers(batches.next(5))).containsExactly(2, 3, 4, 5, 6);
        assertThat(batches.batch()).isEqualTo(5);
        assertThat(numbers(batches.next())).containsExactly(7, 8);
        assertThat(asked).containsExactly(0, 2);
        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(() -> batches.next(1))
                .withMessageContaining("epoch 0 after 9 examples");
        assertThatIllegalArgumentException().isThrownBy(() -> batches.next(0)).withMessageContaining("got 0");
    }

    @Test
    void theLastBatch() {
        assertThat(sizesOverTwoEpochs(LastBatch.KEEP, true)).containsExactly(4, 4, 2, 0, 4, 4, 2, 0);
        assertThat(sizesOverTwoEpochs(LastBatch.DROP, true)).containsExactly(4, 4, 0, 4, 4, 0);
        assertThat(sizesOverTwoEpochs(LastBatch.CARRY, true)).containsExactly(4, 4, 0, 4, 4, 4, 0);
        assertThat(sizesOverTwoEpochs(LastBatch.CARRY, false)).containsExactly(4, 4, 2, 0);
    }

    private static List<Integer> sizesOverTwoEpochs(LastBatch policy, boolean resettable) {
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(List.of(numbered(0, 10)), resettable), always(4))
                .lastBatch(policy)
                .build();
        List<Integer> sizes = new ArrayList<>();
        for (int epoch = 0; epoch < (resettable ? 2 : 1); epoch++) {
            while (batches.hasNext()) {
                sizes.add(batches.next().numExamples());
            }
            sizes.add(0);
            if (resettable) {
                batches.reset();
            }
        }
        return sizes;
    }

    @Test
    void aPassBrokenOffCarriesNothing() {
        DynamicBatchIterator batches = DynamicBatchIterator.builder(new ListSource(List.of(numbered(0, 10))), always(4))
                .lastBatch(LastBatch.CARRY)
                .build();
        batches.next();
        batches.reset();
        assertThat(numbers(batches.next())).containsExactly(0, 1, 2, 3);
        batches.next();
        assertThat(batches.hasNext()).isFalse();
        batches.reset();
        // Not yet used, it is still there after another reset.
        batches.reset();
        assertThat(numbers(batches.next())).containsExactly(8, 9, 0, 1);
        assertThat(batches.state().carried()).isZero();
        assertThat(batches.state().examples()).isEqualTo(2);
    }

    @Test
    void aSourceThatCannotBeReset() {
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(List.of(numbered(0, 5)), false), always(3))
                .build();

        assertThat(batches.resetSupported()).isFalse();
        assertThat(numbers(batches.next())).containsExactly(0, 1, 2);
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(batches::reset);
        assertThat(numbers(batches.next())).containsExactly(3, 4);
        assertThat(batches.hasNext()).isFalse();
    }

    @Test
    void anEmptySource() {
        DynamicBatchIterator batches = over(always(3));

        assertThat(batches.hasNext()).isFalse();
        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(batches::next)
                .withMessageContaining("the source is empty");
        batches.reset();
        assertThat(batches.hasNext()).isFalse();
    }

    @Test
    void badSourcesAreReportedWithTheirPosition() {
        DataSet good = numbered(0, 4);
        assertProblem("got null: source batch 1, from example 4 on, epoch 0", good, null);
        assertProblem("a batch without features: source batch 1, from example 4 on, epoch 0", good, new DataSet());
        assertProblem(
                "Expected 4 examples in labels 0, as in features 0 of shape [4, 2], got shape [3, 2]: source batch 1, from"
                        + " example 4",
                good,
                new DataSet(numbered(0, 4).getFeatures(), numbered(0, 3).getLabels()));
        assertProblem(
                "Expected 4 examples in label mask 0, as in features 0 of shape [4, 2], got shape [1, 2]",
                good,
                new DataSet(good.getFeatures(), good.getLabels(), null, Nd4j.ones(1, 2)));
        assertProblem(
                "Expected features 0 like those of the examples before (shape [4, 2]), got shape [4, 3]: source batch 1",
                good,
                new DataSet(Nd4j.ones(4, 3), good.getLabels()));
        assertProblem(
                "Expected features 0 like those of the examples before (FLOAT), got DOUBLE: source batch 1",
                good,
                new DataSet(good.getFeatures().castTo(DataType.DOUBLE), good.getLabels()));
        assertProblem(
                "Expected labels 0 like those of the examples before (some), got none: source batch 1",
                good,
                new DataSet(good.getFeatures(), null));
        assertProblem(
                "Expected a mask of labels 0 like those of the examples before",
                new DataSet(good.getFeatures(), good.getLabels(), null, Nd4j.ones(4, 2)),
                new DataSet(good.getFeatures(), good.getLabels(), null, Nd4j.ones(4, 1)));
    }

    private static void assertProblem(String message, DataSet... batches) {
        DynamicBatchIterator iterator = over(always(6), batches);
        assertThatIllegalStateException().isThrownBy(iterator::next).withMessageContaining(message);
    }

    @Test
    void badSizesAreReportedWithTheirPosition() {
        BatchSchedule schedule = (epoch, iteration) -> iteration < 2 ? 3 : (int) Double.NaN;
        DynamicBatchIterator batches = over(schedule, numbered(0, 10));
        batches.next();
        batches.next();

        assertThatIllegalStateException()
                .isThrownBy(batches::next)
                .withMessageContaining("batch size > 0, got 0")
                .withMessageContaining("at epoch 0, iteration 2, before example 6");
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> over((epoch, iteration) -> -7, numbered(0, 10)).next())
                .withMessageContaining("got -7");
    }

    @Test
    void settingsAreChecked() {
        ListSource source = new ListSource(List.of());
        assertThatIllegalArgumentException().isThrownBy(() -> DynamicBatchIterator.builder(null, always(3)));
        assertThatIllegalArgumentException().isThrownBy(() -> DynamicBatchIterator.builder(source, null));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> DynamicBatchIterator.builder(source, always(3)).microBatchSize(0))
                .withMessageContaining("microBatchSize > 0, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> DynamicBatchIterator.builder(source, always(3)).lastBatch(null));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> DynamicBatchIterator.builder(source, always(3)).learningRateScaling(null));
        assertThatIllegalArgumentException().isThrownBy(() -> DynamicMultiBatchIterator.builder(null, always(3)));
    }

    private static DataSet trained(MultiLayerNetwork net, DataSet part) {
        net.fit(part);
        return part;
    }

    @Test
    void accumulatedBatchesComeInParts() {
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(List.of(numbered(0, 3), numbered(3, 14))), always(8))
                .microBatchSize(5)
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list(new OutputLayer.Builder(LossFunction.MSE).nIn(2).nOut(2).build())
                .build());
        net.init();
        batches.attachTo(net);
        assertThat(numbers(trained(net, batches.next()))).containsExactly(0, 1, 2, 3, 4);
        assertThatIllegalStateException()
                .isThrownBy(() -> batches.next(2))
                .withMessageContaining("accumulated batch of 8 examples")
                .withMessageContaining("3 are left");
        assertThat(batches.state().examples()).isZero();
        assertThat(numbers(trained(net, batches.next()))).containsExactly(5, 6, 7);
        assertThat(batches.state().examples()).isEqualTo(8);
        assertThat(numbers(trained(net, batches.next()))).containsExactly(8, 9, 10, 11, 12);
        assertThat(numbers(batches.next())).containsExactly(13);
        assertThat(batches.hasNext()).isFalse();
    }

    @Test
    void accumulatedBatchesNeedANetwork() {
        DynamicBatchIterator batches = DynamicBatchIterator.builder(new ListSource(List.of(numbered(0, 9))), always(8))
                .microBatchSize(5)
                .learningRateScaling(LearningRateScaling.none())
                .build();

        assertThatIllegalStateException().isThrownBy(batches::next).withMessageContaining("attachTo(network)");
    }

    @Test
    void saysWhatItIs() {
        ListSource source = new ListSource(List.of());
        assertThat(DynamicBatchIterator.builder(source, BatchSchedule.constant(32))
                        .microBatchSize(8)
                        .learningRateScaling(LearningRateScaling.linear(16))
                        .build())
                .hasToString("DynamicBatchIterator(s32, lastBatch KEEP, microBatchSize 8, learningRateScaling"
                        + " linear(16), source " + source + ")");
        MultiListSource multi = new MultiListSource(List.of());
        assertThat(DynamicMultiBatchIterator.builder(multi, BatchSchedule.constant(32))
                        .lastBatch(LastBatch.CARRY)
                        .build())
                .hasToString("DynamicMultiBatchIterator(s32, lastBatch CARRY, source " + multi + ")");
    }

    @Test
    void aStateToRestoreIsNeeded() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> over(always(3), numbered(0, 3)).restore(null))
                .withMessageContaining("got null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DynamicMultiBatchIterator.builder(new MultiListSource(List.of()), always(3))
                        .build()
                        .restore(null))
                .withMessageContaining("got null");
    }

    /** Each by itself, though they come from one builder. */
    @Test
    void iteratorsOfOneBuilderAreTwo() {
        DynamicBatchIterator.Builder builder = DynamicBatchIterator.builder(new ListSource(Nets.data(20)), always(8))
                .microBatchSize(5);
        DynamicBatchIterator one = builder.build();
        DynamicBatchIterator two = builder.build();
        one.attachTo(Nets.mlp());
        one.next();
        assertThat(one.state().iteration()).isZero();
        assertThat(two.state().iteration()).isZero();
        MultiLayerNetwork net = Nets.mlp();
        two.attachTo(net);
        two.reset();
        net.fit(two);
        assertThat(net.getIterationCount()).isEqualTo(3);
    }

    @Test
    void exhaustedUntilReset() {
        int[] size = {8};
        BatchSizes sizes = (epoch, iteration) -> size[0];
        for (LastBatch policy : new LastBatch[] {LastBatch.DROP, LastBatch.CARRY}) {
            size[0] = 8;
            DynamicBatchIterator batches = DynamicBatchIterator.builder(new ListSource(List.of(numbered(0, 10))), sizes)
                    .lastBatch(policy)
                    .build();
            batches.next();
            assertThat(batches.hasNext()).isFalse();
            size[0] = 1;
            assertThat(batches.hasNext()).isFalse();
            org.assertj.core.api.Assertions.assertThatExceptionOfType(java.util.NoSuchElementException.class)
                    .isThrownBy(batches::next);
            org.assertj.core.api.Assertions.assertThatExceptionOfType(java.util.NoSuchElementException.class)
                    .isThrownBy(() -> batches.next(2));
            assertThat(batches.state().isExhausted()).isTrue();
            batches.reset();
            assertThat(batches.hasNext()).isTrue();
            assertThat(numbers(batches.next())).containsExactly(policy == LastBatch.CARRY ? 8 : 0);
        }
    }

    @Test
    void whatTheSourceSaysOfItselfIsPassedOn() {
        DataSet named = numbered(0, 3);
        named.setLabelNames(List.of("yes", "no"));
        named.setColumnNames(List.of("height", "weight"));
        DynamicBatchIterator batches = over(always(5), named, numbered(3, 9));
        assertThat(batches.batch()).isEqualTo(5);
        DataSet merged = batches.next();

        assertThat(merged.getLabelNamesList()).containsExactly("yes", "no");
        assertThat(merged.getColumnNames()).containsExactly("height", "weight");
        assertThat(batches.getLabels()).containsExactly("a", "b");
        assertThat(batches.inputColumns()).isEqualTo(11);
        assertThat(batches.totalOutcomes()).isEqualTo(22);
        assertThat(batches.asyncSupported()).isFalse();
    }

    @Test
    void labelsMayBeMissingThroughout() {
        DataSet[] unlabelled = {
            new DataSet(numbered(0, 3).getFeatures(), null),
            new DataSet(numbered(3, 6).getFeatures(), null)
        };
        DataSet merged = over(always(5), unlabelled).next();

        assertThat(numbers(merged)).containsExactly(0, 1, 2, 3, 4);
        assertThat(merged.getLabels()).isNull();
        MultiDataSet[] multi = {
            new MultiDataSet(new INDArray[] {Nd4j.ones(2, 3)}, null),
            new MultiDataSet(new INDArray[] {Nd4j.ones(2, 3)}, null)
        };
        assertThat(DynamicMultiBatchIterator.builder(new MultiListSource(Arrays.asList(multi)), always(3))
                        .build()
                        .next()
                        .getFeatures(0)
                        .size(0))
                .isEqualTo(3);
    }

    @Test
    void multiDataSetsMustHaveTheSameArrays() {
        MultiDataSet one = new MultiDataSet(new INDArray[] {Nd4j.ones(2, 3)}, new INDArray[] {Nd4j.ones(2, 1)});
        MultiDataSet two =
                new MultiDataSet(new INDArray[] {Nd4j.ones(2, 3), Nd4j.ones(2, 3)}, new INDArray[] {Nd4j.ones(2, 1)});
        DynamicMultiBatchIterator batches = DynamicMultiBatchIterator.builder(
                        new MultiListSource(List.of(one, two)), always(3))
                .build();

        assertThatIllegalStateException()
                .isThrownBy(batches::next)
                .withMessageContaining(
                        "Expected 1 arrays of features as in the examples before, got 2: source batch 1");
    }

    @Test
    void multiPreProcessorsWorkOnCopies() {
        MultiDataSet source = new MultiDataSet(Nd4j.ones(4, 3), Nd4j.ones(4, 1));
        DynamicMultiBatchIterator batches = DynamicMultiBatchIterator.builder(
                        new MultiListSource(List.of(source)), always(2))
                .build();
        batches.setPreProcessor(batch -> batch.getFeatures(0).addi(1));

        assertThat(batches.next().getFeatures(0)).isEqualTo(Nd4j.valueArrayOf(new long[] {2, 3}, 2.0f));
        assertThat(source.getFeatures(0)).isEqualTo(Nd4j.ones(4, 3));
        assertThat(batches.getPreProcessor()).isNotNull();
        assertThat(batches.next(7).getFeatures(0).size(0)).isEqualTo(2);
        batches.reset();
        assertThat(batches.resetSupported()).isTrue();
        assertThat(batches.asyncSupported()).isFalse();
        assertThat(batches.hasNext()).isTrue();
    }

    @Test
    void theStateIsWhatIsSaved() throws Exception {
        DynamicBatchIterator batches = over(always(3), numbered(0, 10));
        batches.next();
        BatchState state = batches.state();
        BatchState read = BatchState.fromJson(state.toJson());
        DynamicBatchIterator other = over(always(3), numbered(0, 10));
        other.restore(read);

        assertThat(numbers(other.next())).containsExactly(3, 4, 5);
        assertThatExceptionOfType(NotSerializableException.class)
                .isThrownBy(() -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(batches))
                .withMessageContaining("state()");
        assertThatIllegalStateException()
                .isThrownBy(() -> over(always(3), numbered(0, 2)).restore(read))
                .withMessageContaining("ended after 2 examples");
    }

    @Test
    void aStateAtAnEpochsEndGoesOnWithTheNext() {
        List<String> asked = new ArrayList<>();
        BatchSizes sizes = (epoch, iteration) -> {
            asked.add(epoch + "/" + iteration);
            return 5;
        };
        DynamicBatchIterator batches = over(sizes, numbered(0, 10));
        batches.next();
        batches.next();
        DynamicBatchIterator other = over(sizes, numbered(0, 10));
        other.restore(batches.state());
        assertThat(other.hasNext()).isFalse();
        other.reset();
        other.next();

        assertThat(asked).containsExactly("0/0", "0/1", "1/2");
    }

    /** As a program does before each fit. */
    @Test
    void aPlaceThatWasRestoredIsNotLeftByAReset() {
        DynamicBatchIterator batches = over(always(3), numbered(0, 10));
        batches.next();
        DynamicBatchIterator other = over(always(3), numbered(0, 10));
        other.restore(batches.state());
        other.reset();
        other.reset();
        assertThat(numbers(other.next())).containsExactly(3, 4, 5);
        other.reset();
        assertThat(numbers(other.next())).containsExactly(0, 1, 2);
    }

    /** Of one type within a batch: the first one's, but of weights as they are. */
    @ParameterizedTest
    @CsvSource({
        "FLOAT, DOUBLE, FLOAT",
        "DOUBLE, FLOAT, DOUBLE",
        "FLOAT, BOOL, FLOAT",
        "BOOL, FLOAT, FLOAT",
        "INT, LONG, INT"
    })
    void masksOfSeveralTypes(DataType first, DataType second, DataType merged) {
        double weight = second == DataType.DOUBLE || second == DataType.FLOAT ? 0.5 : 1;
        DynamicBatchIterator batches = over(always(4), masked(first, 1), masked(second, weight));
        DataSet batch = batches.next();

        INDArray expected = Nd4j.create(new double[][] {{1, 0, 1}, {0, 1, 1}, {weight, 0, weight}, {0, weight, weight}})
                .castTo(merged);
        assertThat(batch.getFeaturesMaskArray()).isEqualTo(expected);
        assertThat(batch.getLabelsMaskArray()).isEqualTo(expected);
    }

    private static DataSet masked(DataType type, double weight) {
        INDArray mask = Nd4j.create(new double[][] {{weight, 0, weight}, {0, weight, weight}})
                .castTo(type);
        return new DataSet(Nd4j.ones(DataType.FLOAT, 2, 5, 3), Nd4j.ones(DataType.FLOAT, 2, 1, 3), mask, mask.dup());
    }

    /** Though hasNext() was not asked there, nor here. */
    @Test
    void aPlaceBehindTheLastBatchIsLeftByAReset() {
        DynamicBatchIterator batches = over(always(5), numbered(0, 10));
        batches.next();
        batches.next();
        BatchState state = batches.state();
        assertThat(state.isExhausted()).isFalse();
        DynamicBatchIterator other = over(always(5), numbered(0, 10));
        other.restore(state);
        other.reset();
        assertThat(numbers(other.next())).containsExactly(0, 1, 2, 3, 4);
    }
}
