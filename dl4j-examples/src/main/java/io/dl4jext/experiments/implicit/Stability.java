package io.dl4jext.experiments.implicit;

import java.util.Comparator;
import java.util.List;

/**
 * Which rates are stable, by footnote 7 of paper 4: an arm has diverged at a rate when its mean loss exceeds the middle
 * between the lowest and the highest mean loss of explicit training over the rates.
 *
 * <p>The paper picks rates at which explicit training does not quite explode, so that the highest loss is that of the
 * lowest rate or of one just too high. Here a grid may reach further: the highest loss counts as that of the untrained
 * network at most, and a mean that is not finite as higher than any.
 */
final class Stability {

    private final double threshold;

    private Stability(double threshold) {
        this.threshold = threshold;
    }

    /**
     * The rule for a task.
     *
     * @param explicit the curve of explicit training without clipping
     * @param untrained the mean loss before training
     */
    static Stability of(LossCurve explicit, double untrained) {
        double lowest = Double.POSITIVE_INFINITY;
        double highest = Double.NEGATIVE_INFINITY;
        for (LossCurve.Point point : explicit.points()) {
            lowest = Math.min(lowest, point.mean());
            highest = Math.max(highest, point.mean());
        }
        return new Stability((lowest + Math.min(highest, untrained)) / 2);
    }

    /** The largest mean loss that counts as stable; infinite if explicit training diverged at every rate. */
    double threshold() {
        return threshold;
    }

    boolean isStable(LossCurve.Point point) {
        return Double.isFinite(threshold) && point.mean() <= threshold;
    }

    /**
     * The highest rate up to which, from the arm's best rate on, no rate has diverged. (Rates so low that the loss is
     * still above the threshold have not diverged.)
     *
     * @return NaN if there is none
     */
    double highestStableRate(LossCurve curve) {
        List<LossCurve.Point> points = curve.points();
        double best = points.stream()
                .min(Comparator.comparingDouble(LossCurve.Point::mean))
                .map(LossCurve.Point::rate)
                .orElse(Double.NaN);
        double highest = Double.NaN;
        for (LossCurve.Point point : points) {
            if (point.rate() >= best) {
                if (!isStable(point)) {
                    break;
                }
                highest = point.rate();
            }
        }
        return highest;
    }

    /** Whether the highest stable rate is the last of the rates, so that it might be higher still. */
    boolean isOpen(LossCurve curve) {
        List<LossCurve.Point> points = curve.points();
        return points.get(points.size() - 1).rate() == highestStableRate(curve);
    }
}
