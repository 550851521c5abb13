package io.dl4jext.adagrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.schedule.LinearDecaySchedule;
import io.dl4jext.updater.internal.elementwise.RatedUpdater;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class ConfigurationTest {

    private static final ISchedule SCHEDULE = new LinearDecaySchedule(ScheduleType.EPOCH, 0.1, 0.01, 5);

    /** No two alike. */
    static List<RatedUpdater> updaters() {
        List<RatedUpdater> updaters = new ArrayList<>();
        for (Member member : Member.all()) {
            updaters.add(member.updater);
        }
        updaters.add(AdaGradPresets.optax().learningRateSchedule(SCHEDULE).build());
        updaters.add(AdaGradPresets.optax()
                .learningRateSchedule(new LinearDecaySchedule(ScheduleType.EPOCH, 0.1, 0.01, 6))
                .build());
        updaters.add(AdaGradPresets.madGrad().learningRateSchedule(SCHEDULE).build());
        updaters.add(
                AdaGradPresets.dualAveraging().learningRateSchedule(SCHEDULE).build());
        return updaters;
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void jsonSerialisationAndCloneKeepEverything(RatedUpdater updater) throws Exception {
        String json = NeuralNetConfiguration.mapper().writeValueAsString(updater);
        IUpdater read = NeuralNetConfiguration.mapper().readValue(json, IUpdater.class);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(updater);
        Object thawed = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        for (Object copy : List.of(read, thawed, updater.clone())) {
            assertThat(copy)
                    .isEqualTo(updater)
                    .isNotSameAs(updater)
                    .hasSameHashCodeAs(updater)
                    .hasToString(updater.toString());
            assertThat(((IUpdater) copy).getLearningRate(7, 2)).isEqualTo(updater.getLearningRate(7, 2));
        }
        assertThat(updaters().stream().filter(updater::equals)).hasSize(1);
        assertThat(updater).isNotEqualTo("another class").isNotEqualTo(null);
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void jsonWithinAConfiguration(RatedUpdater updater) {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .updater(updater)
                .list(
                        new DenseLayer.Builder().nIn(2).nOut(3).build(),
                        new OutputLayer.Builder().nIn(3).nOut(2).build())
                .build();
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
        assertThat(read).isEqualTo(configuration);
        assertThat(read.getConf(0).getLayer().getUpdaterByParam("W")).isEqualTo(updater);
        assertThat(configuration.clone()).isEqualTo(configuration);
    }

    @Test
    void defaultsOfTheSources() {
        AdaGradFamily paper = AdaGradPresets.yotkov().build();
        assertThat(paper.getLearningRate()).isEqualTo(0.01);
        assertThat(paper.getEpsilon()).isEqualTo(1e-8);
        assertThat(paper.getEpsilonPlace()).isEqualTo(EpsilonPlace.INSIDE_ROOT);
        assertThat(paper.getInitialAccumulator()).isZero();
        AdaGradFamily pyTorch = AdaGradPresets.pyTorch().build();
        assertThat(pyTorch.getLearningRate()).isEqualTo(0.01);
        assertThat(pyTorch.getEpsilon()).isEqualTo(1e-10);
        assertThat(pyTorch.getLearningRateDecay()).isZero();
        assertThat(AdaGradPresets.keras().build().getLearningRate()).isEqualTo(0.001);
        assertThat(AdaGradPresets.tensorFlow().build().getEpsilonPlace()).isEqualTo(EpsilonPlace.OUTSIDE_ROOT);
        assertThat(AdaGradPresets.dl4j().epsilon(1e-3).build().getInitialAccumulator())
                .isEqualTo(1e-6);
        MadGrad madGrad = AdaGradPresets.madGrad().build();
        assertThat(madGrad.getLearningRate()).isEqualTo(0.01);
        assertThat(madGrad.getMomentum()).isEqualTo(0.9);
        assertThat(madGrad.getEpsilon()).isEqualTo(1e-6);
    }

    @Test
    void stateIsAMultipleOfTheParameters() {
        assertThat(AdaGradPresets.yotkov().build().stateSize(10)).isEqualTo(10);
        assertThat(AdaGradPresets.withMomentum(0.5).build().stateSize(10)).isEqualTo(20);
        assertThat(AdaGradPresets.windowed(4).momentum(0.5).build().stateSize(10))
                .isEqualTo(50);
        assertThat(AdaGradPresets.madGrad().build().stateSize(500_000_000L)).isEqualTo(2_000_000_000L);
        DualAveraging.Builder averaging = AdaGradPresets.dualAveraging().learningRate(1);
        assertThat(averaging.build().stateSize(10)).isEqualTo(20);
        assertThat(AdaGradPresets.dualAveraging()
                        .learningRate(1)
                        .l2(0.1)
                        .build()
                        .stateSize(10))
                .isEqualTo(30);
        assertThat(averaging.centre(Centre.START).build().stateSize(10)).isEqualTo(30);
    }

    @Test
    void rateFollowsScheduleDecayAndReplacement() {
        AdaGradFamily updater = AdaGradPresets.pyTorch()
                .learningRateSchedule(new ExponentialSchedule(ScheduleType.EPOCH, 0.5, 0.5))
                .learningRateDecay(0.25)
                .build();
        assertThat(updater.getLearningRate(0, 0)).isEqualTo(0.5);
        assertThat(updater.getLearningRate(4, 1)).isEqualTo(0.125);
        assertThat(updater.clone().getLearningRate(4, 1)).isEqualTo(0.125);
        updater.setLearningRate(0.25);
        assertThat(updater.getLearningRateSchedule()).isNull();
        assertThat(updater.getLearningRate(4, 1)).isEqualTo(0.125);
        updater.setLrAndSchedule(Double.NaN, new FixedSchedule(0.75));
        assertThat(updater.getLearningRate()).isNaN();
        assertThat(updater.getLearningRate(0, 9)).isEqualTo(0.75);
        updater.setLrAndSchedule(Double.NaN, new FixedSchedule(-1));
        assertThatThrownBy(() -> updater.getLearningRate(7, 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("got -1.0")
                .hasMessageContaining("iteration 7, epoch 2");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, -1e-300, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesValues(double value) {
        assertRefused(() -> AdaGradFamily.builder().learningRate(value).build(), "0 ≤ learningRate < ∞, got " + value);
        assertRefused(
                () -> AdaGradFamily.builder().learningRateDecay(value).build(),
                "0 ≤ learningRateDecay < ∞, got " + value);
        assertRefused(
                () -> AdaGradFamily.builder().initialAccumulator(value).build(),
                "0 ≤ initialAccumulator < ∞, got " + value);
        assertRefused(() -> AdaGradFamily.builder().epsilon(value).build(), "0 ≤ epsilon < ∞, got " + value);
        assertRefused(() -> AdaGradFamily.builder().l1(value).build(), "0 ≤ l1 < ∞, got " + value);
        assertRefused(() -> AdaGradFamily.builder().l2(value).build(), "0 ≤ l2 < ∞, got " + value);
        assertRefused(() -> AdaGradFamily.builder().momentum(value).build(), "0 ≤ momentum < 1, got " + value);
        assertRefused(
                () -> AdaGradFamily.builder().decayedSum(value).build(),
                "0 < accumulatorDecay < 1 with DECAYED_SUM, got " + value);
        assertRefused(() -> MadGrad.builder().learningRate(value).build(), "0 ≤ learningRate < ∞, got " + value);
        assertRefused(() -> MadGrad.builder().momentum(value).build(), "0 ≤ momentum < 1, got " + value);
        assertRefused(() -> MadGrad.builder().epsilon(value).build(), "0 < epsilon < ∞, got " + value);
        assertRefused(() -> averaging().learningRate(value).build(), "0 ≤ learningRate < ∞, got " + value);
        assertRefused(() -> averaging().initialAccumulator(value).build(), "0 < initialAccumulator < ∞, got " + value);
        assertRefused(() -> averaging().l1(value).build(), "0 ≤ l1 < ∞, got " + value);
        assertRefused(() -> averaging().l2(value).build(), "0 ≤ l2 < ∞, got " + value);
        assertRefused(() -> AdaGradFamily.builder().build().setLearningRate(value), "got " + value);
    }

    private static DualAveraging.Builder averaging() {
        return AdaGradPresets.dualAveraging().learningRate(1);
    }

    @Test
    void refusesContradictions() {
        assertRefused(() -> AdaGradPresets.optax().build(), "a learning rate or a schedule, got none");
        assertRefused(
                () -> AdaGradPresets.keras()
                        .learningRate(0.5)
                        .learningRateSchedule(new FixedSchedule(1))
                        .build(),
                "got both: 0.5 and");
        assertRefused(() -> AdaGradFamily.builder().window(0).build(), "window ≥ 1, got 0");
        assertRefused(
                () -> AdaGradFamily.builder().window(3).movingAverage(0.5),
                "one kind of accumulation, got MOVING_AVERAGE after WINDOW");
        assertRefused(
                () -> AdaGradFamily.builder()
                        .window(3)
                        .scope(AccumulatorScope.TENSOR)
                        .build(),
                "with an accumulator for each PARAMETER only, got TENSOR");
        assertRefused(
                () -> AdaGradPresets.proximal()
                        .learningRate(1)
                        .l1(0.5)
                        .momentum(0.9)
                        .build(),
                "no momentum with a proximal step (l1 = 0.5, l2 = 0.0), got 0.9");
        assertRefused(
                () -> AdaGradPresets.norm().learningRate(1).l2(0.5).build(),
                "a proximal step with an accumulator for each PARAMETER only, got NETWORK");
        assertRefused(() -> AdaGradFamily.builder().epsilon(0).build(), "got epsilon 0.0, initialAccumulator 0.0, SUM");
        assertRefused(
                () -> AdaGradPresets.keras().epsilon(0).decayedSum(0.9).build(),
                "got epsilon 0.0, initialAccumulator 0.1, DECAYED_SUM");
        assertRefused(
                () -> averaging().centre(Centre.START).l1(0.5).build(),
                "l1 = 0 and l2 = 0 with the centre START, got 0.5 and 0.0");
        assertRefused(() -> averaging().centre(null).build(), "a centre, got null");
        assertRefused(() -> AdaGradFamily.builder().epsilonPlace(null).build(), "an epsilonPlace, got null");
        assertRefused(() -> AdaGradFamily.builder().scope(null).build(), "a scope, got null");
    }

    @Test
    void reportsAllProblemsAtOnce() {
        assertThatThrownBy(() -> AdaGradFamily.builder()
                        .learningRate(-1)
                        .epsilon(-2)
                        .momentum(3)
                        .build())
                .hasMessage("AdaGradFamily: expected 0 ≤ learningRate < ∞, got -1.0; expected 0 ≤ epsilon < ∞, got"
                        + " -2.0; expected 0 ≤ momentum < 1, got 3.0");
    }

    @Test
    void refusesWhatWouldDivideByZeroInTheType() {
        AdaGradFamily tiny = AdaGradFamily.builder().epsilon(1e-50).build();
        assertRefused(
                () -> tiny.instantiate(Nd4j.zeros(DataType.FLOAT, 3), true), "not 0 in FLOAT, got epsilon 1.0E-50");
        INDArray gradient = Nd4j.zeros(DataType.DOUBLE, 3);
        tiny.instantiate(Nd4j.zeros(DataType.DOUBLE, 3), true).applyUpdater(gradient, 0, 0);
        assertThat(gradient.toDoubleVector()).containsOnly(0);
        assertRefused(
                () -> MadGrad.builder().epsilon(1e-50).build().instantiate(Nd4j.zeros(DataType.FLOAT, 4), true),
                "not 0 in FLOAT, got 1.0E-50");
        assertRefused(
                () -> averaging().initialAccumulator(1e-50).build().instantiate(Nd4j.zeros(DataType.FLOAT, 6), true),
                "not 0 in FLOAT, got 1.0E-50");
    }

    /** λ·g² of a small gradient is 0 in HALF, and with an ε that is nothing beside ∛v the step would be s/ε. */
    @Test
    void madGradsEpsilonBoundsTheStepWhereSquaresAreLost() {
        for (double epsilon : new double[] {MadGrad.DEFAULT_EPSILON, 1e-3, 3e-3}) {
            assertRefused(
                    () -> MadGrad.builder().epsilon(epsilon).build().instantiate(Nd4j.zeros(DataType.HALF, 4), true),
                    "MadGrad: expected an epsilon whose cube is not 0 in HALF, got " + epsilon);
        }
        MultiLayerConfiguration half = Nets.mlp(
                        DataType.FLOAT, MadGrad.builder().build())
                .getLayerWiseConfigurations()
                .clone();
        half.setDataType(DataType.HALF);
        MultiLayerNetwork network = new MultiLayerNetwork(half);
        network.init();
        assertRefused(network::getUpdater, "not 0 in HALF, got 1.0E-6");
        RatedUpdater lowest = MadGrad.builder().epsilon(3.2e-3).momentum(0).build();
        double[] gradients = {1e-1, 1e-2, 1e-3, 3e-4};
        INDArray exact = Nd4j.createFromArray(gradients);
        lowest.instantiate(Nd4j.zeros(DataType.DOUBLE, 16), true).applyUpdater(exact, 0, 0);
        INDArray rounded = Nd4j.createFromArray(gradients).castTo(DataType.HALF);
        lowest.instantiate(Nd4j.zeros(DataType.HALF, 16), true).applyUpdater(rounded, 0, 0);
        for (int i = 0; i < gradients.length; i++) {
            assertThat(rounded.getDouble(i) / exact.getDouble(i)).isBetween(0.9, 2.1);
        }
    }

    /** Where the square of a gradient is 0 in HALF, an ε beside the root is all that it is divided by. */
    @Test
    void anEpsilonBesideTheRootBoundsTheStepWhereSquaresAreLost() {
        for (double epsilon : new double[] {1e-7, 1e-6, 1e-4}) {
            assertRefused(
                    () -> AdaGradPresets.pyTorch()
                            .epsilon(epsilon)
                            .build()
                            .instantiate(Nd4j.zeros(DataType.HALF, 2), true),
                    "AdaGradFamily: expected an epsilon whose square or an initialAccumulator that is not 0 in HALF, got"
                            + " epsilon " + epsilon);
        }
        for (EpsilonPlace place : EpsilonPlace.values()) {
            double epsilon = place == EpsilonPlace.OUTSIDE_ROOT ? 3e-4 : 1e-7;
            AdaGradFamily lowest = AdaGradFamily.builder()
                    .learningRate(0.01)
                    .epsilon(epsilon)
                    .epsilonPlace(place)
                    .build();
            INDArray steps = Nd4j.createFromArray(0, 1e-4, -2e-4, 1e-2, -1).castTo(DataType.HALF);
            lowest.instantiate(Nd4j.zeros(DataType.HALF, 5), true).applyUpdater(steps, 0, 0);
            assertThat(steps.castTo(DataType.DOUBLE).toDoubleVector())
                    .as(place.toString())
                    .satisfies(found -> {
                        assertThat(found[0]).isZero();
                        for (double step : found) {
                            assertThat(Math.abs(step)).isLessThan(0.0101);
                        }
                    });
        }
    }

    /** DL4J counts the states of all tensors in an int. */
    @Test
    void aStateThatDl4jCannotCountIsRefused() {
        AdaGradFamily windows = AdaGradPresets.windowed(10_000).build();
        assertRefused(() -> windows.stateSize(250_000), "2147483647 values, which is what DL4J counts to");
        assertRefused(() -> windows.stateSize(250_000), "for each of 250000 parameters");
        assertRefused(() -> windows.instantiate((INDArray) null, false), "AdaGradFamily: expected a state, got none");
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(windows)
                .list(new OutputLayer.Builder().nIn(500).nOut(500).build())
                .build());
        network.init();
        assertRefused(network::getUpdater, "for each of 250000 parameters");
    }

    @Test
    void stateByName() {
        AdaGradFamily config = AdaGradPresets.withMomentum(0.5).build();
        INDArray g = Nd4j.zeros(DataType.DOUBLE, 2, 3);
        INDArray v = Nd4j.zeros(DataType.DOUBLE, 2, 3);
        GradientUpdater<?> named = config.instantiate(Map.of("G", g, "V", v), true);
        GradientUpdater<?> flat = config.instantiate(Nd4j.zeros(DataType.DOUBLE, 12), true);
        for (int t = 0; t < 3; t++) {
            INDArray gradient = Nd4j.createFromArray(1.0, -2, 3, 0, 5, -6);
            INDArray shaped = gradient.dup().reshape(2, 3);
            named.applyUpdater(shaped, t, 0);
            flat.applyUpdater(gradient, t, 0);
            assertThat(shaped.data().asDouble()).isEqualTo(gradient.data().asDouble());
        }
        assertThat(named.getState().keySet()).containsExactly("G", "V");
        assertThat(g.getDouble(1, 2)).isEqualTo(3 * 36);
        assertThatThrownBy(() -> config.instantiate(Map.of("G", g), true))
                .hasMessageContaining("expected the state arrays [G, V], got [G]");
        assertThatThrownBy(() -> config.instantiate(Map.of("G", g.dup('f').transpose(), "V", v.dup('f')), true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("dense in c order");
        assertThatThrownBy(() -> config.instantiate(Nd4j.zeros(DataType.DOUBLE, 3), true))
                .hasMessageContaining("2 values for each parameter, got 3 values");
        assertThatThrownBy(() -> flat.applyUpdater(Nd4j.zeros(DataType.DOUBLE, 7), 0, 0))
                .hasMessageContaining("a gradient of 6 elements, got shape [7]");
    }

    private static void assertRefused(Runnable action, String message) {
        assertThatThrownBy(action::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
