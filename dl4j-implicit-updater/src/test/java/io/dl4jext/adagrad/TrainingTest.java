package io.dl4jext.adagrad;

import static io.dl4jext.adagrad.Nets.assertClose;
import static io.dl4jext.adagrad.Nets.attached;
import static io.dl4jext.adagrad.Nets.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.nd4j.linalg.api.buffer.DataType.DOUBLE;
import static org.nd4j.linalg.api.buffer.DataType.FLOAT;

import io.dl4jext.implicit.Seeds;
import io.dl4jext.updater.internal.elementwise.RatedUpdater;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Every member inside DL4J's networks. */
class TrainingTest {

    private static final int STEPS = 6;

    static List<Member> members() {
        return Member.all();
    }

    static List<Member> bound() {
        List<Member> members = new ArrayList<>(Member.all());
        members.removeIf(member -> !member.needsNetwork());
        return members;
    }

    private static RatedUpdater with(RatedUpdater updater, ISchedule schedule) {
        RatedUpdater copy = updater.clone();
        copy.setLrAndSchedule(Double.NaN, schedule);
        return copy;
    }

    private static ISchedule twoRates(double first, double second, int change) {
        return new MapSchedule.Builder(ScheduleType.ITERATION)
                .add(0, first)
                .add(change, second)
                .build();
    }

    /** Gradients by DL4J in a twin network, everything after them by the reference. */
    @ParameterizedTest
    @MethodSource("members")
    void trainsAsTheReference(Member member) {
        MultiLayerNetwork network = attached(Nets.mlp(DOUBLE, member.updater), member);
        MultiLayerNetwork twin = Nets.mlp(DOUBLE, new Sgd(0));
        double[] expected = values(network.params());
        int[] borders = Nets.borders(network);
        Reference reference = member.reference.get();
        int t = 0;
        for (DataSet batch : Nets.batches(Seeds.random("training"), DOUBLE, 10)) {
            network.fit(batch);
            double[] gradient = Nets.gradient(twin, expected, batch);
            reference.step(expected, gradient, borders, t++, member.updater.getLearningRate());
            assertClose(values(network.params()), expected, 1e-10);
        }
    }

    /**
     * G is ‖g‖² in the first step, which has the length η then. In these layers DL4J's updaters take other parameters to
     * be the weights and the bias: the bias lies first, and is last in their tables.
     */
    @Test
    void theFirstStepOfEachTensorHasTheLengthOfTheRate() {
        double rate = 0.05;
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(DOUBLE)
                .activation(Activation.TANH)
                .updater(AdaGradPresets.normPerTensor()
                        .learningRate(rate)
                        .initialAccumulator(1e-15)
                        .build())
                .list()
                .layer(new DepthwiseConvolution2D.Builder(2, 2)
                        .depthMultiplier(2)
                        .build())
                .layer(new SeparableConvolution2D.Builder(2, 2).nOut(3).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(Nets.OUT)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(4, 4, 2))
                .build());
        network.init();
        AdaGradListener.attachTo(network);
        INDArray before = network.params().dup();
        Random random = Seeds.random("tensors in their places");
        INDArray images = Nd4j.create(random.doubles(5 * 32).map(x -> 2 * x - 1).toArray())
                .reshape(5, 2, 4, 4);
        INDArray labels = Nd4j.zeros(DOUBLE, 5, Nets.OUT);
        for (int i = 0; i < 5; i++) {
            labels.putScalar(i, i % Nets.OUT, 1);
        }
        network.fit(new DataSet(images, labels));
        // A row of rank 2 on 1.0.0-beta7.
        INDArray step = network.params().sub(before).reshape(network.numParams());
        network.paramTable().forEach((name, view) -> {
            long from = view.offset() - network.params().offset();
            INDArray own = step.get(NDArrayIndex.interval(from, from + view.length()));
            assertThat(own.norm2Number().doubleValue()).as(name).isCloseTo(rate, within(1e-9));
        });
    }

    /** PyTorch's weight_decay is l2 and l2Bias: its gradient is g + decay·θ for all parameters. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void weightDecayOfPyTorch(boolean madGrad) {
        double decay = 0.3;
        RatedUpdater updater = madGrad
                ? AdaGradPresets.madGrad().build()
                : AdaGradPresets.pyTorch().learningRate(0.1).build();
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(DOUBLE)
                .updater(updater)
                .l2(decay)
                .l2Bias(decay)
                .list(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(Nets.IN)
                        .nOut(Nets.OUT)
                        .biasInit(0.5)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        MultiLayerNetwork twin = network.clone();
        double[] expected = values(network.params());
        Reference reference = madGrad ? Reference.madGrad(0.9, 1e-6) : Reference.outside(0, 1e-10, 0);
        int t = 0;
        for (DataSet batch : Nets.batches(Seeds.random("weight decay"), DOUBLE, STEPS)) {
            network.fit(batch);
            double[] gradient = Nets.gradient(twin, expected, batch);
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += decay * expected[i];
            }
            reference.step(expected, gradient, Nets.borders(network), t++, updater.getLearningRate());
            assertClose(values(network.params()), expected, 1e-10);
        }
    }

    /** With l2 in front of the updater and a block between the others that is not ours. */
    @ParameterizedTest
    @MethodSource("bound")
    void trainsAsTheReferenceAcrossBlocks(Member member) {
        MultiLayerNetwork network = attached(Nets.normalised(DOUBLE, member.updater), member);
        MultiLayerNetwork twin = Nets.normalised(DOUBLE, new Sgd(0));
        assertThat(((BaseMultiLayerUpdater<?>) network.getUpdater()).getUpdaterBlocks())
                .hasSize(3);
        double[] expected = values(network.params());
        // Weights and bias of the first layer; gamma, beta, mean and variance; weights and bias of the output layer.
        int[] all = Nets.borders(network);
        int[] trained = {all[0], all[1], all[2], all[3], all[3] + all[6] - all[5], all[3] + all[7] - all[5]};
        Reference reference = member.reference.get();
        int t = 0;
        for (DataSet batch : Nets.batches(Seeds.random("across blocks"), DOUBLE, STEPS)) {
            network.fit(batch);
            double[] gradient = Nets.gradient(twin, expected, batch);
            for (int i = 0; i < gradient.length; i++) {
                boolean weight = i < all[0] || i >= all[5] && i < all[6];
                gradient[i] += weight ? Nets.L2 * expected[i] : 0;
            }
            double[] own = without(expected, all[3], all[5]);
            reference.step(own, without(gradient, all[3], all[5]), trained, t++, member.updater.getLearningRate());
            System.arraycopy(own, 0, expected, 0, all[3]);
            System.arraycopy(own, all[3], expected, all[5], own.length - all[3]);
            assertClose(without(values(network.params()), all[3], all[5]), own, 1e-10);
        }
    }

    private static double[] without(double[] values, int from, int to) {
        double[] rest = new double[values.length - (to - from)];
        System.arraycopy(values, 0, rest, 0, from);
        System.arraycopy(values, to, rest, from, values.length - to);
        return rest;
    }

    @ParameterizedTest
    @MethodSource("members")
    void mergedBlocksAreTheSameAsSeparateOnes(Member member) {
        RatedUpdater other = with(member.updater, new FixedSchedule(member.updater.getLearningRate()));
        MultiLayerNetwork merged = attached(Nets.mlp(FLOAT, member.updater), member);
        MultiLayerNetwork separate = attached(Nets.mlp(FLOAT, member.updater, other, member.updater), member);
        assertThat(((BaseMultiLayerUpdater<?>) merged.getUpdater()).getUpdaterBlocks())
                .hasSize(1);
        assertThat(((BaseMultiLayerUpdater<?>) separate.getUpdater()).getUpdaterBlocks())
                .hasSize(3);
        double[] before = values(merged.params());
        for (DataSet batch : Nets.batches(Seeds.random("blocks"), FLOAT, STEPS)) {
            merged.fit(batch);
            separate.fit(batch);
        }
        assertThat(values(merged.params())).isEqualTo(values(separate.params()));
        assertThat(values(merged.params())).isNotEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("members")
    void savedLoadedAndContinuedIsTheSameTraining(Member member) throws Exception {
        List<DataSet> batches = Nets.batches(Seeds.random("saved"), FLOAT, STEPS);
        MultiLayerNetwork network = attached(Nets.mlp(FLOAT, member.updater), member);
        ComputationGraph graph = attached(Nets.graph(FLOAT, member.updater), member);
        for (DataSet batch : batches.subList(0, 3)) {
            network.fit(batch);
            graph.fit(batch);
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, file, true);
        ByteArrayOutputStream graphFile = new ByteArrayOutputStream();
        ModelSerializer.writeModel(graph, graphFile, true);
        MultiLayerNetwork loaded =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), true);
        ComputationGraph loadedGraph =
                ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(graphFile.toByteArray()), true);
        attached(loaded, member);
        attached(loadedGraph, member);
        assertThat(loaded.getLayerWiseConfigurations()).isEqualTo(network.getLayerWiseConfigurations());
        for (DataSet batch : batches.subList(3, STEPS)) {
            network.fit(batch);
            loaded.fit(batch);
            graph.fit(batch);
            loadedGraph.fit(batch);
        }
        assertThat(values(loaded.params())).isEqualTo(values(network.params()));
        assertThat(values(loadedGraph.params())).isEqualTo(values(graph.params()));
        assertClose(values(graph.params()), values(network.params()), 1e-6);
    }

    @ParameterizedTest
    @MethodSource("members")
    void anotherLearningRateInMidTrainingIsASchedule(Member member) {
        double first = member.updater.getLearningRate();
        RatedUpdater scheduled = with(member.updater, twoRates(first, first / 4, 3));
        List<DataSet> batches = Nets.batches(Seeds.random("learning rate"), DOUBLE, STEPS);
        // Of all layers, then of the first alone, which splits the block.
        for (boolean all : new boolean[] {true, false}) {
            MultiLayerNetwork network = attached(Nets.mlp(DOUBLE, member.updater), member);
            MultiLayerNetwork expected = attached(
                    all ? Nets.mlp(DOUBLE, scheduled) : Nets.mlp(DOUBLE, scheduled, member.updater, member.updater),
                    member);
            for (int step = 0; step < STEPS; step++) {
                if (step == 3 && all) {
                    network.setLearningRate(first / 4);
                } else if (step == 3) {
                    network.setLearningRate(0, first / 4);
                }
                network.fit(batches.get(step));
                expected.fit(batches.get(step));
            }
            assertThat(values(network.params())).isEqualTo(values(expected.params()));
            ComputationGraph graph = attached(Nets.graph(DOUBLE, member.updater), member);
            for (int step = 0; step < STEPS; step++) {
                if (step == 3 && all) {
                    graph.setLearningRate(new FixedSchedule(first / 4));
                } else if (step == 3) {
                    graph.setLearningRate("a", first / 4);
                }
                graph.fit(batches.get(step));
            }
            assertClose(values(graph.params()), values(expected.params()), 1e-13);
        }
    }

    /** As ParallelWrapper does: parameters and states of its workers are averaged element by element. */
    @ParameterizedTest
    @MethodSource("members")
    void averagedWorkersOnTheSameBatchesAreOneNetwork(Member member) {
        MultiLayerNetwork expected = attached(Nets.mlp(DOUBLE, member.updater), member);
        List<MultiLayerNetwork> workers = List.of(Nets.mlp(DOUBLE, member.updater), Nets.mlp(DOUBLE, member.updater));
        AdaGradListener shared = new AdaGradListener();
        workers.forEach(worker -> worker.setListeners(shared));
        for (DataSet batch : Nets.batches(Seeds.random("parallel"), DOUBLE, 4)) {
            expected.fit(batch);
            List<INDArray> parameters = new ArrayList<>();
            List<INDArray> states = new ArrayList<>();
            for (MultiLayerNetwork worker : workers) {
                worker.fit(batch);
                parameters.add(worker.params());
                states.add(worker.getUpdater().getStateViewArray());
            }
            Nd4j.averageAndPropagate(null, parameters);
            Nd4j.averageAndPropagate(null, states);
        }
        for (MultiLayerNetwork worker : workers) {
            assertThat(values(worker.params())).isEqualTo(values(expected.params()));
            assertThat(values(worker.getUpdater().getStateViewArray()))
                    .isEqualTo(values(expected.getUpdater().getStateViewArray()));
        }
    }

    static List<Member> someOfEachKind() {
        List<String> names = List.of("momentum", "windowed, momentum", "AdaGrad-Norm, momentum", "proximal", "MADGRAD");
        List<Member> members = new ArrayList<>(Member.all());
        members.removeIf(member -> !names.contains(member.toString()));
        assertThat(members).hasSize(names.size());
        return members;
    }

    /**
     * The real thing, against fitting two networks in turns and averaging their parameters and states. On both DL4J
     * versions ParallelWrapper leaves out a step in about every third run, with {@code Sgd} too: one of 20 runs has to
     * be right to the last bit.
     */
    @ParameterizedTest
    @MethodSource("someOfEachKind")
    @Timeout(120)
    void parallelWrapper(Member member) throws Exception {
        List<DataSet> batches = Nets.batches(Seeds.random("wrapper"), DOUBLE, STEPS);
        List<MultiLayerNetwork> workers = List.of(
                attached(Nets.mlp(DOUBLE, member.updater), member), attached(Nets.mlp(DOUBLE, member.updater), member));
        for (int i = 0; i < STEPS; i += 2) {
            List<INDArray> parameters = new ArrayList<>();
            List<INDArray> states = new ArrayList<>();
            for (int j = 0; j < 2; j++) {
                workers.get(j).fit(batches.get(i + j));
                parameters.add(workers.get(j).params());
                states.add(workers.get(j).getUpdater().getStateViewArray());
            }
            Nd4j.averageAndPropagate(null, parameters);
            Nd4j.averageAndPropagate(null, states);
        }
        double[] expected = values(workers.get(0).params());
        double[] trained = {};
        for (int run = 0; run < 20 && !Arrays.equals(trained, expected); run++) {
            MultiLayerNetwork network = Nets.mlp(DOUBLE, member.updater);
            try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network)
                    .workers(2)
                    .averagingFrequency(1)
                    .prefetchBuffer(0)
                    .build()) {
                wrapper.setListeners(new AdaGradListener());
                wrapper.fit(new ListIterator(batches));
            }
            trained = values(network.params());
        }
        assertThat(trained).isEqualTo(expected);
    }

    /** Rows of an embedding that no batch touches stay bit for bit, unless the step acts on all parameters. */
    @ParameterizedTest
    @MethodSource("members")
    void rowsOfAnEmbedding(Member member) {
        int rows = 7;
        Random random = Seeds.random("embedding");
        MultiLayerNetwork network = attached(embedding(rows, member.updater), member);
        MultiLayerNetwork twin = embedding(rows, new Sgd(0));
        INDArray weights = network.getParam("0_W");
        double[] untouched = values(weights.getRow(6));
        double[] expected = values(network.params());
        Reference reference = member.reference.get();
        for (int t = 0; t < STEPS; t++) {
            INDArray features = Nd4j.zeros(DOUBLE, Nets.BATCH, 1);
            INDArray labels = Nd4j.zeros(DOUBLE, Nets.BATCH, Nets.OUT);
            for (int i = 0; i < Nets.BATCH; i++) {
                // Row 5 in the first step only, row 6 never.
                features.putScalar(i, 0, t == 0 ? i % 6 : random.nextInt(5));
                labels.putScalar(i, random.nextInt(Nets.OUT), 1);
            }
            DataSet batch = new DataSet(features, labels);
            double[] gradient = Nets.gradient(twin, expected, batch);
            reference.step(expected, gradient, Nets.borders(network), t, member.updater.getLearningRate());
            network.fit(batch);
            assertClose(values(network.params()), expected, 1e-10);
        }
        boolean shrinks = member.needsNetwork() && member.scope() == AccumulatorScope.PARAMETER;
        if (!shrinks) {
            assertThat(values(weights.getRow(6))).isEqualTo(untouched);
        }
    }

    /** Its rows lie at θ₀ − η·z/√G: one that no batch touches goes half the way back when η is halved. */
    @Test
    void rowsOfADualAverageMoveWithItsRate() {
        IUpdater updater = AdaGradPresets.dualAveraging()
                .learningRate(0.1)
                .centre(Centre.START)
                .build();
        MultiLayerNetwork network = embedding(2, updater);
        INDArray row = network.getParam("0_W").getRow(0);
        INDArray label = Nd4j.createFromArray(new double[][] {{1, 0, 0}});
        DataSet first = new DataSet(Nd4j.zeros(DOUBLE, 1, 1), label);
        DataSet second = new DataSet(Nd4j.ones(DOUBLE, 1, 1), label);
        double[] start = values(row);
        network.fit(first);
        double[] touched = values(row);
        network.fit(second);
        assertThat(values(row)).isEqualTo(touched).isNotEqualTo(start);
        network.setLearningRate(0.05);
        network.fit(second);
        double[] halfway = new double[start.length];
        for (int i = 0; i < start.length; i++) {
            halfway[i] = (start[i] + touched[i]) / 2;
        }
        assertClose(values(row), halfway, 1e-15);
    }

    private static MultiLayerNetwork embedding(int rows, IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(DOUBLE)
                .updater(updater)
                .list(
                        new EmbeddingLayer.Builder()
                                .nIn(rows)
                                .nOut(4)
                                .activation(Activation.IDENTITY)
                                .build(),
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(4)
                                .nOut(Nets.OUT)
                                .activation(Activation.SOFTMAX)
                                .build())
                .build());
        network.init();
        return network;
    }

    /** As RL4J does it: a gradient computed in one network updates another. */
    @ParameterizedTest
    @MethodSource("bound")
    void aGradientFromOutside(Member member) {
        DataSet batch = Nets.batches(Seeds.random("outside"), DOUBLE, 1).get(0);
        MultiLayerNetwork expected = attached(Nets.mlp(DOUBLE, member.updater), member);
        MultiLayerNetwork network = attached(Nets.mlp(DOUBLE, member.updater), member);
        MultiLayerNetwork source = Nets.mlp(DOUBLE, new Sgd(0));
        Nets.gradient(source, values(network.params()), batch);
        network.getUpdater()
                .update(network, source.gradient(), 0, 0, Nets.BATCH, LayerWorkspaceMgr.noWorkspacesImmutable());
        network.params().subi(source.gradient().gradient());
        expected.fit(batch);
        assertClose(values(network.params()), values(expected.params()), 1e-14);
    }

    @ParameterizedTest
    @MethodSource("bound")
    void refusesToRunWithoutTheListener(Member member) {
        DataSet batch = Nets.batches(Seeds.random("refusal"), FLOAT, 1).get(0);
        MultiLayerNetwork network = Nets.mlp(FLOAT, member.updater);
        assertThatThrownBy(() -> network.fit(batch))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("AdaGradListener.attachTo(network)")
                .hasMessageContaining("has to know the");
        AdaGradListener.attachTo(network);
        network.fit(batch);
        MultiLayerNetwork copy = network.clone();
        assertThatThrownBy(() -> copy.fit(batch)).hasMessageContaining("AdaGradListener.attachTo(network)");
    }

    /** With {@code setListeners} DL4J gives each layer the listener. */
    @Test
    void aLayerOfAnotherUpdaterIsPretrained() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(new Sgd(0.1))
                .list(
                        new AutoEncoder.Builder().nIn(5).nOut(4).build(),
                        new OutputLayer.Builder()
                                .nIn(4)
                                .nOut(2)
                                .updater(AdaGradPresets.norm().learningRate(0.1).build())
                                .build())
                .build());
        network.init();
        network.setListeners(AdaGradListener.attachTo(network));
        INDArray before = network.params().dup();
        DataSet data = new DataSet(Nd4j.rand(FLOAT, 6, 5), Nd4j.ones(FLOAT, 6, 2));
        network.pretrainLayer(0, new ExistingDataSetIterator(List.of(data)));
        assertThat(network.params()).isNotEqualTo(before);
        network.fit(data);
    }

    @ParameterizedTest
    @MethodSource("bound")
    void saysThatALayerOfItsOwnIsNotPretrained(Member member) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(member.updater.clone())
                .list(
                        new AutoEncoder.Builder().nIn(5).nOut(4).build(),
                        new OutputLayer.Builder().nIn(4).nOut(2).build())
                .build());
        network.init();
        AdaGradListener.attachTo(network);
        DataSet data = new DataSet(Nd4j.rand(FLOAT, 6, 5), Nd4j.ones(FLOAT, 6, 2));

        assertThatThrownBy(() -> network.pretrainLayer(0, new ExistingDataSetIterator(List.of(data))))
                .hasStackTraceContaining("Layer-wise pretraining is not possible");
        network.fit(data);
    }

    @Test
    void refusesToBeAttachedWhereItIsOfNoUse() {
        MultiLayerNetwork plain = Nets.mlp(FLOAT, AdaGradPresets.pyTorch().build());
        assertThat(AdaGradListener.isNeededBy(plain)).isFalse();
        assertThat(AdaGradListener.isNeededBy(
                        Nets.mlp(FLOAT, AdaGradPresets.norm().learningRate(0.1).build())))
                .isTrue();
        assertThatThrownBy(() -> AdaGradListener.attachTo(plain))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("found none in this MultiLayerNetwork");
        MultiLayerNetwork bare = new MultiLayerNetwork(plain.getLayerWiseConfigurations());
        assertThatThrownBy(() -> AdaGradListener.attachTo(bare))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("call init() first");
        assertThatThrownBy(() -> AdaGradListener.attachTo(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a MultiLayerNetwork or ComputationGraph, got null");
        assertThatThrownBy(() -> AdaGradListener.attachTo(plain.getLayer(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("layer-wise pretraining is not possible");
    }

    /** l1 in the exact step makes exact zeros. */
    @Test
    void proximalStepsMakeZeros() {
        MultiLayerNetwork network = Nets.mlp(
                FLOAT, AdaGradPresets.proximal().learningRate(0.1).l1(0.1).build());
        AdaGradListener.attachTo(network);
        for (int epoch = 0; epoch < 20; epoch++) {
            for (DataSet batch : Nets.batches(new Random(3), FLOAT, 4)) {
                network.fit(batch);
            }
        }
        long zeros = Arrays.stream(values(network.params()))
                .filter(value -> value == 0)
                .count();
        assertThat(zeros).isGreaterThan(network.numParams() / 4);
    }

    /** In the given order; not the same class on both DL4J versions, hence our own. */
    private static final class ListIterator implements DataSetIterator {

        private final List<DataSet> batches;
        private int next;

        ListIterator(List<DataSet> batches) {
            this.batches = batches;
        }

        @Override
        public DataSet next(int num) {
            return next();
        }

        @Override
        public DataSet next() {
            return batches.get(next++);
        }

        @Override
        public boolean hasNext() {
            return next < batches.size();
        }

        @Override
        public int inputColumns() {
            return Nets.IN;
        }

        @Override
        public int totalOutcomes() {
            return Nets.OUT;
        }

        @Override
        public boolean resetSupported() {
            return true;
        }

        @Override
        public boolean asyncSupported() {
            return true;
        }

        @Override
        public void reset() {
            next = 0;
        }

        @Override
        public int batch() {
            return Nets.BATCH;
        }

        @Override
        public void setPreProcessor(DataSetPreProcessor preProcessor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public DataSetPreProcessor getPreProcessor() {
            return null;
        }

        @Override
        public List<String> getLabels() {
            return null;
        }
    }

    /** DL4J's own fault, as docs/dl4j.md has it: the rate of one layer; that of all layers can be set. */
    @Test
    void theRateOfOneLayerBesideBatchNormalisation() {
        for (IUpdater updater :
                new IUpdater[] {new Adam(0.01), AdaGradPresets.yotkov().build()}) {
            MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                    .updater(updater)
                    .list(
                            new DenseLayer.Builder().nOut(4).build(),
                            new BatchNormalization(),
                            new DenseLayer.Builder().nOut(4).build(),
                            new OutputLayer.Builder(LossFunction.MCXENT)
                                    .nOut(Nets.OUT)
                                    .activation(Activation.SOFTMAX)
                                    .build())
                    .setInputType(InputType.feedForward(Nets.IN))
                    .build());
            network.init();
            DataSet batch = Nets.batches(Seeds.random("batch normalisation"), DataType.FLOAT, 1)
                    .get(0);
            network.fit(batch);
            network.setLearningRate(0.1);
            network.fit(batch);
            assertThatThrownBy(() -> network.setLearningRate(2, 0.05))
                    .isInstanceOf(NullPointerException.class)
                    .hasStackTraceContaining("rebuildUpdaterStateArray");
        }
    }
}
