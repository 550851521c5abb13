package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.batch.schedule.BatchSchedule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
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
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.api.ndarray.INDArray;
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

    /** Hands its iterator's batches on. */
    private static final class Around extends ListSource {

        private static final long serialVersionUID = 1L;

        private final transient DynamicBatchIterator within;

        Around(DynamicBatchIterator within) {
            super(List.of());
            this.within = within;
        }

        @Override
        public boolean hasNext() {
            return within.hasNext();
        }

        @Override
        public DataSet next() {
            return within.next();
        }

        @Override
        public boolean asyncSupported() {
            return false;
        }

        @Override
        public void reset() {
            within.reset();
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

    /** DL4J goes on in the same pass; where in it, only an iterator of the pack knows. */
    @Test
    void afterAFitThatThrewAPlainIteratorsPlaceIsSavedAtTheEpochsEnd() throws Throwable {
        ListSource data = plain();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder)
                .everyIterations(1)
                .data(data)
                .build();
        MultiLayerNetwork network = Nets.mlp();
        network.addListeners(checkpoints, new BaseTrainingListener() {
            private int passes;

            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                if (passes++ == 2) {
                    throw new IllegalStateException("on purpose");
                }
            }
        });
        assertThatThrownBy(() -> network.fit(data)).hasMessage("on purpose");
        assertThat(TrainingCheckpointsTest.said(TrainingCheckpoints.class, () -> network.fit(data)))
                .singleElement()
                .asString()
                .contains("at the end of epochs only", "a fit was broken off");

        ListSource again = plain();
        AtomicReference<MultiLayerNetwork> found = new AtomicReference<>();
        assertThat(TrainingCheckpointsTest.said(
                        DataPlace.class,
                        () -> found.set(TrainingCheckpoints.builder(folder)
                                .data(again)
                                .build()
                                .resume(MultiLayerNetwork.class)
                                .orElseThrow())))
                .isEmpty();
        MultiLayerNetwork resumed = found.get();
        assertThat(resumed.getEpochCount()).isOne();
        assertThat(again.resets).isZero();
        network.fit(data);
        resumed.fit(again);
        assertThat(resumed.params()).isEqualTo(network.params());
    }

    /** Throws at the given forward passes. */
    private static final class Failing extends BaseTrainingListener {

        private final List<Integer> at;
        private int passes;

        Failing(Integer... at) {
            this.at = List.of(at);
        }

        private void pass() {
            if (at.contains(passes++)) {
                throw new IllegalStateException("on purpose");
            }
        }

        @Override
        public void onForwardPass(Model model, List<INDArray> activations) {
            pass();
        }

        @Override
        public void onForwardPass(Model model, Map<String, INDArray> activations) {
            pass();
        }
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

    /** Trains to the end of an epoch, whatever throws. */
    private static List<String> trainTo(int epochs, Model network, DataSetIterator data) throws Throwable {
        return TrainingCheckpointsTest.said(TrainingCheckpoints.class, () -> {
            while (BaseOptimizer.getEpochCount(network) < epochs) {
                try {
                    fit(network, data);
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("on purpose");
                }
            }
        });
    }

    private static void fit(Model network, DataSetIterator data) {
        if (network instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) network).fit(data);
        } else {
            ((ComputationGraph) network).fit(data);
        }
    }

    /**
     * DL4J goes on in the pass, or begins the data anew if all of it was drawn: here with the last batch, or by the
     * thread that draws ahead.
     */
    @ParameterizedTest
    @CsvSource({
        "false, false, 2", "false, false, 4", "false, false, 5", "false, false, 7", "false, false, 9",
        "true, false, 2", "true, false, 4", "true, false, 6", "true, false, 7", "true, false, 9",
        "false, true, 2", "false, true, 4", "false, true, 5", "false, true, 7", "false, true, 9"
    })
    void afterAFitThatThrewAShuffledIteratorGoesOnInItsOrder(boolean ahead, boolean graph, int at) throws Throwable {
        Shuffled data = new Shuffled(ahead);
        Model network = graph ? Nets.graph() : Nets.mlp();
        network.setListeners(
                new Failing(at), TrainingCheckpoints.builder(folder).data(data).build());
        trainTo(3, network, data);

        Shuffled again = new Shuffled(ahead);
        Class<? extends Model> type = graph ? ComputationGraph.class : MultiLayerNetwork.class;
        Model resumed = TrainingCheckpoints.builder(folder)
                .data(again)
                .build()
                .resume(type)
                .orElseThrow();
        assertThat(BaseOptimizer.getEpochCount(resumed)).isEqualTo(3);
        fit(network, data);
        fit(resumed, again);
        assertThat(resumed.params()).isEqualTo(network.params());
        assertThat(again.resets).isEqualTo(data.resets);
    }

    /** As long as no whole epoch tells how many batches one has, and for good where two fits threw in one. */
    @ParameterizedTest
    @CsvSource({"1, 99, 1, 2", "6, 8, 1, 1"})
    void whereThePassIsNotKnownNothingIsSaved(int at, int then, int refusals, int epoch) throws Throwable {
        Shuffled data = new Shuffled(true);
        MultiLayerNetwork network = Nets.mlp();
        network.setListeners(
                new Failing(at, then),
                TrainingCheckpoints.builder(folder).data(data).build());
        assertThat(trainTo(2, network, data))
                .hasSize(refusals)
                .allSatisfy(line ->
                        assertThat(line).contains("No checkpoint is saved", "a fit was broken off, and whether"));

        assertThat(TrainingCheckpoints.builder(folder)
                        .data(new Shuffled(true))
                        .build()
                        .resume(MultiLayerNetwork.class)
                        .orElseThrow()
                        .getEpochCount())
                .isEqualTo(epoch);
    }

    /** The next fit has all batches, too, but has not begun the data anew. */
    @Test
    void aSourceThatFailsAtOnceLeavesThePassUnknown() throws Throwable {
        Shuffled data = new Shuffled(false);
        data.failingAt(0, 1);
        ComputationGraph network = Nets.graph();
        network.setListeners(TrainingCheckpoints.builder(folder).data(data).build());
        assertThat(trainTo(3, network, data))
                .hasSize(2)
                .allSatisfy(line ->
                        assertThat(line).contains("No checkpoint is saved", "a fit was broken off, and whether"));

        assertThat(TrainingCheckpoints.builder(folder)
                        .data(new Shuffled(false))
                        .build()
                        .resume(ComputationGraph.class))
                .isEmpty();
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
