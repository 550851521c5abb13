package io.dl4jext.experiments.evidence.claim;

import static io.dl4jext.experiments.evidence.claim.DifferenceTest.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderTest {

    private static final Claim CLAIM = new Claim("they rank so", "here");

    /** In the paper the settings have 1, 2, 3, ... */
    private static Finding order(PerSeed... settings) {
        List<Order.Entry> entries = new ArrayList<>();
        for (PerSeed setting : settings) {
            entries.add(new Order.Entry(setting, entries.size() + 1));
        }
        return Question.together(List.of(new Order(CLAIM, entries))).get(0);
    }

    private static final PerSeed LOW = of("low", 0.1, 0.2, 0.1, 0.2);
    private static final PerSeed MIDDLE = of("middle", 0.4, 0.3, 0.4, 0.5);
    private static final PerSeed HIGH = of("high", 0.8, 0.9, 0.7, 0.8);

    @Test
    void thePapersOrderAndTheReverse() {
        Finding same = order(LOW, MIDDLE, HIGH);
        assertThat(same.verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(same.reason()).isEqualTo("rank correlation +1.00");
        assertThat(same.statistics()).contains("95 %: +1.00 to +1.00", "4 seeds, 3 settings");
        Finding reverse = order(HIGH, MIDDLE, LOW);
        assertThat(reverse.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(reverse.reason()).isEqualTo("rather the reverse: rank correlation -1.00");
    }

    /** Seed by seed: +1, −0.5, −1, 0.5. */
    @Test
    void eachSeedItsOwnOrderDecidesNothing() {
        Finding open = order(of("a", 1, 3, 3, 1), of("b", 2, 1, 2, 3), of("c", 3, 2, 1, 2));
        assertThat(open.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(open.reason()).isEqualTo("not decided by 4 seeds");
        assertThat(open.statistics()).startsWith("rank correlation +0.00 in the mean");
    }

    /** Of three settings there are few orders: the same one each time, unless it is the whole, is no proof. */
    @Test
    void theSameHalfOrderWithEverySeedDecidesNothing() {
        Finding half = order(of("a", 1, 1, 1), of("b", 3, 3, 3), of("c", 2, 2, 2));
        assertThat(half.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(half.reason()).isEqualTo("the rank correlation is +0.50 with each of 3 seeds");
        assertThat(order(of("a", 1, 1, 1), of("b", 2, 2, 2), of("c", 3, 3, 3)).verdict())
                .isEqualTo(Verdict.REPRODUCED);
    }

    /** The same correlation, 0.6, from sums in another order is the same. */
    @Test
    void roundingIsNoSpread() {
        Finding same = order(of("a", 1, 1, 1), of("b", 4, 2, 4), of("c", 3, 5, 3), of("d", 2, 4, 2), of("e", 5, 3, 5));
        assertThat(same.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(same.reason()).isEqualTo("the rank correlation is +0.60 with each of 3 seeds");
    }

    /** Without any order, with every seed. */
    @Test
    void noCorrelationAtAllIsNotReproduced() {
        PerSeed same = of("b", 2, 2, 2);
        assertThat(order(of("a", 1, 1, 1), of("b", 4, 4, 4), of("c", 4, 4, 4), of("d", 1, 1, 1))
                        .verdict())
                .isNotEqualTo(Verdict.REPRODUCED);
        assertThat(order(same, same, same).reason())
                .isEqualTo("no order with 3 of 3 seeds: a training diverged, or all ended alike");
    }

    @Test
    void missingDivergedAndTooFew() {
        Finding missing = order(LOW, PerSeed.none("middle"), HIGH);
        assertThat(missing.verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(missing.reason()).isEqualTo("not run: middle");
        assertThat(order(LOW, of("middle", 0.4, Double.NaN, 0.4, 0.5), HIGH).verdict())
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(order(LOW, of("middle", 0.4, 0.3), HIGH).reason()).isEqualTo("expected at least 3 seeds, found 2");
        assertThatThrownBy(() -> order(LOW, HIGH)).hasMessageContaining("three settings or more, got 2");
    }
}
