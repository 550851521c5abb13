package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The result on one task: a table of losses, the highest stable rates, a picture.
 *
 * <p>A method is stable at a rate when its mean loss is not above the threshold of {@link Divergence}, which is made of
 * explicit training's mean losses; a mean that is not finite counts as higher than any.
 */
final class RateReport {

    /** For below the tables. */
    static final String LEGEND = "Losses: mean +- standard deviation over the seeds of the mean loss over all training"
            + " examples after the last epoch.\n"
            + "Diverged: NaN or infinite. Threshold: the middle between the lowest and the highest mean loss of explicit,\n"
            + "the highest counting as the untrained network's at most; none where explicit is not below that at any rate.\n"
            + "Highest stable rate: the highest learning rate, at or\n"
            + "above the best one, up to which the mean loss stays below the threshold (marked ! where it does not).\n";

    private final String title;

    private final RateCurves losses;

    private final double untrained;

    /** NaN without explicit training, infinite if that learns at none of the rates. */
    private final double threshold;

    /** @param untrained the mean loss before training */
    RateReport(String title, List<Run<RateTrial>> runs, double untrained) {
        this.title = title;
        this.untrained = untrained;
        this.losses = new RateCurves(runs, RateTrial::loss);
        this.threshold = losses.methods().contains(Method.EXPLICIT)
                ? Divergence.threshold(
                        losses.of(Method.EXPLICIT).values().stream()
                                .map(RateCurves::mean)
                                .collect(Collectors.toList()),
                        untrained)
                : Double.NaN;
    }

    private boolean isStable(Sample sample) {
        return Divergence.isStable(RateCurves.mean(sample), threshold);
    }

    /**
     * The highest rate up to which, from the method's best rate on, no rate has diverged. (Rates so low that the loss
     * is still above the threshold have not diverged.)
     *
     * @return NaN if there is none
     */
    double highestStableRate(Method method) {
        double highest = Double.NaN;
        TreeMap<Double, Sample> curve = losses.of(method);
        for (Map.Entry<Double, Sample> entry :
                curve.tailMap(losses.lowestAt(method), true).entrySet()) {
            if (!isStable(entry.getValue())) {
                break;
            }
            highest = entry.getKey();
        }
        return highest;
    }

    /** Whether the highest stable rate is the last of the rates, so that it might be higher still. */
    boolean isOpen(Method method) {
        return losses.of(method).lastKey() == highestStableRate(method);
    }

    /** The largest mean loss that counts as stable. */
    double threshold() {
        return threshold;
    }

    void draw(Path file) throws IOException {
        new LossPicture(title, losses.all(), untrained, threshold).writePng(file);
    }

    /** The table and the highest stable rates. */
    @Override
    public String toString() {
        String text =
                title + "\n" + losses.table(this::cell) + "untrained network: loss " + Numbers.significant(untrained);
        if (Double.isNaN(threshold)) {
            return text + "; no stable rates without the variant explicit\n";
        }
        String clipped = rates(true);
        return text
                + (Double.isFinite(threshold)
                        ? "; threshold of divergence: " + Numbers.significant(threshold)
                        : "; no threshold of divergence: explicit training learns at none of these rates")
                + "\nhighest stable rate: "
                + rates(false) + (clipped.isEmpty() ? "" : "; with clipping: " + clipped) + "\n";
    }

    private String cell(Sample sample) {
        boolean marked = sample.notFinite() > 0 || Double.isFinite(threshold) && !isStable(sample);
        return Numbers.outcome(sample, Numbers::significant) + (marked ? " !" : "  ");
    }

    /** The rates of all methods with or without clipping, and how many times explicit training's each is. */
    private String rates(boolean clipped) {
        List<String> parts = new ArrayList<>();
        for (Method method : losses.methods()) {
            if (method.variant.isClipped == clipped) {
                double rate = highestStableRate(method);
                parts.add(method + " "
                        + (Double.isNaN(rate) ? "none" : (isOpen(method) ? ">= " : "") + Numbers.plain(rate))
                        + (losses.methods().contains(method.reference()) && !method.isReference()
                                ? " (ratio " + ratio(method.reference(), method) + ")"
                                : ""));
            }
        }
        return String.join(", ", parts);
    }

    private String ratio(Method a, Method b) {
        double ratio = highestStableRate(b) / highestStableRate(a);
        if (Double.isNaN(ratio) || isOpen(a) && isOpen(b)) {
            return "unknown" + (isOpen(a) && isOpen(b) ? ": both are stable at the highest rate" : "");
        }
        return (isOpen(a) ? "<= " : isOpen(b) ? ">= " : "") + Numbers.significant(ratio);
    }
}
