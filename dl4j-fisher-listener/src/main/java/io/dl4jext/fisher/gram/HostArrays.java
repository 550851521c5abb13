package io.dl4jext.fisher.gram;

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

    /** Whether the array's elements fill its buffer from its start, in some order of the axes and without gaps. */
    static boolean isPacked(INDArray array) {
        if (array.offset() != 0) {
            return false;
        }
        long last = 0;
        for (int axis = 0; axis < array.rank(); axis++) {
            if (array.stride(axis) <= 0 && array.size(axis) > 1) {
                return false;
            }
            last += (array.size(axis) - 1) * array.stride(axis);
        }
        return last + 1 == array.length();
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
