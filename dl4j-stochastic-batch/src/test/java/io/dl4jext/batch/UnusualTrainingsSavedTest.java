package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.batch.schedule.BatchSchedule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.deeplearning4j.datasets.iterator.EarlyTerminationDataSetIterator;
import org.deeplearning4j.datasets.iterator.MultipleEpochsIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.listeners.CheckpointListener;
import org.deeplearning4j.optimize.listeners.EvaluativeListener;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Adam;

/** Checkpoints where networks, iterators and the ends of epochs are not what they are in most programs. */
class UnusualTrainingsSavedTest {

    @TempDir
    Path folder;

    static final class Mine extends MultiLayerNetwork {

        private static final long serialVersionUID = 1L;

        Mine(MultiLayerConfiguration configuration) {
            super(configuration);
        }
    }

    static final class MyGraph extends ComputationGraph {

        private static final long serialVersionUID = 1L;

        MyGraph(ComputationGraphConfiguration configuration) {
            super(configuration);
        }
    }

    @Test
    void aSubclassIsResumedAsDl4jsNetwork() throws IOException {
        Mine network = new Mine(Nets.mlp().getLayerWiseConfigurations());
        network.init();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder).build();
        network.addListeners(checkpoints);
        network.fit(new ListSource(Nets.data(4, 5)));

        Optional<MultiLayerNetwork> resumed = checkpoints.resume(MultiLayerNetwork.class);

        assertThat(resumed).isPresent();
        assertThat(resumed.get().params()).isEqualTo(network.params());
    }

    @Test
    void aSubclassOfAGraphToo() throws IOException {
        MyGraph network = new MyGraph(Nets.graph().getConfiguration());
        network.init();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder).build();
        network.addListeners(checkpoints);
        network.fit(new ListSource(Nets.data(4, 5)));

        assertThat(checkpoints.resume(ComputationGraph.class)).isPresent();
    }

    private static DynamicBatchIterator batches() {
        return DynamicBatchIterator.builder(new ListSource(Nets.data(7, 8, 9)), BatchSchedule.constant(3))
                .build();
    }

    /** An epoch of two batches of eight: its end is saved, though no epoch was to be. */
    @Test
    void theEndOfAnEpochThatIsCutShort() throws IOException {
        DynamicBatchIterator data = batches();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder)
                .everyIterations(1)
                .data(data)
                .build();
        MultiLayerNetwork network = Nets.mlp();
        data.attachTo(network);
        network.addListeners(checkpoints);
        network.fit(new EarlyTerminationDataSetIterator(data, 2));

        DynamicBatchIterator again = batches();
        MultiLayerNetwork resumed = TrainingCheckpoints.builder(folder)
                .everyIterations(1)
                .data(again)
                .build()
                .resume(MultiLayerNetwork.class)
                .orElseThrow();

        assertThat(resumed.getEpochCount()).isOne();
        assertThat(resumed.getIterationCount()).isEqualTo(2);
        again.attachTo(resumed);
        network.fit(new EarlyTerminationDataSetIterator(data, 2));
        resumed.fit(new EarlyTerminationDataSetIterator(again, 2));
        assertThat(resumed.params()).isEqualTo(network.params());
        assertThat(resumed.getEpochCount()).isEqualTo(network.getEpochCount());
    }

    /** One iterator around the data for all epochs, begun anew before each; killed after the second epoch. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anIteratorAroundItIsBegunAnewBeforeEachFit(boolean earlyTermination) throws IOException {
        MultiLayerNetwork unbroken = Nets.mlp();
        DynamicBatchIterator whole = shuffled();
        whole.attachTo(unbroken);
        fitAnew(unbroken, around(whole, earlyTermination), 4);

        DynamicBatchIterator data = shuffled();
        MultiLayerNetwork network = Nets.mlp();
        data.attachTo(network);
        network.addListeners(
                TrainingCheckpoints.builder(folder).everyEpochs(1).data(data).build());
        fitAnew(network, around(data, earlyTermination), 2);
        DynamicBatchIterator again = shuffled();
        MultiLayerNetwork resumed = resumed(MultiLayerNetwork.class, again);
        again.attachTo(resumed);
        fitAnew(resumed, around(again, earlyTermination), 4);

        assertThat(resumed.params()).isEqualTo(unbroken.params());
    }

    private static DynamicBatchIterator shuffled() {
        return DynamicBatchIterator.builder(new Shuffled(false), BatchSchedule.constant(3))
                .build();
    }

    private static DataSetIterator around(DynamicBatchIterator data, boolean earlyTermination) {
        return earlyTermination ? new EarlyTerminationDataSetIterator(data, 2) : new MultipleEpochsIterator(2, data);
    }

    private static void fitAnew(MultiLayerNetwork network, DataSetIterator around, int epochs) {
        while (network.getEpochCount() < epochs) {
            around.reset();
            network.fit(around);
        }
    }

    @Test
    void anIteratorAroundTheAttachedOneIsSaid() throws Throwable {
        DynamicBatchIterator within = batches();
        MultiLayerNetwork network = Nets.mlp();
        within.attachTo(network);
        Around around = new Around(within);
        network.addListeners(TrainingCheckpoints.builder(folder).data(around).build());
        assertThat(TrainingCheckpointsTest.said(TrainingCheckpoints.class, () -> network.fit(around)))
                .singleElement()
                .asString()
                .contains("attached to another iterator than the one handed to data");
    }

    /** Five batches, in another order after each {@code reset()}. */
    private static final class Shuffled extends TrainingCheckpointsTest.Shuffled {

        private static final long serialVersionUID = 1L;

        private final boolean ahead;

        Shuffled(boolean ahead) {
            this.ahead = ahead;
        }

        @Override
        public boolean asyncSupported() {
            return ahead;
        }
    }

    private static void fit(Model network, DataSetIterator data) {
        if (network instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) network).fit(data);
        } else {
            ((ComputationGraph) network).fit(data);
        }
    }

    private <M extends Model> M resumed(Class<M> type, DataSetIterator data) throws IOException {
        return TrainingCheckpoints.builder(folder)
                .data(data)
                .build()
                .resume(type)
                .orElseThrow();
    }

    /** DL4J goes on in the pass, or begins the data anew if all of it was drawn, by a thread ahead of training, say. */
    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void afterAFitThatThrewNothingMoreIsSavedOfAPlainIterator(boolean ahead, boolean graph) throws Throwable {
        Shuffled data = new Shuffled(ahead);
        Model network = graph ? Nets.graph() : Nets.mlp();
        network.setListeners(
                new FailingPasses(7),
                TrainingCheckpoints.builder(folder)
                        .everyIterations(2)
                        .data(data)
                        .build());
        assertThat(TrainingCheckpointsTest.said(TrainingCheckpoints.class, () -> {
                    fit(network, data);
                    assertThatThrownBy(() -> fit(network, data)).hasMessageContaining("on purpose");
                    fit(network, data);
                    fit(network, data);
                }))
                .singleElement()
                .asString()
                .contains("No checkpoint is saved", "an epoch was broken off", "DynamicBatchIterator");

        Shuffled again = new Shuffled(ahead);
        Class<? extends Model> type = graph ? ComputationGraph.class : MultiLayerNetwork.class;
        Model resumed = resumed(type, again);
        assertThat(BaseOptimizer.getIterationCount(resumed)).isEqualTo(6);
        fit(resumed, again);
        Model unbroken = graph ? Nets.graph() : Nets.mlp();
        Shuffled whole = new Shuffled(ahead);
        fit(unbroken, whole);
        fit(unbroken, whole);
        assertThat(resumed.params()).isEqualTo(unbroken.params());
    }

    /** The place is not known, whether the program saves then, or goes on by hand. */
    @Test
    void saveAfterAFitThatThrew() throws Throwable {
        Shuffled data = new Shuffled(true);
        MultiLayerNetwork network = Nets.mlp();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder)
                .everyIterations(1)
                .data(data)
                .build();
        network.setListeners(new FailingPasses(0), checkpoints);
        assertThatThrownBy(() -> network.fit(data)).hasMessageContaining("on purpose");
        assertThat(TrainingCheckpointsTest.said(TrainingCheckpoints.class, () -> {
                    network.fit(new Shuffled(true).next());
                    checkpoints.save(network);
                }))
                .singleElement()
                .asString()
                .contains("No checkpoint is saved", "an epoch was broken off");
        assertThat(checkpoints.resume(MultiLayerNetwork.class)).isEmpty();

        Path second = folder.resolve("second");
        Shuffled other = new Shuffled(true);
        TrainingCheckpoints atOnce =
                TrainingCheckpoints.builder(second).data(other).build();
        network.setListeners(new FailingPasses(1), atOnce);
        assertThatThrownBy(() -> network.fit(other)).hasMessageContaining("on purpose");
        atOnce.save(network);
        assertThat(atOnce.resume(MultiLayerNetwork.class)).isEmpty();
    }

    /** An epoch goes on in its own thread, whatever another asks for meanwhile. */
    @Test
    @Timeout(60)
    void saveFromAnotherThreadBreaksNoEpochOff() throws Throwable {
        ListSource data = plain();
        MultiLayerNetwork network = Nets.mlp();
        TrainingCheckpoints checkpoints =
                TrainingCheckpoints.builder(folder).data(data).build();
        network.setListeners(checkpoints, new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                if (iteration == 2) {
                    CompletableFuture.runAsync(() -> checkpoints.save(model)).join();
                }
            }
        });
        assertThat(TrainingCheckpointsTest.said(TrainingCheckpoints.class, () -> network.fit(data, 2)))
                .isEmpty();

        assertThat(resumed(MultiLayerNetwork.class, plain()).params()).isEqualTo(network.params());
    }

    /** A clone has the very list of listeners that the graph has. */
    @Test
    void whatACloneIsTrainedOnIsNoOtherData() throws Throwable {
        ListSource data = plain();
        ComputationGraph graph = Nets.graph();
        ComputationGraph probe = graph.clone();
        graph.setListeners(
                new BaseTrainingListener() {
                    @Override
                    public void iterationDone(Model model, int iteration, int epoch) {
                        if (model == graph) {
                            probe.fit(Nets.data(7).get(0));
                        }
                    }
                },
                TrainingCheckpoints.builder(folder).data(data).build());
        graph.fit(data, 2);

        assertThat(TrainingCheckpointsTest.said(DataPlace.class, () -> resumed(ComputationGraph.class, plain())))
                .isEmpty();
    }

    /** What another listener has evaluated, or has taken the gradients of, is not what was trained on. */
    @Test
    void anEvaluationBeforeThisListenerIsNoOtherData() throws Throwable {
        ListSource data = plain();
        MultiLayerNetwork network = Nets.mlp();
        DataSet validation = Nets.data(7).get(0);
        network.setListeners(
                new EvaluativeListener(new ListSource(Nets.data(7, 6)), 1),
                new BaseTrainingListener() {
                    @Override
                    public void iterationDone(Model model, int iteration, int epoch) {
                        network.calculateGradients(validation.getFeatures(), validation.getLabels(), null, null);
                    }
                },
                TrainingCheckpoints.builder(folder).data(data).build());
        network.fit(data, 2);

        assertThat(TrainingCheckpointsTest.said(DataPlace.class, () -> resumed(MultiLayerNetwork.class, plain())))
                .isEmpty();
    }

    /** An epoch of fit, or none, then passes of a loop by hand. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLoopAfterFit(boolean fit) throws Exception {
        assertLoopGoesOn(fit, true);
    }

    /** As a ParallelWrapper that was not given the listener. */
    @Test
    void aLoopThatTheListenerDoesNotHear() throws Exception {
        assertLoopGoesOn(false, false);
    }

    private void assertLoopGoesOn(boolean fit, boolean heard) throws Exception {
        Shuffled data = new Shuffled(false);
        MultiLayerNetwork network = Nets.mlp();
        TrainingCheckpoints checkpoints =
                TrainingCheckpoints.builder(folder).data(data).build();
        if (heard) {
            network.setListeners(checkpoints);
        }
        if (fit) {
            network.fit(data);
            checkpoints.save(network);
        }
        pass(network, data);
        checkpoints.save(network);
        if (heard) {
            checkpoints.save(network);
        }
        pass(network, data);
        checkpoints.save(network);

        for (int pass = 0; pass < 2; pass++) {
            Shuffled again = new Shuffled(false);
            TrainingCheckpoints second =
                    TrainingCheckpoints.builder(folder).data(again).build();
            MultiLayerNetwork resumed = second.resume(MultiLayerNetwork.class).orElseThrow();
            if (heard) {
                resumed.setListeners(second);
            }
            pass(network, data);
            pass(resumed, again);
            second.save(resumed);
            assertThat(again.resets).isEqualTo(data.resets);
            assertThat(resumed.params()).isEqualTo(network.params());
        }
    }

    private static void pass(MultiLayerNetwork network, DataSetIterator data) {
        if (!data.hasNext()) {
            data.reset();
        }
        while (data.hasNext()) {
            network.fit(data.next());
        }
        network.incrementEpochCount();
    }

    /** DL4J hands a clone the graph's listeners, and one whose optimiser has none tells them of epochs alone. */
    @Test
    void aCloneThatTrainsAfterTheGraphsModelWasSaved() throws Exception {
        ComputationGraph graph = Nets.graph();
        graph.getUpdater();
        ComputationGraph probe = graph.clone();
        graph.setListeners(
                new CheckpointListener.Builder(folder.toFile())
                        .keepAll()
                        .saveEveryNIterations(1)
                        .build(),
                new BaseTrainingListener() {
                    @Override
                    public void iterationDone(Model model, int iteration, int epoch) {
                        if (model == graph) {
                            probe.fit(new ListSource(Nets.data(4)));
                        }
                    }
                },
                TrainingCheckpoints.builder(folder).besideCheckpointListener().build());
        graph.fit(new ListSource(Nets.data(4, 4, 4)));

        assertThat(CheckpointListener.lastCheckpoint(folder.toFile()).getIteration())
                .isEqualTo(2);
        assertThat(TrainingCheckpointsTest.states(folder)).isNotEmpty();
    }

    @Test
    void anEpochThatIsNotOnePassIsSaid() throws Throwable {
        assertThat(saidOfEpochs(data -> data)).isEmpty();
        assertThat(saidOfEpochs(data -> new EarlyTerminationDataSetIterator(data, 2)))
                .singleElement()
                .asString()
                .contains("not one pass", "some of the data left");
        assertThat(saidOfEpochs(data -> new MultipleEpochsIterator(2, data)))
                .singleElement()
                .asString()
                .contains("not one pass", "begun anew within it");
    }

    private List<String> saidOfEpochs(UnaryOperator<DataSetIterator> around) throws Throwable {
        DynamicBatchIterator data = batches();
        MultiLayerNetwork network = Nets.mlp();
        data.attachTo(network);
        network.addListeners(TrainingCheckpoints.builder(folder)
                .everyIterations(1)
                .data(data)
                .build());
        DataSetIterator trained = around.apply(data);
        return TrainingCheckpointsTest.said(TrainingCheckpoints.class, () -> network.fit(trained, 2));
    }

    /** DL4J keeps the layer's window in the layer alone. */
    @Test
    void anOutputOfOneClassIsSaid() throws Throwable {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Adam(0.05))
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(Nets.INPUTS)
                        .nOut(5)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OCNNOutputLayer.Builder()
                        .nIn(5)
                        .activation(new ActivationSigmoid())
                        .hiddenLayerSize(4)
                        .nu(0.1)
                        .initialRValue(0.1)
                        .windowSize(64)
                        .build())
                .build());
        network.init();
        ListSource data = new ListSource(Nets.data(4, 4));
        network.addListeners(TrainingCheckpoints.builder(folder).data(data).build());
        assertThat(TrainingCheckpointsTest.said(TrainingCheckpoints.class, () -> network.fit(data, 2)))
                .singleElement()
                .asString()
                .contains("OCNNOutputLayer");

        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, file, true);
        MultiLayerNetwork read =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), true);
        assertThatThrownBy(() -> read.fit(data)).isInstanceOf(NullPointerException.class);
    }

    private static ListSource plain() {
        return new ListSource(Nets.data(3, 3, 3, 3, 3)) {
            @Override
            public boolean asyncSupported() {
                return false;
            }
        };
    }
}
