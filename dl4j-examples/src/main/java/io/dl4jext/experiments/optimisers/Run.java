package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.cli.Numbers;
import java.util.List;
import java.util.Locale;

/** What one training gave. Immutable. */
final class Run {

    private final String name;
    private final long seed;
    private final List<CurvePoint> curve;
    private final double seconds;

    /** @param name of what was trained, the same for all seeds */
    Run(String name, long seed, List<CurvePoint> curve, double seconds) {
        this.name = name;
        this.seed = seed;
        this.curve = List.copyOf(curve);
        this.seconds = seconds;
    }

    String name() {
        return name;
    }

    long seed() {
        return seed;
    }

    List<CurvePoint> curve() {
        return curve;
    }

    private CurvePoint last() {
        return curve.get(curve.size() - 1);
    }

    /** The mean training loss at the end, NaN if the run diverged. */
    double loss() {
        return last().trainLoss();
    }

    /** The test accuracy at the end. */
    double accuracy() {
        return last().testAccuracy();
    }

    boolean diverged() {
        return !Double.isFinite(loss());
    }

    double seconds() {
        return seconds;
    }

    /** One line, for who waits. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s seed %d: loss %s, accuracy %.4f, %.1f s",
                name,
                seed,
                diverged() ? "NaN" : Numbers.significant(loss()),
                accuracy(),
                seconds);
    }
}
