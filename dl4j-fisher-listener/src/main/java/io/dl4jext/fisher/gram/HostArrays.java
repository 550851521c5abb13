package io.dl4jext.fisher.gram;

import java.lang.ref.Reference;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Bulk copies between a dense array of a CPU backend and Java arrays (float[] for FLOAT, double[] for DOUBLE), at any
 * offset, without changing the position of ND4J's own pointers.
 */
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

    /** target[0 … length) = elements offset … of the dense array. */
    static void read(INDArray dense, long offset, Object target, int length) {
        requireInside(dense, offset, length);
        Pointer pointer = dense.data().addressPointer();
        if (target instanceof double[]) {
            new DoublePointer(pointer).position(pointer.position() + offset).get((double[]) target, 0, length);
        } else {
            new FloatPointer(pointer).position(pointer.position() + offset).get((float[]) target, 0, length);
        }
        // The pointer alone does not keep the array's memory from being given back.
        Reference.reachabilityFence(dense);
    }

    /** Elements offset … of the dense array = source[0 … length). */
    static void write(Object source, int length, INDArray dense, long offset) {
        requireInside(dense, offset, length);
        Pointer pointer = dense.data().addressPointer();
        if (source instanceof double[]) {
            new DoublePointer(pointer).position(pointer.position() + offset).put((double[]) source, 0, length);
        } else {
            new FloatPointer(pointer).position(pointer.position() + offset).put((float[]) source, 0, length);
        }
        Reference.reachabilityFence(dense);
    }

    private static void requireInside(INDArray dense, long offset, int length) {
        if (offset < 0 || length < 0 || offset + length > dense.length()) {
            throw new IndexOutOfBoundsException(
                    "Expected elements inside 0 to " + dense.length() + ", got " + length + " from " + offset + " on");
        }
    }
}
