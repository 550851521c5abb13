package io.dl4jext.entropysgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import org.hipparchus.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GaussianDrawsTest {

    @Test
    void drawsAreStandardNormalAndIndependent() {
        int n = 200_000;
        double[] draws = new double[n];
        double[] later = new double[n];
        new GaussianDraws(5, 7).fill(draws, n, 0);
        new GaussianDraws(5, 8).fill(later, n, 0);
        double mean = 0;
        double square = 0;
        double fourth = 0;
        double neighbours = 0;
        double iterations = 0;
        for (int i = 0; i < n; i++) {
            mean += draws[i] / n;
            square += draws[i] * draws[i] / n;
            fourth += Math.pow(draws[i], 4) / n;
            neighbours += i > 0 ? draws[i] * draws[i - 1] / n : 0;
            iterations += draws[i] * later[i] / n;
        }
        // Five standard errors.
        double error = 5 / Math.sqrt(n);
        assertThat(mean).isCloseTo(0, offset(error));
        assertThat(square).isCloseTo(1, offset(error * Math.sqrt(2)));
        assertThat(fourth).isCloseTo(3, offset(error * Math.sqrt(96)));
        assertThat(neighbours).isCloseTo(0, offset(error));
        assertThat(iterations).isCloseTo(0, offset(error));
        for (int from : new int[] {0, 1, 2, 777}) {
            double[] part = new double[50];
            new GaussianDraws(5, 7).fill(part, 50, from);
            for (int i = 0; i < 50; i++) {
                assertThat(part[i]).isEqualTo(draws[from + i]);
            }
        }
    }

    /** By the test of Kolmogorov and Smirnov at 0.1 %, and the numbers beyond some limits, into the tail. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, -3})
    void drawsHaveTheNormalDistribution(long seed) {
        int n = 400_000;
        double[] draws = new double[n];
        new GaussianDraws(seed, 3).fill(draws, n, 12_345);
        Arrays.sort(draws);
        double distance = 0;
        for (int i = 0; i < n; i++) {
            double share = 0.5 * Erf.erfc(-draws[i] / Math.sqrt(2));
            distance = Math.max(distance, Math.max(share - (double) i / n, (i + 1.0) / n - share));
        }
        assertThat(distance * Math.sqrt(n)).isLessThan(1.95);
        for (double limit : new double[] {0.3, 1, 2, 3, 3.442619855899, 3.7, 4}) {
            double expected = 0.5 * n * Erf.erfc(limit / Math.sqrt(2));
            for (int sign : new int[] {-1, 1}) {
                long beyond =
                        Arrays.stream(draws).filter(draw -> sign * draw > limit).count();
                assertThat((double) beyond).isCloseTo(expected, offset(4 * Math.sqrt(expected)));
            }
        }
    }
}
