package io.dl4jext.fisher.chart;

import java.util.function.DoubleUnaryOperator;

/** How an axis maps values to places. */
enum Scale {
    LINEAR(value -> value, place -> place),
    LOGARITHMIC(Math::log10, place -> Math.pow(10, place));

    private final DoubleUnaryOperator toPlace;
    private final DoubleUnaryOperator toValue;

    Scale(DoubleUnaryOperator toPlace, DoubleUnaryOperator toValue) {
        this.toPlace = toPlace;
        this.toValue = toValue;
    }

    /** Where a value stands, in units of the axis: the value itself, or its decimal logarithm; not finite for none. */
    double place(double value) {
        return toPlace.applyAsDouble(value);
    }

    /** The value that stands there. */
    double value(double place) {
        return toValue.applyAsDouble(place);
    }
}
