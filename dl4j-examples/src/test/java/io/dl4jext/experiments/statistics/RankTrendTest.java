package io.dl4jext.experiments.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RankTrendTest {

    private static RankTrend.Row row(double... second) {
        double[] first = new double[second.length];
        Arrays.setAll(first, i -> 16 << i);
        return new RankTrend.Row(new Sample(first), new Sample(second));
    }

    @Test
    void ofOneRowItIsSpearmans() {
        double[] values = {3, 1, 4, 1.5, 9, 2.6};
        RankTrend trend = RankTrend.of(List.of(row(values)));
        double spearman = Significance.spearman(new Sample(1, 2, 3, 4, 5, 6), new Sample(values));
        assertThat(trend.correlation()).isCloseTo(spearman, within(1e-12));
        assertThat(trend.rows()).singleElement().satisfies(r -> assertThat(r).isCloseTo(spearman, within(1e-12)));
        assertThat(trend.interval(0.95)).containsExactly(Significance.spearmanInterval(trend.correlation(), 6, 0.95));
    }

    /** Rows of equal length: the mean of their correlations. */
    @Test
    void ofEqualRowsItIsTheMean() {
        RankTrend trend = RankTrend.of(List.of(row(1, 2, 3, 4), row(4, 1, 3, 2), row(1, 3, 2, 4)));
        assertThat(trend.correlation())
                .isCloseTo(trend.rows().stream().mapToDouble(r -> r).average().orElseThrow(), within(1e-12));
        assertThat(trend.pairs()).isEqualTo(12);
        assertThat(trend.rowsWithSign(1)).isEqualTo(2);
        assertThat(trend.rowsWithSign(-1)).isEqualTo(1);
    }

    /** The levels of the rows do not matter, as they would if all were ranked together. */
    @Test
    void rowsAreRankedApart() {
        RankTrend trend = RankTrend.of(List.of(row(1, 2, 3), row(101, 102, 103), row(51, 52, 53)));
        assertThat(trend.correlation()).isEqualTo(1);
    }

    @Test
    void whatIsNotFiniteAndTooShortRowsDoNotCount() {
        RankTrend trend = RankTrend.of(List.of(row(1, Double.NaN, 2, 3), row(3, 2), row(1, Double.NaN, Double.NaN, 0)));
        assertThat(trend.rows()).containsExactly(1.0);
        assertThat(trend.pairs()).isEqualTo(3);
        RankTrend nothing = RankTrend.of(List.of());
        assertThat(nothing.correlation()).isNaN();
        assertThat(nothing.p()).isNaN();
    }

    /** However perfect, four values can be in 24 orders only: the least p-value of two sides is 1/12. */
    @Test
    void noPValueIsSmallerThanTheOrdersAllow() {
        assertThat(RankTrend.of(List.of(row(1, 2, 3, 4))).p()).isCloseTo(2.0 / 24, within(1e-12));
        assertThat(RankTrend.of(List.of(row(1, 2, 3, 4), row(5, 6, 7, 8), row(1, 2, 3, 4)))
                        .p())
                .isCloseTo(2.0 / (24 * 24 * 24), within(1e-12));
    }

    @Test
    void aPerfectTrendHasAnIntervalWithAWidth() {
        double[] interval =
                RankTrend.of(List.of(row(1, 2, 3, 4, 5), row(1, 2, 3, 4, 5))).interval(0.95);
        assertThat(interval[0]).isBetween(0.5, 0.99);
        assertThat(interval[1]).isEqualTo(1);
        double[] falling =
                RankTrend.of(List.of(row(5, 4, 3, 2, 1), row(5, 4, 3, 2, 1))).interval(0.95);
        assertThat(falling).containsExactly(-1, -interval[0]);
    }

    /** Of rows in random order few have a p-value below the level, about as many as it says. */
    @Test
    void randomRowsAreRarelySignificant() {
        Random random = new Random(7);
        int significant = 0;
        int tries = 1000;
        for (int i = 0; i < tries; i++) {
            List<RankTrend.Row> rows = new ArrayList<>();
            for (int j = 0; j < 5; j++) {
                rows.add(row(random.doubles(5).toArray()));
            }
            significant += RankTrend.of(rows).p() < Significance.LEVEL ? 1 : 0;
        }
        assertThat(significant / (double) tries).isBetween(0.02, 0.08);
    }
}
