package io.dl4jext.fisher.internal.spectrum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.hipparchus.linear.EigenDecompositionSymmetric;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.QRDecomposition;
import org.hipparchus.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Known spectra, degenerate matrices, and Hipparchus as an independent oracle. */
class SpectrumTest {

    /** Of an eigenvalue, relative to the largest. */
    private static final double EIGENVALUE = 1e-13;

    static Stream<Arguments> matrices() {
        Random random = new Random(11);
        return Stream.of(
                Arguments.of("1 x 1", new double[][] {{4}}),
                Arguments.of("diagonal, unsorted", diagonal(2, 9, 0.5, 4)),
                Arguments.of("identity: repeated", diagonal(1, 1, 1, 1, 1)),
                Arguments.of("repeated pairs, rotated", rotated(random, 7, 7, 3, 3, 1)),
                Arguments.of("rank one", rankOne(1, -2, 3, 0.5)),
                Arguments.of("Hilbert 8", hilbert(8)),
                Arguments.of("wide range, rotated", rotated(random, 1e8, 1e4, 1, 1e-4)),
                Arguments.of("tiny", diagonal(3e-300, 1e-300)),
                Arguments.of("huge", diagonal(1e150, 4e150, 2e150)),
                Arguments.of("random 33", gram(random, 33, 50)),
                Arguments.of("rank-deficient 20", gram(random, 20, 7)),
                Arguments.of("graded 60, rotated", rotated(random, powers(0.5, 60))),
                Arguments.of("graded 60, smallest first", diagonalAndBeside(powers(2, 60))),
                Arguments.of("the largest in Java", gram(random, Spectrum.MOST_IN_JAVA, 200)),
                Arguments.of("the largest in Java, rank-deficient", gram(random, Spectrum.MOST_IN_JAVA, 120)),
                Arguments.of("the smallest by LAPACK", gram(random, Spectrum.MOST_IN_JAVA + 1, 200)),
                Arguments.of("the smallest by LAPACK, rank-deficient", gram(random, Spectrum.MOST_IN_JAVA + 1, 120)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("matrices")
    void eigenvaluesAreThoseOfHipparchus(String name, double[][] matrix) {
        double[] expected = new EigenDecompositionSymmetric(MatrixUtils.createRealMatrix(matrix)).getEigenvalues();
        Arrays.sort(expected);
        INDArray gram = Nd4j.create(matrix);
        INDArray before = gram.dup();
        double[] actual = Spectrum.of(gram, 0).eigenvalues();
        assertThat(gram).as("left as it is").isEqualTo(before);
        double largest = expected[expected.length - 1];
        assertThat(actual).hasSameSizeAs(expected).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i])
                    .isNotNegative()
                    .isCloseTo(Math.max(0, expected[expected.length - 1 - i]), within(EIGENVALUE * largest));
        }
    }

    @Test
    void rankAndConditionNumberOfADiagonal() {
        Spectrum spectrum = Spectrum.of(Nd4j.create(diagonal(16, 1e-4, 4, 1e-14)), 1e-4);
        // σ = 4, 2, 1e-2, 1e-7 against 4e-4.
        assertThat(spectrum.rank()).isEqualTo(3);
        assertThat(spectrum.conditionNumber()).isCloseTo(400, within(1e-9));
        assertThat(Spectrum.of(Nd4j.create(diagonal(16, 1e-4, 4, 1e-14)), 0).rank())
                .isEqualTo(4);
    }

    @Test
    void toleranceIsStrict() {
        // σ = 1 and 0.5: "counts when σ > τσ₁".
        assertThat(Spectrum.of(Nd4j.create(diagonal(1, 0.25)), 0.5).rank()).isEqualTo(1);
        assertThat(Spectrum.of(Nd4j.create(diagonal(1, 0.25)), 0.499).rank()).isEqualTo(2);
    }

    @Test
    void zeroToleranceDropsExactZerosOnly() {
        Spectrum spectrum = Spectrum.of(Nd4j.create(diagonal(9, 1e-280, 0)), 0);
        assertThat(spectrum.rank()).isEqualTo(2);
        assertThat(spectrum.conditionNumber()).isGreaterThan(1e140);
    }

    @Test
    void zeroMatrixHasNoConditionNumber() {
        Spectrum spectrum = Spectrum.of(Nd4j.create(new double[3][3]), 1e-7);
        assertThat(spectrum.eigenvalues()).containsExactly(0, 0, 0);
        assertThat(spectrum.rank()).isZero();
        assertThat(spectrum.conditionNumber()).isNaN();
    }

    @Test
    void oneSample() {
        Spectrum spectrum = Spectrum.of(Nd4j.create(new double[][] {{4}}), 1e-7);
        assertThat(spectrum.eigenvalues()).containsExactly(4);
        assertThat(spectrum.rank()).isEqualTo(1);
        assertThat(spectrum.conditionNumber()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void notFiniteGivesNaN(double bad) {
        double[][] matrix = diagonal(1, 2, 3);
        matrix[1][1] = bad;
        Spectrum spectrum = Spectrum.of(Nd4j.create(matrix), 1e-7);
        assertThat(spectrum.eigenvalues()).containsExactly(Double.NaN, Double.NaN, Double.NaN);
        assertThat(spectrum.rank()).isZero();
        assertThat(spectrum.conditionNumber()).isNaN();
    }

    @Test
    void opposedInfinitiesGiveNaN() {
        double[][] matrix = diagonal(Double.POSITIVE_INFINITY, 2);
        matrix[0][1] = Double.NEGATIVE_INFINITY;
        matrix[1][0] = Double.NEGATIVE_INFINITY;
        assertThat(Spectrum.of(Nd4j.create(matrix), 0).conditionNumber()).isNaN();
    }

    @Test
    void eigenvaluesAreACopy() {
        Spectrum spectrum = Spectrum.of(Nd4j.create(diagonal(1, 2)), 0);
        spectrum.eigenvalues()[0] = 77;
        assertThat(spectrum.eigenvalues()[0]).isEqualTo(2);
    }

    @Test
    void refusesOtherArrays() {
        assertThatThrownBy(() -> Spectrum.of(Nd4j.create(DataType.FLOAT, 2, 2), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FLOAT");
        assertThatThrownBy(() -> Spectrum.of(Nd4j.create(DataType.DOUBLE, 2, 3), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[2, 3]");
        for (double tolerance : new double[] {-1, 1, Double.NaN}) {
            assertThatThrownBy(() -> Spectrum.of(Nd4j.create(DataType.DOUBLE, 2, 2), tolerance))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(tolerance));
        }
    }

    @Test
    void defaultRankTolerance() {
        assertThat(Spectrum.defaultRankTolerance(64, DataType.DOUBLE)).isEqualTo(0x1p-23);
        assertThat(Spectrum.defaultRankTolerance(64, DataType.FLOAT)).isEqualTo(0x1p-17);
        assertThat(Spectrum.defaultRankTolerance(64, DataType.HALF)).isEqualTo(0x1p-5);
    }

    /** B·ulp(1) would be 1 in HALF from 1,024 samples on. */
    @Test
    void toleratesNoMoreThanHalfTheDigitsOfTheType() {
        for (int samples : new int[] {1024, 46_340}) {
            assertThat(Spectrum.defaultRankTolerance(samples, DataType.HALF)).isEqualTo(0x1p-5);
            assertThat(Spectrum.defaultRankTolerance(samples, DataType.BFLOAT16))
                    .isEqualTo(Math.sqrt(0x1p-7));
        }
        assertThat(Spectrum.defaultRankTolerance(16, DataType.HALF)).isEqualTo(0x1p-6);
        assertThat(Spectrum.defaultRankTolerance(2896, DataType.FLOAT)).isEqualTo(2896 * 0x1p-23);
        assertThat(Spectrum.defaultRankTolerance(46_340, DataType.FLOAT)).isEqualTo(Math.sqrt(0x1p-23));
        assertThat(Spectrum.defaultRankTolerance(46_340, DataType.DOUBLE)).isEqualTo(Math.sqrt(46_340 * 0x1p-52));
    }

    private static double[][] diagonal(double... values) {
        double[][] matrix = new double[values.length][values.length];
        for (int i = 0; i < values.length; i++) {
            matrix[i][i] = values[i];
        }
        return matrix;
    }

    private static double[] powers(double base, int n) {
        double[] powers = new double[n];
        for (int i = 0; i < n; i++) {
            powers[i] = Math.pow(base, i);
        }
        return powers;
    }

    /** Tridiagonal; beside the diagonal a third of the smaller neighbour. */
    private static double[][] diagonalAndBeside(double... values) {
        double[][] matrix = diagonal(values);
        for (int i = 1; i < values.length; i++) {
            matrix[i][i - 1] = Math.min(values[i], values[i - 1]) / 3;
            matrix[i - 1][i] = matrix[i][i - 1];
        }
        return matrix;
    }

    private static double[][] rankOne(double... v) {
        double[][] matrix = new double[v.length][v.length];
        for (int i = 0; i < v.length; i++) {
            for (int j = 0; j < v.length; j++) {
                matrix[i][j] = v[i] * v[j];
            }
        }
        return matrix;
    }

    private static double[][] hilbert(int n) {
        double[][] matrix = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                matrix[i][j] = 1.0 / (i + j + 1);
            }
        }
        return matrix;
    }

    private static double[][] rotated(Random random, double... eigenvalues) {
        int n = eigenvalues.length;
        double[][] numbers = new double[n][n];
        for (double[] row : numbers) {
            for (int j = 0; j < n; j++) {
                row[j] = random.nextGaussian();
            }
        }
        RealMatrix q = new QRDecomposition(MatrixUtils.createRealMatrix(numbers)).getQ();
        double[][] matrix = q.multiply(MatrixUtils.createRealDiagonalMatrix(eigenvalues))
                .multiply(q.transpose())
                .getData();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                matrix[i][j] = matrix[j][i];
            }
        }
        return matrix;
    }

    private static double[][] gram(Random random, int n, int length) {
        double[][] numbers = new double[n][length];
        for (double[] row : numbers) {
            for (int j = 0; j < length; j++) {
                row[j] = random.nextGaussian();
            }
        }
        RealMatrix j = MatrixUtils.createRealMatrix(numbers);
        return j.multiply(j.transpose()).getData();
    }
}
