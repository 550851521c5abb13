package io.dl4jext.implicit;

import org.nd4j.linalg.api.buffer.DataType;

/** How far two ways to the same number may be apart, relative to the largest number of the array. */
final class Tolerance {

    static final double FLOAT = 2e-5;
    static final double DOUBLE = 1e-10;

    /** For the limit η → 0, taken at {@link #TINY_RATE}. */
    static final double LIMIT = 1e-5;

    static final double TINY_RATE = 1e-9;

    /** Central differences in double precision. */
    static final double DIFFERENCES = 1e-6;

    private Tolerance() {}

    static double of(DataType type) {
        return type == DataType.DOUBLE ? DOUBLE : FLOAT;
    }
}
