package io.dl4jext.schedule;

import org.nd4j.linalg.schedule.ScheduleType;

/** Arguments that are what they should be, else an exception with name and value. */
final class Checked {

    private Checked() {}

    static double value(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Expected 0 ≤ " + name + " < ∞, got " + value);
        }
        return value;
    }

    static double positive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Expected 0 < " + name + " < ∞, got " + value);
        }
        return value;
    }

    static double fraction(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("Expected 0 ≤ " + name + " ≤ 1, got " + value);
        }
        return value;
    }

    static int atLeast(int least, String name, int value) {
        if (value < least) {
            throw new IllegalArgumentException("Expected " + name + " ≥ " + least + ", got " + value);
        }
        return value;
    }

    static <T> T present(String name, T value) {
        if (value == null) {
            throw new IllegalArgumentException("Expected a " + name + ", got null");
        }
        return value;
    }

    static int count(ScheduleType type, int iteration, int epoch) {
        return type == ScheduleType.ITERATION ? iteration : epoch;
    }
}
