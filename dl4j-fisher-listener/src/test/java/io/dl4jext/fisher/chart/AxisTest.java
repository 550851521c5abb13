package io.dl4jext.fisher.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AxisTest {

    private static Axis logarithmic(double smallest, double largest) {
        return Axis.around("", Scale.LOGARITHMIC, DoubleStream.of(smallest, largest));
    }

    /** The labels of all ticks that XChart offers within the axis. */
    private static List<String> labels(Axis axis) {
        List<String> labels = new ArrayList<>();
        for (int exponent = -320; exponent <= 307; exponent++) {
            for (int digit = 1; digit <= 9; digit++) {
                double tick = digit * Math.pow(10, exponent);
                if (tick > axis.min && tick < axis.max && !axis.label(tick).isEmpty()) {
                    labels.add(axis.label(tick));
                }
            }
        }
        return labels;
    }

    @Test
    void allValuesLieWithinWithAMargin() {
        Axis axis = logarithmic(1e-3, 1e6);
        assertThat(axis.fraction(1e-3)).isBetween(0.02, 0.06);
        assertThat(axis.fraction(1e6)).isBetween(0.94, 0.98);
        assertThat(axis.fraction(Math.sqrt(1e3))).isEqualTo(0.5, within(1e-12));
    }

    @Test
    void oneValueStandsInTheMiddleAmongRoundNumbers() {
        for (double value : new double[] {1, 1.5, 3, 4.2, 9.9, 0.042, 777, 1e-5}) {
            Axis axis = logarithmic(value, value);
            assertThat(axis.fraction(value)).isEqualTo(0.5, within(1e-9));
            assertThat(labels(axis)).as("around %s", value).hasSizeBetween(3, 6);
        }
    }

    @Test
    void shortAxesLabelMoreTicksThanLongOnes() {
        assertThat(labels(logarithmic(12, 80))).containsExactly("20", "30", "50", "70");
        assertThat(labels(logarithmic(3, 150))).containsExactly("5", "10", "20", "50", "100");
        assertThat(labels(logarithmic(0.02, 2e5))).containsExactly("0.1", "1", "10", "100", "1000", "10000", "1e5");
        assertThat(labels(logarithmic(2e-15, 2e15))).hasSizeBetween(8, 14).contains("1");
    }

    @Test
    void labelsAreTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(labels(logarithmic(0.012, 0.08))).containsExactly("0.02", "0.03", "0.05", "0.07");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void theLargestAndSmallestNumbersGiveAnAxis() {
        for (double value : new double[] {Double.MIN_VALUE, Double.MIN_NORMAL, Double.MAX_VALUE}) {
            Axis axis = logarithmic(Math.min(1, value), Math.max(1, value));
            assertThat(axis.min).as("min for %s", value).isPositive().isFinite();
            assertThat(axis.max).as("max for %s", value).isFinite().isGreaterThan(axis.min);
        }
    }

    @Test
    void fewIterationsStandAtTheLeft() {
        Axis axis = Axis.around("", Scale.LINEAR, DoubleStream.of(0));
        assertThat(axis.min).isBetween(-1.0, 0.0);
        assertThat(axis.max).isGreaterThan(5);
    }
}
