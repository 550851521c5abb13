package io.dl4jext.experiments.implicit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On trainings whose loss is a known function of the rate. */
class RateSearchTest {

    private static final List<Double> RATES = List.of(0.1, 0.3, 1.0, 3.0);
    private static final double UNTRAINED = 2;
    private static final double THRESHOLD = 1.2;

    /** Counts what is trained, and refuses to train at a rate twice. */
    private static final class Fake implements RateSearch.Losses {

        private final RateSearch.Losses losses;
        private final List<Double> trained = new ArrayList<>();

        Fake(RateSearch.Losses losses) {
            this.losses = losses;
        }

        @Override
        public double at(double rate) throws IOException {
            assertThat(trained).doesNotContain(rate);
            trained.add(rate);
            return losses.at(rate);
        }
    }

    /** Falls with the rate as far as it is stable; beyond it is not finite, or high, as the rate has it. */
    private static double loss(double rate, double... borders) {
        boolean stable = true;
        for (double border : borders) {
            stable ^= rate > border;
        }
        return stable ? 1 / (1 + rate) : rate > 50 ? Double.NaN : rate > 20 ? Double.POSITIVE_INFINITY : 1.9;
    }

    private static RateSearch.Bracket find(double precision, Fake fake) throws IOException {
        RateSearch search = new RateSearch(RATES, precision);
        RateSearch.Bracket bracket = search.find(search.curve(fake), THRESHOLD, fake);
        assertThat(fake.trained.size()).isLessThanOrEqualTo(search.mostTrainings());
        return bracket;
    }

    /** The slow way: every rate from the best given one upward, in steps of a thousandth. */
    private static double firstUnstable(double from, double... borders) {
        for (double rate = from; rate < 1000; rate *= 1.001) {
            if (!(loss(rate, borders) <= THRESHOLD)) {
                return rate;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    @Test
    void theEdgeIsWhereAGridOfAThousandthFindsIt() throws IOException {
        Random random = new Random(16);
        for (double precision : new double[] {1.01, 1.1, 1.5}) {
            for (int i = 0; i < 200; i++) {
                double edge = 0.1 * Math.pow(1500, random.nextDouble());
                RateSearch.Bracket bracket = find(precision, new Fake(rate -> loss(rate, edge)));
                double expected = firstUnstable(0.1, edge);
                assertThat(bracket.stable).as("edge %s", edge).isLessThan(expected);
                assertThat(bracket.unstable).as("edge %s", edge).isGreaterThan(expected / 1.001);
                assertThat(bracket.unstable / bracket.stable).isBetween(1.0, precision);
                assertThat(bracket.isOpen()).isFalse();
                assertThat(bracket.isStableAgainAbove).isFalse();
            }
        }
    }

    /** Stable to {@code first}, and again from {@code second} to {@code third}. */
    @Test
    void aBracketHasADifferentLossAtEachEnd() throws IOException {
        Random random = new Random(4);
        for (int i = 0; i < 300; i++) {
            double[] borders =
                    random.doubles(3).map(x -> 0.11 * Math.pow(500, x)).sorted().toArray();
            Fake fake = new Fake(rate -> loss(rate, borders));
            RateSearch.Bracket bracket = find(1.05, fake);
            assertThat(loss(bracket.stable, borders)).isLessThanOrEqualTo(THRESHOLD);
            assertThat(loss(bracket.unstable, borders) <= THRESHOLD).isFalse();
            assertThat(bracket.unstable / bracket.stable).isBetween(1.0, 1.05);
            // The best of the given rates is not above the bracket, and nothing between the two is unstable, as far as
            // was tried.
            double best = fake.trained.subList(0, RATES.size()).stream()
                    .filter(rate -> loss(rate, borders) <= THRESHOLD)
                    .max(Double::compare)
                    .orElseThrow();
            assertThat(bracket.stable).isGreaterThanOrEqualTo(best);
            assertThat(fake.trained)
                    .filteredOn(rate -> rate >= best && rate <= bracket.stable)
                    .allMatch(rate -> loss(rate, borders) <= THRESHOLD);
            assertThat(bracket.isStableAgainAbove)
                    .isEqualTo(fake.trained.stream()
                            .anyMatch(rate -> rate > bracket.unstable && loss(rate, borders) <= THRESHOLD));
        }
    }

    /** 0.3 is best; 1 is not stable, 3 is again. */
    @Test
    void whatIsStableAgainAboveIsTold() throws IOException {
        Fake fake = new Fake(rate -> rate <= 0.5 ? 1 - rate : rate < 2 ? 1.9 : rate < 5 ? 1.1 : Double.NaN);
        RateSearch.Bracket bracket = find(1.1, fake);
        assertThat(bracket.stable).isBetween(0.45, 0.5);
        assertThat(bracket.unstable).isBetween(0.5, 0.55);
        assertThat(bracket.isStableAgainAbove).isTrue();
        assertThat(fake.trained).allMatch(rate -> rate <= 3);
    }

    /** Rates so low that the loss is still above the threshold are no divergence. */
    @Test
    void theSearchBeginsAtTheBestRate() throws IOException {
        RateSearch.Bracket bracket =
                find(1.1, new Fake(rate -> rate < 0.5 ? 1.8 : rate < 2 ? 0.5 : Double.POSITIVE_INFINITY));
        assertThat(bracket.stable).isBetween(1.8, 2.0);
        assertThat(bracket.unstable).isBetween(2.0, 2.2);
    }

    @Test
    void whatNeverBreaksStaysOpen() throws IOException {
        Fake fake = new Fake(rate -> 0.5);
        RateSearch.Bracket bracket = find(1.1, fake);
        assertThat(bracket.isOpen()).isTrue();
        assertThat(bracket.stable).isEqualTo(3 * 64);
        assertThat(fake.trained).containsExactly(0.1, 0.3, 1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 96.0, 192.0);
    }

    @Test
    void nothingIsFoundWhereNothingIsStable() throws IOException {
        for (double loss : new double[] {1.9, Double.NaN, Double.POSITIVE_INFINITY}) {
            Fake fake = new Fake(rate -> loss);
            RateSearch.Bracket bracket = find(1.1, fake);
            assertThat(bracket.exists()).isFalse();
            assertThat(bracket.isOpen()).isFalse();
            assertThat(fake.trained).hasSameSizeAs(RATES);
        }
        RateSearch search = new RateSearch(RATES, 1.1);
        Fake fake = new Fake(rate -> 0.5);
        assertThat(search.find(search.curve(fake), Double.POSITIVE_INFINITY, fake)
                        .exists())
                .isFalse();
    }

    @Test
    void aSingleRateIsEnough() throws IOException {
        RateSearch search = new RateSearch(List.of(0.1), 1.1);
        Fake fake = new Fake(rate -> loss(rate, 0.77));
        RateSearch.Bracket bracket = search.find(search.curve(fake), THRESHOLD, fake);
        assertThat(bracket.stable).isLessThanOrEqualTo(0.77).isGreaterThan(0.77 / 1.1);
        assertThat(fake.trained.size()).isLessThanOrEqualTo(search.mostTrainings());
    }

    /** The given rates end before explicit training breaks, so that its highest loss there says nothing. */
    @Test
    void explicitTrainingIsFollowedUntilItBreaks() throws IOException {
        Fake fake = new Fake(rate -> rate < 9 ? 1 / (1 + rate) : 1.9);
        TreeMap<Double, Double> curve = new RateSearch(RATES, 1.1).explicitCurve(UNTRAINED, fake);
        assertThat(curve.keySet()).containsExactly(0.1, 0.3, 1.0, 3.0, 6.0, 12.0);
        double lowest = 1.0 / 7;
        assertThat(Divergence.threshold(curve.values(), UNTRAINED)).isCloseTo((lowest + 1.9) / 2, within(1e-12));
    }

    @Test
    void explicitTrainingThatBreaksAmongTheGivenRatesIsNotFollowed() throws IOException {
        Fake fake = new Fake(rate -> rate < 2 ? 1 / (1 + rate) : Double.NaN);
        TreeMap<Double, Double> curve = new RateSearch(RATES, 1.1).explicitCurve(UNTRAINED, fake);
        assertThat(curve.keySet()).containsExactly(0.1, 0.3, 1.0, 3.0);
        assertThat(Divergence.threshold(curve.values(), UNTRAINED)).isCloseTo((0.5 + UNTRAINED) / 2, within(1e-12));
    }

    @Test
    void explicitTrainingThatNeverBreaksIsFollowedSoFar() throws IOException {
        Fake fake = new Fake(rate -> 0.5);
        RateSearch search = new RateSearch(RATES, 1.1);
        TreeMap<Double, Double> curve = search.explicitCurve(UNTRAINED, fake);
        assertThat(curve).hasSize(RATES.size() + RateSearch.MOST_DOUBLINGS);
        RateSearch.Bracket bracket = search.find(curve, Divergence.threshold(curve.values(), UNTRAINED), fake);
        assertThat(bracket.isOpen()).isTrue();
        assertThat(bracket.stable).isEqualTo(192);
    }

    /** A loss that stays where it was is not followed upward, and nothing is called diverged by it. */
    @ParameterizedTest
    @ValueSource(doubles = {UNTRAINED, UNTRAINED + 1})
    void noThresholdWhereExplicitTrainingDoesNotLearn(double loss) throws IOException {
        TreeMap<Double, Double> curve = new RateSearch(RATES, 1.1).explicitCurve(UNTRAINED, new Fake(rate -> loss));
        assertThat(curve).hasSameSizeAs(RATES);
        assertThat(Divergence.threshold(curve.values(), UNTRAINED)).isInfinite();
    }

    @Test
    void noThresholdWhereExplicitTrainingBreaksAtEveryRate() throws IOException {
        TreeMap<Double, Double> curve =
                new RateSearch(RATES, 1.1).explicitCurve(UNTRAINED, new Fake(rate -> Double.NaN));
        assertThat(curve).hasSameSizeAs(RATES);
        assertThat(Divergence.threshold(curve.values(), UNTRAINED)).isInfinite();
    }
}
