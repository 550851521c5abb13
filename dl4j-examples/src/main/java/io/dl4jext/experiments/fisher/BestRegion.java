package io.dl4jext.experiments.fisher;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which configurations are best: those with the lowest test error, the best third but at most five, ties included. */
final class BestRegion {

    private static final int MOST = 5;

    /** The rule in words, for below a table. */
    static final String RULE = "the lowest test errors: a third of the configurations, at most " + MOST
            + ", and whichever tie with the last";

    private BestRegion() {}

    /** The names of the best; empty if every training diverged. */
    static Set<String> of(List<Result> results) {
        int wanted = Math.min(MOST, (results.size() + 2) / 3);
        double worst = results.stream()
                .filter(result -> !result.diverged())
                .mapToDouble(Result::testError)
                .sorted()
                .limit(wanted)
                .max()
                .orElse(Double.NaN);
        return results.stream()
                .filter(result -> result.testError() <= worst)
                .map(Result::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
