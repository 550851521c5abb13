package io.dl4jext.fisher.internal.gram;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The rows of an array (its last axis) in Java, in the order that they have in its buffer where that has no gaps; CPU
 * backends only. For computations so small that calls of ND4J would take most of the time.
 */
final class HostRows {

    final int columns;
    private final int rows;
    private final long rowsInAxis;
    private final long outerStride;
    private final long rowStride;
    private final long columnStride;
    private final double[] doubles;
    private final float[] floats;

    HostRows(GramMatrix gram, INDArray array) {
        DataType type = GramMatrix.gradientType(array);
        INDArray ordered = array.dataType() == type ? HostArrays.inBufferOrder(array) : null;
        INDArray source = ordered != null ? array : gram.scratch().dense("d", type, 'c', array);
        int rank = source.rank();
        this.columns = (int) source.size(-1);
        this.columnStride = source.stride(rank - 1);
        this.rowStride = source.stride(rank - 2);
        this.rowsInAxis = source.size(rank - 2);
        this.outerStride = rank > 2 ? source.stride(rank - 3) : 0;
        int length = (int) source.length();
        this.rows = length / columns;
        this.doubles = type == DataType.DOUBLE ? new double[length] : null;
        this.floats = type == DataType.DOUBLE ? null : new float[length];
        HostArrays.read(ordered != null ? ordered : source, 0, doubles == null ? floats : doubles, length);
    }

    /** sums[to …] += the row. */
    void addTo(double[] sums, int to, int row) {
        int at = (int) (row / rowsInAxis * outerStride + row % rowsInAxis * rowStride);
        int step = (int) columnStride;
        if (doubles != null) {
            for (int j = 0; j < columns; j++) {
                sums[to + j] += doubles[at + j * step];
            }
        } else {
            for (int j = 0; j < columns; j++) {
                sums[to + j] += floats[at + j * step];
            }
        }
    }

    /** The products of all pairs of rows. */
    double[] products() {
        double[] all = new double[rows * columns];
        double[] products = new double[rows * rows];
        for (int i = 0; i < rows; i++) {
            addTo(all, i * columns, i);
            for (int j = 0; j <= i; j++) {
                double product = product(all, i * columns, j * columns, columns);
                products[i * rows + j] = product;
                products[j * rows + i] = product;
            }
        }
        return products;
    }

    /** Four sums side by side: one alone would wait for each addition. */
    static double product(double[] rows, int first, int second, int n) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int j = 0;
        for (; j < n - 3; j += 4) {
            a += rows[first + j] * rows[second + j];
            b += rows[first + j + 1] * rows[second + j + 1];
            c += rows[first + j + 2] * rows[second + j + 2];
            d += rows[first + j + 3] * rows[second + j + 3];
        }
        for (; j < n; j++) {
            a += rows[first + j] * rows[second + j];
        }
        return (a + b) + (c + d);
    }
}
