package io.dl4jext.stochastic;

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
class HostPassesMemoryTest {

    private static final GroupStep RULE = new GroupStep(
            StochasticBatch.builder().fixedProbability(1).learningRate(1).build(),
            UpdateProbability.fixed(1),
            new UpdateDraws(1, 0),
            1,
            EpochMark.NONE);

    private final Passes passes = new HostPasses();

    @Test
    void refusesWhatIsNotThere() {
        INDArray gradient = Nd4j.ones(DataType.FLOAT, 10);
        INDArray state = Nd4j.ones(DataType.FLOAT, 20);
        assertThatThrownBy(() -> OneTensor.measure(passes, gradient, 1, 10))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("10 parameters");
        assertThatThrownBy(() -> OneTensor.measureMeans(passes, gradient, state, 10, 1, 10))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("10 parameters");
        assertThatThrownBy(() -> OneTensor.step(passes, gradient, state, 1, 10, 0, 0, RULE))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("10 parameters");
        assertThatThrownBy(() -> OneTensor.step(passes, gradient, state, -1, 5, 0, 0, RULE))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> OneTensor.step(passes, gradient, Nd4j.ones(DataType.FLOAT, 40), 0, 10, 0, 0, RULE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("for 20");
        assertThatThrownBy(() -> passes.drop(state, 11, EpochMark.NONE, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> OneTensor.step(passes, gradient, Nd4j.ones(DataType.DOUBLE, 20), 0, 10, 0, 0, RULE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FLOAT")
                .hasMessageContaining("DOUBLE");
        assertThat(gradient.toFloatVector()).containsOnly(1);
        assertThat(state.toFloatVector()).containsOnly(1);
    }

    /** A tensor in the middle of a block: nothing else changes, neither in the gradient nor in the state. */
    @Test
    void changesItsOwnElementsOnly() {
        INDArray gradient = Nd4j.ones(DataType.FLOAT, 10_000);
        INDArray state = Nd4j.ones(DataType.FLOAT, 20_000);
        OneTensor.step(passes, gradient, state, 2000, 5000, 2000, 2000, RULE);
        float[] updates = gradient.toFloatVector();
        float[] after = state.toFloatVector();
        for (int i = 0; i < 10_000; i++) {
            boolean own = i >= 2000 && i < 7000;
            assertThat(updates[i]).isEqualTo(own ? 2 : 1);
            assertThat(after[i]).isEqualTo(own ? -0f : 1);
            assertThat(after[10_000 + i]).isEqualTo(1);
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
                    Moments moments = OneTensor.measure(
                            passes, Nd4j.valueArrayOf(new long[] {length}, 3.0, DataType.FLOAT), 0, length);
                    assertThat(moments.mean).isEqualTo(3);
                    assertThat(moments.deviation()).isZero();
                    UpdateCount count = OneTensor.step(
                            passes,
                            Nd4j.ones(DataType.FLOAT, length),
                            Nd4j.ones(DataType.FLOAT, 2 * length),
                            0,
                            length,
                            0,
                            0,
                            RULE);
                    assertThat(count.updated).isEqualTo(length);
                    assertThat(count.batches).isEqualTo(length);
                }
            }
        } finally {
            done.set(true);
            collector.join();
        }
    }
}
