package io.dl4jext.experiments.evidence.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Highest stable rates: both sides, and rates that are bounds or that there are not. */
class HigherRateTest {

    private static final Claim CLAIM = new Claim("stable at 1.2 times the rate", "here");

    /** Rates of the seeds 1, 2, ...; a negative one is a lower bound. */
    private static StableRates rates(String name, double... values) {
        List<Long> seeds = LongStream.rangeClosed(1, values.length).boxed().collect(Collectors.toList());
        return StableRates.of(
                name,
                seeds,
                seed -> seed,
                seed -> Math.abs(values[(int) (seed - 1)]),
                seed -> values[(int) (seed - 1)] < 0);
    }

    private static Finding of(StableRates first, StableRates second) {
        return Question.together(List.of(new HigherRate(CLAIM, first.over(second), 1.2)))
                .get(0);
    }

    private static final StableRates EXPLICIT = rates("explicit", 0.8, 1, 0.9, 0.7);

    @Test
    void bothSides() {
        Finding higher = of(rates("implicit", 1.3, 1.5, 1.4, 1.2), EXPLICIT);
        assertThat(higher.verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(higher.reason()).isEqualTo("1.60 times explicit");
        assertThat(higher.statistics()).startsWith("ratio 1.60 (1.46 to 1.75), 95 %, 4 seeds; ");
        Finding same = of(rates("implicit", 0.8, 1.05, 0.88, 0.7), EXPLICIT);
        assertThat(same.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(same.reason()).isEqualTo("1.01 times explicit");
    }

    /** Higher for sure, but perhaps by less than a fifth. */
    @Test
    void aRatioThatIsAboveOneIsNotEnough() {
        assertThat(of(rates("implicit", 0.88, 1.11, 0.99, 0.77), EXPLICIT).verdict())
                .isEqualTo(Verdict.NOT_REPRODUCED);
        Finding open = of(rates("implicit", 0.9, 1.4, 1.0, 1.0), EXPLICIT);
        assertThat(open.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(open.reason()).startsWith("not decided by 4 seeds: 1.");
    }

    /** Bisection finds the same few rates, so that all may be alike; each is known to a tenth, and no better. */
    @Test
    void equalRatiosAreKnownToATenth() {
        StableRates same = rates("implicit", 0.8, 1, 0.9, 0.7);
        Finding equal = of(same, EXPLICIT);
        assertThat(equal.verdict()).as("far from 1.2").isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(equal.reason()).isEqualTo("1.00 times explicit");
        assertThat(Question.together(List.of(new HigherRate(CLAIM, same.over(EXPLICIT), 1)))
                        .get(0)
                        .verdict())
                .as("1 itself may be above or below 1")
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
        StableRates little = rates("implicit", 1.0, 1.25, 1.125);
        assertThat(of(little, rates("explicit", 0.8, 1, 0.9)).verdict())
                .as("1.25 may be 1.14")
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
        StableRates much = rates("implicit", 1.6, 2, 1.8);
        assertThat(of(much, rates("explicit", 0.8, 1, 0.9)).verdict()).isEqualTo(Verdict.REPRODUCED);
    }

    @Test
    void boundsAndRatesThatThereAreNot() {
        Finding bound = of(rates("implicit", 1.3, -64, 1.4, 1.2), EXPLICIT);
        assertThat(bound.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(bound.reason()).isEqualTo("no unstable rate was found for one of the two with 1 of 4 seeds");
        assertThat(bound.statistics()).contains("unknown with 1 of 4");
        assertThat(of(rates("implicit", 0.1, 0.1, 0.1, 0.1), rates("explicit", -8, 0.8, 0.8, 0.8))
                        .verdict())
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
        Finding none = of(rates("implicit", 1.3, Double.NaN, 1.4, 1.2), EXPLICIT);
        assertThat(none.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(none.reason()).isEqualTo("implicit is stable at no rate with 1 of 4 seeds");
        assertThat(of(rates("implicit", 9, 9, 9), rates("explicit", Double.NaN, 1, 1))
                        .verdict())
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
    }

    @Test
    void tooFewSeedsAndWhatWasNotRun() {
        assertThat(of(rates("implicit", 9, 9.1), EXPLICIT).reason()).isEqualTo("expected at least 3 seeds, found 2");
        Finding neither = of(rates("a"), rates("b"));
        assertThat(neither.verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(neither.reason()).isEqualTo("not run: a; b");
        assertThat(of(EXPLICIT, rates("b")).reason()).isEqualTo("not run: b");
    }

    @Test
    void ratiosAreOfTheSameSeed() {
        RateRatios ratios = rates("a", 2, 8, 3).over(rates("b", 1, 2));
        assertThat(ratios.areKnown()).isTrue();
        assertThat(ratios.mean().value()).isCloseTo(Math.sqrt(2 * 4), within(1e-12));
        RateRatios unknown = rates("a", 2, -8, Double.NaN, 1).over(rates("b", 1, 2, 1, Double.NaN));
        assertThat(unknown.areKnown()).isFalse();
        assertThat(unknown).hasToString("2.00, unknown with 3 of 4");
        assertThat(rates("a").over(rates("b")).areKnown()).isFalse();
    }

    /** A data set's ratio is the mean of its seeds'; one that is not known, or not run, is told of all. */
    @Test
    void severalDataSets() {
        StableRates once = rates("explicit", 1, 2);
        RateRatios two = rates("implicit", 2, 4).over(once);
        RateRatios three = rates("implicit", 1, 18).over(once);
        RateRatios four = rates("implicit", 4, 8).over(once);
        Finding all = together(two, three, four);
        assertThat(all.verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(all.reason()).isEqualTo("2.88 times explicit");
        assertThat(all.statistics()).contains(", 95 %, 3 tables; ");
        assertThat(RateRatios.together(List.of(two, three, four), "table")
                        .mean()
                        .value())
                .isCloseTo(Math.cbrt(2 * 3 * 4), within(1e-12));
        assertThat(together(two, three).reason()).isEqualTo("expected at least 3 tables, found 2");
        assertThat(together(two, three, four, rates("implicit", 3, -64).over(once))
                        .reason())
                .isEqualTo("no unstable rate was found for one of the two with 1 of 4 tables");
        Finding none =
                together(two, three, four, rates("implicit", 3, Double.NaN).over(once));
        assertThat(none.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(none.reason()).isEqualTo("implicit is stable at no rate with 1 of 4 tables");
        assertThat(together(two, three, four, rates("implicit", 3, Double.NaN).over(rates("explicit", Double.NaN, 1)))
                        .reason())
                .isEqualTo("explicit is stable at no rate with 1 of 4 tables");
        RateRatios notRun = rates("implicit").over(rates("explicit"));
        assertThat(together(two, notRun, four, notRun).reason()).isEqualTo("not run: implicit; explicit");
    }

    private static Finding together(RateRatios... sets) {
        return Question.together(List.of(new HigherRate(CLAIM, RateRatios.together(List.of(sets), "table"), 1.2)))
                .get(0);
    }
}
