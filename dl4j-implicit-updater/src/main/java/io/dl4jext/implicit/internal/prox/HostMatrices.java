package io.dl4jext.implicit.internal.prox;

import io.dl4jext.updater.internal.elementwise.HostMemory;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Matrices of equally many rows in host memory, each dense in c order, for several threads. */
final class HostMatrices implements AutoCloseable {

    private final HostMemory[] all;
    private final int[] columns;

    HostMatrices(INDArray... matrices) {
        all = new HostMemory[matrices.length];
        columns = new int[matrices.length];
        try {
            for (int i = 0; i < matrices.length; i++) {
                INDArray matrix = matrices[i];
                if (matrix.rank() != 2 || !isByRows(matrix)) {
                    throw new IllegalArgumentException("Expected a matrix dense in c order, got shape "
                            + Arrays.toString(matrix.shape()) + ", strides " + Arrays.toString(matrix.stride()));
                }
                columns[i] = Math.toIntExact(matrix.size(1));
                all[i] = HostMemory.of(matrix);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static boolean isByRows(INDArray matrix) {
        return (matrix.size(1) == 1 || matrix.stride(1) == 1)
                && (matrix.size(0) == 1 || matrix.stride(0) == matrix.size(1));
    }

    int count() {
        return all.length;
    }

    int columns(int matrix) {
        return columns[matrix];
    }

    /** For one thread. */
    MatrixRows rows(int matrix) {
        return new MatrixRows(all[matrix], columns[matrix]);
    }

    @Override
    public void close() {
        for (HostMemory memory : all) {
            if (memory != null) {
                memory.close();
            }
        }
    }
}
