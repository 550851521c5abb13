package io.dl4jext.experiments.evidence.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AxisTest {

    @Test
    void valuesLieBetweenTheEnds() {
        Axis axis = new Axis(new double[] {10, 20, Double.NaN}, false, 100, 300);
        assertThat(axis.at(15)).isCloseTo(200, within(1e-9));
        assertThat(axis.at(10)).isBetween(100.0, 120.0);
        assertThat(axis.at(20)).isBetween(280.0, 300.0);
        Axis down = new Axis(new double[] {1, 100, 0, -5}, true, 300, 100);
        assertThat(down.at(10)).isCloseTo(200, within(1e-9));
        assertThat(down.isDrawable(0)).isFalse();
    }

    @Test
    void ticksAreRoundFewAndWithin() {
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            double low = Math.pow(10, random.nextInt(9) - 4) * random.nextDouble();
            double high = low + Math.pow(10, random.nextInt(9) - 4) * (0.01 + random.nextDouble());
            for (boolean logarithmic : new boolean[] {false, true}) {
                Axis axis = new Axis(new double[] {low, high}, logarithmic, 0, 400);
                List<Double> ticks = axis.ticks(6);
                assertThat(ticks).as("%s to %s, %s", low, high, logarithmic).hasSizeBetween(1, 13);
                assertThat(ticks).allSatisfy(tick -> assertThat(axis.at(tick)).isBetween(-0.001, 400.001));
                assertThat(ticks.stream().map(Axis::label).distinct().collect(Collectors.toList()))
                        .as("labels of %s to %s", low, high)
                        .hasSameSizeAs(ticks);
            }
        }
    }

    @Test
    void wishedTicksThatAreTooCloseAreLeftOut() {
        Axis axis = new Axis(new double[] {1, 1000}, true, 0, 300).ticksAt(1, 10, 11, 100, 1000);
        assertThat(axis.ticks(6)).containsExactly(1.0, 10.0, 100.0, 1000.0);
    }

    @Test
    void equalValuesHaveAnAxis() {
        Axis axis = new Axis(new double[] {5, 5}, false, 0, 100);
        assertThat(axis.at(5)).isCloseTo(50, within(1e-9));
        assertThat(axis.ticks(5)).isNotEmpty();
        assertThat(new Axis(new double[0], true, 0, 100).ticks(5)).isNotEmpty();
    }

    @Test
    void labels() {
        assertThat(List.of(0.0, 16.0, 0.025, 1e7, 1e-8, 2.5e-4, 123456.0).stream()
                        .map(Axis::label)
                        .collect(Collectors.toList()))
                .containsExactly("0", "16", "0.025", "1e7", "1e-8", "2.5e-4", "123456");
    }
}
