package io.dl4jext.gradientcheck;

import org.nd4j.linalg.api.buffer.DataType;

/**
 * A finite difference of the loss f in one parameter θ (Yotkov, "Gradient-based optimisation", section 2.2).
 *
 * <p>The step h: the difference is wrong by the terms of Taylor's series that it leaves out (of order h, or h² for
 * {@link #CENTRAL}) and by the rounding of f, about u·|f|/h, with the type's unit u = ulp(1). Both are balanced at
 * h = √u (∛u for {@link #CENTRAL}): 3.5e-4 and 4.9e-3 in FLOAT, 1.5e-8 and 6.1e-6 in DOUBLE; {@link #step} multiplies
 * by max(1, |θ|). The paper's 1e-8 is right for forward and backward differences in double precision. In float it
 * fails: θ + 1e-8 is θ from |θ| = 0.25 on, and where it is not, a loss of about 1 that is rounded to 1.2e-7 tells
 * nothing about a change of 1e-8.
 */
public enum Difference {
    /** (f(θ + h) − f(θ))/h. */
    FORWARD(1, 0),
    /** (f(θ) − f(θ − h))/h. */
    BACKWARD(0, 1),
    /** (f(θ + h) − f(θ − h))/(2h). */
    CENTRAL(1, 1);

    final int above;
    final int below;

    Difference(int above, int below) {
        this.above = above;
        this.below = below;
    }

    /**
     * The step that makes sense for this type and parameter.
     *
     * @param type FLOAT or DOUBLE
     * @throws IllegalArgumentException if it is another type
     */
    public double step(DataType type, double parameter) {
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw new IllegalArgumentException("Expected the data type FLOAT or DOUBLE, got " + type);
        }
        double unit = type == DataType.FLOAT ? Math.ulp(1f) : Math.ulp(1d);
        return (this == CENTRAL ? Math.cbrt(unit) : Math.sqrt(unit)) * Math.max(1, Math.abs(parameter));
    }
}
