package io.dl4jext.fisher.internal.gram;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What is kept of the parts of an update, and that it is given back. */
class UpdatePartsTest {

    private static final int SAMPLES = 64;

    /** The parts fit, all of them together do not: known before their blocks are allocated. */
    @Test
    void anUpdateThatHasNoRoomKeepsItsDiagonal() {
        UpdateParts parts = new UpdateParts(Long.MAX_VALUE, new Scratch());
        parts.begin(2, false);
        parts.end(new double[] {4, 1, 1, 9});
        parts.begin(46_339, false);
        assertThat(parts.missing()).contains("46341 samples", "MiB of heap");
        parts.begin(1, true);
        parts.end(new double[] {16});
        assertThat(parts.values()).isNull();
        assertThat(parts.diagonal()).containsExactly(4, 9, 16);
    }

    /** An operand of a part takes 512 bytes here, a block between two parts 32 KiB. */
    @Test
    void theBlocksBetweenPartsCount() {
        long block = 8L * SAMPLES * SAMPLES;
        GramMatrix gram = new GramMatrix();
        update(gram, 3 * block);
        assertThat(gram.missingOfParts()).contains("accumulationMemory", String.valueOf(3 * block));
        assertThat(gram.valuesOfParts()).isNull();
        double[] expected = new double[3 * SAMPLES];
        Arrays.fill(expected, 1);
        assertThat(gram.diagonalOfParts()).containsExactly(expected);
        update(gram, 4 * block);
        assertThat(gram.missingOfParts()).isNull();
        assertThat(gram.valuesOfParts()).hasSize(9 * SAMPLES * SAMPLES).containsOnly(1);
    }

    /** No part comes after the last one: what it adds is kept for none. */
    @Test
    void theLastPartTakesNothing() {
        long block = 8L * SAMPLES * SAMPLES;
        GramMatrix gram = new GramMatrix();
        update(gram, 3 * block + 2 * 8L * SAMPLES);
        assertThat(gram.missingOfParts()).isNull();
        update(gram, 3 * block + 2 * 8L * SAMPLES - 1);
        assertThat(gram.missingOfParts()).isNotNull();
    }

    /** Somebody announces a last part twice: of the first one nothing was kept. */
    @Test
    void aPartAfterTheLastIsSaid() {
        GramMatrix gram = new GramMatrix();
        update(gram, 1 << 20);
        INDArray ones = Nd4j.ones(DataType.DOUBLE, SAMPLES, 1);
        gram.resetPart(SAMPLES, false, true, 1 << 20);
        gram.addRows(ones);
        gram.endPart();
        assertThat(gram.missingOfParts()).isEqualTo("a part came after the one that was announced as the last");
        assertThat(gram.diagonalOfParts()).hasSize(4 * SAMPLES).containsOnly(1);
    }

    @Test
    void whatIsKeptIsGivenBack() {
        GramMatrix gram = new GramMatrix();
        for (Runnable ending : List.<Runnable>of(
                gram::forgetParts,
                () -> gram.resetPart(SAMPLES, true, false, 1 << 20),
                () -> gram.reset(SAMPLES),
                () -> gram.addContribution(Nd4j.zeros(DataType.DOUBLE, SAMPLES, SAMPLES)),
                gram::close)) {
            update(gram, 1 << 20);
            UpdateParts parts = gram.parts();
            List<INDArray> arrays = parts.arrays();
            assertThat(arrays).hasSize(5).noneMatch(INDArray::wasClosed);
            ending.run();
            assertThat(arrays).allMatch(INDArray::wasClosed);
            assertThat(parts.arrays()).isEmpty();
        }
    }

    /** Three parts whose samples have the gradient 1. */
    private static void update(GramMatrix gram, long budget) {
        INDArray ones = Nd4j.ones(DataType.DOUBLE, SAMPLES, 1);
        for (int part = 0; part < 3; part++) {
            gram.resetPart(SAMPLES, part == 0, part == 2, budget);
            gram.addRows(ones);
            gram.endPart();
        }
        ones.close();
    }
}
