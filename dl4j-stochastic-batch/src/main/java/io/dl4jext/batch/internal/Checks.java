package io.dl4jext.batch.internal;

/** Values that a configuration is refused for. */
public final class Checks {

    private Checks() {}

    public static double positive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Expected a finite " + name + " > 0, got " + value);
        }
        return value;
    }

    public static double notNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Expected a finite " + name + " >= 0, got " + value);
        }
        return value;
    }

    public static long notNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("Expected " + name + " >= 0, got " + value);
        }
        return value;
    }

    public static double finite(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("Expected a finite " + name + ", got " + value);
        }
        return value;
    }

    public static int positive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException("Expected " + name + " > 0, got " + value);
        }
        return value;
    }
}
