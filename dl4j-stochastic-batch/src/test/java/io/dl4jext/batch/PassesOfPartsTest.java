package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dl4jext.batch.internal.accumulation.UpdateListener;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.AsyncDataSetIterator;
import org.deeplearning4j.datasets.iterator.EarlyTerminationDataSetIterator;
import org.deeplearning4j.datasets.iterator.MultipleEpochsIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.IterationTerminationCondition;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.slf4j.LoggerFactory;

/** Which pass is on which part of an accumulated batch, however the parts come to the network. */
class PassesOfPartsTest {

    private static final int EXAMPLES = 32;
    private static final int WHOLE = 8;
    private static final int PART = 2;
    private static final int UPDATES = EXAMPLES / WHOLE;

    /** Which parts an iterator around the batches makes others of. */
    private enum Changed {
        ALL(part -> true),
        EVERY_SECOND(part -> part % 2 == 1),
        LAST_OF_EACH_BATCH(part -> part % 4 == 3),
        EVERY_SECOND_BATCH(part -> part % 8 >= 4);

        final IntPredicate parts;

        Changed(IntPredicate parts) {
            this.parts = parts;
        }
    }

    /** A user's own augmentation around another iterator. */
    private static class Augmented extends ListSource {

        private static final long serialVersionUID = 1L;

        private final transient DataSetIterator inner;
        private final transient IntPredicate changed;
        private final boolean ahead;
        private volatile int part;

        Augmented(DataSetIterator inner, Changed changed, boolean ahead) {
            super(List.of());
            this.inner = inner;
            this.changed = changed.parts;
            this.ahead = ahead;
        }

        @Override
        public boolean hasNext() {
            return inner.hasNext();
        }

        @Override
        public DataSet next() {
            DataSet next = inner.next();
            return changed.test(part++) ? augmented(next) : next;
        }

        @Override
        public void reset() {
            inner.reset();
            part = 0;
        }

        @Override
        public boolean asyncSupported() {
            return ahead;
        }
    }

    private static DataSet augmented(DataSet data) {
        return new DataSet(data.getFeatures().add(0.5), data.getLabels().dup());
    }

    private static DataSetIterator source(int portion) {
        int[] sizes = new int[EXAMPLES / portion];
        Arrays.fill(sizes, portion);
        return new ListSource(Nets.data(sizes));
    }

    private static DynamicBatchIterator.Builder builder() {
        return DynamicBatchIterator.builder(source(PART), BatchSchedule.constant(WHOLE))
                .microBatchSize(PART);
    }

    private static DynamicBatchIterator batchesFor(Model net) {
        DynamicBatchIterator batches = builder().build();
        batches.attachTo(net);
        return batches;
    }

    /** After epochs on whole batches, of augmented examples in the last ones. */
    private static INDArray expected(int epochs, Changed changed, int augmentedEpochs) {
        MultiLayerNetwork net = Nets.mlp();
        for (int epoch = 0; epoch < epochs; epoch++) {
            net.fit(source(WHOLE));
        }
        for (int epoch = 0; epoch < augmentedEpochs; epoch++) {
            DataSetIterator parts = new Augmented(source(PART), changed, false);
            while (parts.hasNext()) {
                List<DataSet> batch = new ArrayList<>();
                for (int part = 0; part < WHOLE / PART; part++) {
                    batch.add(parts.next());
                }
                net.fit(DataSet.merge(batch));
            }
        }
        return net.params();
    }

    private static void assertTrained(MultiLayerNetwork net, int updates, INDArray expected) {
        assertThat(net.getIterationCount()).isEqualTo(updates);
        assertThat(net.params().distance2(expected)).isLessThan(1e-10);
    }

    @ParameterizedTest
    @EnumSource(Changed.class)
    void augmentedByAnIteratorAround(Changed changed) {
        for (boolean ahead : new boolean[] {false, true}) {
            MultiLayerNetwork net = Nets.mlp();
            DynamicBatchIterator batches = batchesFor(net);

            net.fit(batches);
            net.fit(new Augmented(batches, changed, ahead), 2);

            assertTrained(net, 3 * UPDATES, expected(1, changed, 2));
        }
    }

    @ParameterizedTest
    @EnumSource(Changed.class)
    void augmentedInEarlyStopping(Changed changed) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);

        new EarlyStoppingTrainer(
                        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                                .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
                                .scoreCalculator(new DataSetLossCalculator(source(WHOLE), true))
                                .modelSaver(new InMemoryModelSaver<>())
                                .build(),
                        net,
                        new Augmented(batches, changed, false))
                .fit();

        assertTrained(net, 2 * UPDATES, expected(0, changed, 2));
    }

    /** An epoch of a loop by hand on what was handed out, then on copies. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void copiesByHand(boolean beginAnewEarly) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);

        for (int epoch = 0; epoch < 3; epoch++) {
            for (int left = EXAMPLES / PART - 1; left >= 0; left--) {
                DataSet part = batches.next();
                if (beginAnewEarly && left == 0) {
                    assertThat(batches.hasNext()).isFalse();
                    batches.reset();
                }
                net.fit(epoch == 0 ? part : part.copy());
            }
            if (!beginAnewEarly) {
                assertThat(batches.hasNext()).isFalse();
                batches.reset();
            }
        }

        assertTrained(net, 3 * UPDATES, expected(3, Changed.ALL, 0));
    }

    /** A copy is known by its examples, an augmented one by its labels. */
    @Test
    void copiesByHandAmongOthers() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        for (int part = 0; batches.hasNext(); part++) {
            DataSet data = batches.next();
            if (part % 2 == 1) {
                data.setFeatures(data.getFeatures().add(0.5));
            }
            net.fit(part % 4 == 2 ? data.copy() : data);
        }

        assertTrained(net, UPDATES, expected(0, Changed.EVERY_SECOND, 1));
    }

    /** By hand nothing tells what has neither the examples of a part nor its labels from other data. */
    @Test
    void anAugmentedCopyByHandIsRefused() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        DataSet part = batches.next();
        net.fit(augmented(part));

        assertThatThrownBy(batches::next).hasMessageContaining("on another made of it");
    }

    /** Experience replay: what was drawn waits while other data is trained on, of the same size or another. */
    @ParameterizedTest
    @ValueSource(ints = {PART, 5})
    void otherDataAfterTheDraw(int size) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        DataSet other = Nets.data(EXAMPLES, size).get(1);
        int ofOther = 0;
        int ofParts = 0;
        for (int epoch = 0; epoch < 2; epoch++) {
            while (batches.hasNext()) {
                DataSet part = batches.next();
                ofOther += trains(net, other) ? 1 : 0;
                ofParts += trains(net, part) ? 1 : 0;
            }
            batches.reset();
        }

        assertThat(ofOther).isEqualTo(2 * EXAMPLES / PART);
        assertThat(ofParts).isEqualTo(2 * UPDATES);
    }

    /** In two inputs, the first of which is the same everywhere. */
    @Test
    void otherDataWithTheSameFirstInput() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("ones", "in")
                .addVertex("all", new MergeVertex(), "ones", "in")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nIn(1 + Nets.INPUTS)
                                .nOut(Nets.CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "all")
                .setOutputs("out")
                .build());
        graph.init();
        List<MultiDataSet> data = new ArrayList<>();
        for (DataSet one : Nets.data(8, 8, PART)) {
            data.add(withOnes(one));
        }
        MultiDataSet other = data.remove(2);
        DynamicMultiBatchIterator batches = DynamicMultiBatchIterator.builder(
                        new MultiListSource(data), BatchSchedule.constant(WHOLE))
                .microBatchSize(PART)
                .build();
        batches.attachTo(graph);
        while (batches.hasNext()) {
            MultiDataSet part = batches.next();
            INDArray before = graph.params().dup();
            graph.fit(other);
            assertThat(graph.params()).isNotEqualTo(before);
            graph.fit(part);
        }

        assertThat(graph.getConfiguration().getIterationCount()).isEqualTo(2 * WHOLE / PART + 2);
    }

    private static MultiDataSet withOnes(DataSet data) {
        return new org.nd4j.linalg.dataset.MultiDataSet(
                new INDArray[] {Nd4j.ones(DataType.DOUBLE, data.numExamples(), 1), data.getFeatures()},
                new INDArray[] {data.getLabels()});
    }

    /** A queue has the parts in their order. */
    @Test
    void augmentedInAQueueThatIsTrainedOnByHand() {
        MultiLayerNetwork net = Nets.mlp();
        AsyncDataSetIterator ahead = new AsyncDataSetIterator(new Augmented(batchesFor(net), Changed.ALL, false), 4);
        while (ahead.hasNext()) {
            net.fit(ahead.next());
        }
        ahead.shutdown();

        assertTrained(net, UPDATES, expected(0, Changed.ALL, 1));
    }

    /** One part ahead, by the threads of a pool in turn. */
    @Test
    void drawnAheadByThreadsOfAPool() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        Future<DataSet>[] next = new Future[] {null};
        DataSetIterator ahead = new ListSource(List.of()) {
            private static final long serialVersionUID = 1L;

            private DataSet draw() {
                return batches.hasNext() ? batches.next() : null;
            }

            private DataSet ahead() {
                try {
                    next[0] = next[0] == null ? pool.submit(this::draw) : next[0];
                    return next[0].get();
                } catch (InterruptedException | ExecutionException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public boolean hasNext() {
                return ahead() != null;
            }

            @Override
            public DataSet next() {
                DataSet drawn = ahead();
                next[0] = pool.submit(this::draw);
                return drawn;
            }

            @Override
            public boolean asyncSupported() {
                return false;
            }
        };

        net.fit(ahead);
        pool.shutdown();

        assertTrained(net, UPDATES, expected(1, Changed.ALL, 0));
    }

    /** What several threads have drawn is one queue as long as its parts are trained on, after one that failed, too. */
    @Test
    void aQueueOfSeveralThreadsGoesOnAfterAPassThatFailed() throws Exception {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        net.addListeners(new FailingPasses(0));
        List<ExecutorService> threads =
                List.of(Executors.newSingleThreadExecutor(), Executors.newSingleThreadExecutor());
        Deque<DataSet> queue = new ArrayDeque<>();
        int draws = 0;
        while (draws < 3) {
            queue.add(threads.get(draws++ % 2).submit(() -> batches.next()).get());
        }
        while (!queue.isEmpty()) {
            try {
                net.fit(queue.remove());
            } catch (IllegalStateException e) {
                assertThat(batches.hasNext()).isTrue(); // asked on this thread: the part has failed
                net.fit(queue.remove());
            }
            if (batches.hasNext()) {
                queue.add(threads.get(draws++ % 2).submit(() -> batches.next()).get());
            }
        }
        threads.forEach(ExecutorService::shutdown);

        assertThat(net.getIterationCount()).isEqualTo(UPDATES - 1);
    }

    /** A part of the former network's update that waits is other data to the next one. */
    @Test
    void attachedToAnotherNetworkWhileAPartWaits() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        net.fit(batches.next());
        DataSet waiting = batches.next();
        MultiLayerNetwork other = Nets.mlp();
        batches.attachTo(other);
        assertThat(trains(other, waiting)).isTrue();
        assertThat(trains(other, batches.next())).isFalse();
        assertThat(trains(other, batches.next())).isTrue();
        other.fit(batches);

        assertThat(other.getIterationCount()).isEqualTo(2 + UPDATES - 1);
    }

    /** What was handed out before and nobody has trained on is the other network's. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5})
    @Timeout(60)
    void attachedToAnotherNetworkWhileAQueueWaits(int trained) {
        MultiLayerNetwork first = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(first);
        AtomicInteger drawn = new AtomicInteger();
        AsyncDataSetIterator ahead = new AsyncDataSetIterator(
                new Augmented(batches, Changed.ALL, false) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public DataSet next() {
                        DataSet part = batches.next();
                        drawn.incrementAndGet();
                        return part;
                    }
                },
                5);
        while (drawn.get() < 6) {
            Thread.onSpinWait();
        }
        for (int part = 0; part < trained && ahead.hasNext(); part++) {
            first.fit(ahead.next());
        }
        MultiLayerNetwork other = Nets.mlp();
        batches.attachTo(other);
        int begun = trained / (WHOLE / PART);
        List<INDArray> updated = new ArrayList<>();
        while (ahead.hasNext()) {
            INDArray before = other.params().dup();
            other.fit(ahead.next());
            if (!other.params().equals(before)) {
                updated.add(other.params().dup());
            }
        }
        ahead.shutdown();

        assertThat(updated).hasSize(UPDATES - begun);
        if (trained == 0) {
            assertTrained(other, UPDATES, expected(1, Changed.ALL, 0));
        }
    }

    /** DL4J's networks hold their lock while they draw, and ask it for their layers. */
    @Test
    @Timeout(60)
    void detachedByAnotherThreadWhileItTrains() throws Exception {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        Thread detaches = new Thread(() -> batches.detachFrom(net));
        net.addListeners(new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                if (detaches.getState() == Thread.State.NEW) {
                    detaches.start();
                    while (detaches.getState() == Thread.State.RUNNABLE) {
                        Thread.onSpinWait();
                    }
                }
            }
        });

        net.fit(batches);
        detaches.join();

        assertThat(net.getIterationCount()).isPositive();
    }

    /** A loop by hand is one, with the network's lock or without. */
    @Test
    void copiesByHandWithTheNetworksLock() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        synchronized (net) {
            while (batches.hasNext()) {
                net.fit(batches.next().copy());
            }
        }

        assertTrained(net, UPDATES, expected(1, Changed.ALL, 0));
    }

    /** On another thread, while the graph's own fit is between a draw and the pass on it. */
    @Test
    void aCloneTrainsOnOtherDataOnAnotherThread() {
        ComputationGraph graph = Nets.graph();
        ComputationGraph probe = graph.clone();
        DynamicBatchIterator batches = batchesFor(graph);
        graph.fit(new Augmented(batches, Changed.ALL, false) {
            private static final long serialVersionUID = 1L;

            @Override
            public DataSet next() {
                DataSet part = super.next();
                Thread other = new Thread(() -> probe.fit(new ListSource(Nets.data(4))));
                other.start();
                try {
                    other.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return part;
            }
        });

        assertThat(graph.getConfiguration().getIterationCount()).isEqualTo(UPDATES);
        assertThat(probe.getConfiguration().getIterationCount()).isEqualTo(EXAMPLES / PART);
    }

    private static boolean trains(MultiLayerNetwork net, DataSet data) {
        INDArray before = net.params().dup();
        net.fit(data);
        return !net.params().equals(before);
    }

    /** A loop by hand after one of DL4J's trainers has ended within an epoch, of which nobody is told. */
    @Test
    void otherDataAfterEarlyStoppingThatEndedWithinAnEpoch() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        int[] parts = {0};
        new EarlyStoppingTrainer(
                        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                                .epochTerminationConditions(new MaxEpochsTerminationCondition(5))
                                .iterationTerminationConditions(new IterationTerminationCondition() {
                                    private static final long serialVersionUID = 1L;

                                    @Override
                                    public void initialize() {}

                                    @Override
                                    public boolean terminate(double lastMiniBatchScore) {
                                        return ++parts[0] == EXAMPLES / PART + 2;
                                    }
                                })
                                .scoreCalculator(new DataSetLossCalculator(source(WHOLE), true))
                                .modelSaver(new InMemoryModelSaver<>())
                                .build(),
                        net,
                        batches)
                .fit();

        DataSet part = batches.next();
        assertThat(trains(net, Nets.data(EXAMPLES, PART).get(1))).isTrue();
        assertThat(trains(net, part.copy())).isFalse();
    }

    /** DL4J hands a clone the graph's listeners. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCloneTrainsOnOtherData(boolean scaled) {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nIn(Nets.INPUTS)
                                .nOut(Nets.CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "in")
                .setOutputs("out")
                .build());
        graph.init();
        ComputationGraph probe = graph.clone();
        DynamicBatchIterator batches = scaled
                ? DynamicBatchIterator.builder(source(PART), BatchSchedule.constant(WHOLE))
                        .learningRateScaling(LearningRateScaling.linear(4))
                        .build()
                : builder().build();
        batches.attachTo(graph);
        DataSet waiting = batches.next();
        probe.fit(Nets.data(4).get(0));
        graph.fit(waiting);
        graph.addListeners(new FailingPasses(1));
        assertThatThrownBy(() -> graph.fit(batches)).hasMessageContaining("on purpose");
        probe.fit(new ListSource(Nets.data(4, 4)));

        graph.fit(batches);

        assertThat(probe.getConfiguration().getIterationCount()).isEqualTo(3);
        assertThat(graph.getConfiguration().getIterationCount()).isEqualTo(UPDATES - 1);
    }

    /** A pass of a listener's own before the update, which puts everything back: DL4J alone trains as without it. */
    @Test
    void aListenersOwnPassBeforeTheUpdate() {
        for (boolean ahead : new boolean[] {false, true}) {
            MultiLayerNetwork net = Nets.mlp();
            DynamicBatchIterator batches = batchesFor(net);
            DataSet validation = Nets.data(3).get(0);
            int[] passes = {0};
            net.addListeners(new BaseTrainingListener() {
                @Override
                public void onGradientCalculation(Model model) {
                    INDArray input = net.getInput();
                    INDArray labels = net.getLabels();
                    INDArray gradient = net.getFlattenedGradients().dup();
                    net.calculateGradients(validation.getFeatures(), validation.getLabels(), null, null);
                    net.getFlattenedGradients().assign(gradient);
                    net.setInput(input);
                    net.setLabels(labels);
                    passes[0]++;
                }
            });

            net.fit(new Augmented(batches, Changed.ALL, ahead));

            assertThat(passes[0]).isEqualTo(EXAMPLES / PART);
            assertTrained(net, UPDATES, expected(0, Changed.ALL, 1));
        }
    }

    /** It leaves its input in the network; DL4J goes by the labels. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPredictionBeforeTheUpdate(boolean inParts) {
        INDArray one = Nets.data(1).get(0).getFeatures();
        List<MultiLayerNetwork> nets = List.of(Nets.mlp(), Nets.mlp());
        for (MultiLayerNetwork net : nets) {
            DynamicBatchIterator.Builder builder =
                    DynamicBatchIterator.builder(source(PART), BatchSchedule.constant(WHOLE));
            DynamicBatchIterator batches = inParts
                    ? builder.microBatchSize(PART).build()
                    : builder.learningRateScaling(LearningRateScaling.linear(4)).build();
            batches.attachTo(net);
            if (net == nets.get(1)) {
                net.addListeners(new BaseTrainingListener() {
                    @Override
                    public void onGradientCalculation(Model model) {
                        net.output(one);
                    }
                });
            }
            net.fit(batches);
        }

        assertThat(nets.get(1).params()).isEqualTo(nets.get(0).params());
    }

    /** As where a fit threw, and the last good model is read from its file. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void attachedToAnotherNetworkAfterAPartThatFailed(int failure) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        net.addListeners(new FailingPasses(failure));
        assertThatThrownBy(() -> net.fit(batches)).hasMessageContaining("on purpose");

        MultiLayerNetwork restored = Nets.mlp();
        batches.attachTo(restored);
        restored.fit(batches);

        MultiLayerNetwork same = Nets.mlp();
        Nets.data(8, 8, 8, 8).subList(1, UPDATES).forEach(same::fit);
        assertTrained(restored, UPDATES - 1, same.params());
    }

    /** The update is no more; what is left of its batch is one of its own, at its own rate. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void attachedToAnotherNetworkBetweenTwoParts(boolean detached) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches =
                builder().learningRateScaling(LearningRateScaling.linear(WHOLE)).build();
        batches.attachTo(net);
        net.fit(batches.next());
        if (detached) {
            batches.detachFrom(net);
        }

        MultiLayerNetwork other = Nets.mlp();
        batches.attachTo(other);
        other.fit(batches);

        MultiLayerNetwork same = Nets.mlp();
        DynamicBatchIterator rest = DynamicBatchIterator.builder(
                        new ListSource(List.of(
                                DataSet.merge(Nets.data(2, 2, 2, 2).subList(1, 4)),
                                Nets.data(8, 8).get(1),
                                Nets.data(8, 8, 8).get(2),
                                Nets.data(8, 8, 8, 8).get(3))),
                        (epoch, iteration) -> iteration == 0 ? WHOLE - PART : WHOLE)
                .learningRateScaling(LearningRateScaling.linear(WHOLE))
                .build();
        rest.attachTo(same);
        same.fit(rest);
        assertTrained(other, UPDATES, same.params());
    }

    @Test
    void otherDataBetweenTwoPartsHasTheIterationBeforeTheirUpdates() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        List<Integer> iterations = new ArrayList<>();
        net.addListeners(iterations(iterations));
        net.fit(batches.next());
        net.fit(Nets.data(5).get(0));
        for (int part = 1; part < WHOLE / PART; part++) {
            net.fit(batches.next());
        }

        assertThat(iterations).containsExactly(0, 0, 1, 1, 1);
        assertThat(net.getIterationCount()).isEqualTo(2);
    }

    /** Other updates were made, of which nobody heard. */
    @Test
    void theCounterDoesNotGoBackWhenAttachedAgain() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        net.fit(batches.next());
        net.setListeners();
        net.fit(source(WHOLE), 3);
        int iterations = net.getIterationCount();

        batches.attachTo(net);
        assertThat(batches.hasNext()).isTrue();

        assertThat(net.getIterationCount()).isEqualTo(iterations);
    }

    /** Gone back to in the same process, from within a later update. */
    @Test
    void aRestoredPlaceHasItsOwnIteration() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        List<Integer> iterations = new ArrayList<>();
        net.addListeners(iterations(iterations));
        for (int part = 0; part < 4; part++) {
            net.fit(batches.next());
        }
        BatchState saved = batches.state();
        for (int part = 0; part < 5; part++) {
            net.fit(batches.next());
        }

        net.getLayerWiseConfigurations().setIterationCount(saved.iteration());
        batches.restore(saved);
        iterations.clear();
        for (int part = 0; part < 4; part++) {
            net.fit(batches.next());
        }

        assertThat(iterations).containsExactly(1, 1, 1, 1);
        assertThat(net.getIterationCount()).isEqualTo(2);
    }

    private static BaseTrainingListener iterations(List<Integer> all) {
        return new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                all.add(iteration);
            }
        };
    }

    @Test
    void begunAnewBeforeTheLastPartIsTrainedOn() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        for (int part = 0; part < 2 * EXAMPLES / PART; part++) {
            DataSet data = batches.next();
            if (!batches.hasNext()) {
                batches.reset();
            }
            net.fit(data);
        }

        assertTrained(net, 2 * UPDATES, expected(2, Changed.ALL, 0));
    }

    @Test
    void throughAMultipleEpochsIterator() {
        MultiLayerNetwork net = Nets.mlp();

        net.fit(new MultipleEpochsIterator(2, batchesFor(net)));

        assertTrained(net, 2 * UPDATES, expected(2, Changed.ALL, 0));
    }

    /** What was left by a loop that skips it is no part of the next pass, whatever copies are trained on there. */
    @Test
    void aLastPartThatIsNotTrainedOnIsNotWaitedFor() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        for (int part = 1; part < EXAMPLES / PART; part++) {
            net.fit(batches.next().copy());
        }
        batches.next();
        assertThat(batches.hasNext()).isFalse();
        batches.reset();
        INDArray before = net.params().dup();
        while (batches.hasNext()) {
            net.fit(batches.next().copy());
        }

        MultiLayerNetwork same = Nets.mlp();
        for (int batch = 1; batch < UPDATES; batch++) {
            same.fit(DataSet.merge(
                    Nets.data(2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2).subList(4 * batch - 4, 4 * batch)));
        }
        assertThat(before.distance2(same.params())).isLessThan(1e-10);
        same.fit(source(WHOLE));
        assertThat(net.params().distance2(same.params())).isLessThan(1e-10);
        assertThat(net.getIterationCount()).isEqualTo(2 * UPDATES - 1);
    }

    /** By turns a part that waits from before is not the one that is trained on. */
    @Test
    void augmentedAfterAPartThatWasDrawnInVain() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        for (int part = 1; part < WHOLE / PART; part++) {
            net.fit(batches.next());
        }
        batches.next();

        net.fit(new Augmented(batches, Changed.ALL, false));

        MultiLayerNetwork same = Nets.mlp();
        DataSetIterator whole = new Augmented(source(WHOLE), Changed.ALL, false);
        whole.next();
        while (whole.hasNext()) {
            same.fit(whole.next());
        }
        assertTrained(net, UPDATES - 1, same.params());
    }

    /**
     * DL4J prefetches an augmenting iterator by itself. Of a fit that threw it throws away what was prefetched: two parts
     * in the queue, one in the thread's hand; with the one that failed the next batch's first part, too.
     */
    @Test
    @Timeout(60)
    void whatDl4jHasPrefetchedForAFitThatThrew() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        Augmented augmented = new Augmented(batches, Changed.ALL, true);
        net.addListeners(new FailingPasses(List.of(1), () -> augmented.part >= 5));
        assertThatThrownBy(() -> net.fit(augmented)).hasMessageContaining("on purpose");

        net.fit(augmented);

        MultiLayerNetwork same = Nets.mlp();
        Nets.data(8, 8, 8, 8).subList(2, UPDATES).forEach(batch -> same.fit(augmented(batch)));
        assertThat(net.params().distance2(same.params())).isLessThan(1e-10);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6, 7})
    void otherEpochsAfterAnUpdateThatFailed(int failure) {
        for (boolean ahead : new boolean[] {false, true}) {
            MultiLayerNetwork net = Nets.mlp();
            DynamicBatchIterator batches = batchesFor(net);
            net.addListeners(new FailingPasses(failure));
            DataSetIterator parts = ahead ? new AsyncDataSetIterator(batches, 4) : batches;
            assertThatThrownBy(() -> net.fit(parts)).hasMessageContaining("on purpose");
            INDArray after = net.params().dup();

            DataSetIterator plain = new ListSource(Nets.data(2, 2, 2, 2, 2, 2));
            net.fit(plain, 2);
            if (ahead) {
                ((AsyncDataSetIterator) parts).shutdown();
            }

            assertThat(net.getIterationCount()).isEqualTo(1 + 12);
            assertThat(UpdateListener.isWithinUpdate(net)).isFalse();
            MultiLayerNetwork same = Nets.mlp();
            same.fit(DataSet.merge(Nets.data(2, 2, 2, 2)));
            assertThat(after.distance2(same.params())).isLessThan(1e-10);
            same.fit(plain, 2);
            assertThat(net.params().distance2(same.params())).isLessThan(1e-10);
        }
    }

    @Test
    void otherEpochsAfterALoopThatEndedWithinAnUpdate(@TempDir Path folder) throws Exception {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        net.addListeners(
                fisher,
                TrainingCheckpoints.builder(folder)
                        .everyIterations(3)
                        .fisher(fisher)
                        .build());
        net.fit(batches.next());

        net.fit(source(PART), 2);

        assertThat(net.getIterationCount()).isEqualTo(2 * EXAMPLES / PART);
        assertThat(fisher.history().measurements()).hasSize(2 * EXAMPLES / PART);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isNotEmpty();
        }
    }

    @Test
    void aListenerMayAskForTheNextBatchWithinAPass() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        net.addListeners(new BaseTrainingListener() {
            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                batches.hasNext();
            }

            @Override
            public void onBackwardPass(Model model) {
                batches.hasNext();
            }
        });

        net.fit(batches, 2);

        assertTrained(net, 2 * UPDATES, expected(2, Changed.ALL, 0));
    }

    @Test
    void theCounterOfANetworkThatIsNotHeardStays() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        net.fit(batches.next());
        net.setListeners();
        net.fit(source(WHOLE));
        int iterations = net.getIterationCount();

        assertThat(batches.hasNext()).isTrue();

        assertThat(net.getIterationCount()).isEqualTo(iterations);
    }

    /** What they are told of the iteration in the forward pass, before any listener hears of it. */
    private static final class Told implements IDropout {

        private static final long serialVersionUID = 1L;

        static final List<Integer> ITERATIONS = new ArrayList<>();

        @Override
        public INDArray applyDropout(
                INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
            ITERATIONS.add(iteration);
            return result.assign(input);
        }

        @Override
        public INDArray backprop(INDArray out, INDArray in, int iteration, int epoch) {
            ITERATIONS.add(iteration);
            return in.assign(out);
        }

        @Override
        public void clear() {}

        @Override
        public IDropout clone() {
            return new Told();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dropoutIsToldTheIterationOfTheUpdate(boolean graph) {
        DenseLayer hidden = new DenseLayer.Builder()
                .nIn(Nets.INPUTS)
                .nOut(5)
                .dropOut(new Told())
                .build();
        OutputLayer output = new OutputLayer.Builder()
                .nIn(5)
                .nOut(Nets.CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
        Told.ITERATIONS.clear();
        if (graph) {
            ComputationGraph net = new ComputationGraph(new NeuralNetConfiguration.Builder()
                    .graphBuilder()
                    .addInputs("in")
                    .addLayer("hidden", hidden, "in")
                    .addLayer("out", output, "hidden")
                    .setOutputs("out")
                    .build());
            net.init();
            net.fit(batchesFor(net), 2);
        } else {
            MultiLayerNetwork net = new MultiLayerNetwork(
                    new NeuralNetConfiguration.Builder().list(hidden, output).build());
            net.init();
            net.fit(batchesFor(net), 2);
        }

        List<Integer> expected = new ArrayList<>();
        for (int update = 0; update < 2 * UPDATES; update++) {
            for (int part = 0; part < WHOLE / PART; part++) {
                expected.addAll(List.of(update, update));
            }
        }
        assertThat(Told.ITERATIONS).isEqualTo(expected);
    }

    private static List<String> said(Runnable training) {
        Logger logger = (Logger) LoggerFactory.getLogger("io.dl4jext.batch.internal.accumulation.UpdateProgress");
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.addAppender(appender);
        try {
            training.run();
        } finally {
            logger.detachAppender(appender);
        }
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).collect(Collectors.toList());
    }

    @Test
    void batchesThatNeverComeToAnUpdateAreNamedOnce() {
        MultiLayerNetwork net = Nets.mlp();
        MultiLayerNetwork whole = Nets.mlp();

        List<String> said = said(() -> {
            net.fit(new EarlyTerminationDataSetIterator(batchesFor(net), 3), 4);
            whole.fit(new EarlyTerminationDataSetIterator(batchesFor(whole), 4), 4);
        });

        assertThat(said)
                .singleElement()
                .asString()
                .contains("comes to no update: 6 of its examples", "EarlyTerminationDataSetIterator");
        assertThat(whole.getIterationCount()).isEqualTo(4);
    }

    /** An exception has said so. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatFailedIsNotNamed(boolean ahead) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        net.addListeners(new FailingPasses(3));
        DataSetIterator parts = ahead ? new AsyncDataSetIterator(batches, 2) : batches;

        List<String> said = said(() -> {
            assertThatThrownBy(() -> net.fit(parts)).hasMessageContaining("on purpose");
            if (!ahead) {
                batches.reset();
            }
            net.fit(parts);
        });

        if (ahead) {
            ((AsyncDataSetIterator) parts).shutdown();
        }
        assertThat(said).isEmpty();
        assertThat(net.getIterationCount()).isEqualTo(ahead ? UPDATES - 1 : UPDATES);
    }

    /** A pass of a listener's own is no part, even where parts wait that are known by their order alone. */
    @Test
    void aListenersOwnPassIsNotOnAPart() {
        for (boolean ahead : new boolean[] {false, true}) {
            MultiLayerNetwork net = Nets.mlp();
            DynamicBatchIterator batches = batchesFor(net);
            DataSet validation = Nets.data(PART).get(0);
            FisherListener fisher =
                    FisherListener.builder().everyIterations(1).failFast(true).build();
            net.addListeners(fisher, new BaseTrainingListener() {
                @Override
                public void iterationDone(Model model, int iteration, int epoch) {
                    ((MultiLayerNetwork) model)
                            .calculateGradients(validation.getFeatures(), validation.getLabels(), null, null);
                }
            });

            net.fit(new Augmented(batches, Changed.ALL, ahead), 2);

            assertTrained(net, 2 * UPDATES, expected(0, Changed.ALL, 2));
            assertThat(fisher.history().measurements()).hasSize(2 * UPDATES).allMatch(m -> m.batchSize() == WHOLE);
            assertThat(fisher.history().summary().examples()).isEqualTo(2L * EXAMPLES);
        }
    }

    @Test
    void aFisherListenerThatWasAddedTwiceMeasuresOnce() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = batchesFor(net);
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        net.addListeners(fisher, fisher);

        net.fit(batches, 2);

        assertThat(fisher.history().measurements()).hasSize(2 * UPDATES).allMatch(m -> m.batchSize() == WHOLE);
        assertThat(fisher.history().summary().iterations()).isEqualTo(2L * UPDATES);
    }
}
