package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dl4jext.acceleratedsgd.AcceleratedSgd;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.entropysgd.EntropySgd;
import io.dl4jext.implicit.BatchMode;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Gradient accumulation on implicit layers: their step is not linear in the batch, so they must know the whole one. */
class AccumulationOnImplicitLayersTest {

    private static final int EXAMPLES = 97;
    private static final int WHOLE = 40;
    private static final int PART = 16;
    /** Sums in another order. */
    private static final double ROUNDING = 1e-10;

    private static NeuralNetConfiguration.Builder builder() {
        return new NeuralNetConfiguration.Builder()
                .seed(4)
                .dataType(DataType.DOUBLE)
                .activation(Activation.RELU);
    }

    private static Model dense(ImplicitSgd updater) {
        MultiLayerNetwork net = new MultiLayerNetwork(ImplicitBackprop.convert(
                        builder()
                                .updater(updater)
                                .list()
                                .layer(new DenseLayer.Builder().nIn(3).nOut(6).build())
                                .layer(new OutputLayer.Builder(LossFunction.MSE)
                                        .nIn(6)
                                        .nOut(2)
                                        .activation(Activation.TANH)
                                        .build())
                                .build(),
                        updater)
                .result());
        net.init();
        return net;
    }

    private static Model graph(ImplicitSgd updater) {
        ComputationGraph net = new ComputationGraph(ImplicitBackprop.convert(
                        builder()
                                .updater(updater)
                                .graphBuilder()
                                .addInputs("in")
                                .addLayer(
                                        "hidden",
                                        new DenseLayer.Builder().nIn(3).nOut(6).build(),
                                        "in")
                                .addLayer(
                                        "out",
                                        new OutputLayer.Builder(LossFunction.MSE)
                                                .nIn(6)
                                                .nOut(2)
                                                .activation(Activation.TANH)
                                                .build(),
                                        "hidden")
                                .setOutputs("out")
                                .build(),
                        updater)
                .result());
        net.init();
        return net;
    }

    /** A dense layer over a time series, whose batch is examples × steps, and a recurrent one. */
    private static Model series(ImplicitSgd updater) {
        MultiLayerNetwork net = new MultiLayerNetwork(ImplicitBackprop.convert(
                        builder()
                                .updater(updater)
                                .list()
                                .layer(new DenseLayer.Builder().nIn(3).nOut(5).build())
                                .layer(new SimpleRnn.Builder().nIn(5).nOut(4).build())
                                .layer(new RnnOutputLayer.Builder(LossFunction.MSE)
                                        .nIn(4)
                                        .nOut(2)
                                        .activation(Activation.IDENTITY)
                                        .build())
                                .setInputType(InputType.recurrent(3))
                                .build(),
                        updater)
                .result());
        net.init();
        return net;
    }

    private static DataSet rows() {
        Random random = new Random(6);
        double[] features = random.doubles(EXAMPLES * 3, -1, 1).toArray();
        double[] labels = random.doubles(EXAMPLES * 2, -1, 1).toArray();
        return new DataSet(
                Nd4j.create(features, new long[] {EXAMPLES, 3}, 'c'),
                Nd4j.create(labels, new long[] {EXAMPLES, 2}, 'c'));
    }

    private static DataSet timeSeries(int examples, int length) {
        Random random = new Random(7);
        double[] features = random.doubles(examples * 3L * length, -1, 1).toArray();
        double[] labels = random.doubles(examples * 2L * length, -1, 1).toArray();
        return new DataSet(
                Nd4j.create(features, new long[] {examples, 3, length}, 'c'),
                Nd4j.create(labels, new long[] {examples, 2, length}, 'c'));
    }

    static Stream<Arguments> networks() {
        List<Arguments> all = new ArrayList<>();
        for (BatchMode mode : BatchMode.values()) {
            for (boolean schedule : new boolean[] {false, true}) {
                ImplicitSgd.Builder rate = ImplicitSgd.builder().batchMode(mode);
                ImplicitSgd updater = schedule
                        ? rate.learningRateSchedule(new ExponentialSchedule(ScheduleType.ITERATION, 0.2, 0.7))
                                .build()
                        : rate.learningRate(0.2).build();
                Function<ImplicitSgd, Model> dense = AccumulationOnImplicitLayersTest::dense;
                Function<ImplicitSgd, Model> graph = AccumulationOnImplicitLayersTest::graph;
                Function<ImplicitSgd, Model> series = AccumulationOnImplicitLayersTest::series;
                all.add(Arguments.of(dense, updater, rows()));
                all.add(Arguments.of(graph, updater, rows()));
                all.add(Arguments.of(series, updater, timeSeries(EXAMPLES, 3)));
            }
        }
        return all.stream();
    }

    private static DynamicBatchIterator iterator(List<DataSet> data, int part, LearningRateScaling scaling) {
        return DynamicBatchIterator.builder(new ExistingDataSetIterator(data), BatchSchedule.constant(WHOLE))
                .microBatchSize(part)
                .learningRateScaling(scaling)
                .build();
    }

    private static double fit(Model model, DynamicBatchIterator batches) {
        if (model instanceof MultiLayerNetwork) {
            batches.attachTo((MultiLayerNetwork) model);
            ((MultiLayerNetwork) model).fit(batches, 2);
        } else {
            batches.attachTo((ComputationGraph) model);
            ((ComputationGraph) model).fit(batches, 2);
        }
        return model.params().norm2Number().doubleValue();
    }

    /** 40, 40 and 17 examples, in parts of 16: 16, 16, 8 and 16, 1. */
    @ParameterizedTest
    @MethodSource("networks")
    void theUpdateIsThatOfTheWholeBatch(Function<ImplicitSgd, Model> network, ImplicitSgd updater, DataSet data) {
        for (LearningRateScaling scaling :
                new LearningRateScaling[] {LearningRateScaling.none(), LearningRateScaling.linear(20)}) {
            Model expected = network.apply(updater.clone());
            double size = fit(expected, iterator(List.of(data), 1000, scaling));
            Model actual = network.apply(updater.clone());
            fit(actual, iterator(List.of(data), PART, scaling));

            INDArray difference = actual.params().sub(expected.params());
            assertThat(difference.norm2Number().doubleValue() / size)
                    .as("%s %s", updater, scaling)
                    .isLessThan(ROUNDING);
        }
    }

    static Stream<DoubleFunction<IUpdater>> rules() {
        return Stream.of(
                rate -> new Adam(rate),
                rate -> new Adam(new ExponentialSchedule(ScheduleType.ITERATION, rate, 0.7)),
                rate -> AdaGradPresets.pyTorch().learningRate(rate).build(),
                rate -> AdaGradPresets.keras()
                        .learningRateSchedule(new ExponentialSchedule(ScheduleType.ITERATION, rate, 0.7))
                        .build(),
                rate -> AdaGradPresets.madGrad().learningRate(rate).build(),
                rate -> AcceleratedSgd.builder().learningRate(rate).build(),
                rate -> EntropySgd.builder().learningRate(rate).build());
    }

    /** The rate that is scaled is the rule's: twice as high for batches of 40 by linear(20). */
    @ParameterizedTest
    @MethodSource("rules")
    void aRulesRateIsScaled(DoubleFunction<IUpdater> rule) {
        double rate = 0.02;
        DataSet data = new DataSet(
                rows().getFeatures().get(NDArrayIndex.interval(0, 2 * WHOLE), NDArrayIndex.all()),
                rows().getLabels().get(NDArrayIndex.interval(0, 2 * WHOLE), NDArrayIndex.all()));
        Model expected = dense(ImplicitSgd.builder().rule(rule.apply(2 * rate)).build());
        double size = fit(expected, iterator(List.of(data), 1000, LearningRateScaling.none()));
        for (int part : new int[] {1000, PART}) {
            Model actual = dense(ImplicitSgd.builder().rule(rule.apply(rate)).build());
            fit(actual, iterator(List.of(data), part, LearningRateScaling.linear(20)));
            INDArray difference = actual.params().sub(expected.params());
            assertThat(difference.norm2Number().doubleValue() / size)
                    .as("%s in parts of %d", rule.apply(rate), part)
                    .isLessThan(ROUNDING);
            IUpdater own =
                    ((BaseLayer) ((MultiLayerNetwork) actual).getLayer(0).conf().getLayer()).getIUpdater();
            assertThat(own.getLearningRate(0, 0)).isEqualTo(rate);
        }
    }

    /** DL4J's loses any schedule when it is cloned. */
    @Test
    void aRuleThatWouldLoseTheScaledRateIsRefusedBeforeTraining() {
        Model network = dense(ImplicitSgd.builder().rule(new AdaGrad(0.1)).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> iterator(List.of(rows()), 1000, LearningRateScaling.linear(20))
                        .attachTo((MultiLayerNetwork) network))
                .withMessageContaining("use AdaGradPresets.dl4j()");
    }

    /** The score that DL4J reports of a part is the part's own. */
    @Test
    void scoresAreThoseOfTheParts() {
        ImplicitSgd updater = ImplicitSgd.builder()
                .learningRate(1)
                .batchMode(BatchMode.BATCH_SCALED)
                .build();
        MultiLayerNetwork net = (MultiLayerNetwork) dense(updater);
        DynamicBatchIterator batches = iterator(List.of(rows()), PART, LearningRateScaling.none());
        batches.attachTo(net);
        DataSet part = batches.next();
        double expected = net.score(part, true);
        net.fit(part);
        assertThat(net.score()).isEqualTo(expected);
    }

    /** Padded to the longest of the whole batch it would be another batch size: not known when the first part comes. */
    @Test
    void seriesOfUnequalLengthAreRefusedByName() {
        ImplicitSgd updater = ImplicitSgd.builder()
                .learningRate(1)
                .batchMode(BatchMode.BATCH_SCALED)
                .build();
        MultiLayerNetwork net = (MultiLayerNetwork) series(updater);
        DynamicBatchIterator batches =
                iterator(List.of(timeSeries(PART, 3), timeSeries(30, 5)), PART, LearningRateScaling.none());
        batches.attachTo(net);
        assertThatIllegalStateException()
                .isThrownBy(() -> net.fit(batches))
                .withMessageContaining("layer0")
                .withMessageContaining("time series of one length")
                .withMessageContaining("3.0 and 5.0");
    }
}
