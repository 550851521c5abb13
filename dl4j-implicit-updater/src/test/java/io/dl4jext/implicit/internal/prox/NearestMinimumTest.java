package io.dl4jext.implicit.internal.prox;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.implicit.Seeds;
import io.dl4jext.implicit.activation.RootRule;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What {@link RootRule#NEAREST} promises of any activation, with σ as ND4J computes it: from u = c to the step's end
 * the objective of eq. (8) never rises, and around the end it rises on both sides.
 */
@Tag("once")
class NearestMinimumTest {

    private static final int CASES = Integer.getInteger("dl4jext.cases", 150);
    private static final int PATH = 2000;
    private static final double ROUNDING = 4e-15;
    private static final double[] AROUND = {1e-6, 1e-5};

    static List<Sample> samples() {
        return Sample.withMinimum();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void descentNeverRisesAndEndsInAValley(Sample sample) {
        Random random = Seeds.random("NearestMinimumTest " + sample);
        ProximalStep nearest = ProximalStep.of(sample.activation, RootRule.NEAREST);
        for (int i = 0; i < CASES; i++) {
            double b = Math.exp(2 * random.nextGaussian()) * (random.nextBoolean() ? 1 : -1);
            double eta = Math.exp(2 * random.nextGaussian());
            double mu = random.nextInt(2) * 0.3;
            double norm = 0.1 + 5 * random.nextDouble();
            double border = sample.borders[random.nextInt(sample.borders.length)];
            double c = border + random.nextGaussian() * (random.nextBoolean() ? 0.3 : 4);
            double ridge = 1 + eta * mu;
            double alpha = nearest.alpha(row(b), row(c * ridge), Nd4j.createFromArray(norm), eta, mu)
                    .getDouble(0);
            double u = c - alpha * eta * norm;
            BruteForce problem = new BruteForce(sample, b, c * ridge, norm, eta, mu);
            String where = sample + ": b = " + b + ", c = " + c + ", N = " + norm + ", eta = " + eta + ", mu = " + mu
                    + ", alpha = " + alpha + ", u = " + u;
            double tolerance = ROUNDING * Math.abs(b) * (1 + Math.abs(c) + Math.abs(u)) / Math.min(1, eta * norm);
            double end = end(problem, sample, u);
            double[] way = new double[PATH];
            for (int k = 0; k < PATH; k++) {
                way[k] = c + (u - c) * k / PATH;
            }
            double[] values = problem.objective(way);
            for (int k = 1; k < PATH; k++) {
                assertThat(values[k]).as(where + ", way " + k).isLessThanOrEqualTo(values[k - 1] + tolerance);
            }
            assertThat(end).as(where + ", end of the way").isLessThanOrEqualTo(values[PATH - 1] + tolerance);
            for (double distance : AROUND) {
                double[] sides = problem.objective(new double[] {u - distance, u + distance});
                assertThat(Math.min(sides[0], sides[1])).as(where + ", beside").isGreaterThanOrEqualTo(end - tolerance);
            }
        }
    }

    /** At a jump rounding may leave u on the worse side. */
    private static double end(BruteForce problem, Sample sample, double u) {
        double side = sample.jumps ? 1e-14 * (1 + Math.abs(u)) : 0;
        double lowest = Double.POSITIVE_INFINITY;
        for (double value : problem.objective(new double[] {u - side, u, u + side})) {
            lowest = Math.min(lowest, value);
        }
        return lowest;
    }

    private static INDArray row(double value) {
        return Nd4j.createFromArray(new double[][] {{value}});
    }
}
