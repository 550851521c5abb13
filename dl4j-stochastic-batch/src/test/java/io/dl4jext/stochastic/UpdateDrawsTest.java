package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongUnaryOperator;
import org.hipparchus.distribution.continuous.ChiSquaredDistribution;
import org.junit.jupiter.api.Test;

/** Distribution and independence by χ² tests, and that all ways to a number give the same one. */
class UpdateDrawsTest {

    private static final int NUMBERS = 1 << 18;

    /** Of about 60 tests with fixed seeds none may be as unlikely as this. */
    private static final double SIGNIFICANCE = 1e-4;

    @Test
    void uniformOverParameters() {
        for (long seed : new long[] {0, 1, -1, StochasticBatch.DEFAULT_SEED}) {
            for (int iteration : new int[] {0, 1, 2, 1_000_000}) {
                UpdateDraws draws = new UpdateDraws(seed, iteration);
                assertEven(64, i -> bucket(draws.uniform(i), 64));
            }
        }
    }

    @Test
    void uniformOverIterationsAndSeeds() {
        for (int index : new int[] {0, 1, 2, 3, 4, 1_000_003}) {
            assertEven(64, i -> bucket(new UpdateDraws(7, (int) i).uniform(index), 64));
            assertEven(64, i -> bucket(new UpdateDraws(i, 7).uniform(index), 64));
        }
    }

    @Test
    void lowestBitsAreUniformToo() {
        UpdateDraws draws = new UpdateDraws(3, 4);
        assertEven(64, i -> (long) (draws.uniform(i) * 0x1p53) & 63);
        assertEven(64, i -> (long) (draws.uniform(i) * 0x1p53) >> 18 & 63);
    }

    @Test
    void neighboursAreIndependent() {
        UpdateDraws draws = new UpdateDraws(5, 6);
        for (int distance : new int[] {1, 2, 3, 4, 8, 500, 784, 65_536}) {
            assertEven(256, i -> 16 * bucket(draws.uniform(i), 16) + bucket(draws.uniform(i + distance), 16));
        }
    }

    @Test
    void iterationsAndSeedsAreIndependent() {
        UpdateDraws draws = new UpdateDraws(5, 6);
        for (UpdateDraws others : new UpdateDraws[] {
            new UpdateDraws(5, 7), new UpdateDraws(5, 5), new UpdateDraws(6, 6), new UpdateDraws(-5, 6)
        }) {
            for (int distance : new int[] {0, 1}) {
                assertEven(256, i -> 16 * bucket(draws.uniform(i), 16) + bucket(others.uniform(i + distance), 16));
            }
        }
    }

    private static long bucket(double u, int buckets) {
        return (long) (u * buckets);
    }

    /** Pearson's test that {@link #NUMBERS} values fall evenly into 0 … buckets − 1. */
    private static void assertEven(int buckets, LongUnaryOperator value) {
        long[] counts = new long[buckets];
        for (long i = 0; i < NUMBERS; i++) {
            counts[(int) value.applyAsLong(i)]++;
        }
        double expected = (double) NUMBERS / buckets;
        double statistic = 0;
        for (long count : counts) {
            statistic += (count - expected) * (count - expected) / expected;
        }
        ChiSquaredDistribution distribution = new ChiSquaredDistribution(buckets - 1);
        // Both tails: numbers that are too even are not random either.
        assertThat(distribution.cumulativeProbability(statistic))
                .as("χ² %s with %s degrees of freedom", statistic, buckets - 1)
                .isBetween(SIGNIFICANCE, 1 - SIGNIFICANCE);
    }

    @Test
    void bulkNumbersAreTheLeadingBitsOfSingleOnes() {
        UpdateDraws draws = new UpdateDraws(9, 10);
        UpdateDraws.Numbers numbers = new UpdateDraws.Numbers();
        float[] onePlus = new float[UpdateDraws.MOST];
        for (long first : new long[] {0, 1, 2, 3, 999_999, 4_000_000_000L}) {
            for (int length : new int[] {1, 5, UpdateDraws.MOST}) {
                numbers.onePlus(draws, first, onePlus, length);
                for (int i = 0; i < length; i++) {
                    assertThat(onePlus[i] - 1)
                            .isEqualTo((float) (Math.floor(draws.uniform(first + i) * 0x1p23) * 0x1p-23));
                }
            }
        }
    }

    /**
     * So that saved runs continue as they began with every later version. Computed from the formula in the class
     * comment by another program.
     */
    @Test
    void numbersStayAsTheyAre() {
        UpdateDraws draws = new UpdateDraws(1, 2);
        assertThat(new double[] {draws.uniform(0), draws.uniform(1), draws.uniform(1_000_000)})
                .containsExactly(0.4919863473402749, 0.09630248097406335, 0.9872671050170126);
    }
}
