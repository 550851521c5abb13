package io.dl4jext.fisher.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherMeasurements;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayerSharesTest {

    private static FisherMeasurement measurement(int iteration, Map<String, Double> shares) {
        return FisherMeasurements.withShares(Runs.at(iteration).eigenvalues(3, 1), shares);
    }

    @Test
    void thoseWithoutTracesArePassedOver() {
        LayerShares shares = new LayerShares(List.of(
                measurement(0, Map.of()),
                measurement(1, Map.of("a", 0.25)),
                measurement(2, Map.of("a", 0.5)),
                measurement(3, Map.of("b", 0.75)),
                measurement(4, Map.of())));
        assertThat(shares.isEmpty()).isFalse();
        assertThat(shares.layers).containsExactly("a", "b");
        assertThat(shares.shown(100)).containsExactly(1, 2, 3);
        assertThat(shares.share("a", 1)).isEqualTo(0.25);
        assertThat(shares.share("a", 3)).isNaN();
        assertThat(shares.last("a")).isNaN();
        assertThat(shares.last("b")).isEqualTo(0.75);
    }

    @Test
    void whereThereIsNoTraceThereIsNoShare() {
        LayerShares none = new LayerShares(List.of(measurement(0, Map.of())));
        assertThat(none.isEmpty()).isTrue();
        assertThat(none.shown(100)).isEmpty();
        assertThat(none.last("a")).isNaN();
        for (double eigenvalue : new double[] {0, Double.NaN, Double.POSITIVE_INFINITY}) {
            LayerShares shares = new LayerShares(
                    List.of(FisherMeasurements.withShares(Runs.at(0).eigenvalues(eigenvalue), Map.of("a", 1.0))));
            assertThat(shares.last("a")).as("with %s", eigenvalue).isNaN();
        }
    }

    @Test
    void ofManyTheFirstAndTheLastStay() {
        List<FisherMeasurement> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            all.add(measurement(i, i < 10 ? Map.of() : Map.of("a", 1 / 3.0, "b", 2 / 3.0)));
        }
        LayerShares shares = new LayerShares(all);
        assertThat(shares.shown(1_000_000))
                .hasSize(200)
                .startsWith(10)
                .endsWith(999)
                .isSorted();
        assertThat(shares.shown(60)).hasSize(30).startsWith(10).endsWith(999).isSorted();
        assertThat(shares.shown(2)).hasSize(8).startsWith(10).endsWith(999).isSorted();
        assertThat(shares.last("a")).isCloseTo(1 / 3.0, within(1e-12));
    }
}
