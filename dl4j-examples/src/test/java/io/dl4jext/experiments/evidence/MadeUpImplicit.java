package io.dl4jext.experiments.evidence;

import io.dl4jext.experiments.evidence.MadeUp.NamedNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The files of {@code implicit} with made-up numbers. */
public final class MadeUpImplicit {

    /** A loss of a method (a variant, with a threshold where it clips) on a data set. */
    public interface Loss {
        double of(String data, String method, double rate, long seed);
    }

    public Loss loss = (data, method, rate, seed) -> method.startsWith("explicit") ? 0.31 : 0.30;
    public NamedNumber testAccuracy = (variant, seed) -> variant.equals("explicit") ? 0.80 : 0.81;
    public NamedNumber highestRate = (variant, seed) -> variant.equals("explicit") ? 1 : 1.6;
    public Predicate<String> isLowerBound = variant -> false;

    void write(Path folder, String experiment, Map<String, String> options) throws IOException {
        String data = experiment.equals("uci") ? options.get("--file").replaceAll(".*/|\\.csv.*", "") : experiment;
        List<String> runs =
                new ArrayList<>(List.of("data,variant,clip,learning_rate,seed,diverged,loss,test_accuracy,seconds"));
        List<String> found =
                new ArrayList<>(List.of("data,variant,clip,seed,rate,unstable_rate,open,stable_again_above,threshold"));
        for (long seed : MadeUp.seeds(options.get("--seeds"))) {
            for (String variant : options.get("--variants").split(",")) {
                double highest = MadeUp.noisy(highestRate.of(variant, seed), seed, variant.hashCode() % 97);
                found.add(String.join(
                        ",",
                        data,
                        variant,
                        "",
                        "" + seed,
                        "" + highest,
                        "" + 1.1 * highest,
                        "" + isLowerBound.test(variant),
                        "false",
                        "1"));
                for (String clip :
                        variant.endsWith("-clip") ? options.get("--clip").split(",") : new String[] {""}) {
                    for (String rate : options.get("--learning-rates").split(",")) {
                        String method = variant + (clip.isEmpty() ? "" : "-" + clip);
                        double value = MadeUp.noisy(
                                loss.of(data, method, Double.parseDouble(rate), seed), seed, method.hashCode() % 97);
                        double accuracy =
                                MadeUp.noisy(testAccuracy.of(variant, seed), seed, (data + variant).hashCode() % 97);
                        runs.add(String.join(
                                ",",
                                data,
                                variant,
                                clip,
                                rate,
                                "" + seed,
                                "" + Double.isNaN(value),
                                "" + value,
                                "" + accuracy,
                                "1.5"));
                    }
                }
            }
        }
        Files.write(folder.resolve("runs.csv"), runs);
        if (options.containsKey("--find-highest-rate")) {
            Files.write(folder.resolve("rates.csv"), found);
        }
    }
}
