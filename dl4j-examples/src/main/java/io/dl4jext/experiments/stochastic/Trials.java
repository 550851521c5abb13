package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.stochastic.MethodTrial.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** The trainings of all variants under all settings. Immutable. */
final class Trials {

    private final List<Variant> variants;
    private final List<Setting> settings;
    private final int epochs;
    private final int measured;

    /** @param measured after how many of the epochs, the last ones, a network is measured */
    Trials(List<Variant> variants, List<Setting> settings, int epochs, int measured) {
        this.variants = variants;
        this.settings = settings;
        this.epochs = epochs;
        this.measured = measured;
    }

    /** With each of these rates. */
    List<MethodTrial> withAll(List<Double> rates, long... seeds) {
        return trials((variant, setting) -> rates, seeds);
    }

    /** With the rate that was chosen for variant and setting. */
    List<MethodTrial> withChosen(List<RateChoice> choices, long... seeds) {
        return trials(
                (variant, setting) -> List.of(choices.stream()
                        .filter(choice -> choice.isOf(variant, setting))
                        .findFirst()
                        .orElseThrow()
                        .rate),
                seeds);
    }

    /** Settings one after the other, and under each seeds. */
    private List<MethodTrial> trials(BiFunction<Variant, Setting, List<Double>> rates, long... seeds) {
        List<MethodTrial> trials = new ArrayList<>();
        for (Setting setting : settings) {
            for (long seed : seeds) {
                for (Variant variant : variants) {
                    for (double rate : rates.apply(variant, setting)) {
                        trials.add(new MethodTrial(variant, setting, rate, seed, epochs, measured));
                    }
                }
            }
        }
        return trials;
    }
}
