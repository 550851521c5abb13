package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import io.dl4jext.experiments.stochastic.MethodTrial.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A variant against another under a setting, seed by seed, in test accuracy. Immutable. */
final class Comparison {

    /** With fewer there is no verdict. */
    static final int LEAST_SEEDS = 8;

    static final double CONFIDENCE = 0.95;
    static final double POWER = 0.8;

    final Variant variant;
    final Variant base;
    final Setting setting;
    final List<Run<MethodTrial>> own;
    final List<Run<MethodTrial>> others;

    /** Of the last tenth of the epochs, in %-points. */
    final Sample differences;

    /** Of the maxima over the epochs. */
    final Sample maximumDifferences;

    /** The smallest true difference that so many seeds show with the probability {@link #POWER}, in %-points. */
    final double detectable;

    /** Of the paired t-test. */
    final double p;

    final double maximumP;

    /** Of two one-sided tests whether the difference is less than the margin. */
    final double equivalence;

    private final double margin;

    private Comparison(Variant variant, Variant base, Setting setting, List<Run<MethodTrial>> runs, double margin) {
        this.variant = variant;
        this.base = base;
        this.setting = setting;
        this.margin = margin;
        own = Run.of(runs, trial -> trial.variant == variant && trial.setting == setting);
        others = Run.of(runs, trial -> trial.variant == base && trial.setting == setting);
        differences = points(own, MethodTrial::lastAccuracy).minus(points(others, MethodTrial::lastAccuracy));
        maximumDifferences =
                points(own, MethodTrial::maximumAccuracy).minus(points(others, MethodTrial::maximumAccuracy));
        Sample accuracies = points(own, MethodTrial::lastAccuracy);
        Sample theirs = points(others, MethodTrial::lastAccuracy);
        p = Significance.paired(accuracies, theirs);
        equivalence = Significance.equivalence(accuracies, theirs, margin);
        detectable = Significance.detectable(accuracies, theirs, Significance.LEVEL, POWER);
        maximumP = Significance.paired(
                points(own, MethodTrial::maximumAccuracy), points(others, MethodTrial::maximumAccuracy));
    }

    private Comparison(Comparison same, double p, double maximumP, double equivalence) {
        this.variant = same.variant;
        this.base = same.base;
        this.setting = same.setting;
        this.own = same.own;
        this.others = same.others;
        this.differences = same.differences;
        this.maximumDifferences = same.maximumDifferences;
        this.detectable = same.detectable;
        this.margin = same.margin;
        this.p = p;
        this.maximumP = maximumP;
        this.equivalence = equivalence;
    }

    private static Sample points(List<Run<MethodTrial>> runs, ToDoubleFunction<Run<MethodTrial>> share) {
        return Sample.of(runs, run -> 100 * share.applyAsDouble(run));
    }

    /**
     * Every variant against the first one, and every adaptive one against that with p = ½ for all, under each setting.
     * The p-values of all of them are corrected together.
     *
     * @param runs of the seeds in the same order for each variant and setting
     * @param margin in %-points
     */
    static List<Comparison> all(
            List<Variant> variants, List<Setting> settings, List<Run<MethodTrial>> runs, double margin) {
        List<Comparison> all = new ArrayList<>();
        for (Setting setting : settings) {
            for (Variant variant : variants.subList(1, variants.size())) {
                all.add(new Comparison(variant, variants.get(0), setting, runs, margin));
            }
            variants.stream()
                    .filter(Variant::isHalf)
                    .findFirst()
                    .ifPresent(half -> variants.stream()
                            .skip(1)
                            .filter(variant ->
                                    variant.isStochasticBatch() && !variant.isHalf() && half != variants.get(0))
                            .forEach(variant -> all.add(new Comparison(variant, half, setting, runs, margin))));
        }
        double[] p = corrected(all, comparison -> comparison.p);
        double[] maximumP = corrected(all, comparison -> comparison.maximumP);
        double[] equivalence = corrected(all, comparison -> comparison.equivalence);
        return IntStream.range(0, p.length)
                .mapToObj(i -> new Comparison(all.get(i), p[i], maximumP[i], equivalence[i]))
                .collect(Collectors.toList());
    }

    private static double[] corrected(List<Comparison> all, ToDoubleFunction<Comparison> value) {
        return Significance.holm(all.stream().mapToDouble(value).toArray());
    }

    /** Half the width of the 95 % confidence interval of the mean difference, not corrected. */
    double halfWidth() {
        return differences.notFinite() > 0 ? Double.NaN : differences.halfWidth(CONFIDENCE);
    }

    /** Of the median trainings. */
    double time() {
        return seconds(own) / seconds(others);
    }

    private static double seconds(List<Run<MethodTrial>> runs) {
        return Sample.of(runs, run -> run.seconds).median();
    }

    /** The learning rate of the variant, and of the other. */
    double rate() {
        return own.get(0).trial.rate;
    }

    double baseRate() {
        return others.get(0).trial.rate;
    }

    /** What the tests say, in a word or two. */
    String verdict() {
        if (differences.notFinite() > 0) {
            return "diverged";
        }
        if (differences.size() < LEAST_SEEDS) {
            return "too few seeds";
        }
        boolean near = equivalence < Significance.LEVEL;
        if (p < Significance.LEVEL) {
            return (differences.mean() > 0 ? "gain" : "loss") + (near ? " below " + Numbers.plain(margin) : "");
        }
        return near ? "same within " + Numbers.plain(margin) : "open";
    }
}
