package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherProbe;
import io.dl4jext.fisher.PerSampleGradients;
import io.dl4jext.implicit.BatchMode;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.activation.ActivationArcTan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.slf4j.LoggerFactory;

/** Both halves of the pack at once: on implicit layers the listener measures the implied gradients. */
class FisherOnImplicitLayersTest {

    private static final int BATCH = 7;
    private static final int STEPS = 8;
    private static final double TINY_RATE = 1e-9;

    @Test
    void withoutARateTheImpliedGradientsAreTheOrdinaryOnes() {
        for (Activation output : new Activation[] {Activation.IDENTITY, Activation.RELU, Activation.TANH}) {
            MultiLayerNetwork plain = network(new Sgd(TINY_RATE), output);
            MultiLayerNetwork implicit = converted(new ImplicitSgd(TINY_RATE), output);
            FisherMeasurement expected = measured(plain);
            FisherMeasurement actual = measured(implicit);
            assertThat(actual.trace()).as("%s", output).isCloseTo(expected.trace(), within(1e-6 * expected.trace()));
            assertThat(actual.conditionNumber())
                    .as("%s", output)
                    .isCloseTo(expected.conditionNumber(), within(1e-4 * expected.conditionNumber()));
        }
    }

    @Test
    void theMeanGradientIsTheStepThatIsTaken() {
        double rate = 3;
        MultiLayerNetwork implicit = converted(new ImplicitSgd(rate), Activation.RELU);
        INDArray before = implicit.params().dup();
        FisherMeasurement measurement = measured(implicit);
        double step = before.sub(implicit.params()).norm2Number().doubleValue() / rate;
        assertThat(measurement.meanGradientNorm()).isCloseTo(step, within(1e-9 * step));

        FisherMeasurement ordinary = measured(network(new Sgd(rate), Activation.RELU));
        assertThat(measurement.trace()).isNotCloseTo(ordinary.trace(), within(0.1 * ordinary.trace()));
    }

    /**
     * Layer kinds, which all depend on the iteration (by the rate) and, scaled by the batch, on the mini-batch's size.
     */
    private enum Kind {
        DENSE(InputType.feedForward(4), new long[] {BATCH, 4}, new long[] {BATCH, 3}) {
            @Override
            void layers(ListBuilder list, IUpdater updater) {
                list.layer(dense(new ActivationArcTan())).layer(output(Activation.TANH));
            }
        },
        RELU(InputType.feedForward(4), new long[] {BATCH, 4}, new long[] {BATCH, 3}) {
            @Override
            void layers(ListBuilder list, IUpdater updater) {
                list.layer(dense(Activation.RELU.getActivationFunction())).layer(output(Activation.RELU));
            }
        },
        RECURRENT(InputType.recurrent(4), new long[] {BATCH, 4, STEPS}, new long[] {BATCH, 3, STEPS}) {
            @Override
            void layers(ListBuilder list, IUpdater updater) {
                list.layer(new SimpleRnn.Builder()
                                .nOut(5)
                                .activation(Activation.TANH)
                                .build())
                        .layer(dense(new ActivationArcTan()))
                        .layer(new RnnOutputLayer.Builder(LossFunction.MSE)
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build());
            }
        },
        TRUNCATED(InputType.recurrent(4), new long[] {BATCH, 4, STEPS}, new long[] {BATCH, 3, STEPS}) {
            @Override
            void layers(ListBuilder list, IUpdater updater) {
                RECURRENT.layers(list, updater);
                list.backpropType(BackpropType.TruncatedBPTT).tBPTTLength(3);
            }
        },
        TRUNCATED_EARLIER(InputType.recurrent(4), new long[] {BATCH, 4, STEPS}, new long[] {BATCH, 3, STEPS}) {
            @Override
            void layers(ListBuilder list, IUpdater updater) {
                RECURRENT.layers(list, updater);
                list.backpropType(BackpropType.TruncatedBPTT)
                        .tBPTTForwardLength(4)
                        .tBPTTBackwardLength(2);
            }
        };

        private final InputType type;
        private final long[] features;
        private final long[] labels;

        Kind(InputType type, long[] features, long[] labels) {
            this.type = type;
            this.features = features;
            this.labels = labels;
        }

        abstract void layers(ListBuilder list, IUpdater updater);

        private static DenseLayer dense(IActivation activation) {
            return new DenseLayer.Builder().nOut(6).activation(activation).build();
        }

        private static OutputLayer output(Activation activation) {
            return new OutputLayer.Builder(LossFunction.MSE)
                    .nOut(3)
                    .activation(activation)
                    .build();
        }

        MultiLayerNetwork network(ImplicitSgd updater, DataType type) {
            ListBuilder list = new NeuralNetConfiguration.Builder()
                    .seed(5)
                    .dataType(type)
                    .updater(updater)
                    .list();
            layers(list, updater);
            list.setInputType(this.type);
            return started(ImplicitBackprop.convert(list.build(), updater).result());
        }

        DataSet data(DataType type) {
            Nd4j.getRandom().setSeed(3);
            return new DataSet(Nd4j.rand(type, features), Nd4j.rand(type, labels));
        }
    }

    static Stream<Arguments> kinds() {
        ISchedule falling = new ExponentialSchedule(ScheduleType.ITERATION, 2.0, 0.7);
        ISchedule byEpoch = new StepSchedule(ScheduleType.EPOCH, 2.0, 0.5, 1);
        return Arrays.stream(Kind.values())
                .flatMap(kind -> Stream.of(DataType.DOUBLE, DataType.FLOAT)
                        .flatMap(type -> Arrays.stream(BatchMode.values())
                                .flatMap(mode -> Stream.of(null, falling, byEpoch)
                                        .map(schedule -> Arguments.of(kind, type, mode, schedule)))));
    }

    /** Σ_i g_i of each step is the gradient that the step is taken with, so ‖Σ_i g_i‖² is what F̃ adds up to. */
    @ParameterizedTest
    @MethodSource("kinds")
    void everyStepOfATrainingIsMeasured(Kind kind, DataType type, BatchMode mode, ISchedule schedule) {
        ImplicitSgd.Builder updater = ImplicitSgd.builder().batchMode(mode);
        if (schedule == null) {
            updater.learningRate(2.0);
        } else {
            updater.learningRateSchedule(schedule);
        }
        MultiLayerNetwork network = kind.network(updater.build(), type);
        List<Double> norms = new ArrayList<>();
        FisherListener listener = FisherListener.builder()
                .everyIterations(1)
                .failFast(true)
                .keepGramMatrix(true)
                .build();
        network.setListeners(listener, new BaseTrainingListener() {
            @Override
            public void onBackwardPass(Model model) {
                norms.add(model.getGradientsViewArray().norm2Number().doubleValue());
            }
        });
        for (int epoch = 0; epoch < 3; epoch++) {
            network.fit(new ExistingDataSetIterator(List.of(kind.data(type), kind.data(type))));
        }
        List<FisherMeasurement> measurements = listener.history().measurements();
        assertThat(measurements).hasSizeGreaterThanOrEqualTo(6).hasSameSizeAs(norms);
        double tolerance = type == DataType.DOUBLE ? 1e-9 : 1e-4;
        for (int k = 0; k < norms.size(); k++) {
            FisherMeasurement measurement = measurements.get(k);
            double sum = Math.sqrt(measurement.gramMatrix().sumNumber().doubleValue());
            assertThat(sum).as("step %d", k).isCloseTo(norms.get(k), within(tolerance * norms.get(k)));
        }
    }

    /**
     * Sample i's implied gradient is that of a batch of i alone; scaled by the batch, B·α(b_i/B)·z_i, it is that at the
     * rate η/B.
     */
    @ParameterizedTest
    @MethodSource("wholeSeries")
    void everySampleHasTheGradientThatItHasAlone(Kind kind, BatchMode mode, boolean masked) {
        double rate = 5;
        MultiLayerNetwork whole = kind.network(
                ImplicitSgd.builder().learningRate(rate).batchMode(mode).build(), DataType.DOUBLE);
        MultiLayerNetwork single = kind.network(
                ImplicitSgd.builder()
                        .learningRate(mode == BatchMode.BATCH_SCALED ? rate / BATCH : rate)
                        .batchMode(mode)
                        .build(),
                DataType.DOUBLE);
        single.setParams(whole.params());
        DataSet data = kind.data(DataType.DOUBLE);
        if (masked) {
            INDArray mask = Nd4j.ones(DataType.DOUBLE, BATCH, STEPS);
            for (int i = 0; i < BATCH; i++) {
                for (int t = 1 + i; t < STEPS; t++) {
                    mask.putScalar(i, t, 0);
                }
            }
            data.setFeaturesMaskArray(mask);
            data.setLabelsMaskArray(mask.dup());
        }
        INDArray gradients = Nd4j.create(DataType.DOUBLE, BATCH, whole.numParams());
        for (int i = 0; i < BATCH; i++) {
            single.setInput(row(data.getFeatures(), i));
            single.setLabels(row(data.getLabels(), i));
            if (masked) {
                single.setLayerMaskArrays(row(data.getFeaturesMaskArray(), i), row(data.getLabelsMaskArray(), i));
            }
            single.computeGradientAndScore();
            gradients.getRow(i).assign(single.getGradientsViewArray().reshape(whole.numParams()));
        }
        INDArray expected = gradients.mmul(gradients.transpose());
        INDArray actual = FisherProbe.measure(whole, data).gramMatrix();
        assertThat(actual.distance2(expected))
                .isLessThan(1e-10 * expected.norm2Number().doubleValue());
        // The layers say which of their parameters their factors are of.
        PerSampleGradients own = PerSampleGradients.of(whole, data);
        double scale = gradients.norm2Number().doubleValue();
        assertThat(own.matrix().distance2(gradients)).isLessThan(1e-10 * scale);
        double[] weights = {1, 0, -2, 3, 0.5, 0, 1};
        INDArray sum = Nd4j.createFromArray(weights).reshape(1, BATCH).mmul(gradients);
        assertThat(own.weightedSum(weights).distance2(sum)).isLessThan(1e-10 * scale);
    }

    static Stream<Arguments> wholeSeries() {
        return Arrays.stream(BatchMode.values())
                .flatMap(mode -> Stream.of(
                        Arguments.of(Kind.DENSE, mode, false),
                        Arguments.of(Kind.RELU, mode, false),
                        Arguments.of(Kind.RECURRENT, mode, false),
                        Arguments.of(Kind.RECURRENT, mode, true)));
    }

    private static INDArray row(INDArray array, int i) {
        return array.get(NDArrayIndex.interval(i, i + 1)).dup('c');
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void measuringReplaysNothingAndLeavesTheTrainingAsItIs(Kind kind) {
        for (BatchMode mode : BatchMode.values()) {
            ImplicitSgd updater =
                    ImplicitSgd.builder().learningRate(2).batchMode(mode).build();
            MultiLayerNetwork plain = kind.network(updater, DataType.DOUBLE);
            plain.fit(kind.data(DataType.DOUBLE));
            plain.fit(kind.data(DataType.DOUBLE));

            MultiLayerNetwork watched = kind.network(updater, DataType.DOUBLE);
            List<String> said = saidOfReplay(() -> {
                watched.setListeners(listener(), listener());
                watched.fit(kind.data(DataType.DOUBLE));
                watched.fit(kind.data(DataType.DOUBLE));
            });
            assertThat(said).isEmpty();
            assertThat(watched.params()).isEqualTo(plain.params());
        }
    }

    /** With an ordinary updater an implicit layer is DL4J's own, under another class: no factors, so replay. */
    @Test
    void withoutAnImplicitStepThereIsNothingToHandOver() {
        ImplicitSgd updater = new ImplicitSgd(2);
        MultiLayerNetwork network = Kind.RECURRENT.network(updater, DataType.DOUBLE);
        for (Layer layer : network.getLayers()) {
            ((BaseLayer) layer.conf().getLayer()).setIUpdater(new Sgd(2));
        }
        List<String> said = saidOfReplay(() -> {
            network.setListeners(listener());
            network.fit(Kind.RECURRENT.data(DataType.DOUBLE));
        });
        assertThat(said).hasSize(1);
        assertThat(said.get(0)).contains("ImplicitRecurrence").contains("ImplicitDense");
    }

    private static FisherListener listener() {
        return FisherListener.builder().everyIterations(1).failFast(true).build();
    }

    /** What the listener logs of the cost of replay. */
    private static List<String> saidOfReplay(Runnable training) {
        Logger log = (Logger) LoggerFactory.getLogger("io.dl4jext.fisher.internal.capture.GradientCapture");
        Level level = log.getLevel();
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        log.setLevel(Level.INFO);
        log.addAppender(appender);
        try {
            training.run();
        } finally {
            log.detachAppender(appender);
            log.setLevel(level);
        }
        return appender.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(message -> message.contains("replayed"))
                .collect(Collectors.toList());
    }

    private static FisherMeasurement measured(MultiLayerNetwork network) {
        List<FisherMeasurement> measurements = new ArrayList<>();
        try (FisherListener listener = FisherListener.builder()
                .failFast(true)
                .sink((measurement, soFar) -> measurements.add(measurement))
                .build()) {
            network.setListeners(listener);
            Nd4j.getRandom().setSeed(3);
            network.fit(new DataSet(Nd4j.rand(DataType.DOUBLE, BATCH, 4), Nd4j.rand(DataType.DOUBLE, BATCH, 3)));
        }
        assertThat(measurements).hasSize(1);
        return measurements.get(0);
    }

    private static MultiLayerNetwork converted(ImplicitSgd updater, Activation output) {
        return started(ImplicitBackprop.convert(configuration(updater, output), updater)
                .result());
    }

    private static MultiLayerNetwork network(IUpdater updater, Activation output) {
        return started(configuration(updater, output));
    }

    private static MultiLayerNetwork started(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }

    private static MultiLayerConfiguration configuration(IUpdater updater, Activation output) {
        return new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(6)
                        .activation(new ActivationArcTan())
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(6)
                        .nOut(3)
                        .activation(output)
                        .build())
                .build();
    }
}
