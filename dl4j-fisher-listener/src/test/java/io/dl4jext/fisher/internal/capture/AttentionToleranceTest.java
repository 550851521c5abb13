package io.dl4jext.fisher.internal.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

/** How far sums may be off: as those of other layers up to logits of 50, then in proportion, up to a thousandth. */
class AttentionToleranceTest {

    @ParameterizedTest
    @CsvSource({
        "FLOAT, -3, 2e-5",
        "FLOAT, 50, 2e-5",
        "FLOAT, 500, 2e-4",
        "FLOAT, 1e6, 1e-3",
        "DOUBLE, 50, 1e-11",
        "DOUBLE, 5000, 1e-9"
    })
    void growsWithTheLargestLogit(DataType type, double largest, double expected) {
        assertThat(AttentionGradients.tolerance(type, largest)).isCloseTo(expected, within(1e-6 * expected));
    }
}
