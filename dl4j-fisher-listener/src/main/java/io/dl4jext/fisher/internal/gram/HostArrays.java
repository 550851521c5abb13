package io.dl4jext.fisher.internal.gram;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Java arrays that match an ND4J array: float[] for FLOAT, double[] for DOUBLE. */
final class HostArrays {

    private HostArrays() {}

    static Object newArray(DataType type, int length) {
        return type == DataType.DOUBLE ? new double[length] : new float[length];
    }

    static int length(Object array) {
        return array instanceof double[] ? ((double[]) array).length : ((float[]) array).length;
    }

    /**
     * The array with its axes in the order in which its elements lie, and so dense in c order; null if there are gaps
     * between them, or they do not begin where the buffer does.
     */
    static INDArray inBufferOrder(INDArray array) {
        if (array.offset() != 0) {
            return null;
        }
        if (Scratch.isDense(array, 'c')) {
            return array;
        }
        int[] axes = IntStream.range(0, array.rank())
                .boxed()
                .sorted(Comparator.comparingLong((Integer axis) -> -array.stride(axis)))
                .mapToInt(Integer::intValue)
                .toArray();
        INDArray ordered = array.permute(axes);
        return Scratch.isDense(ordered, 'c') ? ordered : null;
    }

    /** target[0 … length) = elements offset … of the memory. */
    static void read(HostMemory memory, long offset, Object target, int length) {
        if (target instanceof double[]) {
            memory.read(offset, (double[]) target, length);
        } else {
            memory.read(offset, (float[]) target, length);
        }
    }

    /** Elements offset … of the memory = source[0 … length). */
    static void write(Object source, int length, HostMemory memory, long offset) {
        if (source instanceof double[]) {
            memory.write(offset, (double[]) source, length);
        } else {
            memory.write(offset, (float[]) source, length);
        }
    }

    /** As {@link #read(HostMemory, long, Object, int)}, of a dense array on the CPU backend. */
    static void read(INDArray dense, long offset, Object target, int length) {
        try (HostMemory memory = HostMemory.of(dense)) {
            read(memory, offset, target, length);
        }
    }

    /** As {@link #write(Object, int, HostMemory, long)}, of a dense array on the CPU backend. */
    static void write(Object source, int length, INDArray dense, long offset) {
        try (HostMemory memory = HostMemory.of(dense)) {
            write(source, length, memory, offset);
        }
    }
}
