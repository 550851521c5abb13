package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.GeometricMean;
import io.dl4jext.experiments.statistics.Sample;
import java.util.ArrayList;
import java.util.List;

/**
 * The ratios of two methods' highest stable rates, seed by seed. Where one of the rates is a lower bound, or there is none, the ratio is not
 * known, and counts as such. Immutable.
 */
public final class RateRatios {

    private static final double CONFIDENCE = 0.95;

    private final String first;
    private final String second;
    private final List<Double> known = new ArrayList<>();
    private int pairs;
    private int bounds;
    private int onlyFirstHasNone;
    private int secondHasNone;

    RateRatios(StableRates first, StableRates second) {
        this.first = first.name();
        this.second = second.name();
        for (long seed : first.rates().common(second.rates())) {
            double above = first.rates().value(seed);
            double below = second.rates().value(seed);
            pairs++;
            if (Double.isNaN(below)) {
                secondHasNone++;
            } else if (Double.isNaN(above)) {
                onlyFirstHasNone++;
            } else if (first.isOpen(seed) || second.isOpen(seed)) {
                bounds++;
            } else {
                known.add(above / below);
            }
        }
    }

    String first() {
        return first;
    }

    String second() {
        return second;
    }

    /** How many seeds both have been run with. */
    int pairs() {
        return pairs;
    }

    /** With how many of them a rate is a lower bound. */
    int bounds() {
        return bounds;
    }

    /** With how many the second has a stable rate, and the first has none. */
    int onlyFirstHasNone() {
        return onlyFirstHasNone;
    }

    /** With how many the second has no stable rate. */
    int secondHasNone() {
        return secondHasNone;
    }

    /** Whether every ratio is known. */
    public boolean areKnown() {
        return pairs > 0 && known.size() == pairs;
    }

    /** Of the known ratios. */
    public GeometricMean mean() {
        return new GeometricMean(Sample.of(known, ratio -> ratio), CONFIDENCE);
    }

    Sample logarithms() {
        return Sample.of(known, Math::log);
    }

    /** Mean and interval, and with how many seeds the ratio is not known. */
    @Override
    public String toString() {
        GeometricMean mean = mean();
        String text = known.isEmpty()
                ? "-"
                : Numbers.format("%.2f", mean.value())
                        + (known.size() > 1
                                ? " (" + Numbers.format("%.2f", mean.low()) + " to "
                                        + Numbers.format("%.2f", mean.high()) + ")"
                                : "");
        return text + (areKnown() ? "" : ", unknown with " + (pairs - known.size()) + " of " + pairs);
    }
}
