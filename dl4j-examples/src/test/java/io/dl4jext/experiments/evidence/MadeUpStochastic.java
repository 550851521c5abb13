package io.dl4jext.experiments.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The files of {@code stochastic-batch} with made-up numbers. With rates the first of them is never the best one. */
public final class MadeUpStochastic {

    /** A number for a method with a share of the images and a seed. */
    public interface Accuracy {
        double of(String method, double ratio, long seed);
    }

    private static final List<String> SWEPT =
            List.of("a=-0.1,l=0", "a=0,l=0", "a=0.1,l=0", "a=1,l=0", "a=0.1,l=-2", "a=0.1,l=-4", "a=0.1,l=-8");

    /** As the paper has them: VGG11's means. */
    private static final double[] PAPER = {0.9209, 0.9217, 0.9218, 0.9178, 0.9235, 0.9238, 0.9246};

    /** The stochastic batch size is best, and the more so the fewer images there are. */
    public Accuracy accuracy = (method, ratio, seed) ->
            method.equals("stochastic-batch") ? 0.92 - ratio / 10 : method.endsWith("-half") ? 0.87 : 0.86;

    public ToDoubleFunction<String> swept = method -> PAPER[SWEPT.indexOf(method)];

    public ToDoubleFunction<String> trainingLoss = method -> 0.1;

    void write(Path folder, Map<String, String> options) throws IOException {
        boolean sweep = !options.containsKey("--methods");
        List<String> methods = sweep
                ? new ArrayList<>(SWEPT)
                : Arrays.stream(options.get("--methods").split(",")).collect(Collectors.toList());
        if (sweep) {
            methods.add(0, "sgd");
        }
        String seeds = options.get("--seeds");
        long[] all = MadeUp.seeds(seeds);
        String[] rates = options.getOrDefault("--rates", "0.1").split(",");
        int tuning = Integer.parseInt(options.getOrDefault("--tuning-seeds", "1000"));
        double ratio = Double.parseDouble(options.get("--ratios"));
        List<String> runs = new ArrayList<>(List.of("method,learning_rate,seed,diverged,last_accuracy,seconds"));
        List<String> epochs = new ArrayList<>(List.of("method,learning_rate,seed,epoch,training_loss"));
        List<String> tried = new ArrayList<>(List.of("method,learning_rate,seeds,validation_error,chosen"));
        for (String method : methods) {
            int best = Math.min(1, rates.length - 1);
            for (int i = 0; i < rates.length; i++) {
                tried.add(quoted(method) + rates[i] + ",2," + (0.3 + Math.abs(i - best) / 10.0) + "," + (i == best));
                for (long seed : all) {
                    if (i == best || seed <= tuning) {
                        double value = method.startsWith("a=")
                                ? swept.applyAsDouble(method)
                                : accuracy.of(method, ratio, seed);
                        // Less than what tells one of Table 3's settings from the next.
                        value +=
                                4e-5 * Math.sin(seed * 7 + method.hashCode() + 100 * ratio) - Math.abs(i - best) / 10.0;
                        String key = quoted(method) + rates[i] + "," + seed;
                        runs.add(key + "," + Double.isNaN(value) + "," + value + ",12.5");
                        epochs.add(key + ",15," + trainingLoss.applyAsDouble(method));
                    }
                }
            }
        }
        Files.write(folder.resolve("runs.csv"), runs);
        Files.write(folder.resolve("epochs.csv"), epochs);
        if (options.containsKey("--rates")) {
            Files.write(folder.resolve("rates.csv"), tried);
        }
    }

    private static String quoted(String method) {
        return "\"" + method + "\",";
    }
}
