package io.dl4jext.implicit.internal.prox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The rows lie within their matrices, which are kept while they are read. */
class HostMatricesTest {

    private static INDArray counted(DataType type) {
        return Nd4j.arange(24).castTo(type).reshape('c', 6, 4);
    }

    @Test
    void readsTheRowsOfAViewAndNoOthers() {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            INDArray whole = counted(type);
            INDArray rows = whole.get(NDArrayIndex.interval(2, 4), NDArrayIndex.all());
            try (HostMatrices memory = new HostMatrices(rows, counted(type))) {
                MatrixRows own = memory.rows(0);
                double[] row = new double[4];
                own.read(1, row);
                assertThat(row).containsExactly(12, 13, 14, 15);
                assertThatThrownBy(() -> own.read(2, row)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> own.read(-1, row)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> own.write(2, row)).isInstanceOf(IndexOutOfBoundsException.class);
                own.write(0, new double[4]);
            }
            for (int i = 0; i < 24; i++) {
                assertThat(whole.getDouble(i / 4, i % 4)).isEqualTo(i >= 8 && i < 12 ? 0 : i);
            }
        }
    }

    @Test
    void refusesOtherOrders() {
        INDArray byColumns = counted(DataType.FLOAT).dup('f');
        assertThatThrownBy(() -> new HostMatrices(counted(DataType.FLOAT), byColumns))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dense in c order")
                .hasMessageContaining("strides [1, 6]");
    }

    /** α of constant arguments is constant, also where copies are read that only the loop knows. */
    @Test
    @Tag("slow")
    void keepsCopiesThatNobodyElseHolds() throws InterruptedException {
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
            ProximalStep step = ProximalStep.of(Activation.TANH);
            for (int i = 0; i < 8; i++) {
                INDArray b = Nd4j.valueArrayOf(new long[] {100, 40}, 0.5, DataType.FLOAT)
                        .dup('f');
                INDArray q = Nd4j.valueArrayOf(new long[] {100, 40}, 0.25, DataType.FLOAT)
                        .dup('f');
                INDArray z = Nd4j.ones(DataType.FLOAT, 100, 30).dup('f');
                INDArray alpha = step.alpha(b, q, 0.1, 0.01, true, z);
                assertThat(alpha.minNumber().doubleValue())
                        .isPositive()
                        .isEqualTo(alpha.maxNumber().doubleValue());
            }
        } finally {
            done.set(true);
            collector.join();
        }
    }
}
