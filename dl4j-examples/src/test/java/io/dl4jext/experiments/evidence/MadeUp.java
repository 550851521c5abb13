package io.dl4jext.experiments.evidence;

import io.dl4jext.experiments.evidence.cell.CellRunner;
import io.dl4jext.experiments.evidence.cell.Share;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Runs no cell but writes the files that its command would, with made-up numbers: as the papers have them, unless a
 * test says otherwise. Every number gets a little noise by its seed.
 */
public final class MadeUp implements CellRunner {

    /** A number for a configuration with a batch size, a rate and a seed. */
    public interface GridNumber {
        double of(double size, double rate, long seed);
    }

    /** A number for a name with a seed. */
    public interface NamedNumber {
        double of(String name, long seed);
    }

    public final MadeUpStochastic stochastic = new MadeUpStochastic();
    public final MadeUpImplicit implicit = new MadeUpImplicit();

    /** Arguments of all calls, without the folders. */
    public final List<List<String>> calls = new ArrayList<>();

    public GridNumber condition = (size, rate, seed) -> 100 * Math.pow(size, 0.4) * Math.pow(rate, 0.1);
    public GridNumber energy = (size, rate, seed) -> 1e4 * rate / size;
    public ToDoubleFunction<String> divergedRate = name -> Double.NaN;
    public NamedNumber error = (policy, seed) -> policy.equals("s512-to-32") ? 0.03 : 0.02;
    public NamedNumber seconds = (policy, seed) -> policy.matches("s\\d+") ? 10 : 8;
    public NamedNumber policyCondition = (policy, seed) ->
            policy.equals("s32") ? 500 : policy.equals("s512") ? 2000 : policy.startsWith("s32-to") ? 1000 : 1010;
    public NamedNumber policyEnergy = (policy, seed) -> policy.endsWith("-MS") ? 80 : 100;
    public NamedNumber accuracy = (setting, seed) -> 0.97;
    public ToDoubleFunction<String> difference = kind -> kind.equals("central") ? 1e-10 : 1e-7;

    static double noisy(double value, long seed, int of) {
        return value * (1 + 0.002 * Math.sin(seed * 7 + of));
    }

    @Override
    public int run(List<String> arguments, Share share, Path log, Runnable meanwhile) throws IOException {
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 0; i + 1 < arguments.size(); i++) {
            if (arguments.get(i).startsWith("--")) {
                options.put(arguments.get(i), arguments.get(i + 1));
            }
        }
        Path folder = Files.createDirectories(Path.of(options.get("--output")));
        calls.add(arguments.stream().takeWhile(a -> !a.equals("--output")).collect(Collectors.toList()));
        Files.writeString(log, "made up\n");
        switch (arguments.get(0)) {
            case "fisher":
                grid(folder, options);
                break;
            case "dynamic-sampling":
                policies(folder, options);
                break;
            case "optimisers":
                accuracies(folder, options);
                break;
            case "implicit":
                implicit.write(folder, arguments.get(1), options);
                break;
            case "stochastic-batch":
                stochastic.write(folder, options);
                break;
            case "gradient-check":
                differences(folder);
                break;
            default:
                throw new AssertionError(arguments);
        }
        return 0;
    }

    private void grid(Path folder, Map<String, String> options) throws IOException {
        long seed = Long.parseLong(options.get("--seed"));
        List<String> rows = new ArrayList<>(
                List.of(
                        "configuration,batch_size,learning_rate,diverged,test_error,average_condition_number,cumulative_energy"));
        for (String size : options.get("--batch-sizes").split(",")) {
            for (String rate : options.get("--learning-rates").split(",")) {
                double b = Double.parseDouble(size);
                double a = Double.parseDouble(rate);
                String name = "s" + size + "-lr" + rate;
                boolean diverged = a == divergedRate.applyAsDouble(name);
                rows.add(String.join(
                        ",",
                        name,
                        size,
                        rate,
                        String.valueOf(diverged),
                        diverged ? "NaN" : "0.05",
                        String.valueOf(condition.of(b, a, seed)),
                        String.valueOf(energy.of(b, a, seed))));
                List<String> course = new ArrayList<>(
                        List.of("# a comment", "epoch,iteration,average_condition_number,cumulative_energy"));
                // L_K grows with the iterations, and at one iteration goes by the rate.
                for (int iteration = 0; iteration < 6000 / b; iteration += 5) {
                    course.add("0," + iteration + "," + condition.of(b, a, seed) + ","
                            + energy.of(b, a, seed) * b / 100 * (1 + iteration));
                }
                Files.write(folder.resolve(name + ".csv"), course);
            }
        }
        Files.write(folder.resolve("summary.csv"), rows);
    }

    private void policies(Path folder, Map<String, String> options) throws IOException {
        long seed = seeds(options.get("--seeds"))[0];
        List<String> rows = new ArrayList<>(
                List.of(
                        "policy,seed,measured,iterations,mean_batch_size,diverged,test_error,average_condition_number,cumulative_energy,seconds"));
        int number = 0;
        for (String policy : options.get("--policies").split(",")) {
            number++;
            double failed = error.of(policy, seed);
            String end = ",1000,32.0," + Double.isNaN(failed) + ",";
            rows.add(policy + "," + seed + ",true" + end + noisy(failed, seed, number) + ","
                    + noisy(policyCondition.of(policy, seed), seed, number) + ","
                    + noisy(policyEnergy.of(policy, seed), seed, number) + ",99");
            rows.add(policy + "," + seed + ",false" + end + noisy(failed, seed, number) + ",,,"
                    + noisy(seconds.of(policy, seed), seed, number));
        }
        rows.add("noise-scale," + seed + ",true,1000,40.0,false,0.021,700,90,9.5");
        Files.write(folder.resolve("runs.csv"), rows);
    }

    /** As the commands read them: how many, or with a comma a seed itself. */
    static long[] seeds(String typed) {
        return typed.endsWith(",")
                ? new long[] {Long.parseLong(typed.replace(",", ""))}
                : LongStream.rangeClosed(1, Long.parseLong(typed)).toArray();
    }

    private void accuracies(Path folder, Map<String, String> options) throws IOException {
        List<String> names = options.containsKey("--models")
                ? Arrays.asList(options.get("--models").split(","))
                : Arrays.stream(options.get("--also").split(","))
                        .map(MadeUp::setting)
                        .collect(Collectors.toList());
        List<String> runs = new ArrayList<>(List.of("run,seed,diverged,loss,accuracy,seconds"));
        List<String> curves = new ArrayList<>(List.of("run,seed,steps,train_loss,test_loss,test_accuracy"));
        for (long seed : seeds(options.get("--seeds"))) {
            for (String name : names) {
                double value = accuracy.of(name, seed) + 1e-4 * Math.sin(seed * 7 + name.hashCode() % 97);
                boolean lost = value < 0.2;
                runs.add("\"" + name + "\"," + seed + "," + lost + "," + (lost ? "NaN" : "0.02") + "," + value
                        + ",12.5");
                for (int epoch = 1; epoch <= 3; epoch++) {
                    curves.add("\"" + name + "\"," + seed + "," + 100 * epoch + ",0.1,0.1," + value);
                }
            }
        }
        Files.write(folder.resolve("runs.csv"), runs);
        Files.write(folder.resolve("curves.csv"), curves);
    }

    /** As {@code runs.csv} names what is typed behind {@code --also}. */
    private static String setting(String typed) {
        String[] parts = typed.split(":");
        return parts[0] + " " + parts[1].replace("~", " to ") + ", m " + parts[2]
                + (parts.length > 3 ? ", momentum " + parts[3] : "");
    }

    private void differences(Path folder) throws IOException {
        List<String> rows =
                new ArrayList<>(List.of("type,difference,step,parameters,zeros,mean,median,quantile95,max"));
        for (String type : List.of("double", "float")) {
            for (String kind : List.of("forward", "backward", "central")) {
                for (String step : List.of("1.0E-8", "1.0E-6", "usual")) {
                    double value = difference.applyAsDouble(kind);
                    rows.add(String.join(
                            ",", type, kind, step, "10", "0", "" + value, "" + value, "" + value, "" + value));
                }
            }
        }
        Files.write(folder.resolve("errors.csv"), rows);
        List<String> closer = new ArrayList<>(List.of("type,step,against,central_closer,other_closer"));
        for (String step : List.of("1.0E-8", "1.0E-6", "best")) {
            for (String kind : List.of("forward", "backward")) {
                boolean central = difference.applyAsDouble("central") < difference.applyAsDouble(kind);
                closer.add("double," + step + "," + kind + (central ? ",70,30" : ",30,70"));
            }
        }
        Files.write(folder.resolve("closer.csv"), closer);
    }
}
