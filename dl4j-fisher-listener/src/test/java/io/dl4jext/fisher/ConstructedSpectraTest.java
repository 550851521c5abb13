package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.QRDecomposition;
import org.hipparchus.linear.RealMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Gradients J = U S Vᵀ whose singular values are known, for few and many samples and parameters, at several scales. */
class ConstructedSpectraTest {

    private static final int[][] SIZES = {{1, 1}, {1, 10}, {6, 40}, {8, 8}, {40, 6}, {130, 20}};

    static Stream<Arguments> spectra() {
        List<Arguments> arguments = new ArrayList<>();
        for (int[] size : SIZES) {
            int most = Math.min(size[0], size[1]);
            double[] equal = new double[most];
            Arrays.fill(equal, 1);
            double[] repeated = new double[most];
            double[] geometric = new double[most];
            double[] deficient = new double[most];
            for (int i = 0; i < most; i++) {
                repeated[i] = i < 2 ? 100 : 1;
                geometric[i] = Math.pow(10, most == 1 ? 0 : -5.0 * i / (most - 1));
                deficient[i] = i < (most + 1) / 2 ? most - i : 0;
            }
            for (double scale : new double[] {1, 1e-9, 1e9}) {
                arguments.add(Arguments.of(size[0], size[1], "equal", equal, scale));
                arguments.add(Arguments.of(size[0], size[1], "repeated", repeated, scale));
                arguments.add(Arguments.of(size[0], size[1], "geometric", geometric, scale));
                arguments.add(Arguments.of(size[0], size[1], "deficient", deficient, scale));
            }
        }
        return arguments.stream();
    }

    private static RealMatrix orthogonal(Random random, int n) {
        double[][] draws = new double[n][n];
        for (double[] row : draws) {
            Arrays.setAll(row, i -> random.nextGaussian());
        }
        return new QRDecomposition(MatrixUtils.createRealMatrix(draws)).getQ();
    }

    @ParameterizedTest(name = "B {0}, P {1}, {2}, scale {4}")
    @MethodSource("spectra")
    void areFound(int samples, int parameters, String name, double[] singular, double scale) {
        Random random = new Random(samples * 31L + parameters);
        RealMatrix middle = MatrixUtils.createRealMatrix(samples, parameters);
        for (int i = 0; i < singular.length; i++) {
            middle.setEntry(i, i, scale * singular[i]);
        }
        double[][] gradients = orthogonal(random, samples)
                .multiply(middle)
                .multiply(orthogonal(random, parameters))
                .getData();
        FisherMeasurement measured =
                FisherMeasurement.builder().gradients(gradients).build();

        double[] positive = Arrays.stream(singular).filter(value -> value > 0).toArray();
        double largest = scale * positive[0];
        assertThat(measured.rank()).isEqualTo(positive.length);
        double expected = positive[0] / positive[positive.length - 1];
        assertThat(measured.conditionNumber()).isCloseTo(expected, within(Tolerances.CONDITION_NUMBER * expected));
        double trace = Arrays.stream(positive).map(value -> value * value).sum() * scale * scale;
        assertThat(measured.trace()).isCloseTo(trace, within(1e-12 * trace));
        double[] eigenvalues = measured.eigenvalues();
        assertThat(eigenvalues).hasSize(samples);
        double rounding = 4 * RankTolerance.ROUNDING.of(samples, DataType.DOUBLE);
        for (int i = 0; i < samples; i++) {
            double value = i < positive.length ? scale * positive[i] : 0;
            // What squaring leaves of small ones.
            assertThat(eigenvalues[i]).isCloseTo(value * value, within(rounding * rounding * largest * largest));
        }
    }
}
