package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dl4jext.batch.internal.Network;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.AsyncDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.learning.config.NoOp;

/** What depends on a listener in the network notices when it is not there, in every way that DL4J's users lose one. */
class AttachmentTest {

    /** 97 examples: batches of 40, 40, 17. */
    private static final int EXAMPLES = 97;

    /** The settings that are nothing without a listener. */
    enum Needs {
        PARTS,
        RATE,
        BOTH;

        DynamicBatchIterator over(int... portions) {
            DynamicBatchIterator.Builder builder =
                    DynamicBatchIterator.builder(new ListSource(Nets.data(portions)), BatchSchedule.constant(40));
            if (this != RATE) {
                builder.microBatchSize(16);
            }
            if (this != PARTS) {
                builder.learningRateScaling(LearningRateScaling.linear(20));
            }
            return builder.build();
        }
    }

    private static EarlyStoppingConfiguration<MultiLayerNetwork> twoEpochs() {
        return new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
                .scoreCalculator(new DataSetLossCalculator(new ListSource(Nets.data(5)), true))
                .modelSaver(new InMemoryModelSaver<>())
                .build();
    }

    private static void assertRefused(Runnable training, String because) {
        assertThatIllegalStateException()
                .isThrownBy(training::run)
                .withMessageContaining("attachTo(network)")
                .withMessageContaining(because);
    }

    @ParameterizedTest
    @EnumSource(Needs.class)
    void listenersReplacedBeforeTraining(Needs needs) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = needs.over(EXAMPLES);
        batches.attachTo(net);
        net.setListeners(new BatchLog());

        assertRefused(() -> net.fit(batches), "setListeners replaces all");
        assertThat(net.getIterationCount()).isZero();
        assertRefused(() -> net.fit(batches.next()), "setListeners replaces all");
        AsyncDataSetIterator prefetching = new AsyncDataSetIterator(batches, 2);
        assertRefused(() -> net.fit(prefetching), "setListeners replaces all");
        prefetching.shutdown();
        assertThat(net.getIterationCount()).isZero();

        batches.attachTo(net);
        batches.reset();
        net.fit(batches);
        assertThat(net.getIterationCount()).isEqualTo(3);
    }

    /** What waits in the queue already is for a listener that is gone. */
    @Test
    @Timeout(60)
    void listenersReplacedBehindAFullQueue() throws InterruptedException {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = Needs.PARTS.over(EXAMPLES);
        AtomicInteger handedOut = new AtomicInteger();
        batches.setPreProcessor(batch -> handedOut.incrementAndGet());
        batches.attachTo(net);
        AsyncDataSetIterator prefetching = new AsyncDataSetIterator(batches, 4);
        assertThat(prefetching.hasNext()).isTrue();
        // Four in the queue, and the thread that fills it waits with the next.
        for (int last = 0; handedOut.get() < 5 || handedOut.get() > last; ) {
            last = handedOut.get();
            Thread.sleep(100);
        }
        net.setListeners();
        INDArray before = net.params().dup();

        assertThatIllegalStateException()
                .isThrownBy(() -> net.fit(prefetching))
                .withMessageContaining("got an update without")
                .withMessageContaining("detachFrom");
        assertThat(net.params()).isEqualTo(before);
        prefetching.shutdown();
    }

    @ParameterizedTest
    @EnumSource(Needs.class)
    void listenersReplacedBetweenEpochs(Needs needs) {
        ComputationGraph net = Nets.graph();
        DynamicBatchIterator batches = needs.over(EXAMPLES);
        batches.attachTo(net);
        net.fit(batches);
        net.setListeners(new BatchLog());

        assertRefused(() -> net.fit(batches), "setListeners replaces all");
        assertThat(net.getIterationCount()).isEqualTo(3);
        net.setListeners(List.of(batches.listener()));
        batches.reset();
        net.fit(batches);
        assertThat(net.getIterationCount()).isEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource(Needs.class)
    void anotherNetworkIsFitted(Needs needs) {
        MultiLayerNetwork net = Nets.mlp();
        MultiLayerNetwork other = Nets.mlp();
        DynamicBatchIterator batches = needs.over(EXAMPLES);
        batches.attachTo(net);
        net.fit(batches);

        // Its first batch, or part of one, may be for an evaluation.
        assertRefused(() -> other.fit(batches), "has not trained on the last one");
        assertThat(other.getIterationCount()).isEqualTo(1);
        batches.reset();
        assertRefused(
                () -> {
                    while (batches.hasNext()) {
                        other.fit(batches.next());
                    }
                },
                "has not trained on the last one");
        ComputationGraph graph = Nets.graph();
        assertRefused(() -> graph.fit(batches), "has not trained on the last one");
        batches.reset();
        net.fit(batches);
        assertThat(net.getIterationCount()).isEqualTo(6);
    }

    /** One batch an epoch, reset each time: there is no second part or batch within the pass to notice it at. */
    @Test
    void anotherNetworkIsFittedWithOneBatchAnEpoch() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = Needs.RATE.over(30);
        batches.attachTo(net);
        net.fit(batches, 2);
        MultiLayerNetwork other = Nets.mlp();

        assertRefused(
                () -> {
                    for (int epoch = 0; epoch < 2; epoch++) {
                        batches.reset();
                        while (batches.hasNext()) {
                            other.fit(batches.next());
                        }
                    }
                },
                "has not trained on the last one");
    }

    @ParameterizedTest
    @EnumSource(Needs.class)
    void neverAttached(Needs needs) {
        MultiLayerNetwork net = Nets.mlp();
        assertRefused(() -> net.fit(needs.over(EXAMPLES)), "no network was heard of");
        ComputationGraph graph = Nets.graph();
        assertRefused(() -> graph.fit(needs.over(EXAMPLES)), "no network was heard of");
        assertThat(net.getIterationCount() + graph.getIterationCount()).isZero();
        DynamicBatchIterator byHand = needs.over(EXAMPLES);
        assertRefused(() -> net.fit(byHand.next()), "no network was heard of");

        assertRefused(
                () -> new EarlyStoppingTrainer(twoEpochs(), net, needs.over(EXAMPLES)).fit(),
                "no network was heard of");
        assertThat(net.getIterationCount()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Needs.class)
    void theListenerMayBeAddedByHand(Needs needs) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = needs.over(EXAMPLES);
        net.addListeners(batches.listener(), new BatchLog());
        net.fit(batches, 2);
        assertThat(net.getIterationCount()).isEqualTo(6);

        MultiLayerNetwork expected = Nets.mlp();
        DynamicBatchIterator attached = needs.over(EXAMPLES);
        attached.attachTo(expected);
        expected.fit(attached, 2);
        assertThat(net.params()).isEqualTo(expected.params());
    }

    /** It cannot be told from the training of a network that nothing is heard of. Nothing comes of it. */
    @ParameterizedTest
    @EnumSource(Needs.class)
    void evaluationInBetweenIsRefusedAndNoTraining(Needs needs) {
        MultiLayerNetwork net = Nets.mlp();
        MultiLayerNetwork expected = Nets.mlp();
        DynamicBatchIterator batches = needs.over(EXAMPLES);
        DynamicBatchIterator undisturbed = needs.over(EXAMPLES);
        batches.attachTo(net);
        undisturbed.attachTo(expected);
        for (int epoch = 0; epoch < 3; epoch++) {
            assertRefused(() -> net.evaluate(batches), "(evaluate) use the source iterator");
            assertRefused(() -> Nets.mlp().evaluate(batches), "(evaluate) use the source iterator");
            net.fit(batches);
            assertRefused(
                    () -> new DataSetLossCalculator(batches, true).calculateScore(net),
                    "(evaluate) use the source iterator");
            expected.fit(undisturbed);
        }

        assertThat(net.params()).isEqualTo(expected.params());
    }

    /** What draws ahead cannot be asked to have been heard. */
    @ParameterizedTest
    @EnumSource(Needs.class)
    void evaluationBehindAPrefetchingIterator(Needs needs) {
        MultiLayerNetwork net = Nets.mlp();
        MultiLayerNetwork expected = Nets.mlp();
        DynamicBatchIterator batches = needs.over(EXAMPLES);
        DynamicBatchIterator undisturbed = needs.over(EXAMPLES);
        batches.attachTo(net);
        undisturbed.attachTo(expected);
        AsyncDataSetIterator prefetching = new AsyncDataSetIterator(batches, 2);
        for (int epoch = 0; epoch < 3; epoch++) {
            net.fit(prefetching);
            assertThat(net.evaluate(prefetching).getNumRowCounter()).isEqualTo(EXAMPLES);
            expected.fit(undisturbed);
        }
        prefetching.shutdown();

        assertThat(net.params()).isEqualTo(expected.params());
    }

    @ParameterizedTest
    @EnumSource(Needs.class)
    void earlyStoppingTrainsAndItsBestModelNeedsAttaching(Needs needs) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = needs.over(EXAMPLES);
        batches.attachTo(net);
        EarlyStoppingResult<MultiLayerNetwork> result = new EarlyStoppingTrainer(twoEpochs(), net, batches).fit();
        assertThat(result.getTerminationReason())
                .isEqualTo(EarlyStoppingResult.TerminationReason.EpochTerminationCondition);
        assertThat(net.getIterationCount()).isPositive();
        assertThat(net.getIterationCount() % 3).isZero();

        MultiLayerNetwork best = result.getBestModel();
        int before = best.getIterationCount();
        batches.reset();
        assertRefused(() -> best.fit(batches), "has not trained on the last one");
        assertThat(best.getIterationCount()).isEqualTo(before + 1);
        best.setListeners(batches.listener());
        assertThatIllegalStateException().isThrownBy(() -> best.fit(batches));
        assertThat(best.getIterationCount()).isEqualTo(before + 1);
        best.setListeners();
        batches.detachFrom(net);
        batches.attachTo(best);
        batches.reset();
        best.fit(batches);
        assertThat(best.getIterationCount()).isEqualTo(before + 4);
    }

    @Test
    void earlyStoppingOfAGraph() {
        ComputationGraph net = Nets.graph();
        DynamicBatchIterator batches = Needs.BOTH.over(EXAMPLES);
        batches.attachTo(net);
        EarlyStoppingConfiguration<ComputationGraph> configuration = new EarlyStoppingConfiguration.Builder<
                        ComputationGraph>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
                .scoreCalculator(new DataSetLossCalculator(new ListSource(Nets.data(5)), true))
                .modelSaver(new InMemoryModelSaver<>())
                .build();
        EarlyStoppingResult<ComputationGraph> result = new EarlyStoppingGraphTrainer(configuration, net, batches).fit();

        assertThat(result.getTerminationReason())
                .isEqualTo(EarlyStoppingResult.TerminationReason.EpochTerminationCondition);
        assertThat(net.getIterationCount()).isPositive();
        assertThat(net.getIterationCount() % 3).isZero();
    }

    @Test
    void theListenerComesFirstAndOnce() {
        MultiLayerNetwork net = Nets.mlp();
        ComputationGraph graph = Nets.graph();
        BatchLog log = new BatchLog();
        net.setListeners(log);
        graph.setListeners(log);
        DynamicBatchIterator batches = Needs.BOTH.over(EXAMPLES);
        batches.attachTo(net);
        batches.attachTo(net);
        DynamicBatchIterator others = Needs.BOTH.over(EXAMPLES);
        others.attachTo(graph);
        others.attachTo(graph);

        assertThat(net.getListeners()).containsExactly(batches.listener(), log);
        assertThat(graph.getListeners()).containsExactly(others.listener(), log);
        BatchLog later = new BatchLog();
        net.addListeners(later);
        graph.addListeners(later);
        net.fit(batches);
        graph.fit(others);
        assertThat(log.iterations).hasSize(2 * 8);
        assertThat(later.iterations).isEqualTo(log.iterations);
    }

    @ParameterizedTest
    @EnumSource(Needs.class)
    void detachedTheNetworkIsItsOwnAgain(Needs needs) {
        MultiLayerNetwork net = Nets.mlp();
        MultiLayerNetwork expected = Nets.mlp();
        Object updater = net.getUpdater();
        String json = net.getLayerWiseConfigurations().toJson();
        DynamicBatchIterator batches = needs.over(EXAMPLES);
        TrainingListener log = new BatchLog();
        net.setListeners(log);
        batches.attachTo(net);
        batches.detachFrom(net);

        assertThat(net.getListeners()).containsExactly(log);
        assertThat(net.getUpdater()).isSameAs(updater);
        assertThat(net.getLayerWiseConfigurations().toJson()).isEqualTo(json);
        for (DataSet batch : Nets.data(6, 3, 12)) {
            net.fit(batch);
            expected.fit(batch);
        }
        assertThat(net.params()).isEqualTo(expected.params());
        assertRefused(() -> net.fit(batches), "no network was heard of");
    }

    /** As a user does with the best model of early stopping: the iterator knows whom it leaves. */
    @ParameterizedTest
    @EnumSource(Needs.class)
    void attachedToAnotherNetworkItLeavesTheFirst(Needs needs) {
        MultiLayerNetwork first = Nets.mlp();
        Object updater = first.getUpdater();
        DynamicBatchIterator batches = needs.over(EXAMPLES);
        batches.attachTo(first);
        first.fit(batches);
        EarlyStoppingResult<MultiLayerNetwork> result = new EarlyStoppingTrainer(twoEpochs(), first, batches).fit();
        MultiLayerNetwork best = result.getBestModel();
        int before = best.getIterationCount();
        batches.attachTo(best);
        batches.reset();

        assertThat(first.getListeners()).isEmpty();
        assertThat(first.getUpdater()).isSameAs(updater);
        best.fit(batches);
        assertThat(best.getIterationCount()).isEqualTo(before + 3);
        MultiLayerNetwork expected = first.clone();
        for (DataSet batch : Nets.data(6, 3, 12)) {
            first.fit(batch);
            expected.fit(batch);
        }
        assertThat(first.params()).isEqualTo(expected.params());
    }

    /** What a program does between two fits, each followed by {@code attachTo}. */
    enum Between {
        NOTHING {
            @Override
            Model attach(DynamicBatchIterator batches, Model net) {
                return net;
            }
        },
        ATTACHED_AGAIN {
            @Override
            Model attach(DynamicBatchIterator batches, Model net) {
                batches.attachTo(net);
                return net;
            }
        },
        LISTENERS_REPLACED {
            @Override
            Model attach(DynamicBatchIterator batches, Model net) {
                TrainingListener own = batches.listener();
                List<TrainingListener> others = new ArrayList<>(Network.of(net).listeners());
                others.remove(own);
                Network.of(net).setListeners(others);
                batches.attachTo(net);
                return net;
            }
        },
        DETACHED {
            @Override
            Model attach(DynamicBatchIterator batches, Model net) {
                batches.detachFrom(net);
                batches.attachTo(net);
                return net;
            }
        },
        FROM_A_FILE {
            @Override
            Model attach(DynamicBatchIterator batches, Model net) throws IOException {
                ByteArrayOutputStream file = new ByteArrayOutputStream();
                ModelSerializer.writeModel(net, file, true);
                InputStream in = new ByteArrayInputStream(file.toByteArray());
                Model read = net instanceof MultiLayerNetwork
                        ? ModelSerializer.restoreMultiLayerNetwork(in, true)
                        : ModelSerializer.restoreComputationGraph(in, true);
                List<TrainingListener> others = new ArrayList<>(Network.of(net).listeners());
                others.remove(batches.listener());
                Network.of(read).setListeners(others);
                batches.attachTo(read);
                return read;
            }
        };

        abstract Model attach(DynamicBatchIterator batches, Model net) throws IOException;
    }

    static Stream<Arguments> betweenTwoFits() {
        return Arrays.stream(Between.values())
                .flatMap(between -> Stream.of(false, true)
                        .flatMap(graph -> Arrays.stream(LastBatch.values())
                                .map(lastBatch -> Arguments.of(between, graph, lastBatch))));
    }

    /** Neither the examples that are carried over nor the epoch are lost. */
    @ParameterizedTest
    @MethodSource("betweenTwoFits")
    void attachedBetweenTwoFits(Between between, boolean graph, LastBatch lastBatch) throws IOException {
        int[] sizes = {4, 3, 4, 6, 4, 5};
        List<DataSet> data = Nets.data(6, 4);
        Model net = graph ? Nets.graph() : Nets.mlp();
        List<Double> trained = new ArrayList<>();
        Network.of(net).setListeners(List.of(new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                INDArray input = Network.of(model).input();
                trained.add(Double.NaN);
                for (int i = 0; i < input.size(0); i++) {
                    trained.add(input.getDouble(i, 0));
                }
            }
        }));
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(data), (epoch, iteration) -> sizes[epoch % sizes.length])
                .lastBatch(lastBatch)
                .build();
        batches.attachTo(net);
        for (int epoch = 0; epoch < 2 * sizes.length; epoch++) {
            fit(net, batches);
            net = between.attach(batches, net);
            assertThat(batches.state().epoch()).isEqualTo(epoch + 1);
        }

        INDArray inputs = DataSet.merge(data).getFeatures();
        List<Double> expected = new ArrayList<>();
        List<Double> rest = new ArrayList<>();
        for (int epoch = 0; epoch < 2 * sizes.length; epoch++) {
            for (int i = 0; i < inputs.size(0); i++) {
                rest.add(inputs.getDouble(i, 0));
            }
            int size = sizes[epoch % sizes.length];
            while (rest.size() >= size || (lastBatch == LastBatch.KEEP && !rest.isEmpty())) {
                List<Double> batch = rest.subList(0, Math.min(size, rest.size()));
                expected.add(Double.NaN);
                expected.addAll(batch);
                batch.clear();
            }
            if (lastBatch == LastBatch.DROP) {
                rest.clear();
            }
        }
        assertThat(trained).isEqualTo(expected);
    }

    private static void fit(Model net, DynamicBatchIterator batches) {
        if (net instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) net).fit(batches);
        } else {
            ((ComputationGraph) net).fit(batches);
        }
    }

    /** Its passes count as its epochs, which the network does not count; to attach it again is no new beginning. */
    @ParameterizedTest
    @EnumSource(
            value = Between.class,
            names = {"NOTHING", "ATTACHED_AGAIN", "LISTENERS_REPLACED"})
    void attachedBetweenThePassesOfALoopOfOnesOwn(Between between) throws IOException {
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        net.setListeners(log);
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(Nets.data(6, 4)), BatchSchedule.staged(4, 5, 4, 3, 2))
                .lastBatch(LastBatch.CARRY)
                .build();
        batches.attachTo(net);
        for (int pass = 0; pass < 4; pass++) {
            while (batches.hasNext()) {
                net.fit(batches.next());
            }
            between.attach(batches, net);
            batches.reset();
        }
        assertThat(log.sizes).containsExactly(5, 5, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 2);
    }

    @Test
    void graphsToo() {
        ComputationGraph first = Nets.graph();
        Object updater = first.getUpdater();
        ComputationGraph second = Nets.graph();
        DynamicMultiBatchIterator batches = multi();
        batches.attachTo(first);
        first.fit(batches);
        batches.attachTo(second);
        second.fit(batches, 2);

        assertThat(first.getListeners()).isEmpty();
        assertThat(first.getUpdater()).isSameAs(updater);
        assertThat(second.getIterationCount()).isEqualTo(6);
    }

    private static DynamicMultiBatchIterator multi() {
        DataSet all = Nets.data(EXAMPLES).get(0);
        return DynamicMultiBatchIterator.builder(
                        new MultiListSource(List.of(new MultiDataSet(all.getFeatures(), all.getLabels()))),
                        BatchSchedule.constant(40))
                .microBatchSize(16)
                .learningRateScaling(LearningRateScaling.linear(20))
                .build();
    }

    /** What cannot be attached changes nothing. */
    @Test
    void aNetworkThatIsRefusedLeavesTheFirstAttached() {
        MultiLayerNetwork first = Nets.mlp();
        DynamicBatchIterator batches = Needs.RATE.over(EXAMPLES);
        batches.attachTo(first);
        MultiLayerNetwork without = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(new NoOp())
                .list()
                .layer(new OutputLayer.Builder()
                        .nIn(Nets.INPUTS)
                        .nOut(Nets.CLASSES)
                        .build())
                .build());
        without.init();
        assertThatIllegalArgumentException().isThrownBy(() -> batches.attachTo(without));

        first.fit(batches);
        assertThat(first.getIterationCount()).isEqualTo(3);
    }

    /** In two networks' lists by hand: the second is told how to go on. */
    @ParameterizedTest
    @EnumSource(Needs.class)
    void theListenerOfTwoNetworks(Needs needs) {
        MultiLayerNetwork first = Nets.mlp();
        MultiLayerNetwork second = Nets.mlp();
        DynamicBatchIterator batches = needs.over(EXAMPLES);
        first.addListeners(batches.listener());
        second.addListeners(batches.listener());
        first.fit(batches);

        assertRefused(() -> second.fit(batches), "got another");
        batches.attachTo(second);
        batches.reset();
        second.fit(batches);
        assertThat(second.getIterationCount()).isEqualTo(3);
    }

    private static void onAnotherThread(Runnable training) {
        Throwable[] thrown = new Throwable[1];
        Thread thread = new Thread(training);
        thread.setUncaughtExceptionHandler((t, e) -> thrown[0] = e);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (thrown[0] != null) {
            throw (RuntimeException) thrown[0];
        }
    }

    @ParameterizedTest
    @EnumSource(Needs.class)
    void theNetworkIsFittedOnAnotherThread(Needs needs) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = needs.over(EXAMPLES);
        batches.attachTo(net);
        onAnotherThread(() -> net.fit(batches, 2));
        onAnotherThread(() -> {
            batches.reset();
            while (batches.hasNext()) {
                net.fit(batches.next());
            }
        });
        net.fit(batches);
        assertThat(net.getIterationCount()).isEqualTo(12);
    }

    /** A thread that draws ahead does not begin the data anew itself. */
    @ParameterizedTest
    @EnumSource(Needs.class)
    void anotherNetworkIsFittedOnAnotherThread(Needs needs) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = needs.over(EXAMPLES);
        batches.attachTo(net);
        net.fit(batches);
        batches.reset();

        MultiLayerNetwork other = Nets.mlp();
        assertRefused(() -> onAnotherThread(() -> other.fit(batches, 2)), "has not trained on the last one");
        assertThat(other.getIterationCount()).isEqualTo(needs == Needs.RATE ? 3 : 3 + 3 + 2);
        batches.reset();
        net.fit(batches);
        assertThat(net.getIterationCount()).isEqualTo(6);
        DynamicMultiBatchIterator pairs = multi();
        pairs.attachTo(net);
        ComputationGraph graph = Nets.graph();
        assertRefused(() -> onAnotherThread(() -> graph.fit(pairs, 2)), "has not trained on the last one");
        assertThat(graph.getIterationCount()).isEqualTo(3 + 3 + 2);
    }

    /** Early stopping with a validation iterator of its own that adds gradients up. */
    @ParameterizedTest
    @EnumSource(Needs.class)
    void aScoreCalculatorsOwnIteratorIsRefusedWithWhatToDo(Needs needs) {
        for (boolean same : new boolean[] {true, false}) {
            MultiLayerNetwork net = Nets.mlp();
            DynamicBatchIterator batches = needs.over(EXAMPLES);
            batches.attachTo(net);
            EarlyStoppingConfiguration<MultiLayerNetwork> configuration = new EarlyStoppingConfiguration.Builder<
                            MultiLayerNetwork>()
                    .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
                    .scoreCalculator(new DataSetLossCalculator(same ? batches : needs.over(30), true))
                    .modelSaver(new InMemoryModelSaver<>())
                    .build();
            assertRefused(
                    () -> new EarlyStoppingTrainer(configuration, net, batches).fit(),
                    "(evaluate) use the source iterator");
        }
    }

    /**
     * Why evaluation is refused there: another network's training, which must be, asks the same of an iterator, in the
     * same order, until after the second part, and the attached network hears nothing of either.
     */
    @Test
    void evaluationAsksTheSameAsAnotherNetworksTraining() {
        List<String> evaluation = new ArrayList<>();
        List<String> training = new ArrayList<>();
        ComputationGraph net = Nets.graph();
        net.addListeners(new BatchLog());
        net.evaluate(recording(evaluation));
        Nets.graph().fit(recording(training));

        assertThat(evaluation).startsWith("hasNext", "asyncSupported", "hasNext", "next", "hasNext", "next", "hasNext");
        assertThat(training.subList(0, 7)).isEqualTo(evaluation.subList(0, 7));
    }

    private static MultiDataSetIterator recording(List<String> asked) {
        List<MultiDataSet> data = new ArrayList<>();
        for (DataSet batch : Nets.data(3, 4, 5)) {
            data.add(new MultiDataSet(batch.getFeatures(), batch.getLabels()));
        }
        return new MultiListSource(data) {
            @Override
            public boolean hasNext() {
                asked.add("hasNext");
                return super.hasNext();
            }

            @Override
            public org.nd4j.linalg.dataset.api.MultiDataSet next() {
                asked.add("next");
                return super.next();
            }

            @Override
            public boolean asyncSupported() {
                asked.add("asyncSupported");
                return false;
            }
        };
    }

    /** Where the listener is when ParallelWrapper is built: its workers get those of the network, and its own. */
    enum Wrapped {
        NOWHERE,
        ATTACHED,
        WRAPPER
    }

    static Stream<Arguments> wrapped() {
        return Stream.of(Needs.values())
                .flatMap(needs -> Stream.of(Wrapped.values()).map(where -> Arguments.of(needs, where)));
    }

    @ParameterizedTest
    @MethodSource("wrapped")
    @Timeout(60)
    void parallelWrapperIsRefused(Needs needs, Wrapped where) {
        MultiLayerNetwork net = Nets.mlp();
        INDArray before = net.params().dup();
        DynamicBatchIterator batches = needs.over(EXAMPLES);
        if (where == Wrapped.ATTACHED) {
            batches.attachTo(net);
        }
        ParallelWrapper wrapper = wrapper(net);
        if (where == Wrapped.WRAPPER) {
            wrapper.setListeners(batches.listener());
        }
        assertRefused(() -> wrapper.fit(batches), "ParallelWrapper");
        wrapper.shutdown();
        assertThat(net.params()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(Wrapped.class)
    @Timeout(60)
    void parallelWrapperOfAGraphIsRefused(Wrapped where) {
        ComputationGraph net = Nets.graph();
        INDArray before = net.params().dup();
        DynamicMultiBatchIterator batches = multi();
        if (where == Wrapped.ATTACHED) {
            batches.attachTo(net);
        }
        ParallelWrapper wrapper = wrapper(net);
        if (where == Wrapped.WRAPPER) {
            wrapper.setListeners(batches.listener());
        }
        assertRefused(() -> wrapper.fit(batches), "ParallelWrapper");
        wrapper.shutdown();
        assertThat(net.params()).isEqualTo(before);
    }

    private static ParallelWrapper wrapper(Model net) {
        return new ParallelWrapper.Builder<>(net)
                .workers(2)
                .averagingFrequency(1)
                .prefetchBuffer(2)
                .build();
    }

    /** In the middle of a batch of three parts: what was added up is dropped. */
    @Test
    void detachedInMidBatch() {
        ComputationGraph net = Nets.graph();
        ComputationGraph expected = Nets.graph();
        MultiDataSet all = new MultiDataSet(
                Nets.data(EXAMPLES).get(0).getFeatures(),
                Nets.data(EXAMPLES).get(0).getLabels());
        DynamicMultiBatchIterator batches = DynamicMultiBatchIterator.builder(
                        new MultiListSource(List.of(all)), BatchSchedule.constant(40))
                .microBatchSize(16)
                .learningRateScaling(LearningRateScaling.linear(20))
                .build();
        batches.attachTo(net);
        net.fit(batches.next());
        assertThat(net.params()).isEqualTo(expected.params());
        batches.detachFrom(net);
        for (DataSet batch : Nets.data(6, 3, 12)) {
            net.fit(batch);
            expected.fit(batch);
        }
        assertThat(net.getListeners()).isEmpty();
        assertThat(net.params()).isEqualTo(expected.params());
    }

    @Test
    void onlyNetworksThatAreReady() {
        DynamicBatchIterator batches = Needs.BOTH.over(EXAMPLES);
        MultiLayerNetwork raw = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(new OutputLayer.Builder().nIn(2).nOut(2).build())
                .build());
        ComputationGraph rawGraph = new ComputationGraph(Nets.graph().getConfiguration());
        for (DynamicBatchIterator one : List.of(
                batches,
                DynamicBatchIterator.builder(new ListSource(List.of()), BatchSchedule.constant(2))
                        .build())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> one.attachTo(raw))
                    .withMessageContaining("MultiLayerNetwork before init()");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> one.attachTo(rawGraph))
                    .withMessageContaining("ComputationGraph before init()");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> one.attachTo((MultiLayerNetwork) null))
                    .withMessageContaining("got null");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> one.detachFrom((ComputationGraph) null))
                    .withMessageContaining("got null");
        }
    }
}
