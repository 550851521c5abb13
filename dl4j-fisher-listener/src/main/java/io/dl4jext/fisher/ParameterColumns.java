package io.dl4jext.fisher;

import java.util.Arrays;
import java.util.Locale;

/**
 * Which columns of {@link PerSampleGradients} belong to one parameter of a layer: from {@link #first()} up to, not
 * including, {@link #end()}. Immutable.
 */
public final class ParameterColumns {

    private final String layer;
    private final String parameter;
    private final long first;
    private final long[] shape;
    private final char order;

    ParameterColumns(String layer, String parameter, long first, long[] shape, char order) {
        this.layer = layer;
        this.parameter = parameter;
        this.first = first;
        this.shape = shape.clone();
        this.order = order;
    }

    /** The layer's name; its index, as text, where it has none. */
    public String layer() {
        return layer;
    }

    /** The parameter's key in the layer's {@code paramTable()}: {@code W}, {@code b}, {@code gamma}, … */
    public String parameter() {
        return parameter;
    }

    /** From 0. */
    public long first() {
        return first;
    }

    /** One more than the last. */
    public long end() {
        return first + Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    /** The parameter's shape. */
    public long[] shape() {
        return shape.clone();
    }

    /** In which order the columns run through that shape: {@code c}, or {@code f} (the first index fastest). */
    public char order() {
        return order;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s %s %s (%s): %d to %d",
                layer,
                parameter,
                Arrays.toString(shape),
                order,
                first,
                end() - 1);
    }
}
