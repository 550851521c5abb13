package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.cli.EnumName;
import io.dl4jext.experiments.cli.TextTable;
import io.dl4jext.implicit.ImplicitSgd;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmark implicit}: the cost of the implicit step. */
@Command(
        name = "implicit",
        mixinStandardHelpOptions = true,
        description = "Measures the step of implicit backpropagation against DL4J's own, on the same network.")
public final class ImplicitBenchmarkCommand implements Callable<Integer> {

    private static final double LEARNING_RATE = 0.01;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--network",
            split = ",",
            paramLabel = "NAME",
            converter = NetworkName.class,
            description = "Networks: ${COMPLETION-CANDIDATES}. Default: all.")
    private List<ImplicitWorkload> networks = List.of(ImplicitWorkload.values());

    @Mixin
    private Turns turns;

    @Override
    public Integer call() throws IOException {
        turns.check(1);
        turns.report(spec, this::measured);
        return 0;
    }

    private String measured() {
        TextTable table = new TextTable("step", "plain ms", "implicit ms", "ratio", "bar");
        for (ImplicitWorkload network : networks) {
            spec.commandLine().getErr().println("measuring " + network.description());
            DataSet batch = network.batch(1);
            TimedNetwork plain = new TimedNetwork(network.plain(new Sgd(LEARNING_RATE), 1), batch);
            TimedNetwork implicit = new TimedNetwork(network.implicit(new ImplicitSgd(LEARNING_RATE), 1), batch);
            turns.take(List.of(plain, implicit));
            table.row(
                    network.description(),
                    number("%.2f", plain.typical()),
                    number("%.2f", implicit.typical()),
                    number("%.3f", implicit.typical() / plain.typical()),
                    Double.isNaN(network.bar()) ? "" : number("%.2f", network.bar()));
        }
        return table + "\n" + turns.legend();
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    static final class NetworkName extends EnumName<ImplicitWorkload> {
        NetworkName() {
            super(ImplicitWorkload.class);
        }
    }
}
