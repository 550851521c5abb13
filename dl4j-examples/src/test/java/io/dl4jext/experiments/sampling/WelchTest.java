package io.dl4jext.experiments.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WelchTest {

    /** t and the Welch–Satterthwaite degrees of freedom from sums, the tail of Student's density by the midpoint rule. */
    private static double direct(double[] a, double[] b) {
        double qa = variance(a) / a.length;
        double qb = variance(b) / b.length;
        double t = Math.abs(mean(a) - mean(b)) / Math.sqrt(qa + qb);
        double freedom = (qa + qb) * (qa + qb) / (qa * qa / (a.length - 1) + qb * qb / (b.length - 1));
        // With x = sqrt(freedom) tan(angle) the density is proportional to cos(angle)^(freedom - 1).
        double from = Math.atan(t / Math.sqrt(freedom));
        return integral(from, freedom) / integral(0, freedom);
    }

    private static double integral(double from, double freedom) {
        int pieces = 20_000;
        double width = (Math.PI / 2 - from) / pieces;
        double sum = 0;
        for (int i = 0; i < pieces; i++) {
            sum += Math.pow(Math.cos(from + (i + 0.5) * width), freedom - 1);
        }
        return sum * width;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
    }

    @Test
    void isWhatTheDefinitionSays() {
        Random random = new Random(4);
        for (int n = 2; n <= 8; n += 2) {
            for (int m = 2; m <= 6; m++) {
                for (double shift : new double[] {0, 0.5, 3}) {
                    double[] a = random.doubles(n).toArray();
                    double scale = 5;
                    double[] b = random.doubles(m).map(x -> shift + scale * x).toArray();
                    assertThat(Welch.pValue(a, b))
                            .as("%d and %d values, shift %s", n, m, shift)
                            .isCloseTo(direct(a, b), within(1e-5))
                            .isCloseTo(Welch.pValue(b, a), within(1e-12));
                }
            }
        }
    }

    /** Five values with exactly this mean and standard deviation. */
    private static double[] five(double mean, double deviation) {
        return new double[] {mean - deviation, mean - deviation, mean, mean + deviation, mean + deviation};
    }

    /** ResNet on CIFAR-10, section 4.3: s32-to-512 at 5.07 ± 0.21 %, s512-to-32 at 5.56 ± 0.09 %, p = 0.0037. */
    @Test
    void givesThePapersOwnPValue() {
        double least = Welch.pValue(five(5.065, 0.205), five(5.565, 0.085));
        double most = Welch.pValue(five(5.075, 0.215), five(5.555, 0.095));
        assertThat(0.0037).as("within what the rounding allows").isBetween(least, most);
    }

    @Test
    void whereThereIsNone() {
        double[] some = {1, 2, 3};
        assertThat(Welch.pValue(some, new double[] {1})).isNaN();
        assertThat(Welch.pValue(new double[] {1}, some)).isNaN();
        assertThat(Welch.pValue(some, new double[] {1, Double.NaN})).isNaN();
        assertThat(Welch.pValue(new double[] {1, 1}, new double[] {2, 2})).isNaN();
        assertThat(Welch.pValue(some, new double[] {2, 2})).isEqualTo(1);
    }
}
