package io.dl4jext.fisher.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherMeasurement;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SpectrumImageTest {

    @Test
    void thereIsRoomForAllOfASmallOne() {
        FisherHistory history = Runs.of(5, 3, 1);
        SpectrumImage image = new SpectrumImage(history.measurements(), 1000);
        assertThat(image.rows).isEqualTo(3);
        assertThat(image.measurements).containsExactlyElementsOf(history.measurements());
        assertThat(image.column(image.measurements.get(2)))
                .containsExactly(history.measurements().get(2).eigenvalues());
    }

    @Test
    void ofALargeOneTheFirstTheLastAndEvenlyChosenOnesStay() {
        FisherMeasurement[] measurements = new FisherMeasurement[300];
        for (int i = 0; i < measurements.length; i++) {
            measurements[i] = Runs.at(i)
                    .eigenvalues(DoubleStream.iterate(100, value -> value - 1)
                            .limit(100)
                            .toArray())
                    .build();
        }
        SpectrumImage image = new SpectrumImage(List.of(measurements), 5760);
        assertThat(image.measurements).hasSize(120).startsWith(measurements[0]).endsWith(measurements[299]);
        double[] column = image.column(measurements[0]);
        assertThat(column).hasSize(48).startsWith(100).endsWith(1);
        for (int i = 1; i < column.length; i++) {
            assertThat(column[i - 1] - column[i]).isBetween(2.0, 3.0);
        }
        assertThat(new SpectrumImage(List.of(measurements), 640).rows).isEqualTo(16);
        assertThat(new SpectrumImage(List.of(measurements), 640).measurements).hasSize(40);
    }

    @Test
    void aSmallerBatchRepeatsItsEigenvalues() {
        FisherMeasurement whole = Runs.at(0).eigenvalues(4, 3, 2, 1).build();
        FisherMeasurement rest = Runs.at(1).eigenvalues(9, 5).build();
        SpectrumImage image = new SpectrumImage(List.of(whole, rest), 1000);
        assertThat(image.column(rest)).containsExactly(9, 9, 5, 5);
    }

    @Test
    void noneWhereNoneIsHeld() {
        assertThat(new SpectrumImage(List.of(), 1000).isEmpty()).isTrue();
    }
}
