package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Host loops and ND4J operations against a plain loop that rounds as the data type does. */
class PassesTest {

    private static final long SEED = 5;
    private static final int FIRST = 12_345;
    private static final int POSITION = 93;

    /** Lengths about a chunk, and one for several threads and more than a slice. */
    private static final int[] LENGTHS = {1, 2, 3, 7, 1023, 1024, 1025, 2049, 270_001};

    private static Stream<Arguments> settings() {
        List<Arguments> all = new ArrayList<>();
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (boolean scaled : new boolean[] {true, false}) {
                for (double momentum : new double[] {0, 0.9}) {
                    for (int epoch : new int[] {0, 0x25A5}) {
                        for (GradientMagnitude magnitude : GradientMagnitude.values()) {
                            all.add(Arguments.of(type, scaled, momentum, epoch, magnitude));
                        }
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void hostLoopsEqualThePlainLoop(
            DataType type, boolean scaled, double momentum, int epoch, GradientMagnitude magnitude) {
        for (int length : LENGTHS) {
            compare(new HostPasses(), type, scaled, momentum, epoch, magnitude, length, 0);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void operationsEqualThePlainLoop(
            DataType type, boolean scaled, double momentum, int epoch, GradientMagnitude magnitude) {
        // An operation may fuse or order its roundings as its backend likes.
        double tolerance = type == DataType.FLOAT ? 1e-5 : 1e-13;
        boolean slices = scaled && momentum > 0 && epoch == 1;
        for (int length : new int[] {1, 2, 7, slices ? (1 << 18) + 5 : 3000}) {
            compare(new OperationPasses(), type, scaled, momentum, epoch, magnitude, length, tolerance);
        }
    }

    private static void compare(
            Passes passes,
            DataType type,
            boolean scaled,
            double momentum,
            int epoch,
            GradientMagnitude magnitude,
            int length,
            double tolerance) {
        StochasticBatch config = StochasticBatch.builder()
                .learningRate(0.1)
                .scaleLearningRate(scaled)
                .momentum(momentum)
                .seed(SEED)
                .probabilityFrom(magnitude)
                .build();
        boolean running = magnitude == GradientMagnitude.RUNNING_MEAN;
        Random random = new Random(length);
        // A block longer than the tensor, in an array longer than the block, as DL4J has them.
        int before = 3;
        int parameters = length + 5;
        int each = momentum > 0 ? 3 : 2;
        INDArray gradient = view(random.doubles(parameters, -1, 1).toArray(), type);
        double[] state = new double[each * parameters];
        for (int i = 0; i < parameters; i++) {
            int count = 1 + random.nextInt(4);
            state[i] = count == 1 ? -0.0 : random.nextDouble();
            state[parameters + i] = sign(epoch, POSITION + i - before) * count;
            if (momentum > 0) {
                state[2 * parameters + i] = random.nextDouble();
            }
        }
        INDArray stateView = view(state, type);
        double[] g = Networks.values(gradient);
        double[] s = Networks.values(stateView);
        double[] expectedGradient = g.clone();
        double[] expectedState = s.clone();
        double[] magnitudes = new double[parameters];
        for (int i = 0; i < parameters; i++) {
            double mean = rounded(type, rounded(type, s[i] + g[i]) / Math.abs(s[parameters + i]));
            magnitudes[i] = Math.abs(running ? mean : g[i]);
        }
        Moments moments = running
                ? OneTensor.measureMeans(passes, gradient, stateView, parameters, before, length)
                : OneTensor.measure(passes, gradient, before, length);
        Moments expectedMoments = Moments.ofMagnitudes(Arrays.copyOfRange(magnitudes, before, before + length), length);
        assertThat(moments.number).isEqualTo(length);
        assertThat(moments.mean).isCloseTo(expectedMoments.mean, within(1e-6));
        assertThat(moments.deviation()).isCloseTo(expectedMoments.deviation(), within(1e-6));
        assertThat(Networks.values(stateView)).isEqualTo(s);
        UpdateProbability probability = UpdateProbability.combined(0.5, -4, moments, 0.2);
        UpdateDraws draws = new UpdateDraws(SEED, 17);

        long updated = 0;
        double batches = 0;
        for (int i = before; i < before + length; i++) {
            double p = UpdateProbability.logistic(
                    moments.deviation() == 0 ? -0.8 : 0.5 * (magnitudes[i] - moments.mean) / moments.deviation() - 0.8);
            boolean chi = draws.uniform(FIRST + i - before) < p;
            double sum = rounded(type, s[i] + g[i]);
            double count = Math.abs(s[parameters + i]);
            double update = rounded(type, rounded(type, 0.1) * (scaled ? sum : rounded(type, sum / count)));
            if (momentum > 0) {
                update = rounded(type, update + rounded(type, rounded(type, 0.9) * s[2 * parameters + i]));
                expectedState[2 * parameters + i] = chi ? update : s[2 * parameters + i];
            }
            expectedGradient[i] = chi ? update : 0;
            expectedState[i] = chi ? 0 : sum;
            expectedState[parameters + i] = sign(epoch, POSITION + i - before) * (chi ? 1 : count + 1);
            updated += chi ? 1 : 0;
            batches += chi ? count : 0;
        }

        GroupStep rule = new GroupStep(config, probability, draws, 0.1, EpochMark.of(epoch));
        UpdateCount count = OneTensor.step(passes, gradient, stateView, before, length, FIRST, POSITION, rule);
        assertEqual(Networks.values(gradient), expectedGradient, tolerance);
        assertEqual(Networks.values(stateView), expectedState, tolerance);
        assertThat(count.parameters).isEqualTo(length);
        assertThat(count.updated).isEqualTo(updated);
        assertThat(count.batches).isEqualTo(batches);
    }

    /** The epoch's binary digits, lowest first, 32 of them again and again. */
    private static int sign(int epoch, int position) {
        return (epoch / (long) Math.pow(2, position % 32)) % 2 == 0 ? 1 : -1;
    }

    private static void assertEqual(double[] actual, double[] expected, double tolerance) {
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(actual[i] - expected[i]) <= tolerance)) {
                assertThat(actual[i]).as("element %s", i).isEqualTo(expected[i]);
            }
        }
    }

    private static double rounded(DataType type, double value) {
        return type == DataType.FLOAT ? (float) value : value;
    }

    /** A view into a longer array. */
    private static INDArray view(double[] values, DataType type) {
        INDArray all = Nd4j.zeros(type, values.length + 20);
        INDArray view = all.get(NDArrayIndex.interval(11, 11 + values.length));
        view.assign(Nd4j.createFromArray(values).castTo(type));
        return view;
    }

    /**
     * The fast loops hand over what their approximation cannot decide: all slopes and shifts, against the exact rule.
     */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void everyProbabilityIsDecidedExactly(DataType type) {
        int length = 40_000;
        double[] values = new Random(1).doubles(length, -3, 3).toArray();
        for (double alpha : new double[] {0, 0.1, -0.7, 3, 40, 1e4, 1e30}) {
            for (double shift : new double[] {0, 0.5, -3, 9, -16, 25, -700, 1e9}) {
                INDArray gradient = view(values, type);
                double[] g = Networks.values(gradient);
                Moments moments = Moments.ofMagnitudes(g, length);
                UpdateProbability probability = UpdateProbability.combined(alpha, shift, moments, 1);
                UpdateDraws draws = new UpdateDraws(SEED, 3);
                GroupStep rule =
                        new GroupStep(StochasticBatch.builder().build(), probability, draws, 0.1, EpochMark.of(0));
                INDArray state = Nd4j.ones(type, 2 * length);
                slice(state, 0, length).assign(-0.0);
                OneTensor.step(new HostPasses(), gradient, state, 0, length, 0, 0, rule);
                double[] counts = Networks.values(state);
                for (int i = 0; i < length; i++) {
                    double x = alpha * (Math.abs(g[i]) - moments.mean) / moments.deviation() + shift;
                    double p = 1 / (1 + Math.exp(-x));
                    double u = draws.uniform(i);
                    if (Math.abs(u - p) > 1e-12 && counts[length + i] != (u < p ? 1 : 2)) {
                        assertThat(counts[length + i])
                                .as("α %s, γ %s, |g| %s", alpha, shift, g[i])
                                .isEqualTo(u < p ? 1 : 2);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void momentsAreThoseOfThePopulation(DataType type) {
        for (double scale : new double[] {1, 1e-12, 1e-25, 1e25}) {
            for (int length : LENGTHS) {
                double[] values =
                        new Random(length).doubles(length, -scale, scale).toArray();
                INDArray gradient = view(values, type);
                double[] g = Networks.values(gradient);
                double mean = Arrays.stream(g).map(Math::abs).sum() / length;
                double variance = Arrays.stream(g)
                                .map(x -> (Math.abs(x) - mean) * (Math.abs(x) - mean))
                                .sum()
                        / length;
                for (Passes passes : new Passes[] {new HostPasses(), new OperationPasses()}) {
                    Moments moments = OneTensor.measure(passes, gradient, 0, length);
                    // Nothing waits: the running mean is the gradient.
                    INDArray state = Nd4j.zeros(type, 2 * length);
                    Moments means = OneTensor.measureMeans(passes, gradient, state, length, 0, length);
                    assertThat(means.mean).isEqualTo(moments.mean);
                    assertThat(means.deviation()).isEqualTo(moments.deviation());
                    assertThat(moments.number).isEqualTo(length);
                    assertThat(moments.mean).isCloseTo(mean, within(mean * 1e-6));
                    assertThat(moments.deviation()).isCloseTo(Math.sqrt(variance), within(Math.sqrt(variance) * 1e-6));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void equalMagnitudesHaveNoDeviation(DataType type) {
        double[] values = new double[5000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 3 == 0 ? 0.1 : -0.1;
        }
        for (Passes passes : new Passes[] {new HostPasses(), new OperationPasses()}) {
            Moments moments = OneTensor.measure(passes, view(values, type), 0, values.length);
            assertThat(moments.deviation()).isZero();
            assertThat(moments.and(moments).deviation()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void notANumberWaitsLikeAnyOther(DataType type) {
        double[] values = {1, Double.NaN, 3, Double.POSITIVE_INFINITY, 5, -6, 7, Double.NEGATIVE_INFINITY};
        for (Passes passes : new Passes[] {new HostPasses(), new OperationPasses()}) {
            for (int iteration = 0; iteration < 8; iteration++) {
                INDArray gradient = view(values, type);
                INDArray state = view(new double[] {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1}, type);
                Moments moments = OneTensor.measureMeans(passes, gradient, state, 8, 0, 8);
                UpdateProbability probability = UpdateProbability.combined(0.1, -4, moments, 0);
                UpdateDraws draws = new UpdateDraws(SEED, iteration);
                StochasticBatch config = new StochasticBatch(0.5);
                OneTensor.step(
                        passes,
                        gradient,
                        state,
                        0,
                        8,
                        0,
                        0,
                        new GroupStep(config, probability, draws, 0.5, EpochMark.NONE));
                double[] updates = Networks.values(gradient);
                for (int i = 0; i < 8; i++) {
                    // The group is not finite: all have p = ½.
                    double expected = draws.uniform(i) < 0.5 ? 0.5 * values[i] : 0;
                    assertThat(updates[i]).isEqualTo(Double.valueOf(expected));
                }
            }
        }
    }

    @Test
    void threadsDoNotMatter() {
        double[] together = stepOfManyChunks();
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch asleep = new CountDownLatch(ForkJoinPool.getCommonPoolParallelism());
        for (long i = asleep.getCount(); i > 0; i--) {
            ForkJoinPool.commonPool().execute(() -> {
                asleep.countDown();
                await(end);
            });
        }
        try {
            await(asleep);
            assertThat(Arrays.equals(together, stepOfManyChunks())).isTrue();
        } finally {
            end.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As one by one, whatever lies between and beside them. */
    @Test
    void severalTensorsAtOnce() {
        Random random = new Random(4);
        int parameters = 300_000;
        List<ParameterTensor> tensors = List.of(
                new ParameterTensor(null, 0, 1500, 70, 0),
                new ParameterTensor(null, 1500, 1, 1570, 5),
                new ParameterTensor(null, 2000, 200_000, 20_000, 33),
                new ParameterTensor(null, 299_000, 1000, 300_000, 64));
        for (Passes passes : new Passes[] {new HostPasses(), new OperationPasses()}) {
            for (double momentum : new double[] {0, 0.9}) {
                double[] g = random.doubles(parameters, -1, 1).toArray();
                double[] s = random.doubles(parameters * (momentum > 0 ? 3L : 2L), 1, 2)
                        .toArray();
                INDArray gradient = view(g, DataType.FLOAT);
                INDArray state = view(s, DataType.FLOAT);
                INDArray oneByOneGradient = view(g, DataType.FLOAT);
                INDArray oneByOneState = view(s, DataType.FLOAT);
                List<GroupStep> rules = new ArrayList<>();
                List<Moments> moments = passes.measure(gradient, tensors);
                List<Moments> means = passes.measureMeans(gradient, state, parameters, tensors);
                for (int i = 0; i < tensors.size(); i++) {
                    ParameterTensor tensor = tensors.get(i);
                    Moments one = OneTensor.measure(passes, gradient, tensor.offset, tensor.length);
                    assertThat(moments.get(i).mean).isEqualTo(one.mean);
                    assertThat(moments.get(i).deviation()).isEqualTo(one.deviation());
                    Moments oneMean =
                            OneTensor.measureMeans(passes, gradient, state, parameters, tensor.offset, tensor.length);
                    assertThat(means.get(i).mean).isEqualTo(oneMean.mean);
                    assertThat(means.get(i).deviation()).isEqualTo(oneMean.deviation());
                    rules.add(new GroupStep(
                            StochasticBatch.builder()
                                    .learningRate(0.1)
                                    .momentum(momentum)
                                    .build(),
                            UpdateProbability.combined(0.5, -4, one, 0.1 * i),
                            new UpdateDraws(SEED, 3),
                            0.1 * (i + 1),
                            EpochMark.of(5)));
                }
                List<UpdateCount> counts = passes.step(gradient, state, tensors, rules);
                for (int i = 0; i < tensors.size(); i++) {
                    ParameterTensor tensor = tensors.get(i);
                    UpdateCount one = OneTensor.step(
                            passes,
                            oneByOneGradient,
                            oneByOneState,
                            tensor.offset,
                            tensor.length,
                            tensor.first,
                            tensor.position,
                            rules.get(i));
                    assertThat(counts.get(i).parameters).isEqualTo(tensor.length);
                    assertThat(counts.get(i).updated).isEqualTo(one.updated);
                    assertThat(counts.get(i).batches).isEqualTo(one.batches);
                }
                assertThat(Networks.values(gradient)).isEqualTo(Networks.values(oneByOneGradient));
                assertThat(Networks.values(state)).isEqualTo(Networks.values(oneByOneState));
                assertThat(Networks.values(gradient)).isNotEqualTo(Networks.values(view(g, DataType.FLOAT)));
            }
        }
    }

    private static double[] stepOfManyChunks() {
        int length = (1 << 20) + 1;
        INDArray gradient = view(new Random(2).doubles(length, -1, 1).toArray(), DataType.FLOAT);
        INDArray state = Nd4j.ones(DataType.FLOAT, 2 * length);
        Passes passes = new HostPasses();
        Moments moments = OneTensor.measureMeans(passes, gradient, state, length, 0, length);
        GroupStep rule = new GroupStep(
                new StochasticBatch(0.5),
                UpdateProbability.combined(0.1, -4, moments, 0.1),
                new UpdateDraws(SEED, 0),
                0.5,
                EpochMark.of(3));
        UpdateCount count = OneTensor.step(passes, gradient, state, 0, length, 0, 0, rule);
        double[] all = Arrays.copyOf(Networks.values(gradient), length + 4);
        all[length] = moments.mean;
        all[length + 1] = moments.deviation();
        all[length + 2] = count.batches;
        all[length + 3] = count.updated;
        return all;
    }

    @Test
    void whatIsDroppedIsOfTheNewEpoch() {
        for (Passes passes : new Passes[] {new HostPasses(), new OperationPasses()}) {
            for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
                INDArray state = view(new double[] {5, 6, 7, 8, 2, -2, 0, 1, 3, 4, 5, 6}, type);
                passes.drop(state, 4, EpochMark.of(6), 1);
                assertThat(Networks.values(state)).containsExactly(-0.0, -0.0, -0.0, -0.0, -1, -1, 1, 1, 3, 4, 5, 6);
            }
        }
    }

    /** Counts of another epoch, or none at all, are never divided by below 1, nor do they cross 0. */
    @Test
    void strangeCountsDoNoHarm() {
        StochasticBatch config = StochasticBatch.builder()
                .learningRate(1)
                .scaleLearningRate(false)
                .build();
        for (Passes passes : new Passes[] {new HostPasses(), new OperationPasses()}) {
            for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
                for (double p : new double[] {0, 1}) {
                    INDArray gradient = view(new double[] {1, 1, 1, 1}, type);
                    INDArray state = view(new double[] {0, 3, 1, 1, 0, -2, -1, 0.5}, type);
                    GroupStep rule = new GroupStep(
                            config, UpdateProbability.fixed(p), new UpdateDraws(1, 0), 1, EpochMark.of(0));
                    OneTensor.step(passes, gradient, state, 0, 4, 0, 0, rule);
                    double[] after = Networks.values(state);
                    if (p == 1) {
                        assertThat(Networks.values(gradient)).containsExactly(1, 2, 2, 2);
                        assertThat(after).containsExactly(-0.0, -0.0, -0.0, -0.0, 1, 1, 1, 1);
                    } else {
                        assertThat(after).containsExactly(1, 4, 2, 2, 2, 3, 2, 2);
                    }
                }
            }
        }
    }

    private static INDArray slice(INDArray vector, int from, int to) {
        return vector.get(NDArrayIndex.interval(from, to));
    }
}
