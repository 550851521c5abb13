package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.stochastic.PaperAlgorithm.Range;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Eqs. 16–21: against {@link PaperAlgorithm} on many groups, and where they are not defined. */
class UpdateProbabilityTest {

    private static final List<Range> RANGES = List.of(
            new Range("a", "weights", 0, 40),
            new Range("b", "weights", 40, 7),
            new Range("c", "biases", 47, 5),
            new Range("d", "weights", 52, 90),
            new Range("e", "biases", 142, 1),
            new Range("f", "gammas", 143, 6));

    @Test
    void probabilitiesAreThoseOfThePaper() {
        Random random = new Random(4);
        for (double alpha : new double[] {-1, 0, 0.1, 2}) {
            for (double lambda : new double[] {-8, -4, 0, 1}) {
                double[] g = new double[149];
                for (Range range : RANGES) {
                    double scale = Math.exp(random.nextGaussian());
                    for (int j = 0; j < range.length; j++) {
                        g[range.first + j] = scale * random.nextGaussian();
                    }
                }
                for (boolean weighted : new boolean[] {true, false}) {
                    StochasticBatch config = StochasticBatch.builder()
                            .alpha(alpha)
                            .lambda(lambda)
                            .weightGroupsBySize(weighted)
                            .build();
                    double[] expected = PaperAlgorithm.probabilities(RANGES, g, config);
                    double[] actual = probabilities(g, config);
                    assertThat(actual).containsExactly(expected, within(1e-12));
                }
            }
        }
    }

    private static double[] probabilities(double[] g, StochasticBatch config) {
        Moments[] moments = RANGES.stream()
                .map(range -> Moments.ofMagnitudes(
                        Arrays.copyOfRange(g, range.first, range.first + range.length), range.length))
                .toArray(Moments[]::new);
        double[] scores = GlobalScores.of(
                Arrays.stream(moments).mapToDouble(m -> m.mean).toArray(),
                RANGES.stream()
                        .mapToLong(range -> config.isWeightGroupsBySize() ? range.length : 1)
                        .toArray(),
                RANGES.stream().map(range -> kind(range.kind)).toArray(ParameterKind[]::new),
                0);
        double[] p = new double[g.length];
        for (int l = 0; l < moments.length; l++) {
            UpdateProbability probability =
                    UpdateProbability.combined(config.getAlpha(), config.getLambda(), moments[l], scores[l]);
            for (int j = RANGES.get(l).first; j < RANGES.get(l).first + RANGES.get(l).length; j++) {
                p[j] = UpdateProbability.logistic(probability.argument(g[j]));
            }
        }
        return p;
    }

    private static ParameterKind kind(String name) {
        return name.equals("weights")
                ? ParameterKind.DENSE_WEIGHTS
                : name.equals("biases") ? ParameterKind.BIASES : ParameterKind.GAMMAS;
    }

    /** E[p_j | j in l] = ½ in the local scheme, here of magnitudes that lie evenly about their mean. */
    @Test
    void localSchemeUpdatesHalfOfAGroup() {
        double[] g = new double[10_001];
        Arrays.setAll(g, j -> (j % 2 == 0 ? 1 : -1) * (3 + j));
        for (double alpha : new double[] {-1, 0, 0.1, 1}) {
            Moments moments = Moments.ofMagnitudes(g, g.length);
            UpdateProbability probability = UpdateProbability.combined(alpha, 0, moments, 3);
            double mean = Arrays.stream(g)
                    .map(probability::argument)
                    .map(UpdateProbability::logistic)
                    .average()
                    .getAsDouble();
            assertThat(mean).isCloseTo(0.5, within(1e-9));
        }
    }

    @Test
    void withoutDeviationOnlyTheGroupCounts() {
        for (double[] g : new double[][] {{3}, {2, -2, 2}, {0, 0}, {1, Double.NaN}, {1, Double.POSITIVE_INFINITY}}) {
            Moments moments = Moments.ofMagnitudes(g, g.length);
            UpdateProbability probability = UpdateProbability.combined(0.1, -4, moments, 0.5);
            for (double value : g) {
                assertThat(probability.argument(value)).isEqualTo(-2);
            }
        }
    }

    @Test
    void scoresAreZeroWhereThereIsNothingToCompare() {
        ParameterKind weights = ParameterKind.DENSE_WEIGHTS;
        ParameterKind biases = ParameterKind.BIASES;
        assertThat(scores(new double[] {1, 2}, weights, biases)).containsExactly(0, 0);
        assertThat(scores(new double[] {0.3, 0.3, 0.3}, weights, weights, weights))
                .containsExactly(0, 0, 0);
        assertThat(scores(new double[] {0, 0}, weights, weights)).containsExactly(0, 0);
        assertThat(scores(new double[] {1, Double.NaN}, weights, weights)).containsExactly(0, 0);
        assertThat(scores(
                        new double[] {1, 3, Double.NaN, Double.POSITIVE_INFINITY}, weights, weights, weights, weights))
                .containsExactly(-1, 1, 0, 0);
    }

    /** By size: n_l of n parameters lie √(n/n_l − 1) deviations from the mean; once each, both of two groups one. */
    @Test
    void aSmallGroupLiesFarFromLargeOnesUnlessTheyCountOnce() {
        ParameterKind[] kinds = {ParameterKind.DENSE_WEIGHTS, ParameterKind.DENSE_WEIGHTS};
        double[] bySize = GlobalScores.of(new double[] {1, 5}, new long[] {9_900, 100}, kinds, 0);
        assertThat(bySize[1]).isCloseTo(Math.sqrt(99), within(1e-12));
        assertThat(bySize[0]).isCloseTo(-1 / Math.sqrt(99), within(1e-12));
        double[] once = GlobalScores.of(new double[] {1, 5}, new long[] {1, 1}, kinds, 0);
        assertThat(once).containsExactly(-1, 1);
    }

    private static double[] scores(double[] means, ParameterKind... kinds) {
        long[] sizes = new long[means.length];
        Arrays.fill(sizes, 7);
        return GlobalScores.of(means, sizes, kinds, 0);
    }

    @Test
    void fixedProbability() {
        for (double p : new double[] {0, 0.25, 0.5, 1}) {
            UpdateProbability probability = UpdateProbability.fixed(p);
            assertThat(UpdateProbability.logistic(probability.argument(Double.NaN)))
                    .isCloseTo(p, within(1e-15));
        }
    }
}
