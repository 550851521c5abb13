package io.dl4jext.fisher;

import java.io.Serializable;
import java.util.Arrays;

/** A row of the table of {@link Column}s; NaN where nothing was set. Set while it is made, then only read. */
final class Figures implements Serializable {

    private static final long serialVersionUID = 1L;

    private final double[] values;

    private Figures(double[] values) {
        this.values = values;
    }

    static Figures none() {
        double[] values = new double[Column.values().length];
        Arrays.fill(values, Double.NaN);
        return new Figures(values);
    }

    Figures copy() {
        return new Figures(values.clone());
    }

    Figures set(Column column, double value) {
        values[column.ordinal()] = value;
        return this;
    }

    double get(Column column) {
        return values[column.ordinal()];
    }

    double[] values() {
        return values.clone();
    }

    int count(Column column) {
        return (int) get(column);
    }
}
