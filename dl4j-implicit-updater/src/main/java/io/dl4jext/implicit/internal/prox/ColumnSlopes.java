package io.dl4jext.implicit.internal.prox;

/** One rule for each column, as a parametric relu with a slope for each unit has it. */
final class ColumnSlopes extends ImpliedSlope {

    private final String activation;
    private final ImpliedSlope[] columns;

    ColumnSlopes(String activation, ImpliedSlope[] columns) {
        this.activation = activation;
        this.columns = columns;
    }

    @Override
    double at(double c, double p) {
        throw new UnsupportedOperationException("The implied slope depends on the column");
    }

    @Override
    void row(double[] c, double[] p, double[] t, int length) {
        for (int j = 0; j < length; j++) {
            t[j] = finite(c[j], p[j]) ? columns[j].at(c[j], p[j]) : Double.NaN;
        }
    }

    @Override
    void checkColumns(long count) {
        if (count != columns.length) {
            throw new IllegalArgumentException("Activation " + activation + " has slopes for " + columns.length
                    + " columns, but b has " + count + " columns");
        }
    }
}
