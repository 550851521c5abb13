package io.dl4jext.implicit.internal.prox;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.implicit.Seeds;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** α against the brute-force global minimum of eq. (8), with σ as ND4J computes it. */
@Tag("once")
class GlobalMinimumTest {

    private static final int CASES = Integer.getInteger("dl4jext.cases", 100);

    /** The objective may exceed the minimum by this much, relative to it. */
    private static final double TOLERANCE = 1e-9;

    /** Rounding of u = c − αηN and of σ(u), which libnd4j gets right to some units of 1e-16 of 1 + |u|, not of σ(u). */
    private static final double ROUNDING = 4e-16;

    private static final double[] GRADIENTS = {1e-3, 0.1, 1, 3, 30};
    private static final double[] RATES = {1e-4, 1e-2, 0.1, 1, 10, 100, 1e4};
    private static final double[] NORMS = {1e-3, 0.3, 1, 20, 500};
    private static final double[] RIDGES = {0, 0, 1e-3, 0.5};
    private static final double[] DISTANCES = {0, 1e-9, 1e-3, 0.1, 0.5, 1, 4, 20, 300};

    static List<Sample> samples() {
        return Sample.withMinimum();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void objectiveIsNeverWorseThanBruteForce(Sample sample) {
        Random random = Seeds.random("GlobalMinimumTest " + sample);
        ProximalStep step = ProximalStep.of(sample.activation);
        for (int i = 0; i < CASES; i++) {
            double b = pick(random, GRADIENTS) * (random.nextBoolean() ? 1 : -1) * (1 + random.nextDouble());
            double eta = pick(random, RATES);
            double mu = pick(random, RIDGES);
            double norm = pick(random, NORMS) * (1 + random.nextDouble());
            double ridge = 1 + eta * mu;
            double p = eta * norm * b / ridge;
            // Around a border, where a jump to it may just pay, or anywhere.
            double centre = random.nextInt(4) == 0 ? random.nextGaussian() * 3 : pick(random, sample.borders);
            double near = pick(random, DISTANCES) * (random.nextBoolean() ? 1 : -1);
            double c = centre + (random.nextInt(3) == 0 ? p * random.nextDouble() * 1.2 : near);
            check(sample, step, b, c * ridge, norm, eta, mu);
        }
    }

    private static void check(
            Sample sample, ProximalStep step, double b, double q, double norm, double eta, double mu) {
        String where = sample + ": b = " + b + ", q = " + q + ", N = " + norm + ", eta = " + eta + ", mu = " + mu;
        double alpha =
                step.alpha(row(b), row(q), Nd4j.createFromArray(norm), eta, mu).getDouble(0);
        double ridge = 1 + eta * mu;
        double c = q / ridge;
        double u = c - alpha * eta * norm;
        // At a jump rounding may leave u on the worse side.
        double side = sample.jumps ? 4 * Math.ulp(Math.max(Math.abs(c), Math.abs(c - u))) : 0;
        double[] around = sample.values(new double[] {u - side, u, u + side});
        double quadratic = eta * ridge * norm * alpha * alpha / 2;
        double found = Double.POSITIVE_INFINITY;
        for (double value : around) {
            found = Math.min(found, b * value + quadratic);
        }
        double minimum = new BruteForce(sample, b, q, norm, eta, mu).minimum();
        double rounding = ROUNDING * Math.abs(b) * (1 + Math.abs(u) + Math.abs(c));
        assertThat(found)
                .as(where + ", alpha = " + alpha)
                .isLessThanOrEqualTo(minimum + TOLERANCE * Math.abs(minimum) + rounding);
    }

    private static double pick(Random random, double[] values) {
        return values[random.nextInt(values.length)];
    }

    private static INDArray row(double value) {
        return Nd4j.createFromArray(new double[][] {{value}});
    }
}
