package io.dl4jext.experiments.evidence.claim;

import static io.dl4jext.experiments.evidence.claim.DifferenceTest.of;
import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.statistics.RankTrend;
import io.dl4jext.experiments.statistics.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code Trend}, {@code Near}, {@code Breaks}, {@code Checked}: both sides, and what was not run. */
class OtherRulesTest {

    private static final Claim CLAIM = new Claim("it is so", "here");

    private static Finding one(Question question) {
        return Question.together(List.of(question)).get(0);
    }

    private static RankTrend trend(double[]... rows) {
        List<RankTrend.Row> all = new ArrayList<>();
        for (double[] row : rows) {
            double[] sizes = new double[row.length];
            Arrays.setAll(sizes, i -> 16 << i);
            all.add(new RankTrend.Row(new Sample(sizes), new Sample(row)));
        }
        return RankTrend.of(all);
    }

    private static Finding trend(RankTrend trend, int sign) {
        return one(new Trend(CLAIM, trend, sign, "rates", "fisher-cell"));
    }

    private static final double[] UP = {1, 2, 3, 4};
    private static final double[] DOWN = {4, 3, 2, 1};
    private static final double[] NEITHER = {2, 4, 1, 3};

    @Test
    void aTrendInEveryRowIsReproduced() {
        Finding up = trend(trend(UP, UP, UP), 1);
        assertThat(up.verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(up.reason()).isEqualTo("in 3 of 3 rates");
        assertThat(up.statistics()).contains("rank correlation +1.00", "12 trainings", "by row: +1.00 +1.00 +1.00");
        assertThat(trend(trend(DOWN, DOWN, DOWN), -1).verdict()).isEqualTo(Verdict.REPRODUCED);
    }

    @Test
    void theContraryIsNotReproducedAndNoTrendIsNotTestable() {
        Finding down = trend(trend(DOWN, DOWN, DOWN), 1);
        assertThat(down.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(down.reason()).isEqualTo("the contrary: so only in 0 of 3 rates");
        Finding none = trend(trend(NEITHER, NEITHER, DOWN, UP), 1);
        assertThat(none.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(none.reason()).startsWith("no trend to be seen");
    }

    /** Alone it is significant, and each row has its sign: among others that is no longer enough, but not the contrary. */
    @Test
    void aTrendThatTheCorrectionTakesAwayIsNotRefuted() {
        double[] almost = {1, 3, 2, 4};
        Trend weak = new Trend(CLAIM, trend(almost, almost, new double[] {2, 1, 4, 3}), 1, "rates", "x");
        Trend none = new Trend(CLAIM, trend(NEITHER, NEITHER, NEITHER), 1, "rates", "x");
        assertThat(one(weak).verdict()).isEqualTo(Verdict.REPRODUCED);
        Finding among =
                Question.together(List.of(weak, none, none, none, none, none)).get(0);
        assertThat(among.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(among.reason()).isEqualTo("no trend to be seen: so in 3 of 3 rates");
    }

    @Test
    void oneRowThatGoesTheOtherWayIsEnough() {
        Finding mostly = trend(trend(UP, UP, UP, UP, UP, DOWN), 1);
        assertThat(mostly.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(mostly.reason()).isEqualTo("only in 5 of 6 rates");
    }

    @Test
    void fewTrainingsTellNothing() {
        assertThat(trend(trend(UP, UP), 1).verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        double[] mostDiverged = {1, Double.NaN, Double.NaN, 2};
        assertThat(trend(trend(mostDiverged, mostDiverged, mostDiverged), 1).verdict())
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
        Finding missing = trend(null, 1);
        assertThat(missing.verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(missing.reason()).isEqualTo("not run: fisher-cell");
    }

    private static Finding near(String notComparable, Near.Entry... entries) {
        return one(new Near(CLAIM, List.of(entries), 0.01, notComparable));
    }

    @Test
    void numbersWithinTheToleranceAgree() {
        Near.Entry close = new Near.Entry(of("close", 0.975, 0.977, 0.976), 0.97);
        Near.Entry far = new Near.Entry(of("far", 0.90, 0.91, 0.90), 0.97);
        Near.Entry lost = new Near.Entry(of("lost", Double.NaN, 0.97, 0.97), 0.97);
        Near.Entry missing = new Near.Entry(PerSeed.none("missing"), 0.97);
        assertThat(near("", close).verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(near("", close).reason()).isEqualTo("it agrees");
        assertThat(near("", close, close).reason()).isEqualTo("all 2 agree");
        assertThat(near("", close).statistics()).isEqualTo("close +0.60 ± 0.25 points; tolerance 1, 3 seeds");
        assertThat(near("", close, far).verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(near("", close, far).reason()).isEqualTo("1 of 2 differ: far");
        assertThat(near("", lost).verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        Finding part = near("", close, missing);
        assertThat(part.verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(part.reason()).isEqualTo("1 of 2 agree, not run: missing");
        assertThat(near("", far, missing).verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(near("", missing).verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(near("another network", close).verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
    }

    /** Where the tolerance lies within the interval of a mean, the mean alone says nothing, on either side of it. */
    @Test
    void numbersAtTheToleranceAreNotDecided() {
        Near.Entry inside = new Near.Entry(of("inside", 0.970, 0.985, 0.980), 0.97);
        Near.Entry outside = new Near.Entry(of("outside", 0.975, 0.990, 0.982), 0.97);
        for (Near.Entry entry : List.of(inside, outside)) {
            assertThat(near("", entry).verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        }
        assertThat(near("", outside).reason()).isEqualTo("not decided, at the tolerance: outside");
    }

    /** One training does not tell how far another would fall. */
    @Test
    void fewSeedsDoNotDecideAboutNumbers() {
        Near.Entry close = new Near.Entry(of("close", 0.975), 0.97);
        Near.Entry far = new Near.Entry(of("far", 0.5, 0.5), 0.97);
        Near.Entry sure = new Near.Entry(of("sure", 0.971, 0.972, 0.971), 0.97);
        Near.Entry surelyFar = new Near.Entry(of("surely far", 0.5, 0.51, 0.5), 0.97);
        assertThat(near("", close).verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(near("", close).reason())
                .isEqualTo("expected at least 3 seeds, found 1; by the means alone it agrees");
        assertThat(near("", sure, far).reason())
                .isEqualTo("expected at least 3 seeds, found 2; by the means alone 1 of 2 differ: far");
        assertThat(near("", close, surelyFar).reason()).isEqualTo("1 of 2 differ: surely far");
    }

    private static Finding breaks(PerSeed broken, PerSeed whole) {
        return one(new Breaks(CLAIM, List.of(broken), List.of(whole), 0.12));
    }

    @Test
    void whatBreaksAndWhatDoesNot() {
        PerSeed broken = of("broken", 0.098, 0.098, Double.NaN);
        PerSeed whole = of("whole", 0.97, 0.98, 0.97);
        PerSeed once = of("once", 0.098);
        PerSeed mixed = of("mixed", 0.098, 0.098, 0.97);
        PerSeed mostlyWhole = of("mostly whole", 0.098, 0.97, 0.97);
        assertThat(breaks(broken, whole).verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(breaks(broken, whole).statistics()).contains("broken broke with 3 of 3 seeds", "whole broke with 0");
        assertThat(breaks(whole, whole).reason()).isEqualTo("whole does not break");
        assertThat(breaks(broken, broken).reason()).isEqualTo("broken breaks");
        assertThat(breaks(broken, broken).verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(breaks(mixed, whole).verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(breaks(mostlyWhole, whole).verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(breaks(once, whole).reason())
                .isEqualTo("expected at least 3 seeds, found 1; with these it is as it is said");
        assertThat(breaks(whole, once).reason()).isEqualTo("whole does not break");
        assertThat(breaks(broken, once).verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(breaks(broken, PerSeed.none("later")).verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(breaks(PerSeed.none("later"), PerSeed.none("later")).verdict())
                .isEqualTo(Verdict.NOT_RUN);
        assertThat(breaks(PerSeed.none("later"), broken).verdict())
                .as("what was run is against it already")
                .isEqualTo(Verdict.NOT_REPRODUCED);
    }

    @Test
    void aConditionHoldsOrNot() {
        assertThat(one(new Checked(CLAIM, true, "3 < 4", "cell")).verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(one(new Checked(CLAIM, false, "4 > 3", "cell")).verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(one(new Checked(CLAIM, null, "", "cell")).toString()).isEqualTo("it is so: not run, not run: cell");
    }

    @Test
    void theFirstLineNamesWhatDoesNotHold() {
        Finding good = one(new Checked(new Claim("good", ""), true, "", ""));
        Finding bad = one(new Checked(new Claim("bad", ""), false, "", ""));
        Finding worse = one(new Checked(new Claim("worse", ""), false, "", ""));
        Finding open = one(new Checked(new Claim("open", ""), null, "", "x"));
        assertThat(Finding.headline(List.of(good, bad, open, worse))).isEqualTo("Not reproduced here: bad; worse.");
        assertThat(Finding.headline(List.of(good, open)))
                .isEqualTo("Of the claims that could be decided here, none failed.");
        assertThat(Finding.headline(List.of(open))).isEqualTo("No claim has been decided here.");
        assertThat(Finding.counts(List.of(good, bad, open)))
                .isEqualTo("3 claims: 1 reproduced, 1 not reproduced, 1 not run.");
    }

    @Test
    void undecidedKeepsTheNumbersAndLeavesWhatWasNotRun() {
        Finding good = one(new Checked(CLAIM, true, "3 < 4", "")).undecided("too small");
        assertThat(good.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(good.reason()).isEqualTo("too small (the numbers alone: 3 < 4)");
        assertThat(one(new Checked(CLAIM, null, "", "x")).undecided("too small").verdict())
                .isEqualTo(Verdict.NOT_RUN);
    }

    /** It is as far from its mean as each of ours is: beyond the interval of the mean of five is one in three. */
    @Test
    void aNumberOfOneTrainingIsHeldAgainstOneMore() {
        PerSeed here = of("loss", 1.0, 1.1, 1.2);
        Finding ofMean = one(Near.losses(CLAIM, List.of(new Near.Entry(here, 1.6)), 0.1, 0.02));
        assertThat(ofMean.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(ofMean.statistics()).contains("loss -0.500 ± 0.248;").endsWith("3 seeds");
        Finding ofOne = one(Near.losses(CLAIM, List.of(Near.Entry.ofOneSeed(here, 1.6)), 0.1, 0.02));
        assertThat(ofOne.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(ofOne.statistics())
                .contains("loss -0.500 ± 0.497;")
                .endsWith("3 seeds; ±: for one more training, as the paper's number is of one");
    }

    /** A tenth of the paper's loss, and 0.02 where that is less. */
    @Test
    void lossesAreMetWithinAShareOfThePapers() {
        Near.Entry close = new Near.Entry(of("close", 3.5, 3.48, 3.49), 3.27);
        Near.Entry small = new Near.Entry(of("small", 0.065, 0.064, 0.066), 0.05);
        assertThat(one(Near.losses(CLAIM, List.of(close, small), 0.1, 0.02)).verdict())
                .isEqualTo(Verdict.REPRODUCED);
        Near.Entry far = new Near.Entry(of("far", 3.7, 3.69, 3.71), 3.27);
        Near.Entry smallAndFar = new Near.Entry(of("less", 0.075, 0.075, 0.075), 0.05);
        Finding two = one(Near.losses(CLAIM, List.of(close, far, smallAndFar), 0.1, 0.02));
        assertThat(two.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(two.reason()).isEqualTo("2 of 3 differ: far; less");
        assertThat(two.statistics())
                .isEqualTo("close +0.220 ± 0.025; far +0.430 ± 0.025; less +0.025 ± 0.000; tolerance 0.1 of the paper's"
                        + " number, 0.02 at least, 3 seeds");
    }

    /** Against every one of the others, by their pairs; one that is the closer one is enough for the contrary. */
    @Test
    void closerIsMeantOfAllOthers() {
        Closer all = new Closer(CLAIM, "so much", "x").against("a", 70, 30).against("b", 65, 35);
        assertThat(one(all).verdict()).isEqualTo(Verdict.REPRODUCED);
        Closer open = new Closer(CLAIM, "so much", "x").against("a", 70, 30).against("b", 52, 48);
        assertThat(one(open).verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        Closer contrary = new Closer(CLAIM, "so much", "x").against("a", 70, 30).against("b", 30, 70);
        assertThat(one(contrary).verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(one(new Closer(CLAIM, "", "x")).reason()).isEqualTo("not run: x");
    }
}
