package io.dl4jext.experiments.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.ImageWorkload;
import org.junit.jupiter.api.Test;

class StepTimesTest {

    @Test
    void medianOfOddAndEvenCounts() {
        StepTimes times = new StepTimes();
        assertThat(times.median()).isNaN();
        times.add(3);
        times.add(100);
        times.add(1);
        assertThat(times.median()).isEqualTo(3);
        times.add(5);
        assertThat(times.median()).isEqualTo(4);
    }

    @Test
    void stepsOfANetworkAreTimed() {
        StepTimes times = StepTimes.measure(ImageWorkload.of(Architecture.MLP).withBatchSize(2), 0.1);
        assertThat(times.count()).isBetween(5, 60);
        assertThat(times.median()).isPositive();
    }
}
