package io.dl4jext.implicit.internal.prox;

import io.dl4jext.updater.internal.elementwise.HostMemory;

/** One thread's access to a matrix in host memory, dense in c order, row by row in double precision. */
final class MatrixRows {

    private final HostMemory matrix;
    private final int columns;
    private final float[] scratch;

    MatrixRows(HostMemory matrix, int columns) {
        this.matrix = matrix;
        this.columns = columns;
        this.scratch = matrix.isSingle() ? new float[columns] : null;
    }

    void read(long index, double[] target) {
        matrix.read(index * columns, target, columns, scratch);
    }

    void write(long index, double[] source) {
        matrix.write(index * columns, source, columns, scratch);
    }
}
