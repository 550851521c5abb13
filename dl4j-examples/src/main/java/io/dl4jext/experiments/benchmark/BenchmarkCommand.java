package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.command.GroupCommand;
import picocli.CommandLine.Command;

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
            StochasticBenchmarkCommand.class,
            UpdatersBenchmarkCommand.class,
            MemoryBenchmarkCommand.class
        })
public final class BenchmarkCommand extends GroupCommand {}
