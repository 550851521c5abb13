package io.dl4jext.adagrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.dl4jext.implicit.Seeds;
import io.dl4jext.updater.internal.elementwise.RatedUpdater;
import io.dl4jext.updater.internal.elementwise.StateUpdater;
import io.dl4jext.updater.internal.elementwise.VectorPart;
import io.dl4jext.updater.internal.elementwise.Ways;
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

    /** In float from 1e-36 to 3e38, in double from 1e-300 to 1e308; and what is smaller is lost beside ε. */
    @Test
    void cubeRoots() {
        int n = 1 << 18;
        float[] v = new float[n];
        float[] inverse = new float[n];
        float[] ones = new float[n];
        double[] wide = new double[n];
        double[] wideInverse = new double[n];
        double[] wideOnes = new double[n];
        int first = Float.floatToRawIntBits(1e-36f);
        long wideFirst = Double.doubleToRawLongBits(1e-300);
        for (int i = 0; i < n; i++) {
            double part = i / (n - 1.0);
            v[i] = Float.intBitsToFloat(first + (int) (part * (Float.floatToRawIntBits(3e38f) - first)));
            wide[i] = Double.longBitsToDouble(
                    wideFirst + (long) (part * (Double.doubleToRawLongBits(1e308) - wideFirst)));
            ones[i] = 1;
            wideOnes[i] = 1;
        }
        new FloatLoops().overCubeRoot(inverse, ones, v, 0, n);
        new DoubleLoops().overCubeRoot(wideInverse, wideOnes, wide, 0, n);
        double worst = 0;
        double wideWorst = 0;
        for (int i = 0; i < n; i++) {
            worst = larger(worst, Math.abs(inverse[i] * Math.cbrt(v[i]) - 1));
            wideWorst = larger(wideWorst, Math.abs(wideInverse[i] * Math.cbrt(wide[i]) - 1));
        }
        assertThat(worst).isLessThanOrEqualTo(1.6e-7);
        assertThat(wideWorst).isLessThanOrEqualTo(6e-16);

        float[] small = {0, Float.MIN_VALUE, Float.MIN_NORMAL, 1e-37f};
        float[] over = new float[4];
        new FloatLoops().overCubeRoot(over, new float[] {0, 1, 1, 1}, small, 1e-6, 4);
        assertThat(over).containsExactly(new float[] {0, 1e6f, 1e6f, 1e6f}, offset(2f));
        double[] wideSmall = {0, Double.MIN_VALUE, Double.MIN_NORMAL, 1e-301};
        double[] wideOver = new double[4];
        new DoubleLoops().overCubeRoot(wideOver, new double[] {0, 1, 1, 1}, wideSmall, 1e-6, 4);
        assertThat(wideOver).containsExactly(new double[] {0, 1e6, 1e6, 1e6}, offset(1e-9));
    }

    /** NaN counts as larger. */
    private static double larger(double one, double other) {
        return other <= one ? one : other;
    }
}
