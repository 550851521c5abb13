package io.dl4jext.experiments.benchmark;

import io.dl4jext.acceleratedsgd.AcceleratedSgd;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.adagrad.Centre;
import io.dl4jext.entropysgd.EntropySgd;
import io.dl4jext.experiments.engine.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code benchmark updaters}: the cost of one step of each updater alone, without the network's passes. */
@Command(
        name = "updaters",
        mixinStandardHelpOptions = true,
        description =
                "Measures the updaters of dl4j-implicit-updater alone, without a network's passes, against DL4J's AdaGrad.")
final class UpdatersBenchmarkCommand extends TurnsCommand {

    private static final double BAR = 1.5;
    private static final double RATE = 0.1;

    @Option(
            names = "--parameters",
            paramLabel = "N",
            defaultValue = "1700000",
            description = "About how many parameters the updaters have. Default: ${DEFAULT-VALUE}.")
    private int parameters;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "FLOAT",
            description = "FLOAT or DOUBLE. Default: ${DEFAULT-VALUE}.")
    private DataType type;

    @Override
    void check() {
        UserError.require(parameters >= 2000, "--parameters", "at least 2000", parameters);
        UserError.require(type == DataType.FLOAT || type == DataType.DOUBLE, "--type", "FLOAT or DOUBLE", type);
    }

    /** Of those that differ only in numbers, one. DL4J's AdaGrad, the measure of all, comes first. */
    private static Map<String, IUpdater> updaters() {
        Map<String, IUpdater> all = new LinkedHashMap<>();
        all.put("DL4J's AdaGrad", new AdaGrad(RATE));
        all.put("DL4J's Nesterovs", new Nesterovs(RATE, 0.9));
        all.put("yotkov", AdaGradPresets.yotkov().build());
        all.put("pyTorch", AdaGradPresets.pyTorch().build());
        all.put("decayed", AdaGradPresets.decayed(0.9).build());
        all.put("norm", AdaGradPresets.norm().learningRate(RATE).build());
        all.put(
                "normPerTensor",
                AdaGradPresets.normPerTensor().learningRate(RATE).build());
        all.put("withMomentum", AdaGradPresets.withMomentum(0.9).build());
        all.put("windowed(3)", AdaGradPresets.windowed(3).build());
        all.put(
                "proximal",
                AdaGradPresets.proximal().learningRate(RATE).l1(0.02).l2(0.5).build());
        all.put(
                "dualAveraging",
                AdaGradPresets.dualAveraging().learningRate(RATE).build());
        all.put(
                "dualAveraging, START",
                AdaGradPresets.dualAveraging()
                        .learningRate(RATE)
                        .centre(Centre.START)
                        .build());
        all.put(
                "dualAveraging, l1, l2",
                AdaGradPresets.dualAveraging()
                        .learningRate(RATE)
                        .l1(0.02)
                        .l2(0.1)
                        .build());
        all.put("madGrad", AdaGradPresets.madGrad().build());
        all.put("AcceleratedSgd", AcceleratedSgd.builder().learningRate(RATE).build());
        all.put(
                "EntropySgd, no noise",
                EntropySgd.builder().learningRate(RATE).noise(0).build());
        all.put("EntropySgd", EntropySgd.builder().learningRate(RATE).build());
        return all;
    }

    @Override
    String measured() {
        tell("the updaters alone");
        Map<String, Contender> all = new LinkedHashMap<>();
        updaters().forEach((name, updater) -> all.put(name, Contender.onUpdater(updater, parameters, type)));
        take(all.values());
        double plain = all.values().iterator().next().typical();
        List<Row> rows = new ArrayList<>();
        all.forEach((name, updater) ->
                rows.add(new Row(name, name.equals("madGrad") ? BAR : Double.NaN, plain, updater.typical())));
        return table(rows, "updater", "DL4J's AdaGrad ms", "ms").column("bar", Row::bar)
                + "\n" + Contender.parametersOf(parameters) + " parameters of type " + type + ". "
                + legend("DL4J's AdaGrad");
    }
}
