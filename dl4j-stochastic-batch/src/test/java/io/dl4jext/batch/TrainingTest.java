package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.batch.schedule.BatchSizes;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.IterationTerminationCondition;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.AsyncDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.schedule.ScheduleType;

/** Under all the ways in which DL4J draws from an iterator. */
class TrainingTest {

    /** 20 examples. */
    private static final int[] PORTIONS = {6, 3, 7, 4};

    private static final BatchSchedule BY_EPOCH = BatchSchedule.staged(3, 5, 8, 20);
    private static final Integer[] SIZES = {5, 5, 5, 5, 8, 8, 4, 20};

    private static final BatchSchedule BY_ITERATION =
            BatchSchedule.piecewise(ScheduleType.ITERATION, Map.of(0, 4, 3, 6, 5, 10));

    private static DynamicBatchIterator batches(BatchSizes sizes) {
        return DynamicBatchIterator.builder(new ListSource(Nets.data(PORTIONS)), sizes)
                .build();
    }

    private static int[] ints(Integer... values) {
        return java.util.Arrays.stream(values).mapToInt(Integer::intValue).toArray();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fitOverEpochs(boolean attached) {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        net.addListeners(log);
        DynamicBatchIterator batches = batches(BY_EPOCH);
        if (attached) {
            batches.attachTo(net);
        }

        net.fit(batches, 3);

        assertThat(log.sizes).containsExactly(SIZES);
        assertThat(net.params()).isEqualTo(Nets.trainedOn(Nets.data(PORTIONS), 20, ints(SIZES)));
    }

    @Test
    void fitEpochByEpochWithTheListener() {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        DynamicBatchIterator batches = batches(BY_EPOCH);
        net.addListeners(log, batches.listener());

        for (int epoch = 0; epoch < 3; epoch++) {
            net.fit(batches);
            // Passes that do not train leave the schedule where it is.
            net.evaluate(batches);
        }

        assertThat(log.sizes).containsExactly(SIZES);
    }

    @Test
    void theModelsOwnCountsDriveTheSchedule() {
        MultiLayerNetwork net = Nets.mlp();
        net.getLayerWiseConfigurations().setIterationCount(3);
        net.getLayerWiseConfigurations().setEpochCount(1);
        BatchLog log = new BatchLog();
        net.addListeners(log);
        DynamicBatchIterator byIteration = batches(BY_ITERATION);
        byIteration.attachTo(net);
        net.fit(byIteration);

        assertThat(log.sizes).containsExactly(6, 6, 8);

        log.sizes.clear();
        net.setListeners(log);
        DynamicBatchIterator byEpoch = batches(BY_EPOCH);
        byEpoch.attachTo(net);
        net.fit(byEpoch);

        assertThat(log.sizes).containsExactly(20);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noLagBehindAPrefetchingIterator(boolean byEpoch) {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        net.addListeners(log);
        DynamicBatchIterator batches = batches(byEpoch ? BY_EPOCH : BY_ITERATION);
        batches.attachTo(net);
        AsyncDataSetIterator prefetching = new AsyncDataSetIterator(batches, 4);

        net.fit(prefetching, 3);

        Integer[] expected = byEpoch ? SIZES : new Integer[] {4, 4, 4, 6, 2, 10, 10, 10, 10};
        assertThat(log.sizes).containsExactly(expected);
        assertThat(net.params()).isEqualTo(Nets.trainedOn(Nets.data(PORTIONS), 20, ints(expected)));
        prefetching.shutdown();
    }

    @Test
    void aPrefetchingSourceIsCopiedInTime() {
        MultiLayerNetwork net = Nets.mlp();
        AsyncDataSetIterator source = new AsyncDataSetIterator(new ListSource(Nets.data(PORTIONS)), 2);
        DynamicBatchIterator batches =
                DynamicBatchIterator.builder(source, BY_EPOCH).build();

        net.fit(batches, 3);

        assertThat(net.params()).isEqualTo(Nets.trainedOn(Nets.data(PORTIONS), 20, ints(SIZES)));
        source.shutdown();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void earlyStopping(boolean prefetching) {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        net.addListeners(log);
        DynamicBatchIterator batches = batches(BY_EPOCH);
        batches.attachTo(net);
        EarlyStoppingConfiguration<MultiLayerNetwork> configuration = new EarlyStoppingConfiguration.Builder<
                        MultiLayerNetwork>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                .scoreCalculator(new DataSetLossCalculator(new ListSource(Nets.data(5)), true))
                .modelSaver(new InMemoryModelSaver<>())
                .build();

        new EarlyStoppingTrainer(configuration, net, prefetching ? new AsyncDataSetIterator(batches, 3) : batches)
                .fit();

        assertThat(log.sizes).startsWith(SIZES);
    }

    @Test
    void loopsOfOnesOwnCountResets() {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        net.addListeners(log);
        DynamicBatchIterator batches = batches(BY_EPOCH);
        batches.attachTo(net);
        for (int epoch = 0; epoch < 3; epoch++) {
            batches.reset();
            while (batches.hasNext()) {
                net.fit(batches.next());
            }
        }

        assertThat(log.sizes).containsExactly(SIZES);
    }

    /** The network has told of epochs before, and does not of the loop's. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLoopOfOnesOwnAfterFit(boolean prefetching) {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        net.addListeners(log);
        DynamicBatchIterator batches = batches(BatchSchedule.staged(5, 5, 8, 20, 10, 7));
        batches.attachTo(net);
        DataSetIterator drawn = prefetching ? new AsyncDataSetIterator(batches, 2) : batches;
        net.fit(drawn);
        for (int epoch = 1; epoch < 3; epoch++) {
            drawn.reset();
            while (drawn.hasNext()) {
                net.fit(drawn.next());
            }
            net.incrementEpochCount();
            assertThat(batches.state().epoch()).isEqualTo(epoch + 1);
        }
        net.fit(drawn);

        assertThat(log.sizes).startsWith(SIZES).endsWith(10, 10).hasSize(SIZES.length + 2);
    }

    /** What asks for data, and does not train the network that the iterator is attached to. */
    enum Elsewhere {
        EVALUATION {
            @Override
            void draw(DynamicBatchIterator batches, MultiLayerNetwork net) {
                net.evaluate(batches);
            }
        },
        SCORE_CALCULATOR {
            @Override
            void draw(DynamicBatchIterator batches, MultiLayerNetwork net) {
                new DataSetLossCalculator(batches, true).calculateScore(net);
            }
        },
        NORMALISER {
            @Override
            void draw(DynamicBatchIterator batches, MultiLayerNetwork net) {
                new NormalizerStandardize().fit(batches);
            }
        },
        ANOTHER_NETWORK {
            @Override
            void draw(DynamicBatchIterator batches, MultiLayerNetwork net) {
                Nets.mlp().fit(batches);
            }
        };

        abstract void draw(DynamicBatchIterator batches, MultiLayerNetwork net);
    }

    static Stream<Arguments> elsewhere() {
        return Arrays.stream(Elsewhere.values())
                .flatMap(drawn -> Stream.of(Arguments.of(true, drawn), Arguments.of(false, drawn)));
    }

    /** What they draw is not trained on, whatever the network does next. */
    @ParameterizedTest
    @MethodSource("elsewhere")
    void anEvaluationBeforeOtherDataIsNoTraining(boolean replaced, Elsewhere elsewhere) {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        net.addListeners(log);
        DynamicBatchIterator batches = batches(BY_EPOCH);
        batches.attachTo(net);
        if (replaced) {
            net.setListeners(log);
        }
        DataSet other = Nets.data(1).get(0);
        for (int epoch = 0; epoch < 3; epoch++) {
            while (batches.hasNext()) {
                net.fit(batches.next());
            }
            elsewhere.draw(batches, net);
            net.fit(other);
            batches.reset();
        }

        log.sizes.removeAll(List.of(1));
        assertThat(log.sizes).containsExactly(SIZES);
    }

    /** The same within an epoch that is gone on with: the rest of it is trained on. */
    @Test
    void anEvaluationBeforeOtherDataWithinAnEpoch() {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        DynamicBatchIterator first = batches(BatchSchedule.constant(5));
        first.attachTo(net);
        net.addListeners(log);
        net.fit(first.next());
        DynamicBatchIterator second = batches(BatchSchedule.constant(5));
        second.restore(first.state());
        first.detachFrom(net);
        second.attachTo(net);
        net.evaluate(second);
        net.fit(Nets.data(1).get(0));
        net.fit(second);

        assertThat(log.sizes).containsExactly(5, 1, 5, 5, 5);
    }

    /** A program that is a listener itself draws in order to train. */
    @Test
    void aLoopOfAProgramThatListens() {
        List<Integer> sizes = new ArrayList<>();
        new BaseTrainingListener() {
            void train() {
                MultiLayerNetwork net = Nets.mlp();
                DynamicBatchIterator batches = batches(BY_EPOCH);
                batches.attachTo(net);
                net.addListeners(this);
                for (int epoch = 0; epoch < 3; epoch++) {
                    while (batches.hasNext()) {
                        net.fit(batches.next());
                    }
                    batches.reset();
                }
            }

            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                sizes.add(model.batchSize());
            }
        }.train();

        assertThat(sizes).containsExactly(SIZES);
    }

    /** Early stopping trains as fit does, whoever calls it: what is carried over comes first. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void earlyStoppingByAProgramThatListens(boolean listens) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = carrying(net);
        EarlyStoppingTrainer trainer = new EarlyStoppingTrainer(
                new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                        .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                        .scoreCalculator(new DataSetLossCalculator(new ListSource(Nets.data(5)), true))
                        .modelSaver(new InMemoryModelSaver<>())
                        .build(),
                net,
                batches);
        if (listens) {
            new BaseTrainingListener() {
                void run() {
                    trainer.fit();
                }
            }.run();
        } else {
            trainer.fit();
        }
        MultiLayerNetwork byFit = Nets.mlp();
        byFit.fit(carrying(byFit), 3);
        assertThat(net.params()).isEqualTo(byFit.params());
    }

    private static DynamicBatchIterator carrying(MultiLayerNetwork net) {
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(Nets.data(PORTIONS)), BatchSchedule.staged(3, 7, 9, 8))
                .lastBatch(LastBatch.CARRY)
                .build();
        batches.attachTo(net);
        return batches;
    }

    /** What draws in a listener of another network's may train this one. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void byAListenerOfAnotherNetwork(boolean replaced) {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        net.addListeners(log);
        DynamicBatchIterator batches = batches(BY_EPOCH);
        batches.attachTo(net);
        if (replaced) {
            net.setListeners(log);
        }
        MultiLayerNetwork other = Nets.mlp();
        other.addListeners(new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                if (!batches.hasNext()) {
                    batches.reset();
                }
                net.fit(batches.next());
            }
        });
        other.fit(new ListSource(Nets.data(1, 1, 1, 1, 1, 1, 1, 1)));

        assertThat(log.sizes).containsExactly(SIZES);
    }

    /** An iterator around it that would know the epoch is a listener, too. */
    @Test
    void behindAnIteratorThatListens() {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(Nets.data(PORTIONS)), BatchSchedule.staged(3, 30, 8, 7))
                .lastBatch(LastBatch.DROP)
                .build();
        batches.attachTo(net);
        Listening around = new Listening(batches);
        net.addListeners(log, around);
        net.fit(around, 3);

        // There is no batch of 30 in 20 examples; to a loop by hand the first would be smaller.
        assertThat(log.sizes).containsExactly(8, 8, 7, 7);
    }

    private static final class Listening extends Around implements TrainingListener {

        private static final long serialVersionUID = 1L;

        Listening(DataSetIterator batches) {
            super(batches);
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {}

        @Override
        public void onEpochStart(Model model) {}

        @Override
        public void onEpochEnd(Model model) {}

        @Override
        public void onForwardPass(Model model, List<INDArray> activations) {}

        @Override
        public void onForwardPass(Model model, Map<String, INDArray> activations) {}

        @Override
        public void onGradientCalculation(Model model) {}

        @Override
        public void onBackwardPass(Model model) {}
    }

    /** A network of the user's own, with loops of its own. */
    private static final class Looping extends MultiLayerNetwork {

        private static final long serialVersionUID = 1L;

        Looping(MultiLayerNetwork network) {
            super(network.getLayerWiseConfigurations());
            init();
        }

        private void train(DataSetIterator data) {
            if (!data.hasNext()) {
                data.reset();
            }
            while (data.hasNext()) {
                fit(data.next());
            }
        }

        @Override
        public void fit(DataSetIterator data) {
            train(data);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void aSubclassWithLoopsOfItsOwn(boolean replaced, boolean byFit) {
        Looping net = new Looping(Nets.mlp());
        BatchLog log = new BatchLog();
        net.addListeners(log);
        DynamicBatchIterator batches = batches(BY_EPOCH);
        batches.attachTo(net);
        if (replaced) {
            net.setListeners(log);
        }
        for (int epoch = 0; epoch < 3; epoch++) {
            if (byFit) {
                net.fit(batches);
            } else {
                net.train(batches);
            }
        }

        assertThat(log.sizes).containsExactly(SIZES);
    }

    /** Nobody tells the end of an epoch that was broken off. The rest of it is the loop's first pass. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLoopOfOnesOwnAfterATrainingThatWasBrokenOff(boolean early) {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        DynamicBatchIterator batches = batches(BatchSchedule.staged(4, 20, 8, 5, 10));
        batches.attachTo(net);
        net.addListeners(log);
        if (early) {
            new EarlyStoppingTrainer(
                            new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                                    .epochTerminationConditions(new MaxEpochsTerminationCondition(9))
                                    .iterationTerminationConditions(new AfterTheSecondBatch())
                                    .scoreCalculator(new DataSetLossCalculator(new ListSource(Nets.data(5)), true))
                                    .modelSaver(new InMemoryModelSaver<>())
                                    .build(),
                            net,
                            batches)
                    .fit();
        } else {
            net.fit(batches);
            BaseTrainingListener fails = new BaseTrainingListener() {
                @Override
                public void iterationDone(Model model, int iteration, int epoch) {
                    throw new IllegalStateException("ended on purpose");
                }
            };
            net.addListeners(fails);
            assertThatIllegalStateException().isThrownBy(() -> net.fit(batches));
            net.setListeners(new ArrayList<>(net.getListeners())
                    .stream().filter(listener -> listener != fails).collect(Collectors.toList()));
        }
        assertThat(log.sizes).containsExactly(20, 8);
        for (int pass = 0; pass < 4; pass++) {
            while (batches.hasNext()) {
                net.fit(batches.next());
            }
            batches.reset();
        }

        // DL4J does not count an epoch that was broken off; each of the loop's passes is one.
        assertThat(log.sizes).containsExactly(20, 8, 8, 4, 8, 8, 4, 5, 5, 5, 5, 10, 10);
    }

    private static final class AfterTheSecondBatch implements IterationTerminationCondition {

        private int batches;

        @Override
        public void initialize() {}

        @Override
        public boolean terminate(double lastMiniBatchScore) {
            return ++batches == 2;
        }
    }

    /** The examples that a pass left are held until they are trained on, with the batch of the source they lie in. */
    @Test
    void whatWasCarriedOverIsLetGo() throws InterruptedException {
        List<WeakReference<INDArray>> made = new ArrayList<>();
        ListSource source = new ListSource(Nets.data(13)) {
            private static final long serialVersionUID = 1L;

            @Override
            public DataSet next() {
                DataSet copy = super.next().copy();
                made.add(new WeakReference<>(copy.getFeatures()));
                return copy;
            }
        };
        DynamicBatchIterator batches = DynamicBatchIterator.builder(source, BatchSchedule.constant(5))
                .lastBatch(LastBatch.CARRY)
                .build();
        MultiLayerNetwork net = Nets.mlp();
        batches.attachTo(net);
        net.fit(batches);
        batches.reset();
        net.fit(batches.next());
        net.fit(batches.next());

        for (int i = 0; i < 100 && made.get(0).get() != null; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertThat(made.get(0).get()).isNull();
        assertThat(batches.hasNext()).isTrue();
    }

    /** The epoch that is over, though the network has counted on. */
    @Test
    void theMessageOfAnExhaustedPassNamesItsEpoch() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batches(BY_EPOCH);
        batches.attachTo(net);
        net.fit(batches, 2);
        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(batches::next)
                .withMessage("No batch is left in epoch 1 after 20 examples");
        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(() -> batches.next(3))
                .withMessage("No example is left in epoch 1 after 20 examples");
        DynamicBatchIterator restored = batches(BY_EPOCH);
        restored.restore(batches.state());
        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(restored::next)
                .withMessageStartingWith("No batch is left in epoch 1 after ");
    }

    @Test
    void graphsAndMultiDataSets() {
        List<MultiDataSet> data = new ArrayList<>();
        for (DataSet batch : Nets.data(PORTIONS)) {
            data.add(new MultiDataSet(batch.getFeatures(), batch.getLabels()));
        }
        ComputationGraph one = Nets.graph();
        BatchLog log = new BatchLog();
        one.addListeners(log);
        DynamicMultiBatchIterator multi = DynamicMultiBatchIterator.builder(new MultiListSource(data), BY_EPOCH)
                .build();
        multi.attachTo(one);
        one.fit(multi, 3);
        ComputationGraph two = Nets.graph();
        DynamicBatchIterator single = batches(BY_EPOCH);
        single.attachTo(two);
        two.fit(single, 3);
        MultiLayerNetwork three = Nets.mlp();
        DynamicMultiBatchIterator again = DynamicMultiBatchIterator.builder(new MultiListSource(data), BY_EPOCH)
                .build();
        again.attachTo(three);
        three.fit(again, 3);

        assertThat(log.sizes).containsExactly(SIZES);
        assertThat(one.params()).isEqualTo(two.params());
        assertThat(three.params()).isEqualTo(Nets.trainedOn(Nets.data(PORTIONS), 20, ints(SIZES)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"neither", "listener", "attached"})
    void parallelWrapperGetsEveryBatchAsScheduled(String following) {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        DynamicBatchIterator batches = batches(BY_EPOCH);
        net.addListeners(log);
        if (following.equals("listener")) {
            net.addListeners(batches.listener());
        } else if (following.equals("attached")) {
            batches.attachTo(net);
        }
        try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net)
                .workers(2)
                .averagingFrequency(1)
                .prefetchBuffer(2)
                .build()) {
            for (int epoch = 0; epoch < 3; epoch++) {
                wrapper.fit(batches);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }

        assertThat(log.sizes).containsExactlyInAnyOrder(SIZES);
        assertThat(log.sizes.subList(0, 4)).containsOnly(5);
        assertThat(log.sizes.get(7)).isEqualTo(20);
    }

    @Test
    void parallelWrapperOfAGraphToo() throws Exception {
        ComputationGraph net = Nets.graph();
        BatchLog log = new BatchLog();
        net.addListeners(log);
        List<MultiDataSet> data = new ArrayList<>();
        for (DataSet batch : Nets.data(PORTIONS)) {
            data.add(new MultiDataSet(batch.getFeatures(), batch.getLabels()));
        }
        DynamicMultiBatchIterator batches = DynamicMultiBatchIterator.builder(new MultiListSource(data), BY_EPOCH)
                .build();
        try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net)
                .workers(2)
                .averagingFrequency(1)
                .prefetchBuffer(2)
                .build()) {
            wrapper.setListeners(log);
            for (int epoch = 0; epoch < 3; epoch++) {
                wrapper.fit(batches);
            }
        }

        assertThat(log.sizes).containsExactlyInAnyOrder(SIZES);
    }

    /** 100 examples: 64, and 36 dropped; 32, 32, 32. */
    @Test
    void parallelWrapperLosesNoEpochWhenTheSizeChanges() throws Exception {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        net.addListeners(log);
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(Nets.data(100)), BatchSchedule.staged(2, 64, 32))
                .lastBatch(LastBatch.DROP)
                .build();
        try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net)
                .workers(2)
                .averagingFrequency(1)
                .prefetchBuffer(2)
                .build()) {
            wrapper.fit(batches);
            wrapper.fit(batches);
        }

        assertThat(log.sizes).containsExactlyInAnyOrder(64, 32, 32, 32);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noEpochIsLostWhenTheSizeChanges(boolean attached) {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        net.addListeners(log);
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(Nets.data(100)), BatchSchedule.staged(2, 64, 32))
                .lastBatch(LastBatch.DROP)
                .build();
        if (attached) {
            batches.attachTo(net);
        }
        net.fit(batches, 2);
        assertThat(log.sizes).containsExactly(64, 32, 32, 32);

        MultiLayerNetwork inParts = Nets.mlp();
        DynamicBatchIterator parts = DynamicBatchIterator.builder(
                        new ListSource(Nets.data(600)), BatchSchedule.named("s16-to-64", 5))
                .microBatchSize(32)
                .lastBatch(LastBatch.DROP)
                .build();
        parts.attachTo(inParts);
        int before = 0;
        for (int steps : new int[] {37, 37, 18, 18, 9}) {
            inParts.fit(parts);
            assertThat(inParts.getIterationCount() - before).isEqualTo(steps);
            before = inParts.getIterationCount();
        }
    }

    /** 97 examples in batches of 40, of which 17 are carried over or dropped in training. */
    @ParameterizedTest
    @EnumSource(LastBatch.class)
    void evaluationSeesEveryExampleOnce(LastBatch policy) {
        MultiLayerNetwork net = Nets.mlp();
        ComputationGraph graph = Nets.graph();
        BatchLog log = new BatchLog();
        net.addListeners(log);
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(Nets.data(50, 47)), BatchSchedule.constant(40))
                .lastBatch(policy)
                .build();
        batches.attachTo(net);
        assertThat(net.evaluate(batches).getNumRowCounter()).isEqualTo(97);
        net.fit(batches);
        assertThat(net.evaluate(batches).getNumRowCounter()).isEqualTo(97);
        assertThat(graph.evaluate(batches).getNumRowCounter()).isEqualTo(97);
        NormalizerStandardize statistics = new NormalizerStandardize();
        statistics.fit(batches);
        assertThat(statistics.getMean().getDouble(1))
                .isCloseTo(
                        DataSet.merge(Nets.data(50, 47)).getFeatures().mean(0).getDouble(1),
                        org.assertj.core.data.Offset.offset(1e-6));
        BatchState state = batches.state();
        assertThat(net.evaluate(batches).getNumRowCounter()).isEqualTo(97);
        assertThat(batches.state()).hasToString(state.toString());
        net.fit(batches);

        switch (policy) {
            case KEEP:
                assertThat(log.sizes).containsExactly(40, 40, 17, 40, 40, 17);
                break;
            case DROP:
                assertThat(log.sizes).containsExactly(40, 40, 40, 40);
                break;
            default:
                // 17 + 97 = 114.
                assertThat(log.sizes).containsExactly(40, 40, 40, 40);
                net.fit(batches);
                // 34 + 97 = 131.
                assertThat(log.sizes).containsExactly(40, 40, 40, 40, 40, 40, 40);
        }
    }

    @Test
    void withASecondNetworkTheBatchesAreCounted() {
        BatchSchedule schedule = BatchSchedule.piecewise(ScheduleType.ITERATION, Map.of(0, 4, 6, 7));
        DynamicBatchIterator batches = batches(schedule);
        BatchLog log = new BatchLog();
        for (int i = 0; i < 2; i++) {
            MultiLayerNetwork net = Nets.mlp();
            net.addListeners(log, batches.listener());
            net.fit(batches);
        }

        assertThat(log.sizes).containsExactly(4, 4, 4, 4, 4, 4, 7, 7, 2);
    }

    @Test
    void aControllerIsAskedOnceForEachBatchAfterTheUpdateBefore() {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        List<String> asked = new ArrayList<>();
        BatchSizes controller = (epoch, iteration) -> {
            asked.add(epoch + "/" + iteration + " after " + log.sizes.size());
            return 8;
        };
        DynamicBatchIterator batches = batches(controller);
        net.addListeners(log, batches.listener());

        net.fit(batches, 2);

        assertThat(asked)
                .containsExactly(
                        "0/0 after 0", "0/1 after 1", "0/2 after 2", "1/3 after 3", "1/4 after 4", "1/5 after 5");
    }

    @Test
    void resumesWithModelAndStateInMidEpoch() {
        MultiLayerNetwork whole = Nets.mlp();
        DynamicBatchIterator batches = batches(BY_EPOCH);
        batches.attachTo(whole);
        whole.fit(batches, 3);

        MultiLayerNetwork begun = Nets.mlp();
        DynamicBatchIterator first = batches(BY_EPOCH);
        first.attachTo(begun);
        begun.fit(first);
        first.reset();
        begun.fit(first.next());
        BatchState state = first.state();
        MultiLayerNetwork loaded = begun.clone();
        loaded.getLayerWiseConfigurations().setEpochCount(begun.getEpochCount());
        loaded.getLayerWiseConfigurations().setIterationCount(begun.getIterationCount());
        DynamicBatchIterator second = batches(BY_EPOCH);
        second.restore(state);
        second.attachTo(loaded);
        loaded.fit(second, 2);

        assertThat(state).hasToString("epoch 1, iteration 5, 8 examples handed out");
        assertThat(loaded.params()).isEqualTo(whole.params());
    }

    /** The network's own count stays 0, and says nothing of the place that was gone to. */
    @Test
    void aLoopOfOnesOwnRestoredInMidEpochBeforeItIsAttached() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator first = batches(BY_EPOCH);
        first.attachTo(net);
        while (first.hasNext()) {
            net.fit(first.next());
        }
        first.reset();
        net.fit(first.next());
        DynamicBatchIterator second = batches(BY_EPOCH);
        second.restore(first.state());
        second.attachTo(net);
        BatchLog log = new BatchLog();
        net.addListeners(log);
        for (int pass = 1; pass < 3; pass++) {
            while (second.hasNext()) {
                net.fit(second.next());
            }
            second.reset();
        }

        assertThat(log.sizes).containsExactly(8, 4, 20);
    }

    @Test
    void onlyNetworksCanBeFollowed() {
        DynamicBatchIterator batches = batches(BY_EPOCH);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ((ProgressListener) batches.listener())
                        .prepare(new DenseLayer(Nets.mlp().conf(), org.nd4j.linalg.api.buffer.DataType.DOUBLE)));
    }

    /** A rate finder, a teacher: DL4J hands a clone the graph's own list of listeners, the iterator's among them. */
    @Test
    void aCloneOfTheGraphDoesNotMoveTheSchedule() {
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(Nets.data(12)), (epoch, iteration) -> 2 + epoch)
                .build();
        ComputationGraph graph = Nets.graph();
        batches.attachTo(graph);
        ComputationGraph probe = graph.clone();
        probe.fit(new ListSource(Nets.data(5, 5)), 2);
        graph.fit(batches);
        assertThat(batches.batch()).isEqualTo(2);
        probe.fit(Nets.data(5).get(0));
        probe.fit(new ListSource(Nets.data(5, 5)), 2);
        graph.fit(batches);
        assertThat(batches.batch()).isEqualTo(3);
        graph.evaluate(batches);
        graph.fit(batches);
        assertThat(batches.batch()).isEqualTo(4);
        assertThat(graph.getIterationCount()).isEqualTo(6 + 4 + 3);
    }
}
