package io.dl4jext.updater.internal.elementwise;

import java.util.ArrayList;
import java.util.List;

/** All that is wrong with a configuration, reported at once. */
public final class Problems {

    private final List<String> all = new ArrayList<>();

    public Problems require(boolean condition, String expected, Object got) {
        if (!condition) {
            all.add("expected " + expected + ", got " + got);
        }
        return this;
    }

    public Problems notNegative(String name, double value) {
        return require(value >= 0 && value < Double.POSITIVE_INFINITY, "0 ≤ " + name + " < ∞", value);
    }

    public Problems share(String name, double value) {
        return require(value >= 0 && value < 1, "0 ≤ " + name + " < 1", value);
    }

    /** @throws IllegalArgumentException if anything is wrong */
    public void report(String where) {
        if (!all.isEmpty()) {
            throw new IllegalArgumentException(where + ": " + String.join("; ", all));
        }
    }
}
