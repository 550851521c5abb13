package io.dl4jext.updater.internal.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The host loops stay within their arrays, and keep them. */
class HostStepsTest {

    private static final HostSteps STEPS = new HostSteps();

    /** The gradient and its one state array: g ← g + s, s ← g. */
    private static final class Sum implements ElementStep {

        @Override
        public int[] states() {
            return new int[] {0};
        }

        @Override
        public boolean writes(int array) {
            return true;
        }

        @Override
        public void floats(float[][] arrays, int n, long first) {
            for (int i = 0; i < n; i++) {
                float gradient = arrays[0][i];
                arrays[0][i] += arrays[1][i];
                arrays[1][i] = gradient;
            }
        }

        @Override
        public void doubles(double[][] arrays, int n, long first) {
            throw new UnsupportedOperationException("FLOAT only");
        }

        @Override
        public void operations(INDArray[] arrays, long first) {
            throw new UnsupportedOperationException("loops only");
        }
    }

    private static VectorPart[] parts(INDArray gradient, long at, INDArray state, long stateAt, long length) {
        return new VectorPart[] {new VectorPart(gradient, at, length), new VectorPart(state, stateAt, length)};
    }

    @Test
    void refusesWhatIsNotThere() {
        INDArray ten = Nd4j.ones(DataType.FLOAT, 10);
        INDArray twenty = Nd4j.ones(DataType.FLOAT, 20);
        assertThatThrownBy(() -> STEPS.run(new Sum(), parts(ten, 1, twenty, 0, 10), 0))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("10 elements");
        assertThatThrownBy(() -> STEPS.run(new Sum(), parts(ten, 0, twenty, 11, 10), 0))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("20 elements");
        assertThatThrownBy(() -> STEPS.sumOfSquares(new VectorPart(ten, 1, 10)))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> STEPS.run(new Sum(), parts(ten, 0, Nd4j.ones(DataType.DOUBLE, 10), 0, 10), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("array 1 of the step")
                .hasMessageContaining("DOUBLE");
        VectorPart[] unequal = {new VectorPart(ten, 0, 10), new VectorPart(twenty, 0, 9)};
        assertThatThrownBy(() -> STEPS.run(new Sum(), unequal, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected 10 elements")
                .hasMessageContaining("got 9");
        assertThat(ten.toFloatVector()).containsOnly(1);
        assertThat(twenty.toFloatVector()).containsOnly(1);
    }

    @Test
    void changesItsOwnElementsOnly() {
        INDArray gradient = Nd4j.ones(DataType.FLOAT, 10_000);
        INDArray state = Nd4j.ones(DataType.FLOAT, 12_000).muli(5);
        STEPS.run(new Sum(), parts(gradient, 2000, state, 6999, 5001), 0);
        float[] gradients = gradient.toFloatVector();
        float[] states = state.toFloatVector();
        for (int i = 0; i < 10_000; i++) {
            assertThat(gradients[i]).isEqualTo(i >= 2000 && i < 7001 ? 6 : 1);
        }
        for (int i = 0; i < 12_000; i++) {
            assertThat(states[i]).isEqualTo(i >= 6999 ? 1 : 5);
        }
    }

    /** Arrays that only the loop knows, while another thread collects. */
    @Test
    @Tag("slow")
    void keepsArraysThatNobodyElseHolds() throws InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        Thread collector = new Thread(() -> {
            while (!done.get()) {
                System.gc();
                // Or the loops that are tested hardly get on.
                LockSupport.parkNanos(1_000_000);
            }
        });
        collector.start();
        try {
            for (int length : new int[] {5000, 200_000}) {
                for (int i = 0; i < 30; i++) {
                    assertThat(STEPS.sumOfSquares(new VectorPart(Nd4j.ones(DataType.FLOAT, length), 0, length)))
                            .isEqualTo(length);
                    INDArray gradient = Nd4j.ones(DataType.FLOAT, length);
                    STEPS.run(new Sum(), parts(gradient, 0, Nd4j.ones(DataType.FLOAT, length), 0, length), 0);
                    assertThat(STEPS.sumOfSquares(new VectorPart(gradient, 0, length)))
                            .isEqualTo(4.0 * length);
                }
            }
        } finally {
            done.set(true);
            collector.join();
        }
    }
}
