package io.dl4jext.fisher;

import org.nd4j.linalg.api.buffer.DataType;

/** How far results may lie from their reference, in one place. All are relative. */
public final class Tolerances {

    /** c_k against singular values of J in double, where c_k is below {@link #largestConditionNumber}. */
    public static final double CONDITION_NUMBER = 1e-3;

    private Tolerances() {}

    /** ‖F̃ − reference‖ ≤ this · ‖reference‖ (Frobenius). */
    public static double gram(DataType type) {
        return type == DataType.DOUBLE ? 1e-10 : 1e-5;
    }

    /** |ΣᵢΣⱼF̃ᵢⱼ − ‖Σgᵢ‖²| ≤ this · ΣᵢΣⱼ|F̃ᵢⱼ|. */
    public static double sum(DataType type) {
        return type == DataType.DOUBLE ? 1e-10 : 1e-5;
    }

    /** The largest c_k that must be found to {@link #CONDITION_NUMBER}. */
    public static double largestConditionNumber(DataType type) {
        return type == DataType.DOUBLE ? 1e5 : 1e3;
    }
}
