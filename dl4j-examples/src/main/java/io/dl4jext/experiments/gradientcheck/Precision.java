package io.dl4jext.experiments.gradientcheck;

import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;

/** The types in which a network can be checked. */
enum Precision {
    DOUBLE(DataType.DOUBLE),
    FLOAT(DataType.FLOAT);

    private final DataType type;

    Precision(DataType type) {
        this.type = type;
    }

    DataType type() {
        return type;
    }

    /** The distance from this number to the next larger one of the type. */
    double ulp(double value) {
        return this == FLOAT ? Math.ulp((float) value) : Math.ulp(value);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
