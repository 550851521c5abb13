package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Whole networks, bit by bit: against DL4J's Sgd, repeated, saved and continued, changed on the way. */
class TrainingTest {

    private static final List<Consumer<NeuralNetConfiguration.Builder>> SETTINGS = List.of(
            builder -> {},
            builder -> builder.l1(0.002).l2(0.01).l2Bias(0.02),
            builder -> builder.weightDecay(0.02),
            builder -> builder.gradientNormalization(GradientNormalization.RenormalizeL2PerLayer),
            builder -> builder.gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                    .gradientNormalizationThreshold(0.05));

    private static StochasticBatch.Builder base() {
        return StochasticBatch.builder().learningRate(0.2).seed(11);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void alwaysUpdatedIsSgd(DataType type) {
        ExponentialSchedule schedule = new ExponentialSchedule(ScheduleType.ITERATION, 0.3, 0.95);
        for (Consumer<NeuralNetConfiguration.Builder> settings : SETTINGS) {
            for (boolean scaled : new boolean[] {true, false}) {
                StochasticBatch ours = StochasticBatch.builder()
                        .learningRateSchedule(schedule)
                        .scaleLearningRate(scaled)
                        .fixedProbability(1)
                        .build();
                MultiLayerNetwork network = Networks.convolutional(ours, type, settings);
                MultiLayerNetwork sgd = Networks.convolutional(new Sgd(schedule), type, settings);
                StochasticBatchListener.attachTo(network);
                for (int epoch = 0; epoch < 3; epoch++) {
                    Networks.fitEpoch(network, Networks.images(type, 4, 5));
                    Networks.fitEpoch(sgd, Networks.images(type, 4, 5));
                }
                assertSame(network, sgd);
            }
        }
    }

    /** More parameters than a chunk, with rectified units and thus with zero gradients of both signs. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void alwaysUpdatedIsSgdOnManyParameters(DataType type) {
        StochasticBatch ours = base().fixedProbability(1).build();
        MultiLayerNetwork network = Networks.dense(type, 100, 900, ours, ours);
        MultiLayerNetwork sgd = Networks.dense(type, 100, 900, new Sgd(0.2), new Sgd(0.2));
        StochasticBatchListener.attachTo(network);
        for (DataSet batch : Networks.vectors(type, 5, 8, 100)) {
            network.fit(batch);
            sgd.fit(batch);
        }
        assertSame(network, sgd);
    }

    @Test
    void alwaysUpdatedIsSgdOnAGraph() {
        ComputationGraph network = Networks.graph(base().fixedProbability(1).build(), DataType.FLOAT);
        ComputationGraph sgd = Networks.graph(new Sgd(0.2), DataType.FLOAT);
        StochasticBatchListener.attachTo(network);
        for (DataSet batch : Networks.vectors(DataType.FLOAT, 5, 8, 5)) {
            network.fit(batch);
            sgd.fit(batch);
        }
        assertThat(Networks.parameters(network)).containsExactly(Networks.parameters(sgd));
    }

    /** DL4J's updaters take others to be there: in these layers the bias lies first, and is last in their tables. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tensorsAreWhereTheirLayersHaveThem(boolean biasUpdater) {
        NeuralNetConfiguration.Builder builder = new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(DataType.DOUBLE)
                .updater(base().build());
        if (biasUpdater) {
            // Then DL4J's very blocks have others.
            builder.biasUpdater(base().momentum(0.5).build());
        }
        MultiLayerNetwork network = new MultiLayerNetwork(builder.list()
                .layer(new DepthwiseConvolution2D.Builder(2, 2)
                        .name("0")
                        .depthMultiplier(2)
                        .build())
                .layer(new SeparableConvolution2D.Builder(2, 2)
                        .name("1")
                        .nOut(3)
                        .build())
                .layer(new OutputLayer.Builder().name("2").nOut(3).build())
                .setInputType(InputType.convolutional(4, 4, 2))
                .build());
        network.init();
        StochasticBatchListener.attachTo(network);
        Map<String, Long> found = new TreeMap<>();
        BitSet covered = new BitSet();
        for (UpdaterBlock block : ((BaseMultiLayerUpdater<?>) network.getUpdater()).getUpdaterBlocks()) {
            for (ParameterTensor tensor : ((GroupedBlock) block).tensors()) {
                found.put(tensor.group.name, tensor.first);
                assertThat(tensor.offset).isEqualTo(tensor.first - block.getParamOffsetStart());
                assertThat(tensor.first + tensor.length).isLessThanOrEqualTo(block.getParamOffsetEnd());
                covered.set((int) tensor.first, (int) (tensor.first + tensor.length));
            }
        }
        assertThat(found).hasSize(7);
        assertThat(covered.cardinality()).isEqualTo((int) network.numParams());
        if (!biasUpdater) {
            network.paramTable()
                    .forEach((name, view) -> assertThat(found)
                            .as(name)
                            .containsEntry(
                                    name, view.offset() - network.params().offset()));
        }
    }

    @Test
    void neverUpdatedStaysAsItIs() {
        MultiLayerNetwork network =
                Networks.convolutional(base().fixedProbability(0).build(), DataType.FLOAT);
        double[] before = Networks.parameters(network);
        StochasticBatchListener.attachTo(network);
        network.fit(Networks.images(DataType.FLOAT, 1, 5).get(0));
        double[] after = Networks.parameters(network);
        Arrays.fill(before, 21, 27, 0);
        Arrays.fill(after, 21, 27, 0);
        assertThat(after).containsExactly(before);
    }

    /**
     * In the middle of the second epoch, at its end, and at odd and even ones: what waits goes on waiting, or is
     * dropped.
     */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void savedAndContinuedIsTheSame(DataType type) throws IOException {
        List<DataSet> data = Networks.images(type, 4, 5);
        for (boolean reset : new boolean[] {true, false}) {
            StochasticBatch config = base().momentum(0.5).resetEachEpoch(reset).build();
            MultiLayerNetwork network = Networks.convolutional(config, type);
            StochasticBatchListener.attachTo(network);
            List<byte[]> saved = new ArrayList<>();
            List<double[]> states = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                saved.add(Networks.saved(network));
                states.add(Networks.parameters(network));
                step(network, data, i);
            }
            for (int start = 0; start < 16; start += 3) {
                MultiLayerNetwork continued = Networks.loaded(saved.get(start));
                assertThat(Networks.parameters(continued)).containsExactly(states.get(start));
                StochasticBatchListener.attachTo(continued);
                for (int i = start; i < 16; i++) {
                    step(continued, data, i);
                }
                assertSame(continued, network);
            }
        }
    }

    private static void step(MultiLayerNetwork network, List<DataSet> data, int i) {
        network.fit(data.get(i % 4));
        if (i % 4 == 3) {
            network.incrementEpochCount();
        }
    }

    @Test
    void whatWaitsAtTheEndOfAnEpochIsDropped() {
        StochasticBatch config = base().fixedProbability(0.3).build();
        MultiLayerNetwork network = Networks.convolutional(config, DataType.DOUBLE);
        MultiLayerNetwork fresh = Networks.convolutional(config, DataType.DOUBLE);
        StochasticBatchListener.attachTo(network);
        StochasticBatchListener.attachTo(fresh);
        List<DataSet> data = Networks.images(DataType.DOUBLE, 6, 5);
        Networks.fitEpoch(network, data.subList(0, 5));
        fresh.params().assign(network.params());
        fresh.setEpochCount(1);
        fresh.setIterationCount(5);
        network.fit(data.get(5));
        fresh.fit(data.get(5));
        assertSame(network, fresh);
    }

    @Test
    void repeatedIsTheSameWhateverNd4jDraws() {
        double[][] results = new double[2][];
        for (int k = 0; k < 2; k++) {
            MultiLayerNetwork network = Networks.convolutional(base().build(), DataType.FLOAT);
            StochasticBatchListener.attachTo(network);
            Nd4j.getRandom().setSeed(k);
            for (DataSet batch : Networks.images(DataType.FLOAT, 10, 5)) {
                Nd4j.rand(3 + k);
                network.fit(batch);
            }
            results[k] = Networks.parameters(network);
        }
        assertThat(results[0]).containsExactly(results[1]);
    }

    @Test
    void nd4jsRandomNumbersAreNotTouched() {
        double[] numbers = new double[2];
        for (int k = 0; k < 2; k++) {
            IUpdater updater = k == 0 ? base().build() : new Sgd(0.2);
            MultiLayerNetwork network = Networks.convolutional(updater, DataType.FLOAT);
            if (k == 0) {
                StochasticBatchListener.attachTo(network);
            }
            Nd4j.getRandom().setSeed(1);
            network.fit(Networks.images(DataType.FLOAT, 1, 5).get(0));
            numbers[k] = Nd4j.getRandom().nextDouble();
        }
        assertThat(numbers[0]).isEqualTo(numbers[1]);
    }

    /** A schedule that is constant is another configuration with the same numbers: DL4J makes two blocks of it. */
    @ParameterizedTest
    @EnumSource(GroupBy.class)
    void blocksDoNotMatter(GroupBy groupBy) {
        StochasticBatch one = base().groupBy(groupBy).build();
        StochasticBatch other = StochasticBatch.builder()
                .learningRateSchedule(new FixedSchedule(0.2))
                .seed(11)
                .groupBy(groupBy)
                .build();
        MultiLayerNetwork joined = Networks.dense(DataType.FLOAT, 30, 40, one, one);
        MultiLayerNetwork parted = Networks.dense(DataType.FLOAT, 30, 40, one, other);
        assertThat(Updaters.of(joined).getUpdaterBlocks()).hasSize(1);
        assertThat(Updaters.of(parted).getUpdaterBlocks()).hasSize(2);
        StochasticBatchListener.attachTo(joined);
        StochasticBatchListener.attachTo(parted);
        for (DataSet batch : Networks.vectors(DataType.FLOAT, 20, 8, 30)) {
            joined.fit(batch);
            parted.fit(batch);
        }
        assertSame(joined, parted);
    }

    @Test
    void learningRateChangesOnTheWay() {
        StochasticBatch scheduled = StochasticBatch.builder()
                .learningRateSchedule(new TwoRates(3))
                .seed(11)
                .momentum(0.5)
                .build();
        MultiLayerNetwork expected = Networks.dense(DataType.FLOAT, 5, 6, scheduled, scheduled);
        StochasticBatch changed = StochasticBatch.builder()
                .learningRate(0.2)
                .seed(11)
                .momentum(0.5)
                .build();
        MultiLayerNetwork network = Networks.dense(DataType.FLOAT, 5, 6, changed, changed);
        StochasticBatchListener.attachTo(expected);
        StochasticBatchListener.attachTo(network);
        List<DataSet> data = Networks.vectors(DataType.FLOAT, 8, 4, 5);
        for (int i = 0; i < 8; i++) {
            if (i == 3) {
                network.setLearningRate(0.05);
            }
            expected.fit(data.get(i));
            network.fit(data.get(i));
        }
        assertSame(network, expected);
        // One layer only: DL4J parts the block.
        network.setLearningRate(1, 0.01);
        network.fit(data.get(0));
        assertThat(Updaters.of(network).getUpdaterBlocks()).hasSize(2);
    }

    /** 0.2 before an iteration, 0.05 from it on. */
    private static final class TwoRates implements org.nd4j.linalg.schedule.ISchedule {

        private static final long serialVersionUID = 1L;
        private final int change;

        TwoRates(int change) {
            this.change = change;
        }

        @Override
        public double valueAt(int iteration, int epoch) {
            return iteration < change ? 0.2 : 0.05;
        }

        @Override
        public TwoRates clone() {
            return new TwoRates(change);
        }
    }

    @Test
    void otherUpdatersOfTheSameNetworkAreLeftAlone() {
        StochasticBatch ours = base().fixedProbability(1).build();
        MultiLayerNetwork network = Networks.dense(DataType.FLOAT, 5, 6, new Nesterovs(0.1), ours);
        MultiLayerNetwork expected = Networks.dense(DataType.FLOAT, 5, 6, new Nesterovs(0.1), new Sgd(0.2));
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        for (DataSet batch : Networks.vectors(DataType.FLOAT, 5, 4, 5)) {
            network.fit(batch);
            expected.fit(batch);
        }
        assertSame(network, expected);
        assertThat(listener.statistics().groups()).containsExactly("layer1_W", "layer1_b");
    }

    @Test
    void frozenLayersStayAndDoNotCount() {
        StochasticBatch config = base().build();
        MultiLayerNetwork trained = Networks.convolutional(config, DataType.FLOAT);
        StochasticBatchListener.attachTo(trained);
        Networks.fitEpoch(trained, Networks.images(DataType.FLOAT, 4, 5));
        MultiLayerNetwork network = new TransferLearning.Builder(trained)
                .fineTuneConfiguration(
                        new FineTuneConfiguration.Builder().updater(config).build())
                .setFeatureExtractor(1)
                .build();
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        double[] before = Networks.parameters(network);
        Networks.fitEpoch(network, Networks.images(DataType.FLOAT, 4, 5));
        double[] after = Networks.parameters(network);
        assertThat(listener.statistics().groups()).hasSize(4).allMatch(name -> name.matches("layer[23]_[Wb]"));
        assertThat(Arrays.copyOf(after, 27)).containsExactly(Arrays.copyOf(before, 27));
        assertThat(Arrays.copyOfRange(after, 27, 216)).isNotEqualTo(Arrays.copyOfRange(before, 27, 216));
    }

    /** Both kinds of frozen layers, to which DL4J leaves a gradient of 0 or an updater that does nothing. */
    @ParameterizedTest
    @CsvSource({"TENSOR, false", "LAYER, false", "TENSOR, true", "LAYER, true"})
    void frozenWithOrWithoutBackpropIsTheSame(GroupBy groupBy, boolean ownUpdater) {
        StochasticBatch config = StochasticBatch.builder()
                .learningRate(0.1)
                .momentum(0.5)
                .groupBy(groupBy)
                .build();
        IUpdater frozens = ownUpdater
                ? StochasticBatch.builder()
                        .learningRate(0.2)
                        .momentum(0.5)
                        .groupBy(groupBy)
                        .build()
                : config;
        List<MultiLayerNetwork> networks = new ArrayList<>();
        List<StochasticBatchListener> listeners = new ArrayList<>();
        double[] before = null;
        for (boolean backprop : new boolean[] {false, true}) {
            DenseLayer first = new DenseLayer.Builder()
                    .nIn(5)
                    .nOut(8)
                    .updater(frozens)
                    .l2(0.1)
                    .build();
            MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                    .seed(7)
                    .updater(config)
                    .activation(Activation.TANH)
                    .list(
                            backprop ? new FrozenLayerWithBackprop(first) : new FrozenLayer(first),
                            new DenseLayer.Builder().nIn(8).nOut(6).build(),
                            new OutputLayer.Builder()
                                    .nIn(6)
                                    .nOut(Networks.CLASSES)
                                    .build())
                    .build());
            network.init();
            before = Networks.parameters(network);
            networks.add(network);
            listeners.add(StochasticBatchListener.attachTo(network));
            for (int epoch = 0; epoch < 3; epoch++) {
                Networks.fitEpoch(network, Networks.vectors(DataType.FLOAT, 4, 5, 5));
            }
        }
        assertSame(networks.get(1), networks.get(0));
        assertThat(Arrays.copyOf(Networks.parameters(networks.get(1)), 48)).isEqualTo(Arrays.copyOf(before, 48));
        assertThat(listeners.get(1).statistics().groups())
                .isEqualTo(listeners.get(0).statistics().groups())
                .noneMatch(name -> name.startsWith("layer0"));
    }

    /** In a graph, and within another wrapper. */
    @Test
    void frozenWithBackpropInAGraph() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(base().build())
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "frozen",
                        new LastTimeStep(new FrozenLayerWithBackprop(
                                new LSTM.Builder().nIn(2).nOut(3).build())),
                        "in")
                .addLayer("out", new OutputLayer.Builder().nIn(3).nOut(2).build(), "frozen")
                .setOutputs("out")
                .build());
        graph.init();
        StochasticBatchListener listener = StochasticBatchListener.attachTo(graph);
        INDArray before = graph.getLayer("frozen").params().dup();
        graph.fit(new DataSet(Nd4j.rand(4, 2, 5), Nd4j.rand(4, 2)));
        assertThat(listener.statistics().groups()).containsExactly("out_W", "out_b");
        assertThat(graph.getLayer("frozen").params()).isEqualTo(before);
    }

    @Test
    void copiesContinueLikeTheirOriginal() {
        MultiLayerNetwork network = Networks.convolutional(base().build(), DataType.FLOAT);
        StochasticBatchListener.attachTo(network);
        List<DataSet> data = Networks.images(DataType.FLOAT, 6, 5);
        Networks.fitEpoch(network, data.subList(0, 3));
        network.fit(data.get(3));
        MultiLayerNetwork copy = network.clone();
        // DL4J's copy of a configuration forgets them.
        copy.setIterationCount(network.getIterationCount());
        copy.setEpochCount(network.getEpochCount());
        StochasticBatchListener.attachTo(copy);
        for (DataSet batch : data) {
            network.fit(batch);
            copy.fit(batch);
        }
        assertSame(copy, network);
    }

    /**
     * ParallelWrapper averages parameters and states of its workers element by element. A sum and a count may be
     * averaged so: what waits is then the mean over all mini-batches that wait anywhere, whatever their number at each
     * worker.
     */
    @Test
    void averagedStatesHoldTheMeanOfAllThatWaits() {
        StochasticBatch config = base().fixedProbability(0.4).build();
        List<MultiLayerNetwork> workers = new ArrayList<>();
        StochasticBatchListener shared = new StochasticBatchListener();
        List<DataSet> data = Networks.vectors(DataType.DOUBLE, 6, 4, 5);
        for (int worker = 0; worker < 2; worker++) {
            MultiLayerNetwork network = Networks.dense(DataType.DOUBLE, 5, 6, config, config);
            network.setListeners(shared);
            // Workers that began at different times, and so drew differently.
            network.setIterationCount(10 * worker);
            for (int i = 0; i < 3; i++) {
                network.fit(data.get(3 * worker + i));
            }
            workers.add(network);
        }
        double[] one = Networks.values(workers.get(0).getUpdater().getStateViewArray());
        double[] two = Networks.values(workers.get(1).getUpdater().getStateViewArray());
        INDArray average = workers.get(0)
                .getUpdater()
                .getStateViewArray()
                .add(workers.get(1).getUpdater().getStateViewArray())
                .div(2);
        double[] both = Networks.values(average);
        int n = both.length / 2;
        int differing = 0;
        for (int j = 0; j < n; j++) {
            double waiting = (one[n + j] - 1) + (two[n + j] - 1);
            differing += one[n + j] == two[n + j] ? 0 : 1;
            if (waiting > 0) {
                double mean1 = one[n + j] == 1 ? 0 : one[j] / (one[n + j] - 1);
                double mean2 = two[n + j] == 1 ? 0 : two[j] / (two[n + j] - 1);
                double pooled = (mean1 * (one[n + j] - 1) + mean2 * (two[n + j] - 1)) / waiting;
                assertThat(both[j] / (both[n + j] - 1)).isCloseTo(pooled, within(1e-12));
            } else {
                assertThat(both[j]).isZero();
            }
        }
        assertThat(differing).isPositive();

        // The step after it goes on from there: all updated, with the sum of what waits on average and what is new.
        for (MultiLayerNetwork network : workers) {
            network.getUpdater().getStateViewArray().assign(average);
        }
        MultiLayerNetwork network = workers.get(0);
        double[] before = Networks.parameters(network);
        network.fit(data.get(0));
        double[] after = Networks.parameters(network);
        double[] state = Networks.values(network.getUpdater().getStateViewArray());
        for (int j = 0; j < n; j++) {
            boolean updated = state[n + j] == 1;
            assertThat(state[n + j]).isEqualTo(updated ? 1 : both[n + j] + 1);
            assertThat(after[j] != before[j] || both[j] == 0 || !updated).isTrue();
        }
        assertThat(shared.statistics().iterations()).isNotEmpty();
    }

    @Test
    void gradientsOfAnotherNetworkCanBeApplied() {
        StochasticBatch config = base().build();
        MultiLayerNetwork network = Networks.dense(DataType.FLOAT, 5, 6, config, config);
        MultiLayerNetwork other = Networks.dense(DataType.FLOAT, 5, 6, config, config);
        StochasticBatchListener.attachTo(network);
        StochasticBatchListener.attachTo(other);
        DataSet batch = Networks.vectors(DataType.FLOAT, 1, 4, 5).get(0);
        other.setInput(batch.getFeatures());
        other.setLabels(batch.getLabels());
        other.computeGradientAndScore();
        Gradient gradient = other.gradient();
        network.getUpdater().update(network, gradient, 0, 0, 4, LayerWorkspaceMgr.noWorkspaces());
        double[] update = Networks.values(gradient.gradient());
        double[] before = Networks.parameters(other);
        other.fit(batch);
        double[] after = Networks.parameters(other);
        for (int j = 0; j < update.length; j++) {
            assertThat(before[j] - update[j]).isCloseTo(after[j], within(1e-6));
        }
    }

    @Test
    void withoutListenerTheFirstStepFails() {
        MultiLayerNetwork network = Networks.convolutional(base().build(), DataType.FLOAT);
        double[] before = Networks.parameters(network);
        DataSet batch = Networks.images(DataType.FLOAT, 1, 5).get(0);
        assertThatThrownBy(() -> network.fit(batch))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("StochasticBatchListener.attach");
        assertThat(Networks.parameters(network)).containsExactly(before);
        network.addListeners(new StochasticBatchListener());
        network.fit(batch);
        assertThat(Networks.parameters(network)).isNotEqualTo(before);
    }

    @Test
    void listenersMayBeReplacedButNotLost() {
        StochasticBatch config = base().build();
        MultiLayerNetwork network = Networks.dense(DataType.FLOAT, 5, 6, config, config);
        StochasticBatchListener.attachTo(network);
        DataSet batch = Networks.vectors(DataType.FLOAT, 1, 4, 5).get(0);
        network.setListeners(new CollectScoresIterationListener());
        network.fit(batch);
        // DL4J makes a new updater, which nobody tells its groups.
        network.setLearningRate(0.1);
        assertThatThrownBy(() -> network.fit(batch)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void attachRefusesOtherModels() {
        MultiLayerNetwork sgd = Networks.convolutional(new Sgd(0.2), DataType.FLOAT);
        assertThatThrownBy(() -> StochasticBatchListener.attachTo(sgd))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("found none");
        MultiLayerNetwork raw = new MultiLayerNetwork(sgd.getLayerWiseConfigurations());
        assertThatThrownBy(() -> StochasticBatchListener.attachTo(raw))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("init()");
        assertThatThrownBy(() -> StochasticBatchListener.attachTo(sgd.getLayer(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ConvolutionLayer");
        assertThat(sgd.getListeners()).isEmpty();
    }

    @Test
    void oneListenerIsForOneNetwork() {
        StochasticBatch config = base().build();
        MultiLayerNetwork network = Networks.dense(DataType.FLOAT, 5, 6, config, config);
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        ComputationGraph other = Networks.graph(config, DataType.FLOAT);
        other.addListeners(listener);
        DataSet batch = Networks.vectors(DataType.FLOAT, 1, 4, 5).get(0);
        assertThatThrownBy(() -> other.fit(batch))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("left_W");
    }

    /** What an auto-encoder needs for pretraining only is not trained, nor counted, with the whole network. */
    @Test
    void pretrainingParametersAreLeftOut() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(base().build())
                .list(
                        new AutoEncoder.Builder().nIn(5).nOut(4).build(),
                        new OutputLayer.Builder().nIn(4).nOut(Networks.CLASSES).build())
                .build());
        network.init();
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        List<DataSet> data = Networks.vectors(DataType.FLOAT, 3, 4, 5);
        Networks.fitEpoch(network, data);
        assertThat(listener.statistics().groups()).containsExactly("layer0_W", "layer0_b", "layer1_W", "layer1_b");
        assertThatThrownBy(() -> network.pretrainLayer(0, new ListIterator(data)))
                .hasStackTraceContaining("ayer-wise pretraining is not possible");
    }

    /** With {@code setListeners}, as the iterators put theirs first, DL4J gives each layer the listener. */
    @Test
    void aLayerOfAnotherUpdaterIsPretrained() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(new Sgd(0.1))
                .list(
                        new AutoEncoder.Builder().nIn(5).nOut(4).build(),
                        new OutputLayer.Builder()
                                .nIn(4)
                                .nOut(Networks.CLASSES)
                                .updater(base().build())
                                .build())
                .build());
        network.init();
        network.setListeners(StochasticBatchListener.attachTo(network));
        List<DataSet> data = Networks.vectors(DataType.FLOAT, 3, 4, 5);
        INDArray before = network.params().dup();
        network.pretrainLayer(0, new ListIterator(data));
        assertThat(network.params()).isNotEqualTo(before);
        Networks.fitEpoch(network, data);
    }

    @Test
    void frozenUpdatersHaveNoGroups() {
        MultiLayerNetwork network = Networks.dense(DataType.FLOAT, 5, 6, new NoOp(), base().build());
        BaseMultiLayerUpdater<?> updater = Updaters.of(network);
        assertThat(GroupedParameters.areIn(updater)).isTrue();
        assertThat(StochasticBatchListener.attachTo(network).statistics().groups())
                .containsExactly("layer1_W", "layer1_b");
    }

    private static void assertSame(MultiLayerNetwork actual, MultiLayerNetwork expected) {
        assertThat(Networks.parameters(actual)).isEqualTo(Networks.parameters(expected));
    }
}
