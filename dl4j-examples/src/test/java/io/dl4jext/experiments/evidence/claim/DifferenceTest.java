package io.dl4jext.experiments.evidence.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.evidence.claim.Difference.Unit;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DifferenceTest {

    private static final Claim CLAIM = new Claim("a is below b", "here");

    static PerSeed of(String name, double... values) {
        return PerSeed.of(
                name,
                IntStream.range(0, values.length).boxed().collect(Collectors.toList()),
                i -> i + 1L,
                i -> values[i]);
    }

    private static Finding one(Question question) {
        return Question.together(List.of(question)).get(0);
    }

    private static final PerSeed LOW = of("low", 0.100, 0.104, 0.098, 0.102, 0.101);
    private static final PerSeed HIGH = of("high", 0.120, 0.121, 0.119, 0.124, 0.122);

    @Test
    void belowOnBothSides() {
        Finding shown = one(Difference.below(CLAIM, LOW, HIGH, Unit.ERROR));
        assertThat(shown.verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(shown.reason()).isEqualTo("-2.02 points of error against high");
        assertThat(shown.statistics()).contains("5 seeds", "claim p <0.0001");
        Finding refuted = one(Difference.below(CLAIM, HIGH, LOW, Unit.ERROR));
        assertThat(refuted.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(refuted.reason()).isEqualTo("+2.02 points of error against low");
    }

    @Test
    void whatTheSeedsResolveStandsBeside() {
        double resolved = Difference.resolved(LOW, HIGH);
        assertThat(resolved)
                .isEqualTo(Significance.detectable(
                        new Sample(0.100, 0.104, 0.098, 0.102, 0.101),
                        new Sample(0.120, 0.121, 0.119, 0.124, 0.122),
                        0.1, // with two sides: 0.05 on the one that counts
                        0.8));
        assertThat(one(Difference.below(CLAIM, LOW, HIGH, Unit.ERROR)).statistics())
                .endsWith(String.format(
                        Locale.ROOT,
                        "looked at alone, so many seeds find a true difference of %.2f points with a probability of 80 %%",
                        100 * resolved));
    }

    @Test
    void whatTheSeedsTellIsWhereTheVerdictTurns() {
        PerSeed zero = of("zero", 0, 0, 0);
        String undecided = one(Difference.below(CLAIM, zero, of("b", -0.5, 0.2, 0.3), Unit.ERROR))
                .reason();
        double told = Double.parseDouble(undecided.replaceFirst(".* from ([0-9.]+) points up", "$1")) / 100;
        for (double times : new double[] {0.99, 1.01}) {
            double mean = times * told;
            PerSeed other = of("b", mean - 0.5, mean + 0.2, mean + 0.3);
            assertThat(one(Difference.below(CLAIM, zero, other, Unit.ERROR)).verdict())
                    .isEqualTo(times < 1 ? Verdict.NOT_TESTABLE_HERE : Verdict.REPRODUCED);
        }
    }

    @Test
    void differencesOfDifferencesArePairsToo() {
        PerSeed gain = HIGH.minus(LOW, "the gain");
        assertThat(gain.name()).isEqualTo("the gain");
        assertThat(gain.sample().mean()).isCloseTo(0.0202, within(1e-12));
        assertThat(HIGH.minus(of("two", 0.1, 0.1), "").seeds()).isEqualTo(2);
        assertThat(one(Difference.below(CLAIM, PerSeed.none("x").minus(LOW, "the gain"), HIGH, Unit.ERROR))
                        .reason())
                .isEqualTo("not run: the gain");
    }

    @Test
    void aboveOnBothSides() {
        Finding shown = one(Difference.above(CLAIM, HIGH, LOW, Unit.ACCURACY));
        assertThat(shown.verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(shown.reason()).isEqualTo("+2.02 points of accuracy against low");
        Finding refuted = one(Difference.above(CLAIM, LOW, HIGH, Unit.ACCURACY));
        assertThat(refuted.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(refuted.reason()).isEqualTo("-2.02 points of accuracy against high");
        assertThat(one(Difference.above(CLAIM, of("lost", 0.1, Double.NaN, 0.1), LOW, Unit.ACCURACY))
                        .verdict())
                .isEqualTo(Verdict.NOT_REPRODUCED);
    }

    /** Losses: 4 % above is within 5 %, 10 % is not. */
    @Test
    void noHigherIsARatio() {
        PerSeed loss = of("explicit", 1.0, 1.1, 0.9, 1.05, 0.95);
        assertThat(one(Difference.noHigher(CLAIM, of("implicit", 1.01, 1.11, 0.909, 1.06, 0.96), loss, 1.05))
                        .verdict())
                .isEqualTo(Verdict.REPRODUCED);
        Finding higher = one(Difference.noHigher(CLAIM, of("implicit", 1.1, 1.2, 1.0, 1.15, 1.05), loss, 1.05));
        assertThat(higher.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(higher.reason()).isEqualTo("1.10 times explicit");
        assertThat(higher.statistics()).contains("the same within a ratio of 1.05: TOST p 0.99");
        Finding open = one(Difference.noHigher(CLAIM, of("implicit", 1.2, 0.9, 1.0, 1.1, 0.95), loss, 1.05));
        assertThat(open.reason())
                .contains(", which, looked at alone, tell ratios from 1.")
                .endsWith(" up from the bound");
    }

    @Test
    void whatSoManySeedsCannotTellIsNotTestable() {
        Finding open = one(Difference.below(CLAIM, of("a", 0.10, 0.14, 0.12), of("b", 0.11, 0.12, 0.14), Unit.ERROR));
        assertThat(open.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(open.reason())
                .startsWith("not decided by 3 seeds, which, looked at alone, tell differences from ")
                .endsWith(" points up");
    }

    /** Data sets are pairs as seeds are, each with the mean of its own seeds. */
    @Test
    void dataSetsInPlaceOfSeeds() {
        List<PerSeed> first = List.of(of("a", 0.80, 0.82), of("a", 0.90), of("a", 0.70, 0.72, 0.71));
        List<PerSeed> second = List.of(of("b", 0.85, 0.85), of("b", 0.94), of("b", 0.75, 0.77, 0.76));
        PerSeed a = PerSeed.together("a", first, "table");
        PerSeed b = PerSeed.together("b", second, "table");
        assertThat(a.sample().values()).containsExactly(new double[] {0.81, 0.90, 0.71}, within(1e-12));
        Finding above = one(Difference.above(CLAIM, b, a, Unit.ACCURACY));
        assertThat(above.verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(above.statistics()).contains(", 3 tables; ", "so many tables find a true difference of ");
        Finding few = one(Difference.above(
                CLAIM,
                PerSeed.together("b", second.subList(0, 2), "table"),
                PerSeed.together("a", first.subList(0, 2), "table"),
                Unit.ACCURACY));
        assertThat(few.reason()).isEqualTo("expected at least 3 tables, found 2");
        assertThat(PerSeed.together("a", List.of(of("a", 1), PerSeed.none("a")), "table")
                        .isEmpty())
                .isTrue();
    }

    @Test
    void equalValuesAreNeitherBelowNorAbove() {
        assertThat(one(Difference.below(CLAIM, LOW, LOW, Unit.ERROR)).verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(one(Difference.above(CLAIM, LOW, LOW, Unit.ERROR)).verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
    }

    /** Of a test set of 500 images, three accuracies that each differ by one image: chance, and no sign of a spread. */
    @Test
    void equalDifferencesDecideNothing() {
        PerSeed more = of("more", 0.902, 0.892, 0.912);
        PerSeed less = of("less", 0.900, 0.890, 0.910);
        Finding above = one(Difference.above(CLAIM, more, less, Unit.ACCURACY));
        assertThat(above.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(above.reason()).isEqualTo("+0.20 points of accuracy against less with each of 3 seeds");
        assertThat(one(Difference.noWorse(CLAIM, more, less, 0.005)).verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(one(Difference.below(CLAIM, more, less, Unit.ERROR)).verdict())
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
    }

    @Test
    void missingIsNeverReproduced() {
        Finding none = one(Difference.below(CLAIM, PerSeed.none("a cell"), HIGH, Unit.ERROR));
        assertThat(none.verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(none.reason()).isEqualTo("not run: a cell");
        Finding neither = one(Difference.noWorse(CLAIM, PerSeed.none("a"), PerSeed.none("b"), 0.005));
        assertThat(neither.verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(neither.reason()).isEqualTo("not run: a; b");
    }

    @Test
    void twoSeedsAreTooFewHoweverClear() {
        Finding few = one(Difference.below(CLAIM, of("a", 0.1, 0.1001), of("b", 0.9, 0.9002), Unit.ERROR));
        assertThat(few.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(few.reason()).isEqualTo("expected at least 3 seeds, found 2");
    }

    /** Only what has the seed in common is a pair: with five and two seeds there are two. */
    @Test
    void onlyCommonSeedsArePairs() {
        assertThat(one(Difference.below(CLAIM, LOW, of("b", 0.9, 0.9), Unit.ERROR))
                        .reason())
                .contains("found 2");
    }

    @Test
    void divergenceOfTheFirstRefutesAndOfTheSecondDecidesNothing() {
        PerSeed diverged = of("wild", 0.1, Double.NaN, 0.1, 0.1, 0.1);
        Finding first = one(Difference.noWorse(CLAIM, diverged, HIGH, 0.005));
        assertThat(first.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(first.reason()).isEqualTo("wild diverged with 1 of 5 seeds");
        assertThat(one(Difference.noWorse(CLAIM, HIGH, diverged, 0.005)).verdict())
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
    }

    @Test
    void atMostAShareOfTheTime() {
        PerSeed slow = of("s16", 10.0, 10.5, 9.8);
        assertThat(one(Difference.atMost(CLAIM, of("s", 7.0, 7.4, 7.1), slow, 0.95))
                        .verdict())
                .isEqualTo(Verdict.REPRODUCED);
        assertThat(one(Difference.atMost(CLAIM, of("s", 9.9, 10.4, 9.8), slow, 0.95))
                        .verdict())
                .as("one per cent less is not 0.95")
                .isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(one(Difference.atMost(CLAIM, of("s", 7.0, 7.4, 7.1), slow, 0.95))
                        .reason())
                .isEqualTo("0.71 times s16");
    }

    @Test
    void noWorseIsAMarginOnOneSide() {
        PerSeed base = of("s16", 0.0200, 0.0210, 0.0190, 0.0205, 0.0195);
        PerSeed same = of("d", 0.0203, 0.0208, 0.0193, 0.0203, 0.0199);
        PerSeed better = of("d", 0.0100, 0.0110, 0.0090, 0.0105, 0.0096);
        PerSeed worse = of("d", 0.0300, 0.0310, 0.0290, 0.0305, 0.0296);
        assertThat(one(Difference.noWorse(CLAIM, same, base, 0.005)).verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(one(Difference.noWorse(CLAIM, better, base, 0.005)).verdict())
                .isEqualTo(Verdict.REPRODUCED);
        Finding loss = one(Difference.noWorse(CLAIM, worse, base, 0.005));
        assertThat(loss.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(loss.statistics()).contains("the same within 0.5 points: TOST p 1.0000");
        assertThat(one(Difference.noWorse(CLAIM, of("d", 0.02, 0.03, 0.01, 0.04, 0.02), base, 0.005))
                        .verdict())
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
    }

    /** 0.4 points: a loss for sure, and perhaps more than half a point. */
    @Test
    void aSmallLossThatIsOneIsNotNoLoss() {
        PerSeed base = of("s16", 0.020, 0.020, 0.020, 0.020, 0.020);
        PerSeed little = of("d", 0.022, 0.024, 0.027, 0.023, 0.024);
        assertThat(one(Difference.noWorse(CLAIM, little, base, 0.005)).verdict())
                .isEqualTo(Verdict.NOT_REPRODUCED);
    }

    @Test
    void theSameOnBothSides() {
        PerSeed base = of("b", 10.0, 10.5, 9.8, 10.2);
        assertThat(one(Difference.same(CLAIM, of("a", 10.1, 10.4, 9.9, 10.1), base, 1.1))
                        .verdict())
                .isEqualTo(Verdict.REPRODUCED);
        assertThat(one(Difference.same(CLAIM, of("a", 13.1, 13.4, 12.9, 13.0), base, 1.1))
                        .verdict())
                .isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(one(Difference.same(CLAIM, of("a", 7.1, 7.4, 6.9, 7.0), base, 1.1))
                        .verdict())
                .isEqualTo(Verdict.NOT_REPRODUCED);
    }

    /** Alone p is 0.03; among three that are looked at together it is not significant. */
    @Test
    void whatIsLookedAtTogetherIsCorrectedTogether() {
        PerSeed a = of("a", 0.100, 0.100, 0.100);
        PerSeed b = of("b", 0.104, 0.110, 0.109);
        Question clear = Difference.below(CLAIM, a, b, Unit.ERROR);
        assertThat(one(clear).verdict()).isEqualTo(Verdict.REPRODUCED);
        List<Finding> three = Question.together(
                List.of(clear, Difference.below(CLAIM, a, b, Unit.ERROR), Difference.below(CLAIM, a, b, Unit.ERROR)));
        assertThat(three).allSatisfy(f -> assertThat(f.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE));
    }

    /** Or the claim would be reproduced as long as little has been run, and not when all has. */
    @Test
    void whatIsNotRunYetKeepsItsPlace() {
        Question clear =
                Difference.below(CLAIM, of("a", 0.100, 0.100, 0.100), of("b", 0.104, 0.110, 0.109), Unit.ERROR);
        assertThat(one(clear).verdict()).isEqualTo(Verdict.REPRODUCED);
        Question later = Difference.below(CLAIM, PerSeed.none("x"), LOW, Unit.ERROR);
        List<Finding> both = Question.together(List.of(clear, later));
        assertThat(both.get(0).verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(both.get(1).verdict()).isEqualTo(Verdict.NOT_RUN);
        Question withoutTest = new Checked(CLAIM, null, "", "y");
        Question tooFew = Difference.below(CLAIM, of("a", 0.1), of("b", 0.2), Unit.ERROR);
        assertThat(Question.together(List.of(clear, withoutTest, tooFew)).get(0).verdict())
                .as("no test, and no place")
                .isEqualTo(Verdict.REPRODUCED);
    }
}
