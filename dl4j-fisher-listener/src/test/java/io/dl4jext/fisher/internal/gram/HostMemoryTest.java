package io.dl4jext.fisher.internal.gram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.workspace.ND4JWorkspaceException;

/** Every access in bounds, and the array reachable while it is in use. */
class HostMemoryTest {

    /** 0, 1, 2, … */
    private static INDArray counted(DataType type, int length) {
        return Nd4j.arange(length).castTo(type);
    }

    private static INDArray part(INDArray vector, int from, int to) {
        return vector.get(NDArrayIndex.interval(from, to));
    }

    private static double[] read(HostMemory memory, long from, int count) {
        double[] values = new double[count];
        memory.read(from, values, count, new float[count]);
        return values;
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void endsWhereAViewEnds(DataType type) {
        INDArray whole = counted(type, 100);
        INDArray view = part(whole, 40, 60);
        try (HostMemory memory = HostMemory.of(view)) {
            assertThat(memory.length()).isEqualTo(20);
            assertThat(memory.isSingle()).isEqualTo(type == DataType.FLOAT);
            assertThat(read(memory, 0, 1)).containsExactly(40);
            assertThat(read(memory, 19, 1)).containsExactly(59);
            assertThat(read(memory, 20, 0)).isEmpty();
            for (long[] range : new long[][] {{20, 1}, {19, 2}, {0, 21}, {-1, 1}, {Long.MAX_VALUE, 1}}) {
                assertThatThrownBy(() -> read(memory, range[0], (int) range[1]))
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessageContaining("a part of 20 elements")
                        .hasMessageContaining("elements " + range[0] + " to");
                assertThatThrownBy(() -> memory.write(
                                range[0], new double[(int) range[1]], (int) range[1], new float[(int) range[1]]))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
            memory.write(0, new double[20], 20, new float[20]);
        }
        assertThat(whole.toDoubleVector())
                .containsExactly(counted(DataType.DOUBLE, 100)
                        .muli(Nd4j.concat(
                                0,
                                Nd4j.ones(DataType.DOUBLE, 40),
                                Nd4j.zeros(DataType.DOUBLE, 20),
                                Nd4j.ones(DataType.DOUBLE, 40)))
                        .toDoubleVector());
    }

    @Test
    void readsToTheVeryEndOfABuffer() {
        INDArray whole = counted(DataType.FLOAT, 100);
        try (HostMemory memory = HostMemory.of(part(whole, 90, 100), 3, 7)) {
            assertThat(read(memory, 0, 7)).containsExactly(93, 94, 95, 96, 97, 98, 99);
        }
        INDArray view = part(whole, 90, 100);
        for (long[] range : new long[][] {{3, 8}, {11, 0}, {-1, 2}, {0, -1}, {1, Long.MAX_VALUE}}) {
            assertThatThrownBy(() -> HostMemory.of(view, range[0], range[1]))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("a part of an array of 10 elements");
        }
    }

    @Test
    void refusesAJavaArrayThatIsTooShortOrOfAnotherType() {
        try (HostMemory memory = HostMemory.of(counted(DataType.FLOAT, 10))) {
            assertThatThrownBy(() -> memory.read(0, new float[3], 4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> memory.write(0, new float[3], 4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> memory.read(0, new double[3], 3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("FLOAT")
                    .hasMessageContaining("double");
            assertThatThrownBy(() -> memory.write(0, new double[3], 3)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void takesAnyDenseShape() {
        INDArray byColumns = counted(DataType.DOUBLE, 12).reshape('c', 3, 4).dup('f');
        try (HostMemory memory = HostMemory.of(byColumns)) {
            assertThat(read(memory, 0, 4)).containsExactly(0, 4, 8, 1);
        }
        try (HostMemory memory = HostMemory.of(counted(DataType.FLOAT, 24).reshape('c', 2, 3, 4))) {
            assertThat(read(memory, 12, 2)).containsExactly(12, 13);
        }
        try (HostMemory memory = HostMemory.of(Nd4j.scalar(DataType.FLOAT, 5))) {
            assertThat(read(memory, 0, 1)).containsExactly(5);
        }
        INDArray column = counted(DataType.FLOAT, 5).reshape(5, 1);
        try (HostMemory memory = HostMemory.of(column)) {
            assertThat(read(memory, 4, 1)).containsExactly(4);
        }
        try (HostMemory memory = HostMemory.of(Nd4j.empty(DataType.FLOAT))) {
            assertThat(memory.length()).isZero();
            assertThat(read(memory, 0, 0)).isEmpty();
            assertThatThrownBy(() -> read(memory, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        try (HostMemory memory = HostMemory.of(counted(DataType.FLOAT, 5), 5, 0)) {
            assertThatThrownBy(() -> read(memory, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void refusesGaps() {
        INDArray matrix = counted(DataType.FLOAT, 12).reshape('c', 3, 4);
        for (INDArray view : new INDArray[] {
            matrix.getColumn(1),
            matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2)),
            matrix.reshape('c', 3, 2, 2).permute(1, 0, 2)
        }) {
            assertThatThrownBy(() -> HostMemory.of(view))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("without gaps")
                    .hasMessageContaining(Arrays.toString(view.stride()));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"HALF", "BFLOAT16", "INT", "LONG"})
    void refusesOtherTypes(DataType type) {
        INDArray array = Nd4j.zeros(type, 8);
        assertThatThrownBy(() -> HostMemory.of(array))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FLOAT or DOUBLE")
                .hasMessageContaining(type.toString());
    }

    @Test
    void refusesAClosedArray() {
        INDArray array = counted(DataType.FLOAT, 10);
        array.close();
        assertThatThrownBy(() -> HostMemory.of(array))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void tellsThatAnArrayWasClosedMeanwhile() {
        INDArray array = counted(DataType.FLOAT, 10);
        HostMemory memory = HostMemory.of(array);
        array.close();
        assertThatThrownBy(memory::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was closed")
                .hasMessageContaining("[10]");
    }

    @Test
    void isClosedAfterClose() {
        HostMemory memory = HostMemory.of(counted(DataType.FLOAT, 10));
        memory.close();
        assertThatThrownBy(() -> read(memory, 0, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void refusesAnArrayOfAWorkspaceThatHasEnded() {
        WorkspaceConfiguration configuration = WorkspaceConfiguration.builder()
                .initialSize(1 << 16)
                .policyLearning(LearningPolicy.NONE)
                .build();
        INDArray left;
        try (MemoryWorkspace ignored =
                Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "HostMemoryTest")) {
            left = Nd4j.ones(DataType.FLOAT, 10);
            try (HostMemory memory = HostMemory.of(left)) {
                assertThat(read(memory, 9, 1)).containsExactly(1);
            }
        }
        assertThatThrownBy(() -> HostMemory.of(left)).isInstanceOf(ND4JWorkspaceException.class);
        try (MemoryWorkspace ignored =
                Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "HostMemoryTest")) {
            assertThatThrownBy(() -> HostMemory.of(left)).isInstanceOf(ND4JWorkspaceException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void goesOnInTheNextJavaBuffer(DataType type) {
        INDArray whole = counted(type, 40);
        for (int piece : new int[] {1, 7, 20, 21}) {
            try (HostMemory memory = HostMemory.of(part(whole, 10, 40), 5, 20, piece)) {
                for (int from = 0; from <= 20; from++) {
                    for (int count = 0; count <= 20 - from; count++) {
                        double[] values = read(memory, from, count);
                        for (int i = 0; i < count; i++) {
                            assertThat(values[i]).isEqualTo(15 + from + i);
                        }
                        memory.write(from, values, count, new float[count]);
                    }
                }
                assertThatThrownBy(() -> read(memory, 20, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
        assertThat(whole.toDoubleVector())
                .containsExactly(counted(DataType.DOUBLE, 40).toDoubleVector());
    }

    /** The caller drops its array, another thread collects: the memory alone must keep the buffer. */
    @Test
    @Tag("slow")
    void keepsTheBufferUntilClosed() throws InterruptedException {
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
            Dropped dropped = new Dropped();
            float[] values = new float[Dropped.LENGTH];
            for (int i = 0; i < 20; i++) {
                System.gc();
                dropped.memory.read(0, values, values.length);
                for (float value : values) {
                    assertThat(value).isEqualTo(3);
                }
                assertThat(dropped.buffer.get()).isNotNull();
            }
            dropped.memory.close();
            dropped.memory = null;
            for (int i = 0; i < 1000 && dropped.buffer.get() != null; i++) {
                System.gc();
                Thread.sleep(10);
            }
            assertThat(dropped.buffer.get()).isNull();
        } finally {
            done.set(true);
            collector.join();
        }
    }

    private static final class Dropped {

        static final int LENGTH = 10_000;

        final WeakReference<DataBuffer> buffer;
        HostMemory memory;

        Dropped() {
            INDArray array = Nd4j.valueArrayOf(new long[] {LENGTH}, 3.0, DataType.FLOAT);
            buffer = new WeakReference<>(array.data());
            memory = HostMemory.of(array);
        }
    }
}
