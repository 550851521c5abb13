package io.dl4jext.experiments.durability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SoakReportTest {

    /** An hour of one sample a minute. */
    private static SoakReport hour(IntToDoubleFunction heap, IntToDoubleFunction process, IntToDoubleFunction files) {
        List<SoakSample> samples = IntStream.rangeClosed(1, 60)
                .mapToObj(minute -> new SoakSample(
                        minute,
                        1000L * minute,
                        10L * minute,
                        heap.applyAsDouble(minute),
                        1,
                        0.1,
                        process.applyAsDouble(minute),
                        15,
                        files.applyAsDouble(minute)))
                .collect(Collectors.toList());
        return new SoakReport(samples);
    }

    @Test
    void whatComesAndGoesIsFlat() {
        SoakReport report =
                hour(minute -> minute % 3 == 0 ? 50 : 150 + minute % 7, minute -> 800 + minute % 20, minute -> 77);
        assertThat(report.isFlat()).isTrue();
        assertThat(report.text())
                .contains("60 minutes, 60000 updates, 600 of them measured")
                .doesNotContain("GROWS");
    }

    @Test
    void aLeakIsFound() {
        assertThat(hour(minute -> 50 + minute / 2.0, minute -> 800, minute -> 77)
                        .isFlat())
                .isFalse();
        assertThat(hour(minute -> 50, minute -> 800 + 2 * minute, minute -> 77).isFlat())
                .isFalse();
        SoakReport report = hour(minute -> 50, minute -> 800, minute -> 77 + minute / 10);
        assertThat(report.isFlat()).isFalse();
        assertThat(report.text().lines())
                .filteredOn(line -> line.endsWith("GROWS"))
                .singleElement()
                .asString()
                .startsWith("open files");
    }

    @Test
    void whereHandlesAreNotCountedTheRestIs() {
        assertThat(hour(minute -> 50, minute -> 800, minute -> Double.NaN).isFlat())
                .isTrue();
    }
}
