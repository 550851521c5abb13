package io.dl4jext.implicit.internal.prox;

/** N = ‖z‖² of one row of inputs after the other, plus 1 where there is a bias. For one thread. */
final class InputNorms {

    private final MatrixRows[] parts;
    private final double[][] rows;
    private final double appended;

    /** Of the parts of z. */
    InputNorms(HostMatrices inputs, boolean bias) {
        this.parts = new MatrixRows[inputs.count()];
        this.rows = new double[parts.length][];
        for (int i = 0; i < parts.length; i++) {
            this.parts[i] = inputs.rows(i);
            this.rows[i] = new double[inputs.columns(i)];
        }
        this.appended = bias ? 1 : 0;
    }

    double of(int row) {
        double norm = appended;
        for (int i = 0; i < parts.length; i++) {
            parts[i].read(row, rows[i]);
            norm += sumOfSquares(rows[i]);
        }
        return norm;
    }

    /** In four interleaved sums, which do not wait for each other. */
    private static double sumOfSquares(double[] row) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int j = 0;
        for (; j + 3 < row.length; j += 4) {
            a += row[j] * row[j];
            b += row[j + 1] * row[j + 1];
            c += row[j + 2] * row[j + 2];
            d += row[j + 3] * row[j + 3];
        }
        for (; j < row.length; j++) {
            a += row[j] * row[j];
        }
        return (a + b) + (c + d);
    }
}
