package io.dl4jext.implicit.prox;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Row-wise access to a FLOAT or DOUBLE matrix of a CPU backend, dense in c order and at any offset, by bulk copies to and
 * from Java arrays; the position of ND4J's own pointers stays as it is. For one thread.
 */
final class HostRows {

    private final int columns;
    private final long origin;
    private final FloatPointer floats;
    private final DoublePointer doubles;
    private final float[] row;

    HostRows(INDArray matrix) {
        Pointer pointer = matrix.data().addressPointer();
        this.columns = (int) matrix.size(1);
        this.origin = pointer.position();
        boolean wide = matrix.dataType() == DataType.DOUBLE;
        this.doubles = wide ? new DoublePointer(pointer) : null;
        this.floats = wide ? null : new FloatPointer(pointer);
        this.row = wide ? null : new float[columns];
    }

    void read(long index, double[] target) {
        if (doubles != null) {
            doubles.position(origin + index * columns).get(target, 0, columns);
            return;
        }
        floats.position(origin + index * columns).get(row, 0, columns);
        for (int j = 0; j < columns; j++) {
            target[j] = row[j];
        }
    }

    void write(long index, double[] source) {
        if (doubles != null) {
            doubles.position(origin + index * columns).put(source, 0, columns);
            return;
        }
        for (int j = 0; j < columns; j++) {
            row[j] = (float) source[j];
        }
        floats.position(origin + index * columns).put(row, 0, columns);
    }
}
