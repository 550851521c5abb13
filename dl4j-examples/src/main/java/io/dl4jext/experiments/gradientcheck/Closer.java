package io.dl4jext.experiments.gradientcheck;

import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.gradientcheck.Difference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Of how many parameters the central difference is closer to the gradient than another one is, and of how many it is
 * the other way: with the same step, or each at the step with its lowest median. Rows of {@code closer.csv}. Immutable.
 */
final class Closer {

    private static final String BEST = "best";

    private final Check central;
    private final Check other;
    private final String step;

    private Closer(Check central, Check other, String step) {
        this.central = central;
        this.other = other;
        this.step = step;
    }

    /** Of the checks in one data type. */
    static List<Closer> of(List<Check> checks) {
        List<Closer> rows = new ArrayList<>();
        List<Check> central = Check.of(Difference.CENTRAL, checks);
        for (Difference difference : List.of(Difference.FORWARD, Difference.BACKWARD)) {
            List<Check> others = Check.of(difference, checks);
            for (int i = 0; i < central.size(); i++) {
                rows.add(new Closer(central.get(i), others.get(i), String.valueOf(central.get(i).step)));
            }
            best(central).ifPresent(best -> best(others).ifPresent(other -> rows.add(new Closer(best, other, BEST))));
        }
        return rows;
    }

    /** The one with the lowest median, of those that have errors. */
    static Optional<Check> best(List<Check> checks) {
        return checks.stream()
                .filter(check -> check.errors.count() > 0)
                .min(Comparator.comparingDouble(check -> check.errors.median()));
    }

    static CsvFile<Closer> file(Path folder) {
        return new CsvFile<Closer>(folder.resolve("closer.csv"))
                .column("type", row -> Check.name(row.central.type))
                .column("step", row -> row.step)
                .column("against", row -> Check.name(row.other.difference))
                .column("central_closer", row -> row.central.errors.smallerThan(row.other.errors))
                .column("other_closer", row -> row.other.errors.smallerThan(row.central.errors));
    }
}
