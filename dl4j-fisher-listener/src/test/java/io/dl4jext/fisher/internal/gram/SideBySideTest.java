package io.dl4jext.fisher.internal.gram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What all processors compute side by side with OpenBLAS is what ND4J's own operations do, and BLAS has its threads
 * back.
 */
class SideBySideTest {

    private final int threads = Nd4j.factory().blas().getMaxThreads();

    @BeforeEach
    void random() {
        assumeThat(OpenBlas.isPresent()).as("ND4J works with OpenBLAS here").isTrue();
        Nd4j.getRandom().setSeed(5);
    }

    /** One block and several, few columns and many, rows and columns in either order. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, FLOAT, c",
        "1, 40000, DOUBLE, c",
        "3, 7, FLOAT, f",
        "65, 5000, FLOAT, c",
        "128, 6000, FLOAT, c",
        "128, 6001, DOUBLE, f",
        "129, 257, FLOAT, f",
        "300, 1234, FLOAT, c",
        "2048, 40, FLOAT, c",
        "2049, 40, FLOAT, c",
    })
    void products(int samples, int columns, DataType type, char order) {
        INDArray rows = Nd4j.randn(type, samples, columns).dup(order);
        GramMatrix gram = new GramMatrix(true);
        gram.reset(samples);
        gram.addRows(rows);
        gram.addRows(rows);
        INDArray doubles = rows.castTo(DataType.DOUBLE);
        assertClose(gram.matrix(), doubles.mmul(doubles.transpose()).muli(2), 1e-13);
        assertThat(gram.matrix()).isEqualTo(gram.matrix().transpose());
        assertThat(gram.hasRowProducts()).isEqualTo(samples <= RowProducts.MOST_SAMPLES);
    }

    /** The sums of a larger mini-batch before must not shine through. */
    @Test
    void anotherBatchSize() {
        GramMatrix gram = new GramMatrix(true);
        for (int samples : new int[] {128, 5, 77, 128}) {
            INDArray rows = Nd4j.randn(DataType.DOUBLE, samples, 9000);
            gram.reset(samples);
            gram.addRows(rows);
            assertClose(gram.matrix(), rows.mmul(rows.transpose()), 1e-13);
        }
    }

    /** As a network's backward pass has them: the narrow output layer comes first. */
    @Test
    void widerRowsAfterNarrowOnes() {
        GramMatrix gram = new GramMatrix(true);
        gram.reset(128);
        INDArray expected = Nd4j.zeros(DataType.DOUBLE, 128, 128);
        for (int columns : new int[] {10, 300, 784, 500, 1024, 1025}) {
            INDArray rows = Nd4j.randn(DataType.FLOAT, 128, columns);
            gram.addRows(rows);
            INDArray doubles = rows.castTo(DataType.DOUBLE);
            expected.addi(doubles.mmul(doubles.transpose()));
        }
        assertClose(gram.matrix(), expected, 1e-13);
    }

    static Stream<ConvolutionGeometry> geometries() {
        return Stream.of(
                new ConvolutionGeometry(new int[] {3, 3}, new int[] {1, 1}, new int[] {1, 1}, new int[] {1, 1}),
                new ConvolutionGeometry(new int[] {5, 3}, new int[] {2, 1}, new int[] {1, 2}, new int[] {2, 2}),
                new ConvolutionGeometry(new int[] {1, 1}, new int[] {1, 1}, new int[] {1, 1}, new int[] {0, 0}));
    }

    /** So many channels that their gradients are formed in several blocks. */
    @ParameterizedTest
    @MethodSource("geometries")
    void convolutions(ConvolutionGeometry geometry) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            int samples = 24;
            int channels = 131;
            int outputs = 64;
            int taps = geometry.kernel[0] * geometry.kernel[1];
            int outHeight = geometry.stride[0] == 1 ? 14 : 7;
            INDArray images = Nd4j.randn(type, samples, channels, 14, 14);
            INDArray deltas = Nd4j.randn(type, samples, outputs, outHeight, 14);
            ConvolutionContribution contribution = new ConvolutionContribution();
            GramMatrix sideBySide = new GramMatrix(true);
            GramMatrix plain = new GramMatrix(false);
            for (GramMatrix gram : new GramMatrix[] {sideBySide, plain}) {
                gram.reset(samples);
                contribution.addFormed(gram, images, deltas, geometry, true);
            }
            double tolerance = type == DataType.DOUBLE ? 1e-13 : 1e-5;
            assertClose(sideBySide.matrix(), plain.matrix(), tolerance);

            // The gradients themselves, weights in the order that DL4J has them, between other parameters.
            long[] shape = {outputs, channels, geometry.kernel[0], geometry.kernel[1]};
            long columns = (long) outputs * channels * taps;
            INDArray matrix = Nd4j.create(type, new long[] {samples, columns + outputs + 2}, 'c');
            Place weights =
                    Place.of(1, shape, Nd4j.create(DataType.FLOAT, shape, 'c').stride());
            Place bias = Place.of(columns + 2, new long[] {outputs}, new long[] {1});
            contribution.add(new GradientMatrix(matrix), images, deltas, geometry, weights, bias);
            INDArray doubles = matrix.castTo(DataType.DOUBLE);
            assertClose(doubles.mmul(doubles.transpose()), plain.matrix(), tolerance);
            int sample = 17;
            INDArray first = images.get(point(sample), point(129), all(), all());
            if (taps == 1) {
                INDArray expected =
                        deltas.get(point(sample), point(3), all(), all()).mul(first);
                assertThat(matrix.getDouble(sample, 1 + 3L * channels + 129))
                        .isCloseTo(expected.sumNumber().doubleValue(), within(1e-3));
            }
        }
    }

    private static INDArrayIndex point(long i) {
        return NDArrayIndex.point(i);
    }

    private static INDArrayIndex all() {
        return NDArrayIndex.all();
    }

    /** A long series of vectors: several blocks of input columns. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void series(DataType type) {
        int samples = 16;
        int steps = 30;
        INDArray inputs = Nd4j.randn(type, steps * samples, 301);
        INDArray deltas = Nd4j.randn(type, steps * samples, 400);
        GramMatrix sideBySide = new GramMatrix(true);
        GramMatrix plain = new GramMatrix(false);
        for (GramMatrix gram : new GramMatrix[] {sideBySide, plain}) {
            gram.reset(samples);
            OuterProductContribution.addFormed(gram, inputs, deltas, true);
        }
        GramMatrix pairs = new GramMatrix(false);
        pairs.reset(samples);
        OuterProductContribution.addPairs(pairs, inputs, deltas, true);
        double tolerance = type == DataType.DOUBLE ? 1e-13 : 1e-5;
        assertClose(sideBySide.matrix(), plain.matrix(), tolerance);
        assertClose(sideBySide.matrix(), pairs.matrix(), tolerance);
    }

    /** On a class path with another backend. */
    @Test
    void withoutItsClassesThereIsNone() throws Exception {
        ClassLoader without = new ClassLoader(getClass().getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith("org.bytedeco.openblas.")) {
                    throw new ClassNotFoundException(name);
                }
                if (!name.startsWith(OpenBlas.class.getPackageName())) {
                    return super.loadClass(name, resolve);
                }
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }

            private Class<?> define(String name) throws ClassNotFoundException {
                try (InputStream bytes = getResourceAsStream(name.replace('.', '/') + ".class")) {
                    byte[] all = bytes.readAllBytes();
                    return defineClass(name, all, 0, all.length);
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
        };
        Method isPresent = without.loadClass(OpenBlas.class.getName()).getDeclaredMethod("isPresent");
        isPresent.setAccessible(true);
        assertThat(isPresent.invoke(null)).isEqualTo(false);
    }

    private void assertClose(INDArray actual, INDArray expected, double tolerance) {
        double size = expected.norm2Number().doubleValue();
        assertThat(actual.sub(expected).norm2Number().doubleValue()).isLessThanOrEqualTo(tolerance * size);
        assertThat(Nd4j.factory().blas().getMaxThreads()).as("BLAS's threads").isEqualTo(threads);
    }
}
