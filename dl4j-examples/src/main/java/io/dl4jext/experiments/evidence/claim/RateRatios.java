package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.GeometricMean;
import io.dl4jext.experiments.statistics.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The ratios of two methods' highest stable rates, seed by seed, or their means, data set by data set. Where one of the
 * rates is a lower bound, or there is none, the ratio is not known, and counts as such. Immutable.
 */
public final class RateRatios {

    private static final double CONFIDENCE = 0.95;

    private final String first;
    private final String second;
    private final String each;
    private final List<String> missing = new ArrayList<>();
    private final List<Double> known = new ArrayList<>();
    private int pairs;
    private int bounds;
    private int onlyFirstHasNone;
    private int secondHasNone;

    private RateRatios(String first, String second, String each) {
        this.first = first;
        this.second = second;
        this.each = each;
    }

    RateRatios(StableRates first, StableRates second) {
        this(first.name(), second.name(), "seed");
        if (first.isEmpty()) {
            missing.add(first.name());
        }
        if (second.isEmpty()) {
            missing.add(second.name());
        }
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

    /**
     * The same two methods on several data sets, one ratio each: the geometric mean of its seeds' ratios, where every
     * one is known.
     *
     * @param sets at least one
     * @param each what a data set is called, such as {@code table}
     */
    public static RateRatios together(List<RateRatios> sets, String each) {
        RateRatios all = new RateRatios(sets.get(0).first, sets.get(0).second, each);
        for (RateRatios set : sets) {
            if (!set.missing.isEmpty()) {
                all.missing.addAll(set.missing);
                continue;
            }
            all.pairs++;
            if (set.secondHasNone > 0) {
                all.secondHasNone++;
            } else if (set.onlyFirstHasNone > 0) {
                all.onlyFirstHasNone++;
            } else if (set.bounds > 0) {
                all.bounds++;
            } else {
                all.known.add(set.mean().value());
            }
        }
        return all;
    }

    /** The methods that were not run. */
    List<String> missing() {
        return missing.stream().distinct().collect(Collectors.toList());
    }

    String first() {
        return first;
    }

    String second() {
        return second;
    }

    /** How many seeds, or data sets, both have been run with. */
    int pairs() {
        return pairs;
    }

    /** So many of the seeds, or data sets, in words. */
    String counted(int count) {
        return Numbers.count(count, each);
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

    List<Double> known() {
        return List.copyOf(known);
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
