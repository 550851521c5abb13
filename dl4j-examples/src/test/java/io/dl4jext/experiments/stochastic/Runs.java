package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Score;
import io.dl4jext.experiments.stochastic.MethodTrial.Setting;
import java.util.ArrayList;
import java.util.List;

/** Results of trainings, made up. */
final class Runs {

    static final Setting SETTING = new Setting(16, 0, Ratio.parse("1/4"), 6000);

    private Runs() {}

    /** With these accuracies after each epoch; NaN is divergence. */
    static Run<MethodTrial> of(Variant variant, long seed, double seconds, double... accuracies) {
        return of(
                new MethodTrial(variant, SETTING, 0.1, seed, accuracies.length, accuracies.length),
                seconds,
                accuracies);
    }

    static Run<MethodTrial> of(MethodTrial trial, double seconds, double... accuracies) {
        List<Run.Point> curve = new ArrayList<>();
        for (double accuracy : accuracies) {
            curve.add(new Run.Point(curve.size() + 1, 1, new Score(1, accuracy)));
        }
        boolean diverged = Double.isNaN(accuracies[accuracies.length - 1]);
        return new Run<>(trial, curve.size(), 16 * curve.size(), diverged, curve, seconds);
    }

    /** One with this rate, measured once. */
    static Run<MethodTrial> tried(Variant variant, double rate, long seed, double accuracy, double validationAccuracy) {
        MethodTrial trial = new MethodTrial(variant, SETTING, rate, seed, 10, 1);
        Score score = new Score(1, accuracy).with(new Score(1, validationAccuracy));
        boolean diverged = Double.isNaN(accuracy);
        return new Run<>(trial, 1, 16, diverged, List.of(new Run.Point(1, 1, score)), 1);
    }
}
