package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.implicit.ImplicitSgd;
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
        TextTable table = new TextTable("step", "plain ms", "implicit ms", "ratio", "bar");
        for (ImplicitWorkload network : networks) {
            tell(network.description());
            DataSet batch = network.batch(1);
            Contender plain = Contender.on(network.plain(new Sgd(LEARNING_RATE), 1), batch);
            Contender implicit = Contender.on(network.implicit(new ImplicitSgd(LEARNING_RATE), 1), batch);
            take(List.of(plain, implicit));
            List<String> row = cells(network.description(), plain.typical(), implicit.typical());
            row.add(bar(network.bar()));
            table.row(row);
        }
        return table + "\n" + legend("plain");
    }
}
