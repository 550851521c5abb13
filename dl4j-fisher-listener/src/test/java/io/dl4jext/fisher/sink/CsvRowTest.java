package io.dl4jext.fisher.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class CsvRowTest {

    @Test
    void numbersHaveAllDigitsInEveryLocale() {
        Locale locale = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(CsvRow.of(1, -2L, 1.0 / 3, Double.NaN, Double.NEGATIVE_INFINITY, 1e-300))
                    .isEqualTo("1,-2,0.3333333333333333,NaN,-Infinity,1.0E-300");
        } finally {
            Locale.setDefault(locale);
        }
    }

    @Test
    void whatWouldBreakARowIsQuoted() {
        assertThat(CsvRow.of("s32, lr 0.1", "plain", "the \"best\"", "two\nlines", "two\r\nlines", " space; tab\t"))
                .isEqualTo("\"s32, lr 0.1\",plain,\"the \"\"best\"\"\",\"two\nlines\",\"two\r\nlines\", space; tab\t");
    }

    @Test
    void nothingIsAnEmptyValue() {
        assertThat(CsvRow.of("", null, 0)).isEqualTo(",,0");
        assertThat(CsvRow.of()).isEmpty();
    }
}
