package io.dl4jext.experiments.sampling;

import io.dl4jext.experiments.cli.TextTable;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** All policies beside each other, as the paper's Table 1, and what the paper finds on MNIST checked. */
final class Comparison {

    /** The significance level of the paper. */
    private static final double SIGNIFICANT = 0.05;

    private static final String REFERENCE = "s16";
    private static final String CHECKED = "s16-to-64";
    private static final double EXPECTED_TIME = 0.85;
    private static final String MULTI_STEP = "-MS";

    private final List<Result> results;

    /** Null if no policy is a beacon that never diverged. */
    private final Result best;

    /** Whose time the others' are compared with; null without any beacon. */
    private final Result clock;

    Comparison(List<Result> results) {
        this.results = results;
        this.best = results.stream()
                .filter(result -> result.policy().isBeacon() && result.diverged() == 0)
                .min(Comparator.comparingDouble(Result::meanError))
                .orElse(null);
        Result first = results.stream()
                .filter(result -> result.policy().isBeacon())
                .findFirst()
                .orElse(null);
        this.clock = named(REFERENCE) != null ? named(REFERENCE) : first;
    }

    /** The beacon with the lowest mean test error, or null. */
    Result best() {
        return best;
    }

    private Result named(String name) {
        return results.stream()
                .filter(result -> result.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The table. */
    String table() {
        TextTable table = new TextTable(
                "policy",
                "test error %",
                best == null ? "p-value" : "p vs " + best.name(),
                "iterations",
                "mean size",
                "seconds",
                clock == null ? "time" : "time / " + clock.name());
        for (Result result : results) {
            table.row(
                    result.name() + (result == best ? " *" : ""),
                    error(result),
                    best == null || result == best ? "" : p(Welch.pValue(result.testErrors(), best.testErrors())),
                    number("%.0f", result.meanIterations()),
                    number("%.1f", result.meanSize()),
                    number("%.2f", result.seconds()),
                    clock == null ? "-" : number("%.2f", result.seconds() / clock.seconds()));
        }
        return table.toString();
    }

    /** The checks, a line each; empty where the policies for them are missing. */
    String checks() {
        StringBuilder text = new StringBuilder();
        Result reference = named(REFERENCE);
        for (String suffix : new String[] {"", MULTI_STEP}) {
            Result dynamic = named(CHECKED + suffix);
            if (reference != null && dynamic != null) {
                text.append(check(dynamic, reference)).append('\n');
            }
        }
        for (Result result : results) {
            Result multiStep = named(result.name() + MULTI_STEP);
            if (multiStep != null) {
                text.append(result.name())
                        .append(" against ")
                        .append(multiStep.name())
                        .append(": p-value ")
                        .append(p(Welch.pValue(result.testErrors(), multiStep.testErrors())))
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String check(Result dynamic, Result reference) {
        double ratio = dynamic.seconds() / reference.seconds();
        double p = Welch.pValue(dynamic.testErrors(), reference.testErrors());
        double loss = dynamic.meanError() - reference.meanError();
        String verdict = Double.isNaN(p)
                ? "not enough seeds to tell"
                : p >= SIGNIFICANT ? "not significant" : loss > 0 ? "a significant loss" : "a significant gain";
        return dynamic.name() + " took " + number("%.2f", ratio) + " of " + reference.name() + "'s time (expected <= "
                + EXPECTED_TIME + ": " + (ratio <= EXPECTED_TIME ? "met" : "missed") + "), accuracy difference "
                + number("%+.2f", -100 * loss) + " points, p-value " + p(p) + " (" + verdict + ")";
    }

    /** What the table means. */
    String legend() {
        return "Test error: mean +- standard deviation over the seeds. p-values: Welch's two-sample t-test, two-sided;"
                + " below " + SIGNIFICANT + " counts as different.\n"
                + (best == null ? "" : "* the best beacon: the constant size with the lowest mean test error.\n")
                + "Seconds: median over the seeds of the training alone, without testing. Constant sizes and schedules are"
                + " timed\nwithout the Fisher listener (the plane is measured in a training of its own, with the first"
                + " seed); controllers are\ntimed with it, since they live on it. Mean size: examples an iteration.\n";
    }

    private static String error(Result result) {
        if (result.diverged() > 0) {
            return "diverged" + (result.count() > 1 ? " " + result.diverged() + " of " + result.count() : "");
        }
        return number("%.2f", 100 * result.meanError())
                + (result.count() > 1 ? number(" +- %.2f", 100 * result.deviation()) : "");
    }

    static String p(double value) {
        return Double.isNaN(value) ? "-" : value < 0.0001 ? "<0.0001" : number("%.4f", value);
    }

    private static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
    }

    /** The names of the beacons. */
    List<String> beacons() {
        return results.stream()
                .filter(result -> result.policy().isBeacon())
                .map(Result::name)
                .collect(Collectors.toList());
    }
}
