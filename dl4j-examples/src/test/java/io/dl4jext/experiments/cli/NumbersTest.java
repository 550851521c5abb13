package io.dl4jext.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumbersTest {

    @Test
    void significantNumbersHaveFourDigits() {
        assertThat(Numbers.significant(123456.7)).isEqualTo("123457");
        assertThat(Numbers.significant(12.34567)).isEqualTo("12.35");
        assertThat(Numbers.significant(0.001234567)).isEqualTo("0.001235");
        assertThat(Numbers.significant(0)).isEqualTo("0");
        assertThat(Numbers.significant(Double.POSITIVE_INFINITY)).isEqualTo("-");
    }

    @Test
    void plainNumbersHaveNoExponent() {
        assertThat(Numbers.plain(1e-4)).isEqualTo("0.0001");
        assertThat(Numbers.plain(100)).isEqualTo("100");
    }

    @Test
    void counts() {
        assertThat(Numbers.count(1, "epoch")).isEqualTo("1 epoch");
        assertThat(Numbers.count(2, "epoch")).isEqualTo("2 epochs");
    }
}
