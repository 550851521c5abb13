package io.dl4jext.elementwise;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A part of a dense FLOAT or DOUBLE vector of a CPU backend, for bulk copies to and from Java arrays by several threads.
 * Valid as long as the vector is; the position of ND4J's own pointer stays as it is.
 */
final class HostSlice {

    private final int length;
    private final FloatBuffer floats;
    private final DoubleBuffer doubles;

    HostSlice(VectorPart part) {
        length = Math.toIntExact(part.length);
        Pointer pointer = part.vector.data().addressPointer();
        long start = pointer.position() + part.offset;
        long end = start + part.length;
        boolean wide = part.vector.dataType() == DataType.DOUBLE;
        doubles = wide ? new DoublePointer(pointer).position(start).limit(end).asBuffer() : null;
        floats = wide
                ? null
                : new FloatPointer(pointer).position(start).limit(end).asBuffer();
    }

    int length() {
        return length;
    }

    boolean isDouble() {
        return doubles != null;
    }

    void read(int from, float[] target, int length) {
        FloatBuffer own = floats.duplicate();
        own.position(from);
        own.get(target, 0, length);
    }

    void read(int from, double[] target, int length) {
        DoubleBuffer own = doubles.duplicate();
        own.position(from);
        own.get(target, 0, length);
    }

    void write(int from, float[] source, int length) {
        FloatBuffer own = floats.duplicate();
        own.position(from);
        own.put(source, 0, length);
    }

    void write(int from, double[] source, int length) {
        DoubleBuffer own = doubles.duplicate();
        own.position(from);
        own.put(source, 0, length);
    }
}
