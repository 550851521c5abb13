package io.dl4jext.experiments.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GeometricMeanTest {

    /** Mean log 2 of 1, 2 and 4, deviation log 2; t of 2 degrees of freedom at 97.5 % is 4.302653. */
    @Test
    void meanAndInterval() {
        GeometricMean mean = new GeometricMean(new Sample(1, 2, 4), 0.95);
        assertThat(mean.size()).isEqualTo(3);
        assertThat(mean.value()).isCloseTo(2, within(1e-12));
        double factor = Math.pow(2, 4.302653 / Math.sqrt(3));
        assertThat(mean.high()).isCloseTo(2 * factor, within(1e-5));
        assertThat(mean.low()).isCloseTo(2 / factor, within(1e-5));
    }

    @Test
    void equalValuesHaveNoWidth() {
        GeometricMean mean = new GeometricMean(new Sample(0.3, 0.3), 0.95);
        assertThat(mean.low()).isCloseTo(0.3, within(1e-12));
        assertThat(mean.high()).isCloseTo(0.3, within(1e-12));
    }

    @Test
    void fewValues() {
        assertThat(new GeometricMean(new Sample(), 0.95).value()).isNaN();
        GeometricMean one = new GeometricMean(new Sample(3), 0.95);
        assertThat(one.value()).isCloseTo(3, within(1e-12));
        assertThat(one.low()).isNaN();
        assertThat(one.high()).isNaN();
    }

    @Test
    void valuesWithoutALogarithmAreRefused() {
        for (double value : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new GeometricMean(new Sample(1, value), 0.95))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("got " + value);
        }
    }
}
