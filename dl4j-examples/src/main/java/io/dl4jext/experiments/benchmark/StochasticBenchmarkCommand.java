package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.cli.TextTable;
import io.dl4jext.experiments.cli.UserError;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.Workload;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmark stochastic}: the cost of the stochastic batch size. */
@Command(
        name = "stochastic",
        mixinStandardHelpOptions = true,
        description =
                "Measures whole steps with the stochastic batch-size updater against DL4J's Nesterovs, and the updaters"
                        + " alone.")
public final class StochasticBenchmarkCommand implements Callable<Integer> {

    private static final double LEARNING_RATE = 0.01;
    private static final double MOMENTUM = 0.9;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--network",
            split = ",",
            paramLabel = "NAME",
            description = "Networks: ${COMPLETION-CANDIDATES}. Default: mlp, lenet.")
    private List<Architecture> networks = List.of(Architecture.MLP, Architecture.LENET);

    @Option(
            names = "--parameters",
            paramLabel = "N",
            defaultValue = "1700000",
            description = "About how many parameters the updaters have alone; 0 for no such row. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int parameters;

    @Mixin
    private Turns turns;

    @Override
    public Integer call() throws IOException {
        turns.check(1);
        UserError.require(parameters == 0 || parameters >= 2000, "--parameters", "0, or at least 2000", parameters);
        turns.report(spec, this::measured);
        return 0;
    }

    private static List<IUpdater> updaters() {
        return List.of(
                new Nesterovs(LEARNING_RATE, MOMENTUM),
                new Sgd(LEARNING_RATE),
                new StochasticBatch(LEARNING_RATE),
                StochasticBatch.builder()
                        .learningRate(LEARNING_RATE)
                        .momentum(MOMENTUM)
                        .build());
    }

    private String measured() {
        TextTable table = new TextTable(
                "step",
                "nesterovs ms",
                "sgd ms",
                "ratio",
                "stochastic ms",
                "ratio",
                "with momentum ms",
                "ratio",
                "bar");
        for (Architecture network : networks) {
            Workload workload = Workload.of(network);
            spec.commandLine().getErr().println("measuring " + workload);
            TimedNetwork[] all =
                    updaters().stream().map(updater -> timed(workload, updater)).toArray(TimedNetwork[]::new);
            turns.take(List.of(all));
            double[] times = new double[all.length];
            for (int i = 0; i < all.length; i++) {
                times[i] = all[i].typical();
            }
            row(table, workload.toString(), times, bar(network));
        }
        if (parameters > 0) {
            spec.commandLine().getErr().println("measuring the updaters alone");
            TimedUpdater[] all = updaters().stream()
                    .map(updater -> new TimedUpdater(updater, parameters))
                    .toArray(TimedUpdater[]::new);
            turns.take(List.of(all));
            double[] times = new double[all.length];
            for (int i = 0; i < all.length; i++) {
                times[i] = all[i].typical();
            }
            row(table, "updater alone, " + all[0].parameters() + " parameters", times, Double.NaN);
        }
        return table + "\n" + turns.legend().replace("to plain", "to Nesterovs with momentum 0.9");
    }

    private static TimedNetwork timed(Workload workload, IUpdater updater) {
        Model network = workload.network(updater, 1);
        if (updater instanceof StochasticBatch) {
            StochasticBatchListener.attach(network);
        }
        return new TimedNetwork((NeuralNetwork) network, workload.batch(1));
    }

    private static void row(TextTable table, String step, double[] times, double bar) {
        table.row(
                step,
                number("%.2f", times[0]),
                number("%.2f", times[1]),
                number("%.3f", times[1] / times[0]),
                number("%.2f", times[2]),
                number("%.3f", times[2] / times[0]),
                number("%.2f", times[3]),
                number("%.3f", times[3] / times[0]),
                Double.isNaN(bar) ? "" : number("%.2f", bar));
    }

    /** The most that the project allows itself; NaN where nothing is promised. */
    private static double bar(Architecture network) {
        switch (network) {
            case MLP:
                return 1.25;
            case LENET:
                return 1.10;
            default:
                return Double.NaN;
        }
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
