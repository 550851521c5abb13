package io.dl4jext.experiments.evidence.claim;

import static io.dl4jext.experiments.evidence.claim.DifferenceTest.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AgainstEachTest {

    private static final Claim CLAIM = new Claim("faster than the best", "here");
    private static final PerSeed OWN = of("own", 10.0, 10.2, 9.9, 10.1);
    private static final PerSeed SLOW = of("slow", 20.0, 20.3, 19.9, 20.4);
    private static final PerSeed SLOWER = of("slower", 30.0, 30.9, 29.9, 30.4);
    private static final PerSeed FAST = of("fast", 5.0, 5.2, 4.9, 5.1);
    private static final PerSeed FASTER = of("faster", 2.0, 2.2, 1.9, 2.1);
    private static final PerSeed WILD = of("wild", 5, 20, 9, 14);
    private static final PerSeed LOST = of("lost", 10, Double.NaN, 10, 10);

    private static AgainstEach question(PerSeed own, PerSeed... others) {
        return new AgainstEach(
                CLAIM,
                "the best size",
                Arrays.stream(others)
                        .map(other -> Difference.atMost(new Claim("part", "there"), own, other, 0.95))
                        .collect(Collectors.toList()));
    }

    private static Finding against(PerSeed own, PerSeed... others) {
        return Question.together(List.of(question(own, others))).get(0);
    }

    @Test
    void shownAgainstEveryOne() {
        Finding shown = against(OWN, SLOW, SLOWER);
        assertThat(shown.claim()).isSameAs(CLAIM);
        assertThat(shown.verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(shown.reason()).isEqualTo("0.50 times slow, 0.33 times slower");
        assertThat(shown.statistics())
                .startsWith(
                        "against each of 2, the largest p: claim p <0.0001, contrary p 1.0000; each alone: 0.50 times slow (")
                .contains("; 0.33 times slower (");
    }

    @Test
    void refutedAgainstEveryOne() {
        Finding refuted = against(OWN, FAST, FASTER);
        assertThat(refuted.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(refuted.reason()).isEqualTo("1.99 times fast, 4.91 times faster");
    }

    @Test
    void hangsOnWhichIsTaken() {
        assertThat(against(OWN, SLOW, FAST).verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(against(OWN, SLOW, FAST).reason())
                .isEqualTo("it hangs on which is the best size: 0.50 times slow, 1.99 times fast");
        assertThat(against(OWN, FAST, SLOW).verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        Finding open = against(OWN, SLOW, WILD);
        assertThat(open.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(open.reason())
                .startsWith("not decided against each that may be the best size: 0.50 times slow, 0.9")
                .endsWith("times wild");
    }

    /** The correction of claims that are looked at together takes the largest p of each. */
    @Test
    void theLargestPIsThatOfAll() {
        AgainstEach both = question(OWN, SLOW, WILD);
        assertThat(both.shown())
                .isEqualTo(question(OWN, WILD).shown())
                .isGreaterThan(question(OWN, SLOW).shown());
        AgainstEach contrary = question(OWN, FAST, WILD);
        assertThat(contrary.refuted())
                .isEqualTo(question(OWN, WILD).refuted())
                .isGreaterThan(question(OWN, FAST).refuted());
    }

    @Test
    void oneAloneIsADifference() {
        for (PerSeed other : List.of(SLOW, FAST, WILD, LOST, PerSeed.none("x"))) {
            Finding difference = Question.together(List.of(Difference.atMost(CLAIM, OWN, other, 0.95)))
                    .get(0);
            assertThat(against(OWN, other)).hasToString(difference.toString());
        }
    }

    @Test
    void whatDivergedIsRefutedAgainstAllAndOneThatWasNotRunIsMissing() {
        Finding lost = against(LOST, SLOW, FAST);
        assertThat(lost.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(lost.reason()).isEqualTo("lost diverged with 1 of 4 seeds");
        Finding missing = against(LOST, SLOW, PerSeed.none("x"));
        assertThat(missing.verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(missing.reason()).isEqualTo("not run: x");
        // No test can be made beside one that diverged itself, so none of all.
        assertThat(against(OWN, SLOW, LOST).verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(against(OWN, FAST, LOST).verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
    }

    @Test
    void withoutAnyThereIsNoClaim() {
        assertThatThrownBy(() -> question(OWN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("faster than the best: expected a difference at least, got none");
    }
}
