package io.dl4jext.fisher.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "-0.0 | 0",
                "1 | 1",
                "0.1 | 0.1",
                "123.456 | 123.5",
                "-1234.6 | -1,235",
                "98765.4 | 98,770",
                "0.00012345 | 0.0001234",
                "0.000012345 | 1.235e-5",
                "12345678 | 1.235e+7",
                "NaN | NaN",
                "Infinity | ∞",
                "-Infinity | −∞"
            })
    void fourDigits(double value, String text) {
        assertThat(Numbers.of(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"3, 3, NaN | 3", "0.1, 0.01, 0.05 | 0.01 to 0.1", "NaN | –"})
    void ranges(String values, String text) {
        double[] numbers = Arrays.stream(values.split(", "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertThat(Numbers.range(numbers)).isEqualTo(text);
    }
}
