package io.dl4jext.entropysgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.acceleratedsgd.AcceleratedSgd;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.adagrad.Nets;
import io.dl4jext.implicit.Seeds;
import io.dl4jext.schedule.LinearDecaySchedule;
import io.dl4jext.schedule.WarmUpSchedule;
import io.dl4jext.updater.internal.elementwise.RatedUpdater;
import io.dl4jext.updater.internal.elementwise.StateUpdater;
import io.dl4jext.updater.internal.elementwise.Ways;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class OptimisersTest {

    @TempDir
    Path folder;

    /** In more than one chunk. */
    private static final int N = 5001;

    static Stream<Arguments> ways() {
        return Stream.of(Ways.values())
                .flatMap(way -> Stream.of(DataType.FLOAT, DataType.DOUBLE).map(type -> Arguments.of(way, type)));
    }

    static List<RatedUpdater> updaters() {
        return List.of(
                AcceleratedSgd.builder().learningRate(0.01).build(),
                AcceleratedSgd.builder().learningRate(0.01).longStep(100).build(),
                AcceleratedSgd.builder().learningRate(0.01).advantage(5).build(),
                AcceleratedSgd.builder()
                        .learningRateSchedule(new LinearDecaySchedule(ScheduleType.EPOCH, 0.1, 0.01, 5))
                        .build(),
                EntropySgd.builder().learningRate(1).build(),
                EntropySgd.builder().learningRate(1).innerSteps(3).build(),
                EntropySgd.builder().learningRate(1).innerRate(0.2).build(),
                EntropySgd.builder().learningRate(1).averaging(0.5).build(),
                EntropySgd.builder().learningRate(1).noise(0).build(),
                EntropySgd.builder().learningRate(1).scope(0.1).build(),
                EntropySgd.builder().learningRate(1).scopeGrowth(0.1).build(),
                EntropySgd.builder().learningRate(1).seed(2).build());
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void jsonAndCloneKeepEverything(RatedUpdater updater) throws Exception {
        String json = NeuralNetConfiguration.mapper().writeValueAsString(updater);
        IUpdater read = NeuralNetConfiguration.mapper().readValue(json, IUpdater.class);
        assertThat(read).isEqualTo(updater).hasSameHashCodeAs(updater).hasToString(updater.toString());
        assertThat(updater.clone()).isEqualTo(updater).isNotSameAs(updater);
        assertThat(updaters().stream().filter(updater::equals)).hasSize(1);
    }

    private static double[] gaussian(Random random, DataType type, int n) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = type == DataType.FLOAT ? (float) random.nextGaussian() : random.nextGaussian();
        }
        return values;
    }

    private static void assertClose(INDArray actual, double[] expected, DataType type) {
        double[] values = actual.dup().data().asDouble();
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs(values[i] - expected[i]);
            worst = difference <= worst ? worst : difference;
        }
        assertThat(worst).isLessThanOrEqualTo(type == DataType.DOUBLE ? 1e-11 : 1e-4);
    }

    /** The two sequences of the paper, w and w̄, side by side. */
    @ParameterizedTest
    @MethodSource("ways")
    void acceleratedSgdAgainstTheAlgorithm(Ways way, DataType type) {
        double delta = 0.01;
        double kappa = 50;
        double xi = 5;
        Random random = Seeds.random("accelerated SGD");
        double[] w = gaussian(random, type, N);
        double[] average = w.clone();
        INDArray parameters = Nd4j.createFromArray(w).castTo(type);
        StateUpdater updater = way.of(AcceleratedSgd.builder()
                .learningRate(delta)
                .longStep(kappa)
                .advantage(xi)
                .build()
                .instantiate(Nd4j.ones(type, 1, N), true));
        double alpha = 1 - 0.49 * xi / kappa;
        for (int t = 0; t < 10; t++) {
            double[] g = gaussian(random, type, N);
            for (int i = 0; i < N; i++) {
                average[i] = alpha * average[i] + (1 - alpha) * (w[i] - kappa * delta / 0.7 * g[i]);
                w[i] = 0.7 / (0.7 + 1 - alpha) * (w[i] - delta * g[i]) + (1 - alpha) / (0.7 + 1 - alpha) * average[i];
            }
            INDArray gradient = Nd4j.createFromArray(g).castTo(type);
            updater.applyUpdater(gradient, t, 0);
            parameters.subi(gradient);
            assertClose(parameters, w, type);
        }
    }

    /** x, x' and μ of the paper side by side, with the noise of the same draws. */
    @ParameterizedTest
    @MethodSource("ways")
    void entropySgdAgainstTheAlgorithm(Ways way, DataType type) {
        int steps = 4;
        double eta = 0.7;
        double etaPrime = 0.2;
        double alpha = 0.6;
        double epsilon = 0.3;
        Random random = Seeds.random("Entropy-SGD");
        double[] x = gaussian(random, type, N);
        double[] inner = x.clone();
        double[] mu = x.clone();
        double[] noise = new double[N];
        INDArray parameters = Nd4j.createFromArray(x).castTo(type);
        StateUpdater updater = way.of(EntropySgd.builder()
                .learningRate(eta)
                .innerSteps(steps)
                .innerRate(etaPrime)
                .averaging(alpha)
                .noise(epsilon)
                .scope(0.3)
                .scopeGrowth(0.5)
                .seed(11)
                .build()
                .instantiate(Nd4j.ones(type, 1, 4 * N), true));
        for (int t = 0; t < 10; t++) {
            double gamma = 0.3 * Math.pow(1.5, t / steps);
            double[] g = gaussian(random, type, N);
            new GaussianDraws(11, t).fill(noise, N, 0);
            for (int i = 0; i < N; i++) {
                double dx = g[i] - gamma * (x[i] - inner[i]);
                inner[i] += -etaPrime * dx + Math.sqrt(etaPrime) * epsilon * noise[i];
                mu[i] = (1 - alpha) * mu[i] + alpha * inner[i];
                if (t % steps == steps - 1) {
                    x[i] -= eta * (x[i] - mu[i]);
                    inner[i] = x[i];
                    mu[i] = x[i];
                }
            }
            INDArray gradient = Nd4j.createFromArray(g).castTo(type);
            updater.applyUpdater(gradient, t, 0);
            parameters.subi(gradient);
            assertClose(parameters, inner, type);
        }
    }

    private static MultiLayerNetwork network(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(updater)
                .list(
                        new DenseLayer.Builder()
                                .nIn(4)
                                .nOut(6)
                                .activation(Activation.TANH)
                                .build(),
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(6)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build())
                .build());
        network.init();
        return network;
    }

    private static DataSet data() {
        Random random = Seeds.random("optimisers");
        INDArray features = Nd4j.createFromArray(random.doubles(30 * 4, -2, 2).toArray())
                .reshape(30, 4)
                .castTo(DataType.FLOAT);
        INDArray labels = Nd4j.zeros(30, 3);
        for (int i = 0; i < 30; i++) {
            labels.putScalar(i, features.getDouble(i, 0) > 0 ? 0 : features.getDouble(i, 1) > 0 ? 1 : 2, 1);
        }
        return new DataSet(features, labels);
    }

    /** Saved in the middle of the inner steps. */
    @ParameterizedTest
    @MethodSource("updaters")
    void trainsAndSavedLoadedAndContinuedIsTheSame(RatedUpdater updater) throws Exception {
        DataSet data = data();
        MultiLayerNetwork network = network(updater);
        double before = network.score(data);
        for (int step = 0; step < 13; step++) {
            network.fit(data);
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, file, true);
        MultiLayerNetwork loaded =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), true);
        for (int step = 0; step < 17; step++) {
            network.fit(data);
            loaded.fit(data);
        }
        assertThat(loaded.params().dup().data().asDouble())
                .isEqualTo(network.params().dup().data().asDouble());
        assertThat(network.score(data)).isLessThan(before);
    }

    private static RatedUpdater with(RatedUpdater updater, ISchedule schedule) {
        RatedUpdater copy = updater.clone();
        copy.setLrAndSchedule(Double.NaN, schedule);
        return copy;
    }

    /** Learning rates of the first and of the next iterations. */
    private static ISchedule change(double first, double next, int iteration) {
        return new MapSchedule.Builder(ScheduleType.ITERATION)
                .add(0, first)
                .add(iteration, next)
                .build();
    }

    /** The noise too: it belongs to a parameter, not to its place in a block. */
    @ParameterizedTest
    @MethodSource("updaters")
    void mergedBlocksAreTheSameAsSeparateOnes(RatedUpdater updater) {
        RatedUpdater same = updater.getLearningRateSchedule() == null
                ? with(updater, new FixedSchedule(updater.getLearningRate()))
                : with(updater, new WarmUpSchedule(ScheduleType.EPOCH, 1, 1, updater.getLearningRateSchedule()));
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            MultiLayerNetwork merged = Nets.mlp(type, updater);
            MultiLayerNetwork separate = Nets.mlp(type, updater, same, updater);
            assertThat(blocks(merged)).isEqualTo(1);
            assertThat(blocks(separate)).isEqualTo(3);
            for (DataSet batch : Nets.batches(Seeds.random("optimisers blocks"), type, 11)) {
                merged.fit(batch);
                separate.fit(batch);
            }
            assertThat(Nets.values(merged.params())).isEqualTo(Nets.values(separate.params()));
        }
    }

    private static int blocks(MultiLayerNetwork network) {
        return ((BaseMultiLayerUpdater<?>) network.getUpdater())
                .getUpdaterBlocks()
                .size();
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void anotherLearningRateInMidTrainingIsASchedule(RatedUpdater updater) {
        RatedUpdater fixed = with(updater, new FixedSchedule(0.25));
        RatedUpdater scheduled = with(updater, change(0.25, 0.125, 7));
        for (boolean all : new boolean[] {true, false}) {
            MultiLayerNetwork network = Nets.mlp(DataType.DOUBLE, fixed);
            MultiLayerNetwork expected =
                    all ? Nets.mlp(DataType.DOUBLE, scheduled) : Nets.mlp(DataType.DOUBLE, scheduled, fixed, fixed);
            int step = 0;
            for (DataSet batch : Nets.batches(Seeds.random("optimisers rates"), DataType.DOUBLE, 12)) {
                if (step++ == 7 && all) {
                    network.setLearningRate(0.125);
                } else if (step == 8) {
                    network.setLearningRate(0, 0.125);
                }
                network.fit(batch);
                expected.fit(batch);
            }
            assertThat(Nets.values(network.params()))
                    .isEqualTo(Nets.values(expected.params()))
                    .doesNotContain(Double.NaN);
        }
    }

    /** As ParallelWrapper does it: parameters and states are averaged; equal ones stay what they are. */
    @ParameterizedTest
    @MethodSource("updaters")
    void averagedWorkersOnTheSameBatchesAreOneNetwork(RatedUpdater updater) {
        MultiLayerNetwork expected = Nets.mlp(DataType.DOUBLE, updater);
        List<MultiLayerNetwork> workers =
                List.of(Nets.mlp(DataType.DOUBLE, updater), Nets.mlp(DataType.DOUBLE, updater));
        for (DataSet batch : Nets.batches(Seeds.random("optimisers workers"), DataType.DOUBLE, 7)) {
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
            assertThat(Nets.values(worker.params())).isEqualTo(Nets.values(expected.params()));
        }
    }

    /** A clone goes on as the original does. */
    @ParameterizedTest
    @MethodSource("updaters")
    void clonesAndGraphsAreTheSameTraining(RatedUpdater updater) {
        MultiLayerNetwork network = Nets.mlp(DataType.DOUBLE, updater);
        ComputationGraph graph = Nets.graph(DataType.DOUBLE, updater);
        MultiLayerNetwork copy = null;
        int step = 0;
        for (DataSet batch : Nets.batches(Seeds.random("optimisers clones"), DataType.DOUBLE, 12)) {
            if (step++ == 6) {
                copy = network.clone();
            }
            network.fit(batch);
            graph.fit(batch);
            if (copy != null) {
                copy.fit(batch);
            }
        }
        assertThat(Nets.values(copy.params())).isEqualTo(Nets.values(network.params()));
        assertThat(Nets.values(graph.params())).isEqualTo(Nets.values(network.params()));
    }

    /** In a network with many iterations behind it: L inner steps before the first outer one, and γ₀. */
    @ParameterizedTest
    @MethodSource("updaters")
    void aNewStateStepsAsInANewNetwork(RatedUpdater updater) {
        RatedUpdater quiet = updater instanceof EntropySgd ? withoutNoise((EntropySgd) updater) : updater;
        MultiLayerNetwork young = Nets.mlp(DataType.DOUBLE, quiet);
        MultiLayerNetwork old = Nets.mlp(DataType.DOUBLE, quiet);
        old.setIterationCount(10_003);
        for (DataSet batch : Nets.batches(Seeds.random("optimisers new state"), DataType.DOUBLE, 12)) {
            young.fit(batch);
            old.fit(batch);
        }
        assertThat(Nets.values(old.params())).isEqualTo(Nets.values(young.params()));
        assertThat(Nets.values(old.params())).doesNotContain(Double.NaN);
    }

    /** The noise goes by the iteration: another one, and that is right. */
    private static EntropySgd withoutNoise(EntropySgd updater) {
        return EntropySgd.builder()
                .learningRate(updater.getLearningRate())
                .innerSteps(updater.getInnerSteps())
                .innerRate(updater.getInnerRate())
                .averaging(updater.getAveraging())
                .noise(0)
                .scope(updater.getScope())
                .scopeGrowth(updater.getScopeGrowth())
                .build();
    }

    /** Counts that differ among a ParallelWrapper's workers are averaged; the nearest whole number counts. */
    @ParameterizedTest
    @MethodSource("ways")
    void averagedCountsAreRounded(Ways way, DataType type) {
        for (double count : new double[] {2.5, 3, 3.4}) {
            INDArray state = Nd4j.zeros(type, 3);
            StateUpdater updater = way.of(EntropySgd.builder()
                    .learningRate(1)
                    .innerSteps(4)
                    .noise(0)
                    .build()
                    .instantiate(state, true));
            state.putScalar(2, count);
            updater.applyUpdater(Nd4j.createFromArray(1.0).castTo(type), 0, 0);
            assertThat(state.dup().data().asDouble()).containsExactly(0, 0, 0);
        }
    }

    @Test
    void innerStepsThatAHalfCannotCount() {
        EntropySgd many = EntropySgd.builder().learningRate(1).innerSteps(3000).build();
        assertRefused(
                () -> many.instantiate(Nd4j.zeros(DataType.HALF, 3), true), "innerSteps that HALF can count, ≤ 2048");
        many.instantiate(Nd4j.zeros(DataType.FLOAT, 3), true);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesValues(double value) {
        assertRefused(() -> AcceleratedSgd.builder().learningRate(value).build(), "learningRate < ∞, got " + value);
        assertRefused(
                () -> AcceleratedSgd.builder().learningRate(1).longStep(value).build(), "longStep < ∞, got " + value);
        assertRefused(
                () -> AcceleratedSgd.builder().learningRate(1).advantage(value).build(), "got " + value);
        assertRefused(() -> AcceleratedSgd.builder().build(), "a learning rate or a schedule, got none");
        EntropySgd.Builder entropy = EntropySgd.builder().learningRate(1).innerSteps(0);
        assertRefused(
                () -> entropy.innerRate(value)
                        .averaging(value)
                        .noise(value)
                        .scope(value)
                        .scopeGrowth(value)
                        .build(),
                "expected innerSteps ≥ 1, got 0; expected 0 ≤ innerRate < ∞, got " + value
                        + "; expected 0 < averaging ≤ 1, got " + value + "; expected 0 ≤ noise < ∞, got " + value
                        + "; expected 0 ≤ scope < ∞, got " + value + "; expected 0 ≤ scopeGrowth < ∞, got " + value);
        assertRefused(() -> EntropySgd.builder().learningRate(value).build(), "learningRate < ∞, got " + value);
    }

    /** As SameDiff trains, which is not how it reads a state. */
    @Test
    void sameDiffTrainsWithoutNoiseOnly() throws IOException {
        DataSet batch = new DataSet(Nd4j.rand(DataType.FLOAT, 4, 3), Nd4j.rand(DataType.FLOAT, 4, 2));
        SameDiff noisy = linear(EntropySgd.builder().learningRate(1).build());
        assertThatThrownBy(() -> noisy.fit(batch))
                .hasStackTraceContaining("EntropySgd: expected noise(0) in a SameDiff model");
        SameDiff quiet = linear(EntropySgd.builder().learningRate(1).noise(0).build());
        INDArray before = quiet.getVariable("w").getArr().dup();
        for (int i = 0; i < 10; i++) {
            quiet.fit(batch);
        }
        assertThat(quiet.getVariable("w").getArr()).isNotEqualTo(before);
        File file = folder.resolve("model.fb").toFile();
        quiet.save(file, true);
        assertThat(SameDiff.load(file, true).getVariable("w").getArr())
                .isEqualTo(quiet.getVariable("w").getArr());
    }

    /** A listener for a network cannot be attached there. */
    @Test
    void sameDiffHasNoUpdatersThatNeedMoreThanAGradient() {
        DataSet batch = new DataSet(Nd4j.rand(DataType.FLOAT, 4, 3), Nd4j.rand(DataType.FLOAT, 4, 2));
        for (IUpdater updater : new IUpdater[] {
            AdaGradPresets.norm().learningRate(0.1).build(),
            AdaGradPresets.normPerTensor().learningRate(0.1).build(),
            AdaGradPresets.proximal().learningRate(0.1).l1(0.1).build(),
            AdaGradPresets.dualAveraging().learningRate(0.1).build()
        }) {
            SameDiff model = linear(updater);
            assertThatThrownBy(() -> model.fit(batch))
                    .hasStackTraceContaining(updater.getClass().getSimpleName()
                            + ": expected an updater that needs a gradient only in a SameDiff model")
                    .satisfies(refusal ->
                            assertThat(String.valueOf(refusal.getMessage())).doesNotContain("attachTo"));
        }
        SameDiff plain = linear(AdaGradPresets.yotkov().build());
        INDArray before = plain.getVariable("w").getArr().dup();
        plain.fit(batch);
        assertThat(plain.getVariable("w").getArr()).isNotEqualTo(before);
    }

    private static SameDiff linear(IUpdater updater) {
        SameDiff model = SameDiff.create();
        SDVariable in = model.placeHolder("in", DataType.FLOAT, -1, 3);
        SDVariable label = model.placeHolder("label", DataType.FLOAT, -1, 2);
        SDVariable w = model.var("w", Nd4j.rand(DataType.FLOAT, 3, 2));
        model.loss.meanSquaredError("loss", label, in.mmul("out", w), null);
        model.setTrainingConfig(new TrainingConfig.Builder()
                .updater(updater)
                .dataSetFeatureMapping("in")
                .dataSetLabelMapping("label")
                .build());
        return model;
    }

    @Test
    void sameDiffVariablesWouldShareTheNoise() {
        EntropySgd noisy = EntropySgd.builder().learningRate(0.1).build();
        assertThatThrownBy(() -> noisy.instantiate(Map.of(), true))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("expected noise(0) in a SameDiff model")
                .hasMessageContaining("1.0E-4");
        INDArray[] states = {
            Nd4j.create(DataType.DOUBLE, 4), Nd4j.create(DataType.DOUBLE, 4), Nd4j.create(DataType.DOUBLE, 4)
        };
        GradientUpdater<?> quiet = EntropySgd.builder()
                .learningRate(0.1)
                .noise(0)
                .build()
                .instantiate(Map.of("X", states[0], "MU", states[1], "T", states[2]), true);
        INDArray gradient = Nd4j.createFromArray(1.0, 2, 3, 4);
        quiet.applyUpdater(gradient, 0, 0);
        assertThat(gradient.sumNumber().doubleValue()).isNotZero();
    }

    private static void assertRefused(Runnable action, String message) {
        assertThatThrownBy(action::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
