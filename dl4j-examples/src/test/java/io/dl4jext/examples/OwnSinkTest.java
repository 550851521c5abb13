package io.dl4jext.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.Column;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSink;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How a sink of one's own is written and tested, without a training. */
class OwnSinkTest {

    @Test
    void aSinkIsTestedWithMeasurementsMadeByHand() throws IOException {
        Map<String, Number> row = new HashMap<>();
        FisherSink sink = (measurement, soFar) -> {
            for (Column column : Column.values()) {
                row.put(column.title(), column.of(measurement, soFar));
            }
        };

        FisherMeasurement measurement = FisherMeasurement.builder()
                .iteration(50)
                .learningRate(0.1)
                .loss(0.7)
                .gradients(new double[] {3, 0, 0}, new double[] {0, 0, 1}) // one for each example; or eigenvalues(9, 1)
                .build();
        FisherHistory run = FisherHistory.of(measurement);

        sink.accept(measurement, run.summaries().get(0));

        assertThat(row).hasSize(Column.values().length);
        assertThat(row).containsEntry("iteration", 50L).containsEntry("batch_size", 2L);
        assertThat(row).containsEntry("condition_number", 3.0).containsEntry("average_condition_number", 3.0);
        assertThat(row).containsEntry("trace", 10.0).containsEntry("energy", 0.1 / 2 * Math.sqrt(10));
    }
}
