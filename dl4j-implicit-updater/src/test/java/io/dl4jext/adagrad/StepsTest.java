package io.dl4jext.adagrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.dl4jext.elementwise.RatedUpdater;
import io.dl4jext.elementwise.StateUpdater;
import io.dl4jext.elementwise.VectorPart;
import io.dl4jext.elementwise.Ways;
import io.dl4jext.implicit.Seeds;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.AdaGrad;

/** Ten steps of every member, both ways of computing and both types, against plain loops. */
class StepsTest {

    /** Three tensors, the longest in more than one chunk. */
    private static final int[] BORDERS = {7, 5000, 5013};

    private static final int N = BORDERS[BORDERS.length - 1];

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Member member : Member.all()) {
            for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
                cases.add(Arguments.of(member, type, Ways.LOOPS));
                cases.add(Arguments.of(member, type, Ways.OPERATIONS));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("cases")
    void tenStepsAgainstTheReference(Member member, DataType type, Ways way) {
        Random random = Seeds.random(member + " " + type);
        double[] expected = gaussian(random, N);
        // Not at the start of its buffer, as in a network.
        INDArray parameters = Nd4j.createFromArray(expected).castTo(type);
        expected = parameters.dup().data().asDouble();
        INDArray gradient = Nd4j.zeros(type, N + 9).get(NDArrayIndex.interval(9, N + 9));
        INDArray state = Nd4j.ones(type, member.updater.stateSize(N) + 5)
                .get(NDArrayIndex.interval(5, member.updater.stateSize(N) + 5));
        StateUpdater updater = way.of(member.updater.instantiate(state, true));
        Reference reference = member.reference.get();
        for (int t = 0; t < 10; t++) {
            double[] values = sparseGradient(random, type, t);
            gradient.assign(Nd4j.createFromArray(values));
            double norm = gradient.norm2Number().doubleValue();
            int from = 0;
            for (int border : BORDERS) {
                VectorPart part = new VectorPart(gradient, from, border - from);
                boolean tensor = member.scope() == AccumulatorScope.TENSOR;
                double squares = tensor ? updater.sumOfSquares(part) : norm * norm;
                BoundBlock.step(updater, part, from, new VectorPart(parameters, from, border - from), squares, t, 0);
                from = border;
            }
            parameters.subi(gradient);
            reference.step(expected, values, BORDERS, t, member.updater.getLearningRate());
        }
        assertClose(parameters, expected, type);
        assertThat(parameters.amaxNumber().doubleValue()).isGreaterThan(0.1);
    }

    /** Magnitudes over four decades; a tenth of the elements are 0 always, half of the rest in two steps of three. */
    private static double[] sparseGradient(Random random, DataType type, int t) {
        double[] values = gaussian(random, N);
        for (int i = 0; i < N; i++) {
            boolean absent = i % 10 == 4 || i % 2 == 1 && t % 3 != 2;
            double value = absent ? 0 : values[i] * Math.pow(10, -(i % 4));
            values[i] = type == DataType.FLOAT ? (float) value : value;
        }
        return values;
    }

    private static double[] gaussian(Random random, int n) {
        return random.doubles(n, -2, 2).toArray();
    }

    private static void assertClose(INDArray actual, double[] expected, DataType type) {
        double[] values = actual.dup().data().asDouble();
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs(values[i] - expected[i]);
            worst = difference <= worst ? worst : difference;
        }
        assertThat(worst).isLessThanOrEqualTo(type == DataType.DOUBLE ? 1e-12 : 2e-5);
    }

    /** The same numbers as the updater that DL4J has, through the public interface. */
    @Test
    void dl4jsOwnGivesTheSame() {
        Random random = Seeds.random("DL4J's own");
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            GradientUpdater<?> own = new AdaGrad(0.1).instantiate(Nd4j.zeros(type, 1, 500), true);
            GradientUpdater<?> ours = AdaGradPresets.dl4j().build().instantiate(Nd4j.zeros(type, 1, 500), true);
            for (int t = 0; t < 10; t++) {
                // A row: DL4J's own takes no other shape on 1.0.0-beta7.
                INDArray gradient =
                        Nd4j.createFromArray(gaussian(random, 500)).castTo(type).reshape(1, 500);
                INDArray other = gradient.dup();
                own.applyUpdater(gradient, t, 0);
                ours.applyUpdater(other, t, 0);
                assertClose(other, gradient.dup().data().asDouble(), type);
            }
        }
    }

    /** On enough elements for several threads, and for a last chunk that is not full. */
    @Test
    void loopsAndOperationsAgreeOnManyElements() {
        int n = (1 << 16) + 777;
        Random random = Seeds.random("many elements");
        for (Member member : Member.all()) {
            if (member.needsNetwork()) {
                continue;
            }
            INDArray gradient = Nd4j.createFromArray(gaussian(random, n));
            Map<Ways, INDArray> updates = new EnumMap<>(Ways.class);
            for (Ways way : Ways.values()) {
                StateUpdater updater = way.of(
                        member.updater.instantiate(Nd4j.create(DataType.DOUBLE, member.updater.stateSize(n)), true));
                INDArray update = gradient.dup();
                updater.applyUpdater(update, 0, 0);
                updates.put(way, update);
            }
            assertClose(
                    updates.get(Ways.LOOPS), updates.get(Ways.OPERATIONS).data().asDouble(), DataType.DOUBLE);
            assertThat(updates.get(Ways.SHORT_BUFFERS)).isEqualTo(updates.get(Ways.LOOPS));
        }
        INDArray values = Nd4j.createFromArray(gaussian(random, n));
        VectorPart part = new VectorPart(values, 5, n - 10);
        assertThat(Ways.LOOPS.sumOfSquares(part)).isCloseTo(Ways.OPERATIONS.sumOfSquares(part), offset(1e-8));
        assertThat(Ways.SHORT_BUFFERS.sumOfSquares(part)).isEqualTo(Ways.LOOPS.sumOfSquares(part));
    }

    /** SameDiff hands its updaters arrays of any shape and order. */
    @Test
    void anyShapeAndOrder() {
        Random random = Seeds.random("any shape");
        RatedUpdater config = AdaGradPresets.withMomentum(0.5).build();
        GradientUpdater<?> flat = config.instantiate(Nd4j.create(DataType.DOUBLE, 1, 48), true);
        GradientUpdater<?> shaped = config.instantiate(Nd4j.create(DataType.DOUBLE, 1, 48), true);
        for (int t = 0; t < 4; t++) {
            INDArray gradient = Nd4j.createFromArray(gaussian(random, 24));
            INDArray cube = gradient.dup().reshape('c', 2, 3, 4).dup(t % 2 == 0 ? 'c' : 'f');
            flat.applyUpdater(gradient, t, 0);
            shaped.applyUpdater(cube, t, 0);
            assertThat(cube.dup('c').data().asDouble())
                    .isEqualTo(gradient.data().asDouble());
        }
    }

    /** From 1e-35 to 1e35 in float, from 1e-140 to 1e140 in double. */
    @Test
    void cubeRoots() {
        int n = 2048;
        Random random = Seeds.random("cube roots");
        float[] v = new float[n];
        float[] ones = new float[n];
        float[] inverse = new float[n];
        double[] wide = new double[n];
        double[] wideOnes = new double[n];
        double[] wideInverse = new double[n];
        for (int i = 0; i < n; i++) {
            double exponent = -35 + 70.0 * i / n;
            wide[i] = Math.pow(10, 4 * exponent) * (1 + random.nextDouble());
            v[i] = (float) (Math.pow(10, exponent) * (1 + random.nextDouble()));
            ones[i] = 1;
            wideOnes[i] = 1;
        }
        new FloatLoops().overCubeRoot(inverse, ones, v, 0, n);
        new DoubleLoops().overCubeRoot(wideInverse, wideOnes, wide, 0, n);
        for (int i = 0; i < n; i++) {
            assertThat(inverse[i] * Math.cbrt(v[i])).isCloseTo(1, offset(3e-7));
            assertThat(wideInverse[i] * Math.cbrt(wide[i])).isCloseTo(1, offset(1e-15));
        }
        new FloatLoops().overCubeRoot(inverse, new float[n], new float[n], 1e-6, n);
        assertThat(inverse).containsOnly(0f);
    }
}
