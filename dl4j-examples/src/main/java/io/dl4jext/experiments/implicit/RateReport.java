package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.experiments.statistics.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The result on one task: a table of losses, the highest stable rates, a picture.
 *
 * <p>Which rates are stable, by footnote 7 of Fagan and Iyengar: a variant has diverged at a rate when its mean loss exceeds the middle
 * between the lowest and the highest mean loss of explicit training over the rates. The paper picks rates at which explicit
 * training does not quite explode, so that the highest loss is that of the lowest rate or of one just too high. Here a grid
 * may reach further: the highest loss counts as that of the untrained network at most, and a mean that is not finite as higher
 * than any.
 */
final class RateReport {

    /** For below the tables. */
    static final String LEGEND = "Losses: mean +- standard deviation over the seeds of the mean loss over all training"
            + " examples after the last epoch.\n"
            + "Diverged: NaN or infinite. Threshold: the middle between the lowest and the highest mean loss of explicit,\n"
            + "the highest counting as the untrained network's at most. Highest stable rate: the highest learning rate, at or\n"
            + "above the best one, up to which the mean loss stays below the threshold (marked ! where it does not).\n";

    private final String title;

    /** The losses of the seeds by variant and rate. */
    private final Map<Variant, TreeMap<Double, Sample>> losses = new EnumMap<>(Variant.class);

    private final double untrained;

    /** NaN without explicit training, infinite if it diverged at every rate. */
    private final double threshold;

    /** @param untrained the mean loss before training */
    RateReport(String title, List<Run<RateTrial>> runs, double untrained) {
        this.title = title;
        this.untrained = untrained;
        Run.by(trial -> trial.variant, runs).forEach((variant, own) -> {
            TreeMap<Double, Sample> curve = new TreeMap<>();
            Run.by(trial -> trial.rate, own)
                    .forEach((rate, seeds) -> curve.put(rate, Sample.of(seeds, RateTrial::loss)));
            losses.put(variant, curve);
        });
        this.threshold = losses.containsKey(Variant.EXPLICIT) ? middle() : Double.NaN;
    }

    private double middle() {
        double lowest = Double.POSITIVE_INFINITY;
        double highest = Double.NEGATIVE_INFINITY;
        for (Sample sample : losses.get(Variant.EXPLICIT).values()) {
            lowest = Math.min(lowest, mean(sample));
            highest = Math.max(highest, mean(sample));
        }
        return (lowest + Math.min(highest, untrained)) / 2;
    }

    /** Infinite if any run diverged. */
    static double mean(Sample sample) {
        return sample.notFinite() > 0 ? Double.POSITIVE_INFINITY : sample.mean();
    }

    private boolean isStable(Sample sample) {
        return Double.isFinite(threshold) && mean(sample) <= threshold;
    }

    /**
     * The highest rate up to which, from the variant's best rate on, no rate has diverged. (Rates so low that the loss is
     * still above the threshold have not diverged.)
     *
     * @return NaN if there is none
     */
    double highestStableRate(Variant variant) {
        TreeMap<Double, Sample> curve = losses.get(variant);
        double best = curve.entrySet().stream()
                .min(Comparator.comparingDouble(entry -> mean(entry.getValue())))
                .orElseThrow()
                .getKey();
        double highest = Double.NaN;
        for (Map.Entry<Double, Sample> entry : curve.tailMap(best, true).entrySet()) {
            if (!isStable(entry.getValue())) {
                break;
            }
            highest = entry.getKey();
        }
        return highest;
    }

    /** Whether the highest stable rate is the last of the rates, so that it might be higher still. */
    boolean isOpen(Variant variant) {
        return losses.get(variant).lastKey() == highestStableRate(variant);
    }

    /** The largest mean loss that counts as stable. */
    double threshold() {
        return threshold;
    }

    void draw(Path file) throws IOException {
        new LossPicture(title, losses, untrained, threshold).writePng(file);
    }

    /** The table and the highest stable rates. */
    @Override
    public String toString() {
        String text = title + "\n" + table() + "untrained network: loss " + Numbers.significant(untrained);
        if (Double.isNaN(threshold)) {
            return text + "; no stable rates without the variant explicit\n";
        }
        String clipped = rates(true);
        return text + "; threshold of divergence: " + Numbers.significant(threshold) + "\nhighest stable rate: "
                + rates(false) + (clipped.isEmpty() ? "" : "; with clipping: " + clipped) + "\n";
    }

    private TextTable<Double> table() {
        TreeSet<Double> rates = new TreeSet<>();
        losses.values().forEach(curve -> rates.addAll(curve.keySet()));
        TextTable<Double> table = new TextTable<>(rates).column("rate", Numbers::plain);
        losses.forEach((variant, curve) -> table.column(variant.toString(), rate -> cell(curve.get(rate))));
        return table;
    }

    private String cell(Sample sample) {
        boolean marked = sample.notFinite() > 0 || !Double.isNaN(threshold) && !isStable(sample);
        return Numbers.outcome(sample, Numbers::significant) + (marked ? " !" : "  ");
    }

    /** The rates of all variants with or without clipping, and how many times explicit training's each is. */
    private String rates(boolean clipped) {
        List<String> parts = new ArrayList<>();
        for (Variant variant : losses.keySet()) {
            if (variant.isClipped == clipped) {
                Variant reference = variant.reference();
                double rate = highestStableRate(variant);
                parts.add(variant + " "
                        + (Double.isNaN(rate) ? "none" : (isOpen(variant) ? ">= " : "") + Numbers.plain(rate))
                        + (losses.containsKey(reference) && reference != variant
                                ? " (ratio " + ratio(reference, variant) + ")"
                                : ""));
            }
        }
        return String.join(", ", parts);
    }

    private String ratio(Variant a, Variant b) {
        double ratio = highestStableRate(b) / highestStableRate(a);
        if (Double.isNaN(ratio) || isOpen(a) && isOpen(b)) {
            return "unknown" + (isOpen(a) && isOpen(b) ? ": both are stable at the highest rate" : "");
        }
        return (isOpen(a) ? "<= " : isOpen(b) ? ">= " : "") + Numbers.significant(ratio);
    }
}
