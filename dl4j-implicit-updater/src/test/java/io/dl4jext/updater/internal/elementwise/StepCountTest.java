package io.dl4jext.updater.internal.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class StepCountTest {

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"HALF", "FLOAT", "DOUBLE"})
    void everyNumberUpToTheLimitIsExact(DataType type) {
        double limit = StepCount.exact(type);
        INDArray counts = Nd4j.createFromArray(0.0, 1, 7, limit - 2, limit - 1).castTo(type);
        StepCount.increase(counts, 0);
        assertThat(counts.castTo(DataType.DOUBLE).toDoubleVector()).containsExactly(1, 2, 8, limit - 1, limit);
    }

    @Test
    void countsInFloatGoOnBeyondTheLimit() {
        int limit = 1 << 24;
        float[] counts = {0, limit, 2 * limit, 40 * limit};
        int steps = 200_000;
        for (int iteration = limit; iteration < limit + steps; iteration++) {
            StepCount.increase(counts, iteration, counts.length);
        }
        assertThat(counts[0]).isEqualTo(steps);
        assertThat(counts[1] - limit).isCloseTo(steps, offset(4_000f));
        assertThat(counts[2] - 2f * limit).isCloseTo(steps, offset(6_000f));
        assertThat(counts[3] - 40f * limit).isCloseTo(steps, offset(20_000f));
    }

    /** 1 + 1 + ... is 2048 for ever in HALF. */
    @Test
    void countsInHalfGoOnBeyondTheLimit() {
        INDArray counts = Nd4j.createFromArray(0.0, 2040, 4100, 32760).castTo(DataType.HALF);
        int steps = 3000;
        for (int iteration = 0; iteration < steps; iteration++) {
            StepCount.increase(counts, iteration);
        }
        double[] end = counts.castTo(DataType.DOUBLE).toDoubleVector();
        assertThat(end[0]).isCloseTo(steps, offset(150.0));
        assertThat(end[1] - 2040).isCloseTo(steps, offset(300.0));
        assertThat(end[2] - 4100).isCloseTo(steps, offset(400.0));
        // Far from the largest number, 65504.
        assertThat(end[3]).isEqualTo(32768);
    }

    @Test
    void loopsAndOperationsAgree() {
        double[] start = {0, 5, 0x1p24 - 1, 0x1p24, 0x1p25 + 4, 0x1p27};
        float[] loops = new float[start.length];
        for (int i = 0; i < start.length; i++) {
            loops[i] = (float) start[i];
        }
        INDArray operations = Nd4j.createFromArray(loops.clone());
        for (int iteration = 0; iteration < 500; iteration++) {
            StepCount.increase(loops, iteration, loops.length);
            StepCount.increase(operations, iteration);
        }
        assertThat(operations.toFloatVector()).isEqualTo(loops);
        double[] doubles = DoubleStream.of(start).toArray();
        StepCount.increase(doubles, doubles.length);
        assertThat(doubles).containsExactly(1, 6, 0x1p24, 0x1p24 + 1, 0x1p25 + 5, 0x1p27 + 1);
    }

    @Test
    void refusesOtherTypes() {
        assertThatThrownBy(() -> StepCount.exact(DataType.INT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got INT");
    }
}
