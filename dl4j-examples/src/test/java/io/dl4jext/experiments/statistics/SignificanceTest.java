package io.dl4jext.experiments.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SignificanceTest {

    /**
     * t and the Welch–Satterthwaite degrees of freedom from sums, the tail of Student's density by the midpoint rule.
     */
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
                    assertThat(welch(a, b))
                            .as("%d and %d values, shift %s", n, m, shift)
                            .isCloseTo(direct(a, b), within(1e-5))
                            .isCloseTo(welch(b, a), within(1e-12));
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
        double least = welch(five(5.065, 0.205), five(5.565, 0.085));
        double most = welch(five(5.075, 0.215), five(5.555, 0.095));
        assertThat(0.0037).as("within what the rounding allows").isBetween(least, most);
    }

    @Test
    void whereThereIsNone() {
        double[] some = {1, 2, 3};
        assertThat(welch(some, new double[] {1})).isNaN();
        assertThat(welch(new double[] {1}, some)).isNaN();
        assertThat(welch(some, new double[] {1, Double.NaN})).isNaN();
        assertThat(welch(new double[] {1, 1}, new double[] {2, 2})).isNaN();
        assertThat(welch(some, new double[] {2, 2})).isEqualTo(1);
    }

    private static double welch(double[] first, double[] second) {
        return Significance.welch(new Sample(first), new Sample(second));
    }

    /** Student's sleep data (1908), by R: t.test(paired = TRUE) gives t = -4.0621, df = 9, p = 0.002833. */
    @Test
    void pairedIsStudentsOwn() {
        Sample first = new Sample(0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0);
        Sample second = new Sample(1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4);
        assertThat(Significance.paired(first, second)).isCloseTo(0.002833, within(5e-7));
        assertThat(Significance.welch(first, second)).isCloseTo(0.07939, within(5e-6)); // R: not paired
    }

    @Test
    void pairedWhereThereIsNone() {
        Sample some = new Sample(1, 2, 4);
        assertThat(Significance.paired(some, some)).isEqualTo(1);
        assertThat(Significance.paired(some, new Sample(2, 3, 5))).isNaN();
        assertThat(Significance.paired(some, new Sample(2, Double.NaN, 5))).isNaN();
        assertThat(Significance.paired(new Sample(1), new Sample(2))).isNaN();
        assertThatThrownBy(() -> Significance.paired(some, new Sample(1, 2))).hasMessageContaining("3 and 2");
    }

    /** One wrong image of 500 less each: 0.002, but for rounding. */
    @Test
    void differencesThatAreEqualButForRoundingAreTheSame() {
        for (int wrong = 20; wrong < 120; wrong++) {
            Sample more = new Sample(wrong / 500.0, (wrong + 1) / 500.0, (wrong + 7) / 500.0);
            Sample less = new Sample((wrong - 1) / 500.0, wrong / 500.0, (wrong + 6) / 500.0);
            assertThat(Significance.paired(more, less)).isNaN();
            assertThat(Significance.equivalence(more, less, 0.0021)).isZero();
            assertThat(Significance.equivalence(more, less, 0.0019)).isEqualTo(1);
            assertThat(Significance.below(less.minus(more), -0.0019)).isZero();
            Sample again = new Sample(1 - (500 - wrong) / 500.0, 1 - (499 - wrong) / 500.0, 1 - (493 - wrong) / 500.0);
            assertThat(Significance.paired(more, again)).isEqualTo(1);
        }
        Sample same = new Sample(0.1 + 0.2, 0.3, 0.3);
        assertThat(Significance.welch(same, new Sample(0.4, 0.1 + 0.3, 0.4))).isNaN();
        assertThat(Significance.paired(new Sample(1, 2, 3), new Sample(1, 2, 3 + 1e-9)))
                .as("small, but no rounding")
                .isBetween(0.3, 0.5);
    }

    /** With 2 degrees of freedom Student's distribution is P(T > t) = 1/2 - t / (2 sqrt(2 + t^2)). */
    @Test
    void equivalenceIsTheWorseOfTwoOneSidedTests() {
        Sample first = new Sample(1.1, 2.3, 2.9);
        Sample second = new Sample(1, 2, 3);
        // Differences 0.1, 0.3, -0.1: mean 0.1, deviation 0.2.
        double t = (0.5 - 0.1) / (0.2 / Math.sqrt(3));
        double expected = 0.5 - t / (2 * Math.sqrt(2 + t * t));
        assertThat(Significance.equivalence(first, second, 0.5)).isCloseTo(expected, within(1e-9));
        assertThat(Significance.equivalence(second, first, 0.5)).isCloseTo(expected, within(1e-9));
        assertThat(Significance.equivalence(first, second, 0.05)).isGreaterThan(0.5);
        assertThat(Significance.equivalence(first, first, 0.5)).isZero();
        assertThat(Significance.equivalence(new Sample(1), new Sample(1), 0.5)).isNaN();
        assertThatThrownBy(() -> Significance.equivalence(first, second, 0)).hasMessageContaining("margin");
    }

    /** R: power.t.test(n = 20, delta = 1, sd = 1) of two samples gives 0.8689528. */
    @Test
    void powerIsRs() {
        assertThat(new TTestPower(38, 0.05).of(Math.sqrt(10))).isCloseTo(0.8689528, within(1e-5));
        assertThat(new TTestPower(7, 0.05).of(0)).isCloseTo(0.05, within(1e-5));
        assertThat(new TTestPower(1, 0.05).of(0)).isCloseTo(0.05, within(1e-3));
    }

    /** The share of random samples of this mean in which the test finds it. */
    @Test
    void detectableDifferencesAreDetectedThatOften() {
        Sample first = new Sample(1, 3, 2, 5, 4, 3, 2, 6);
        Sample second = new Sample(0, 1, 3, 2, 5, 1, 1, 3);
        double deviation = first.minus(second).deviation();
        double difference = Significance.detectable(first, second, 0.05, 0.8);
        Random random = new Random(7);
        int samples = 20_000;
        int found = 0;
        for (int i = 0; i < samples; i++) {
            double[] values = new double[8];
            Arrays.setAll(values, j -> difference + deviation * random.nextGaussian());
            double t = mean(values) / Math.sqrt(variance(values) / 8);
            found += Math.abs(t) > 2.364624 ? 1 : 0; // of 7 degrees of freedom at 97.5 %
        }
        assertThat((double) found / samples).isCloseTo(0.8, within(0.01));
        assertThat(Significance.detectable(second, first, 0.05, 0.8)).isCloseTo(difference, within(1e-9));
        assertThat(Significance.detectable(first, first, 0.05, 0.8)).isZero();
        assertThat(Significance.detectable(new Sample(1), new Sample(2), 0.05, 0.8))
                .isNaN();
        assertThat(Significance.detectable(new Sample(1, 2), new Sample(2, Double.NaN), 0.05, 0.8))
                .isNaN();
    }

    /** R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") is 0.03 0.06 0.06 0.02. */
    @Test
    void holmIsRs() {
        assertThat(Significance.holm(0.01, 0.04, 0.03, 0.005))
                .containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, within(1e-12));
        assertThat(Significance.holm(0.9, Double.NaN, 0.8)).containsExactly(1, Double.NaN, 1);
    }

    /** Ranks 1, 2, 3.5, 3.5 and 2, 1, 4, 3: Pearson's correlation of the ranks by hand. */
    @Test
    void spearmanTakesTheMeanRankOfTies() {
        double expected = (-1.5 * -0.5 + -0.5 * -1.5 + 1 * 1.5 + 1 * 0.5) / Math.sqrt(4.5 * 5);
        assertThat(Significance.spearman(new Sample(1, 5, 9, 9), new Sample(20, 10, 40, 30)))
                .isCloseTo(expected, within(1e-12));
    }

    @Test
    void samples() {
        Sample sample = new Sample(1, 2, 6);
        assertThat(sample.mean()).isEqualTo(3);
        assertThat(sample.deviation()).isCloseTo(Math.sqrt(7), within(1e-12));
        assertThat(sample.median()).isEqualTo(2);
        assertThat(new Sample(4, 1, 3, 100).median()).isEqualTo(3.5);
        assertThat(new Sample(4, 1, 3, 100).least()).isEqualTo(1);
        assertThat(new Sample(4, 1, 3, 100).largest()).isEqualTo(100);
        assertThat(new Sample(4, Double.NaN).least()).isNaN();
        assertThat(new Sample().largest()).isNaN();
        // t of 2 degrees of freedom at 97.5 %: 4.302653
        assertThat(sample.halfWidth(0.95)).isCloseTo(4.302653 * Math.sqrt(7.0 / 3), within(1e-5));
        assertThat(new Sample(5).deviation()).isZero();
        assertThat(new Sample(5).halfWidth(0.95)).isNaN();
        assertThat(new Sample(1, Double.NaN).mean()).isNaN();
        assertThat(new Sample(1, Double.NaN).median()).isNaN();
        assertThat(new Sample(1, Double.POSITIVE_INFINITY).notFinite()).isEqualTo(1);
        assertThat(new Sample().median()).isNaN();
    }

    /** By the formula's own numbers: r = 0.5, n = 28: z = 0.5493, 1.96·√(1.06/25) = 0.4036. */
    @Test
    void intervalOfARankCorrelation() {
        double[] ends = Significance.spearmanInterval(0.5, 28, 0.95);
        assertThat(ends[0]).isCloseTo(Math.tanh(0.549306 - 0.403585), within(1e-4));
        assertThat(ends[1]).isCloseTo(Math.tanh(0.549306 + 0.403585), within(1e-4));
        assertThat(Significance.spearmanInterval(-0.5, 28, 0.95)[0]).isCloseTo(-ends[1], within(1e-12));
        // 1 counts as halfway from 1 to 0.8, the next that four pairs can have: 1.96·√1.06 = 2.0179
        double[] perfect = Significance.spearmanInterval(1, 4, 0.95);
        assertThat(perfect[0]).isCloseTo(Math.tanh(0.5 * Math.log(1.9 / 0.1) - 2.0179), within(1e-4));
        assertThat(perfect[1]).isEqualTo(1);
        assertThat(Significance.spearmanInterval(-1, 4, 0.95)).containsExactly(-1, -perfect[0]);
        assertThat(Significance.spearmanInterval(0.5, 3, 0.95)).containsOnly(Double.NaN);
        assertThat(Significance.spearmanInterval(Double.NaN, 30, 0.95)).containsOnly(Double.NaN);
    }

    /** With the bound 0 it is half of the two-sided test, on the side of the mean. */
    @Test
    void belowIsTheOneSidedTest() {
        Sample first = new Sample(0.10, 0.12, 0.09, 0.13);
        Sample second = new Sample(0.12, 0.13, 0.12, 0.14);
        double two = Significance.paired(first, second);
        assertThat(Significance.below(first.minus(second), 0)).isCloseTo(two / 2, within(1e-12));
        assertThat(Significance.below(second.minus(first), 0)).isCloseTo(1 - two / 2, within(1e-12));
        assertThat(Significance.below(second.minus(first), 1)).isLessThan(1e-4);
    }

    @Test
    void belowWithoutVariance() {
        assertThat(Significance.below(new Sample(-1, -1), 0)).isZero();
        assertThat(Significance.below(new Sample(0, 0), 0)).isOne();
        assertThat(Significance.below(new Sample(1), 0)).isNaN();
        assertThat(Significance.below(new Sample(1, Double.NaN), 0)).isNaN();
    }
}
