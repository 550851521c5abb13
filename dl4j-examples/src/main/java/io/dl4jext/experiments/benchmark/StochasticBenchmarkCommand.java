package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.engine.Networks;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.ImageWorkload;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.stochastic.StochasticBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code benchmark stochastic}: the cost of the stochastic batch size. */
@Command(
        name = "stochastic",
        mixinStandardHelpOptions = true,
        description =
                "Measures whole steps with the stochastic batch-size updater against DL4J's Nesterovs, and the updaters"
                        + " alone.")
final class StochasticBenchmarkCommand extends TurnsCommand {

    private static final double LEARNING_RATE = 0.01;
    private static final double MOMENTUM = 0.9;

    /** For whole steps. */
    private static final Map<Architecture, Double> BARS = Map.of(Architecture.MLP, 1.25, Architecture.LENET, 1.10);

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

    @Override
    void check() {
        UserError.require(parameters == 0 || parameters >= 2000, "--parameters", "0, or at least 2000", parameters);
    }

    private static Contender[] contenders(Function<IUpdater, Contender> maker) {
        return Stream.of(
                        new Nesterovs(LEARNING_RATE, MOMENTUM),
                        new Sgd(LEARNING_RATE),
                        new StochasticBatch(LEARNING_RATE),
                        StochasticBatch.builder()
                                .learningRate(LEARNING_RATE)
                                .momentum(MOMENTUM)
                                .build())
                .map(maker)
                .toArray(Contender[]::new);
    }

    @Override
    String measured() {
        List<Row> rows = new ArrayList<>();
        for (Architecture network : networks) {
            ImageWorkload workload = ImageWorkload.of(network);
            tell(workload);
            rows.add(timed(workload.toString(), BARS.getOrDefault(network, Double.NaN), contenders(updater -> {
                Model trained = workload.network(updater, 1);
                Networks.attachListeners(trained, updater);
                return Contender.on(trained, workload.batch(1));
            })));
        }
        if (parameters > 0) {
            tell("the updaters alone");
            rows.add(timed(
                    "updater alone, " + Contender.parametersOf(parameters) + " parameters",
                    Double.NaN,
                    contenders(updater -> Contender.onUpdater(updater, parameters, DataType.FLOAT))));
        }
        TextTable<Row> table = table(rows, "step", "nesterovs ms", "sgd ms");
        addTimes(table, "stochastic ms", 2);
        addTimes(table, "with momentum ms", 3);
        return table.column("bar", Row::bar) + "\n" + legend("Nesterovs with momentum 0.9");
    }
}
