package io.dl4jext.experiments.benchmark;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code benchmark}: what the pack costs. */
@Command(
        name = "benchmark",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "WHAT",
        description = {
            "Measures what the pack adds to a training step: the plain network and the same network with the pack, in turns"
                    + " in one run.",
            "Each benchmark prints a table and writes it to a file with what the machine is."
        },
        subcommands = {
            FisherBenchmarkCommand.class,
            ImplicitBenchmarkCommand.class,
            BatchBenchmarkCommand.class,
            StochasticBenchmarkCommand.class
        })
public final class BenchmarkCommand implements Callable<Integer> {

    private static final int USER_ERROR = 2;

    @Spec
    private CommandSpec spec;

    /** Nothing to measure: the usage. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return USER_ERROR;
    }
}
