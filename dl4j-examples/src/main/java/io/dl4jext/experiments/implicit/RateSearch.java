package io.dl4jext.experiments.implicit;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The search for the highest stable rate of one method with one seed. The given rates are tried first. From the best of
 * them upward the first one that is unstable and the last stable one before it are the ends of a bracket; where none is
 * unstable, rates above the given ones are tried, each twice the one before, until one is unstable. The bracket is then
 * halved (by ratio) until its ends are as near to each other as the precision asks for.
 *
 * <p>So what is found is the first unstable rate on the way up from the best one, as far as the rates that were tried
 * tell. Stability need not be monotone: a rate above may be stable again, which is told but not looked into.
 */
final class RateSearch {

    /** The loss that training at a rate ends with. */
    interface Losses {
        double at(double rate) throws IOException;
    }

    /** The highest stable rate and the lowest that is known to be unstable above it. Immutable. */
    static final class Bracket {

        static final Bracket NONE = new Bracket(Double.NaN, Double.NaN, false);

        /** NaN if no rate is stable. */
        final double stable;

        /** Infinite if none of those tried was unstable. */
        final double unstable;

        /** Whether a rate above the unstable one was tried and is stable. */
        final boolean isStableAgainAbove;

        Bracket(double stable, double unstable, boolean isStableAgainAbove) {
            this.stable = stable;
            this.unstable = unstable;
            this.isStableAgainAbove = isStableAgainAbove;
        }

        boolean exists() {
            return !Double.isNaN(stable);
        }

        /** Whether the highest stable rate may be higher than what was tried. */
        boolean isOpen() {
            return unstable == Double.POSITIVE_INFINITY;
        }
    }

    /** How many rates above the given ones are tried at most. */
    static final int MOST_DOUBLINGS = 6;

    /** What the rates are rounded to that are not given. */
    private static final MathContext DIGITS = new MathContext(4);

    private final TreeSet<Double> rates;
    private final double precision;

    /** @param precision the largest ratio of a bracket's ends, &gt; 1.001 because of the rounding */
    RateSearch(Collection<Double> rates, double precision) {
        this.rates = new TreeSet<>(rates);
        this.precision = precision;
    }

    /** How many trainings a search may need. */
    int mostTrainings() {
        double widest = 2;
        for (double rate : rates) {
            Double next = rates.higher(rate);
            widest = next == null ? widest : Math.max(widest, next / rate);
        }
        double halvings = Math.log(Math.log(widest) / Math.log(precision)) / Math.log(2);
        int oneForRounding = 1;
        return rates.size() + MOST_DOUBLINGS + (int) Math.max(0, Math.ceil(halvings)) + oneForRounding;
    }

    /** The losses at the given rates; infinite where they are not finite. */
    TreeMap<Double, Double> curve(Losses losses) throws IOException {
        TreeMap<Double, Double> curve = new TreeMap<>();
        for (double rate : rates) {
            tryRate(rate, curve, losses);
        }
        return curve;
    }

    /**
     * The losses of explicit training at the given rates and, as long as the highest of these is still below the middle
     * between the lowest loss and the untrained network's, at rates above: so that the threshold that is made of them
     * does not depend on how far the given rates reach. Where it learns at none of the given rates it is left at that.
     */
    TreeMap<Double, Double> explicitCurve(double untrained, Losses losses) throws IOException {
        TreeMap<Double, Double> curve = curve(losses);
        while (Divergence.isStable(curve.lastEntry().getValue(), ifItBreaksAbove(curve, untrained)) && mayGoOn(curve)) {
            tryRate(rounded(2 * curve.lastKey()), curve, losses);
        }
        return curve;
    }

    /** What the threshold is if training breaks at a higher rate. */
    private static double ifItBreaksAbove(TreeMap<Double, Double> curve, double untrained) {
        return Divergence.threshold(List.of(curve.get(best(curve)), Double.POSITIVE_INFINITY), untrained);
    }

    /**
     * Searches.
     *
     * @param curve the losses so far, at least at the given rates; what is tried is added
     * @param threshold the largest loss that is stable; infinite if there is none
     */
    Bracket find(TreeMap<Double, Double> curve, double threshold, Losses losses) throws IOException {
        double stable = Double.NaN;
        double unstable = Double.POSITIVE_INFINITY;
        for (Map.Entry<Double, Double> entry : curve.tailMap(best(curve), true).entrySet()) {
            if (!Divergence.isStable(entry.getValue(), threshold)) {
                unstable = entry.getKey();
                break;
            }
            stable = entry.getKey();
        }
        if (Double.isNaN(stable)) {
            return Bracket.NONE;
        }
        while (unstable == Double.POSITIVE_INFINITY && mayGoOn(curve)) {
            double rate = rounded(2 * stable);
            if (Divergence.isStable(tryRate(rate, curve, losses), threshold)) {
                stable = rate;
            } else {
                unstable = rate;
            }
        }
        while (unstable < Double.POSITIVE_INFINITY && unstable / stable > precision) {
            double rate = rounded(Math.sqrt(stable) * Math.sqrt(unstable));
            if (Divergence.isStable(tryRate(rate, curve, losses), threshold)) {
                stable = rate;
            } else {
                unstable = rate;
            }
        }
        boolean again =
                curve.tailMap(unstable, false).values().stream().anyMatch(loss -> Divergence.isStable(loss, threshold));
        return new Bracket(stable, unstable, again);
    }

    private static double best(TreeMap<Double, Double> curve) {
        return curve.entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private boolean mayGoOn(TreeMap<Double, Double> curve) {
        return curve.tailMap(rates.last(), false).size() < MOST_DOUBLINGS;
    }

    private static double tryRate(double rate, TreeMap<Double, Double> curve, Losses losses) throws IOException {
        double loss = losses.at(rate);
        curve.put(rate, Double.isFinite(loss) ? loss : Double.POSITIVE_INFINITY);
        return curve.get(rate);
    }

    /** A rate that nobody gave, with as many digits as are of use. */
    static double rounded(double rate) {
        return BigDecimal.valueOf(rate).round(DIGITS).doubleValue();
    }
}
