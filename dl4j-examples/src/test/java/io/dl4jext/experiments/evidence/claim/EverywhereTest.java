package io.dl4jext.experiments.evidence.claim;

import static io.dl4jext.experiments.evidence.claim.DifferenceTest.of;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EverywhereTest {

    private static final Claim CLAIM = new Claim("no higher at every rate", "here");
    private static final PerSeed LOW = of("low", 10.0, 10.2, 9.9, 10.1);
    private static final PerSeed HIGH = of("high", 12.0, 12.1, 11.9, 12.3);
    private static final PerSeed WILD = of("wild", 5, 20, 9, 14);
    private static final PerSeed LOST = of("lost", 10, Double.NaN, 10, 10);

    /** A pair of losses at each of the rates a, b, ... */
    private static Finding at(PerSeed... pairs) {
        Map<String, Difference> points = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            points.put("" + (char) ('a' + i / 2), Difference.noHigher(CLAIM, pairs[i], pairs[i + 1], 1.05));
        }
        return Question.together(List.of(new Everywhere(CLAIM, points))).get(0);
    }

    @Test
    void shownAtEachAndRefutedAtOne() {
        Finding all = at(LOW, HIGH, LOW, LOW, LOW, HIGH);
        assertThat(all.verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(all.reason()).isEqualTo("at all 3");
        assertThat(all.statistics()).startsWith("a: 0.83 times high (95 %: ").contains("; b: 1.00 times low");
        Finding one = at(LOW, HIGH, HIGH, LOW, LOW, HIGH);
        assertThat(one.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(one.reason()).isEqualTo("the contrary at b");
    }

    /** Two per cent higher for sure, which is within the margin: as with a single difference, that is as low. */
    @Test
    void withinTheMarginIsNotTheContrary() {
        PerSeed little = of("little", 10.2, 10.405, 10.1, 10.3);
        Finding all = at(little, LOW, LOW, HIGH);
        assertThat(all.verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(at(little, LOW, WILD, LOW).reason()).isEqualTo("not decided at b");
    }

    @Test
    void notDecidedWhereOneIsNot() {
        Finding open = at(LOW, HIGH, WILD, LOW);
        assertThat(open.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(open.reason()).isEqualTo("not decided at b");
    }

    /** p is 0.02 at the one, which among six points is nothing. */
    @Test
    void theContraryIsCorrectedForThePoints() {
        PerSeed higher = of("higher", 11.6, 10.4, 11.5, 11.2);
        assertThat(at(higher, LOW).verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(at(higher, LOW, LOW, LOW, LOW, LOW, LOW, LOW, LOW, LOW, LOW, LOW)
                        .verdict())
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
    }

    @Test
    void whatDiverges() {
        Finding first = at(LOW, HIGH, LOST, HIGH);
        assertThat(first.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(first.reason()).isEqualTo("b: lost diverged with 1 of 4 seeds");
        Finding second = at(LOW, HIGH, LOW, LOST);
        assertThat(second.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(second.reason()).isEqualTo("not decided at b");
        assertThat(at(HIGH, LOW, LOW, LOST).reason()).isEqualTo("the contrary at a");
    }

    @Test
    void tooFewSeedsAndWhatWasNotRun() {
        Finding few = at(of("a", 1, 1.01), of("b", 2, 2.01));
        assertThat(few.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(few.reason()).isEqualTo("a: expected at least 3 seeds, found 2");
        assertThat(few.statistics()).isEqualTo("a: 0.50 times b, 2 seeds");
        Finding missing = at(LOW, HIGH, PerSeed.none("x"), HIGH);
        assertThat(missing.verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(missing.reason()).isEqualTo("not run: x");
    }
}
