package io.dl4jext.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.statistics.Sample;
import org.junit.jupiter.api.Test;

class NumbersTest {

    @Test
    void significantNumbersHaveFourDigits() {
        assertThat(Numbers.significant(123456.7)).isEqualTo("123457");
        assertThat(Numbers.significant(12.34567)).isEqualTo("12.35");
        assertThat(Numbers.significant(0.001234567)).isEqualTo("0.001235");
        assertThat(Numbers.significant(999_999_999)).isEqualTo("999999999");
        assertThat(Numbers.significant(-3.0837699e22)).isEqualTo("-3.084e22");
        assertThat(Numbers.significant(0)).isEqualTo("0");
        assertThat(Numbers.significant(Double.POSITIVE_INFINITY)).isEqualTo("-");
    }

    @Test
    void plainNumbersHaveNoExponent() {
        assertThat(Numbers.plain(1e-4)).isEqualTo("0.0001");
        assertThat(Numbers.plain(100)).isEqualTo("100");
    }

    @Test
    void scientificNumbersHaveTwoDigitsAndAShortExponent() {
        assertThat(Numbers.scientific(1.54e-8)).isEqualTo("1.5e-8");
        assertThat(Numbers.scientific(2)).isEqualTo("2.0e0");
        assertThat(Numbers.scientific(3e12)).isEqualTo("3.0e12");
        assertThat(Numbers.scientific(Double.NaN)).isEqualTo("-");
    }

    @Test
    void spreadsOfSeveralValuesHaveADeviation() {
        assertThat(Numbers.spread(new Sample(0.1, 0.3), Numbers::percent)).isEqualTo("20.00 +- 14.14");
        assertThat(Numbers.spread(new Sample(0.1), Numbers::percent)).isEqualTo("10.00");
        assertThat(Numbers.outcome(new Sample(Double.NaN, 1, Double.NaN), Numbers::percent))
                .isEqualTo("diverged 2 of 3");
        assertThat(Numbers.outcome(new Sample(Double.NaN), Numbers::percent)).isEqualTo("diverged");
        assertThat(Numbers.outcome(new Sample(0.1), Numbers::percent)).isEqualTo("10.00");
        assertThat(Numbers.p(0.00001)).isEqualTo("<0.0001");
        assertThat(Numbers.p(0.25)).isEqualTo("0.2500");
    }

    @Test
    void counts() {
        assertThat(Numbers.count(1, "epoch")).isEqualTo("1 epoch");
        assertThat(Numbers.count(2, "epoch")).isEqualTo("2 epochs");
    }
}
