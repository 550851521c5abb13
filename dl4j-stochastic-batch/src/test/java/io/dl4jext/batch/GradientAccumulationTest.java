package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dl4jext.batch.internal.accumulation.UpdateListener;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.MinMaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.AsyncDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Parts whose gradients add up, against DL4J's own update on the whole batch. */
class GradientAccumulationTest {

    /** Sums in another order: some units in the last place of doubles. */
    private static final double ROUNDING = 1e-11;

    private static final int WHOLE = 16;
    private static final int PART = 6;

    private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .updater(updater);
    }

    private static MultiLayerNetwork mlp(NeuralNetConfiguration.Builder builder) {
        MultiLayerNetwork net = new MultiLayerNetwork(builder.list()
                .layer(new DenseLayer.Builder().nIn(Nets.INPUTS).nOut(5).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(5)
                        .nOut(Nets.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        net.init();
        return net;
    }

    private static ComputationGraph graph(NeuralNetConfiguration.Builder builder) {
        ComputationGraph net = new ComputationGraph(builder.graphBuilder()
                .addInputs("in")
                .addLayer(
                        "hidden",
                        new DenseLayer.Builder().nIn(Nets.INPUTS).nOut(5).build(),
                        "in")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(5)
                                .nOut(Nets.CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "hidden")
                .setOutputs("out")
                .build());
        net.init();
        return net;
    }

    private static MultiLayerNetwork recurrent() {
        MultiLayerNetwork net = new MultiLayerNetwork(builder(new Adam(0.05))
                .l2(0.01)
                .list()
                .layer(new LSTM.Builder().nIn(3).nOut(4).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(4)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        net.init();
        return net;
    }

    private static MultiLayerNetwork convolutional() {
        MultiLayerNetwork net = new MultiLayerNetwork(builder(new Nesterovs(0.05, 0.9))
                .weightDecay(0.01)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(2).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.convolutional(6, 6, 1))
                .build());
        net.init();
        return net;
    }

    static Stream<Supplier<Model>> networks() {
        List<Supplier<Model>> all = new ArrayList<>();
        List<Supplier<IUpdater>> updaters = List.of(
                () -> new Sgd(0.3),
                () -> new Sgd(new ExponentialSchedule(ScheduleType.ITERATION, 0.3, 0.8)),
                () -> new Nesterovs(0.1, 0.9),
                () -> new Adam(0.02),
                () -> new AdaGrad(0.1),
                () -> new RmsProp(0.02),
                AdaDelta::new);
        for (Supplier<IUpdater> updater : updaters) {
            all.add(() -> mlp(builder(updater.get())));
            all.add(() -> mlp(builder(updater.get()).l1(0.01).l2(0.02)));
            all.add(() -> mlp(builder(updater.get()).weightDecay(0.05)));
            all.add(() -> graph(builder(updater.get()).l2(0.02)));
        }
        for (GradientNormalization normalization : GradientNormalization.values()) {
            all.add(() -> mlp(builder(new Nesterovs(0.1, 0.9))
                    .gradientNormalization(normalization)
                    .gradientNormalizationThreshold(0.05)));
        }
        all.add(() -> mlp(builder(new Sgd(0.01)).miniBatch(false)));
        all.add(() -> graph(builder(new Adam(0.01)).miniBatch(false)));
        return all.stream();
    }

    private static DynamicBatchIterator whole(List<DataSet> data) {
        return DynamicBatchIterator.builder(new ListSource(data), BatchSchedule.constant(WHOLE))
                .build();
    }

    private static DynamicBatchIterator inParts(List<DataSet> data) {
        return DynamicBatchIterator.builder(new ListSource(data), BatchSchedule.constant(WHOLE))
                .microBatchSize(PART)
                .build();
    }

    private static void fit(Model net, DynamicBatchIterator batches, int epochs) {
        if (net instanceof MultiLayerNetwork) {
            batches.attachTo((MultiLayerNetwork) net);
            ((MultiLayerNetwork) net).fit(batches, epochs);
        } else {
            batches.attachTo((ComputationGraph) net);
            ((ComputationGraph) net).fit(batches, epochs);
        }
    }

    private static INDArray state(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getUpdater().getStateViewArray()
                : ((ComputationGraph) net).getUpdater().getStateViewArray();
    }

    private static int iterations(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getIterationCount()
                : ((ComputationGraph) net).getConfiguration().getIterationCount();
    }

    private static void assertClose(INDArray actual, INDArray expected) {
        double error = actual.sub(expected).norm2Number().doubleValue()
                / expected.norm2Number().doubleValue();
        assertThat(error).isLessThan(ROUNDING);
    }

    private static void assertSameTraining(Supplier<? extends Model> network, List<DataSet> data, int epochs) {
        Model expected = network.get();
        INDArray before = expected.params().dup();
        fit(expected, whole(data), epochs);
        Model actual = network.get();
        fit(actual, inParts(data), epochs);

        assertClose(actual.params(), expected.params());
        if (state(expected) != null) {
            assertClose(state(actual), state(expected));
        }
        assertThat(iterations(actual)).isEqualTo(iterations(expected));
        assertThat(expected.params().distance2(before)).isGreaterThan(1e-3);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theUpdateIsThatOfTheWholeBatch(Supplier<Model> network) {
        // 41 examples: 16, 16, 9.
        assertSameTraining(network, Nets.data(10, 20, 3, 8), 3);
    }

    @Test
    void timeSeriesOfUnequalLengthWithMasks() {
        assertSameTraining(GradientAccumulationTest::recurrent, series(false), 3);
        assertSameTraining(GradientAccumulationTest::recurrent, series(true), 3);
    }

    private static List<DataSet> series(boolean labelsAtTheEnd) {
        Random random = new Random(8);
        List<DataSet> batches = new ArrayList<>();
        for (int[] shape : new int[][] {{7, 4}, {10, 2}, {3, 6}, {15, 3}}) {
            int examples = shape[0];
            int length = shape[1];
            INDArray features = Nd4j.create(DataType.DOUBLE, examples, 3, length);
            INDArray labels = Nd4j.create(DataType.DOUBLE, examples, 2, length);
            INDArray featureMask = Nd4j.zeros(DataType.DOUBLE, examples, length);
            INDArray labelMask = Nd4j.zeros(DataType.DOUBLE, examples, length);
            for (int i = 0; i < examples; i++) {
                int own = 1 + random.nextInt(length);
                for (int t = 0; t < own; t++) {
                    for (int j = 0; j < 3; j++) {
                        features.putScalar(new int[] {i, j, t}, random.nextGaussian());
                    }
                    labels.putScalar(new int[] {i, random.nextInt(2), t}, 1);
                    featureMask.putScalar(i, t, 1);
                    labelMask.putScalar(i, t, !labelsAtTheEnd || t == own - 1 ? 1 : 0);
                }
            }
            batches.add(new DataSet(features, labels, featureMask, labelMask));
        }
        return batches;
    }

    @Test
    void convolutions() {
        Random random = new Random(9);
        double[] pixels = random.doubles(30 * 36).toArray();
        double[] targets = random.doubles(30 * 2).toArray();
        DataSet images = new DataSet(
                Nd4j.create(pixels, new long[] {30, 1, 6, 6}, 'c').castTo(DataType.DOUBLE),
                Nd4j.create(targets, new long[] {30, 2}, 'c').castTo(DataType.DOUBLE));

        assertSameTraining(GradientAccumulationTest::convolutional, List.of(images), 3);
    }

    @Test
    void aBatchThatFitsIsDl4jsOwnToTheBit() {
        List<DataSet> data = Nets.data(10, 20, 3, 8);
        MultiLayerNetwork expected = mlp(builder(new Adam(0.02)));
        expected.fit(whole(data), 2);
        MultiLayerNetwork actual = mlp(builder(new Adam(0.02)));
        DynamicBatchIterator batches = DynamicBatchIterator.builder(new ListSource(data), BatchSchedule.constant(WHOLE))
                .microBatchSize(WHOLE)
                .learningRateScaling(LearningRateScaling.linear(WHOLE))
                .build();
        fit(actual, batches, 2);

        // The last batch of 9 has another rate.
        assertThat(actual.params()).isNotEqualTo(expected.params());
        MultiLayerNetwork unscaled = mlp(builder(new Adam(0.02)));
        fit(
                unscaled,
                DynamicBatchIterator.builder(new ListSource(data), BatchSchedule.constant(WHOLE))
                        .microBatchSize(WHOLE)
                        .build(),
                2);
        assertThat(unscaled.params()).isEqualTo(expected.params());
    }

    @Test
    void throughAPrefetchingIterator() {
        List<DataSet> data = Nets.data(10, 20, 3, 8);
        MultiLayerNetwork expected = mlp(builder(new Adam(0.02)));
        expected.fit(whole(data), 3);
        MultiLayerNetwork actual = mlp(builder(new Adam(0.02)));
        DynamicBatchIterator batches = inParts(data);
        batches.attachTo(actual);
        AsyncDataSetIterator prefetching = new AsyncDataSetIterator(batches, 5);
        actual.fit(prefetching, 3);

        assertClose(actual.params(), expected.params());
        prefetching.shutdown();
    }

    @Test
    void listenersSeeTheIterationOfTheUpdate() {
        MultiLayerNetwork net = mlp(builder(new Adam(0.02)));
        BatchLog log = new BatchLog();
        net.addListeners(log);
        fit(net, inParts(Nets.data(10, 20, 3, 8)), 1);

        assertThat(log.sizes).containsExactly(6, 6, 4, 6, 6, 4, 6, 3);
        assertThat(log.iterations).containsExactly(0, 0, 0, 1, 1, 1, 2, 2);
        assertThat(net.getIterationCount()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(LastBatch.class)
    void whatIsLeftAtAnEpochsEnd(LastBatch policy) {
        // 20 examples: 16 and 4.
        List<DataSet> data = Nets.data(20);
        MultiLayerNetwork expected = mlp(builder(new Nesterovs(0.1, 0.9)));
        DynamicBatchIterator batches = DynamicBatchIterator.builder(new ListSource(data), BatchSchedule.constant(WHOLE))
                .lastBatch(policy)
                .build();
        fit(expected, batches, 4);
        MultiLayerNetwork actual = mlp(builder(new Nesterovs(0.1, 0.9)));
        DynamicBatchIterator parts = DynamicBatchIterator.builder(new ListSource(data), BatchSchedule.constant(WHOLE))
                .lastBatch(policy)
                .microBatchSize(PART)
                .build();
        fit(actual, parts, 4);

        assertClose(actual.params(), expected.params());
        assertThat(iterations(actual)).isEqualTo(policy == LastBatch.KEEP ? 8 : policy == LastBatch.DROP ? 4 : 5);
        assertThat(iterations(actual)).isEqualTo(iterations(expected));
    }

    /** With decay d: mean ← d·mean + (1 − d)·Σ (bᵢ/B)·meanᵢ, however many parts there are. */
    @Test
    void batchNormalisationAveragesItsStatistics() {
        double decay = 0.9;
        MultiLayerNetwork net = new MultiLayerNetwork(builder(new Sgd(0.1))
                .list()
                .layer(new BatchNormalization.Builder()
                        .nIn(Nets.INPUTS)
                        .nOut(Nets.INPUTS)
                        .decay(decay)
                        .useLogStd(false)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(Nets.INPUTS)
                        .nOut(Nets.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        net.init();
        List<DataSet> data = Nets.data(16);
        INDArray features = data.get(0).getFeatures();
        double[] mean = new double[Nets.INPUTS];
        double[] variance = new double[Nets.INPUTS];
        for (int j = 0; j < Nets.INPUTS; j++) {
            variance[j] = decay;
            for (int from = 0; from < 16; from += PART) {
                int to = Math.min(16, from + PART);
                double partMean = 0;
                for (int i = from; i < to; i++) {
                    partMean += features.getDouble(i, j) / (to - from);
                }
                double partVariance = 0;
                for (int i = from; i < to; i++) {
                    partVariance += Math.pow(features.getDouble(i, j) - partMean, 2) / (to - from);
                }
                mean[j] += (1 - decay) * (to - from) / 16 * partMean;
                variance[j] += (1 - decay) * (to - from) / 16 * partVariance;
            }
        }
        fit(net, inParts(data), 1);

        assertThat(net.getParam("0_mean").toDoubleVector())
                .containsExactly(mean, org.assertj.core.data.Offset.offset(1e-9));
        assertThat(net.getParam("0_var").toDoubleVector())
                .containsExactly(variance, org.assertj.core.data.Offset.offset(1e-9));
    }

    @Test
    void aFailureInMidBatchStartsThePartAnew() {
        List<DataSet> data = Nets.data(10, 22);
        MultiLayerNetwork expected = mlp(builder(new Adam(0.02)));
        expected.fit(whole(data), 1);
        MultiLayerNetwork actual = mlp(builder(new Adam(0.02)));
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(data).failingAt(1, 2), BatchSchedule.constant(WHOLE))
                .microBatchSize(PART)
                .build();
        batches.attachTo(actual);
        int failures = 0;
        while (failures < 10) {
            try {
                actual.fit(batches);
                break;
            } catch (IllegalStateException e) {
                failures++;
            }
        }

        assertThat(failures).isEqualTo(2);
        assertClose(actual.params(), expected.params());
    }

    @Test
    void resumesInsideAnAccumulatedBatch() {
        List<DataSet> data = Nets.data(10, 30);
        MultiLayerNetwork expected = mlp(builder(new Adam(0.02)));
        fit(expected, inParts(data), 1);
        MultiLayerNetwork begun = mlp(builder(new Adam(0.02)));
        DynamicBatchIterator first = inParts(data);
        first.attachTo(begun);
        for (int part = 0; part < 5; part++) {
            begun.fit(first.next());
        }
        BatchState state = first.state();
        MultiLayerNetwork loaded = begun.clone();
        loaded.getLayerWiseConfigurations().setIterationCount(state.iteration());
        DynamicBatchIterator second = inParts(data);
        second.restore(state);
        fit(loaded, second, 1);

        assertThat(state.examples()).isEqualTo(16);
        assertThat(state.iteration()).isEqualTo(1);
        assertClose(loaded.params(), expected.params());
    }

    @Test
    void theLearningRateMayBeSetInBetween() {
        List<DataSet> data = Nets.data(40);
        MultiLayerNetwork expected = mlp(builder(new Nesterovs(0.1, 0.9)));
        expected.fit(whole(data), 1);
        expected.setLearningRate(0.01);
        expected.fit(whole(data), 1);
        MultiLayerNetwork actual = mlp(builder(new Nesterovs(0.1, 0.9)));
        DynamicBatchIterator batches = inParts(data);
        batches.attachTo(actual);
        actual.fit(batches);
        actual.setLearningRate(0.01);
        actual.fit(batches);

        assertClose(actual.params(), expected.params());
    }

    /** After the first part, and in its pass. (In the forward pass DL4J itself cannot, within its workspace.) */
    @ParameterizedTest
    @ValueSource(strings = {"done", "backward"})
    void aListenerMaySetTheLearningRateWithinABatch(String when) {
        List<DataSet> data = Nets.data(32);
        MultiLayerNetwork expected = mlp(builder(new Nesterovs(0.1, 0.9)));
        expected.setLearningRate(0.01);
        expected.fit(whole(data), 1);
        MultiLayerNetwork actual = mlp(builder(new Nesterovs(0.1, 0.9)));
        ComputationGraph graph = graph(builder(new Nesterovs(0.1, 0.9)));
        DynamicBatchIterator batches = inParts(data);
        DynamicBatchIterator others = inParts(data);
        batches.attachTo(actual);
        others.attachTo(graph);
        actual.addListeners(new RateSetter(when));
        graph.addListeners(new RateSetter(when));
        actual.fit(batches);
        graph.fit(others);

        assertClose(actual.params(), expected.params());
        assertClose(state(actual), state(expected));
        assertThat(actual.getIterationCount()).isEqualTo(2);
        assertThat(graph.getIterationCount()).isEqualTo(2);
        assertThat(actual.getLearningRate(0)).isEqualTo(0.01);
        ComputationGraph expectedGraph = graph(builder(new Nesterovs(0.1, 0.9)));
        expectedGraph.setLearningRate(0.01);
        expectedGraph.fit(whole(data), 1);
        assertClose(graph.params(), expectedGraph.params());
    }

    /** Too late to be heard of before the update. */
    @Test
    void aLearningRateSetJustBeforeTheUpdateIsRefused() {
        MultiLayerNetwork net = mlp(builder(new Nesterovs(0.1, 0.9)));
        DynamicBatchIterator batches = inParts(Nets.data(32));
        batches.attachTo(net);
        net.addListeners(new RateSetter("gradient"));
        assertThatIllegalStateException()
                .isThrownBy(() -> net.fit(batches))
                .withMessageContaining("call setLearningRate in iterationDone");
        batches.reset();
        net.fit(batches);
        assertThat(net.getIterationCount()).isEqualTo(2);
    }

    /** Once, in the first part's pass or after it. */
    private static final class RateSetter extends BaseTrainingListener {

        private final String when;
        private int passes;

        RateSetter(String when) {
            this.when = when;
        }

        private void at(String hook, Model model) {
            if (!hook.equals(when) || passes++ > 0) {
                return;
            }
            if (model instanceof MultiLayerNetwork) {
                ((MultiLayerNetwork) model).setLearningRate(0.01);
            } else {
                ((ComputationGraph) model).setLearningRate(0.01);
            }
        }

        @Override
        public void onBackwardPass(Model model) {
            at("backward", model);
        }

        @Override
        public void onGradientCalculation(Model model) {
            at("gradient", model);
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            at("done", model);
        }
    }

    /** DL4J counts the labels' rows, one for each time step here; the iterator counts examples. */
    @Test
    void labelsWithARowForEachTimeStep() {
        INDArray features = Nd4j.rand(DataType.DOUBLE, 20, 3, 4);
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, 20, 2, 4);
        for (int i = 0; i < 20; i++) {
            for (int t = 0; t < 4; t++) {
                labels.putScalar(new int[] {i, (i + t) % 2, t}, 1);
            }
        }
        assertSameTraining(GradientAccumulationTest::recurrent, List.of(new DataSet(features, labels)), 3);
        Model net = mlp(builder(new Sgd(0.1)));
        // A pass of a network without labels ends in DL4J, not here.
        DynamicBatchIterator batches = inParts(Nets.data(40));
        batches.attachTo((MultiLayerNetwork) net);
        ((MultiLayerNetwork) net).setInput(batches.next().getFeatures());
        batches.listener().onForwardPass(net, List.of());
    }

    @Test
    void otherBatchesOrOtherListenersAreNotMixedIn() {
        List<DataSet> data = Nets.data(40);
        MultiLayerNetwork net = mlp(builder(new Sgd(0.1)));
        DynamicBatchIterator batches = inParts(data);
        batches.attachTo(net);
        ListSource smaller = new ListSource(List.of()) {
            private static final long serialVersionUID = 1L;

            @Override
            public boolean hasNext() {
                return batches.hasNext();
            }

            @Override
            public DataSet next() {
                batches.next();
                return Nets.data(2).get(0);
            }

            @Override
            public boolean asyncSupported() {
                return false;
            }
        };
        assertThatIllegalStateException()
                .isThrownBy(() -> net.fit(smaller))
                .withMessageContaining("the next has 6 examples, got one of 2");

        MultiLayerNetwork two = mlp(builder(new Sgd(0.1)));
        DynamicBatchIterator one = inParts(data);
        one.attachTo(two);
        DynamicBatchIterator other = inParts(data);
        other.attachTo(two);
        assertThatIllegalStateException()
                .isThrownBy(() -> two.fit(other))
                .withMessageContaining("got two on one network");
        two.setListeners(other.listener());
        other.reset();
        two.fit(other);
    }

    /** A pass that somebody makes with a part between two fits trains on nothing. */
    @Test
    void aPartThatWasOnlyLookedAtIsNotTakenForTrained() {
        List<DataSet> data = Nets.data(40);
        MultiLayerNetwork expected = mlp(builder(new Sgd(0.1)));
        fit(expected, inParts(data), 1);
        MultiLayerNetwork net = mlp(builder(new Sgd(0.1)));
        DynamicBatchIterator batches = inParts(data);
        batches.attachTo(net);
        DataSet part = batches.next();
        net.calculateGradients(part.getFeatures(), part.getLabels(), null, null);
        assertThatIllegalStateException()
                .isThrownBy(() -> net.fit(batches))
                .withMessageContaining("that network has not trained on the last one");
        net.fit(batches);
        assertThat(net.getIterationCount()).isEqualTo(expected.getIterationCount());
        assertClose(net.params(), expected.params());
    }

    /** One that comes before ours in the list makes a pass when the update is over. */
    @Test
    void anotherListenersPassAfterTheUpdateChangesNothing() {
        List<DataSet> data = Nets.data(40);
        MultiLayerNetwork expected = mlp(builder(new Adam(0.02)));
        fit(expected, inParts(data), 2);
        MultiLayerNetwork net = mlp(builder(new Adam(0.02)));
        DynamicBatchIterator batches = inParts(data);
        DataSet probe = Nets.data(3).get(0);
        batches.attachTo(net);
        net.setListeners(
                new BaseTrainingListener() {
                    @Override
                    public void iterationDone(Model model, int iteration, int epoch) {
                        ((MultiLayerNetwork) model)
                                .calculateGradients(probe.getFeatures(), probe.getLabels(), null, null);
                    }
                },
                batches.listener());
        net.fit(batches, 2);
        assertClose(net.params(), expected.params());
    }

    private static List<String> saidOf(LayerConstraint constraint) throws Throwable {
        MultiLayerNetwork net = mlp(builder(new Sgd(0.1)).constrainWeights(constraint));
        return TrainingCheckpointsTest.said(
                UpdateListener.class, () -> inParts(Nets.data(40)).attachTo(net));
    }

    static Stream<LayerConstraint> constraints() {
        return Stream.of(
                new MinMaxNormConstraint(0, 2, 0.5, 1),
                new MinMaxNormConstraint(0, 2, 1),
                new MaxNormConstraint(2, 1),
                new UnitNormConstraint(1),
                new NonNegativeConstraint());
    }

    /** DL4J applies them after each part: with any, the update is another one than the whole batch's. */
    @ParameterizedTest
    @MethodSource("constraints")
    void constraintsAreNamed(LayerConstraint constraint) throws Throwable {
        assertThat(saidOf(constraint.clone()))
                .hasSize(2)
                .allSatisfy(
                        line -> assertThat(line).contains(constraint.getClass().getSimpleName(), "after each part"));

        MultiLayerNetwork net = mlp(builder(new Sgd(0.1)).constrainWeights(constraint.clone()));
        MultiLayerNetwork whole = net.clone();
        DynamicBatchIterator batches = inParts(Nets.data(40));
        batches.attachTo(net);
        net.fit(batches);
        whole.fit(DynamicBatchIterator.builder(new ListSource(Nets.data(40)), BatchSchedule.constant(WHOLE))
                .build());
        assertThat(net.params().distance2(whole.params())).isGreaterThan(1e-7);
    }

    @Test
    void constraintsThatAreNotAppliedAreNotNamed() throws Throwable {
        MultiLayerNetwork net = new MultiLayerNetwork(builder(new Sgd(0.1))
                .constrainWeights(new MaxNormConstraint(2, 1))
                .list(
                        new Bidirectional(new LSTM.Builder().nIn(3).nOut(2).build()),
                        new FrozenLayer(new DenseLayer.Builder().nIn(4).nOut(4).build()),
                        new FrozenLayerWithBackprop(
                                new DenseLayer.Builder().nIn(4).nOut(4).build()),
                        new RnnOutputLayer.Builder()
                                .nIn(4)
                                .nOut(2)
                                .name("out")
                                .constrainWeights(new NonNegativeConstraint())
                                .build())
                .build());
        net.init();
        assertThat(TrainingCheckpointsTest.said(
                        UpdateListener.class, () -> inParts(Nets.data(40)).attachTo(net)))
                .satisfiesExactly(
                        line -> assertThat(line).contains("layer0", "MaxNorm"),
                        line -> assertThat(line).contains("out", "NonNegative"));
    }

    @Test
    void whatMakesSeveralUpdatesOfABatchIsRefused() {
        MultiLayerNetwork truncated = recurrent();
        truncated.getLayerWiseConfigurations().setBackpropType(BackpropType.TruncatedBPTT);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> inParts(series(false)).attachTo(truncated))
                .withMessageContaining("TruncatedBPTT");
        MultiLayerNetwork lineSearch =
                mlp(builder(new Sgd(0.1)).optimizationAlgo(OptimizationAlgorithm.CONJUGATE_GRADIENT));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> inParts(Nets.data(20)).attachTo(lineSearch))
                .withMessageContaining("CONJUGATE_GRADIENT");
    }

    @Test
    void copiesOfTheNetworkAreRefused() {
        MultiLayerNetwork net = mlp(builder(new Sgd(0.1)));
        DynamicBatchIterator batches = inParts(Nets.data(40));
        batches.attachTo(net);
        MultiLayerNetwork copy = net.clone();
        copy.setListeners(batches.listener());

        assertThatIllegalStateException().isThrownBy(() -> copy.fit(batches)).withMessageContaining("ParallelWrapper");
    }

    /** As after listeners were replaced: what was added up so far is a part of the update. */
    @Test
    void attachedAgainBetweenTwoParts() {
        List<DataSet> data = Nets.data(WHOLE);
        MultiLayerNetwork expected = Nets.mlp();
        expected.fit(data.get(0));
        MultiLayerNetwork actual = Nets.mlp();
        DynamicBatchIterator batches = DynamicBatchIterator.builder(new ListSource(data), BatchSchedule.constant(WHOLE))
                .microBatchSize(PART)
                .build();
        batches.attachTo(actual);
        actual.fit(batches.next());
        batches.attachTo(actual);
        actual.fit(batches.next());
        actual.setListeners();
        batches.attachTo(actual);
        while (batches.hasNext()) {
            actual.fit(batches.next());
        }
        assertClose(actual.params(), expected.params());
    }
}
