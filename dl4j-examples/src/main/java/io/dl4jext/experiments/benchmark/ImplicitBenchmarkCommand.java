package io.dl4jext.experiments.benchmark;

import io.dl4jext.implicit.ImplicitSgd;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code benchmark implicit}: the cost of the implicit step. */
@Command(
        name = "implicit",
        mixinStandardHelpOptions = true,
        description = "Measures the step of implicit backpropagation against DL4J's own, on the same network.")
final class ImplicitBenchmarkCommand extends TurnsCommand {

    private static final double LEARNING_RATE = 0.01;

    @Option(
            names = "--network",
            split = ",",
            paramLabel = "NAME",
            description = "Networks: ${COMPLETION-CANDIDATES}. Default: all.")
    private List<ImplicitWorkload> networks = List.of(ImplicitWorkload.values());

    @Override
    String measured() {
        List<Row> rows = new ArrayList<>();
        for (ImplicitWorkload network : networks) {
            tell(network.description());
            DataSet batch = network.batch(1);
            rows.add(timed(
                    network.description(),
                    network.bar(),
                    Contender.on(network.plain(new Sgd(LEARNING_RATE), 1), batch),
                    Contender.on(network.implicit(new ImplicitSgd(LEARNING_RATE), 1), batch)));
        }
        return table(rows, "step", "plain ms", "implicit ms").column("bar", Row::bar) + "\n" + legend("plain");
    }
}
