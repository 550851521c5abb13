package io.dl4jext.gradientcheck;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What a {@link GradientCheck} found. */
public final class GradientCheckResult {

    private final Map<Difference, RelativeErrors> errors = new EnumMap<>(Difference.class);

    GradientCheckResult(Map<Difference, RelativeErrors> errors) {
        this.errors.putAll(errors);
    }

    /**
     * The relative errors of one kind of difference.
     *
     * @throws IllegalArgumentException if the check did not take this difference
     */
    public RelativeErrors of(Difference difference) {
        RelativeErrors found = errors.get(difference);
        if (found == null) {
            throw new IllegalArgumentException("Expected one of " + errors.keySet() + ", got " + difference);
        }
        return found;
    }

    /**
     * A line for each difference: mean, median, 95 % quantile and maximum of the relative error, and the worst
     * parameter.
     */
    public String table() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%-10s%10s%12s%12s%12s%12s  %s%n",
                "difference",
                "number",
                "mean",
                "median",
                "95 %",
                "max",
                "worst"));
        errors.forEach((difference, found) -> text.append(String.format(
                Locale.ROOT,
                "%-10s%10d%12.2e%12.2e%12.2e%12.2e  %s%n",
                difference,
                found.count(),
                found.mean(),
                found.median(),
                found.quantile(0.95),
                found.max(),
                found.worst())));
        return text.toString();
    }

    @Override
    public String toString() {
        return table();
    }
}
