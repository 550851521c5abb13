package io.dl4jext.experiments.implicit;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code implicit}: the learning rates that explicit and implicit backpropagation can bear. */
@Command(
        name = "implicit",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "EXPERIMENT",
        description = {
            "Trains a network by explicit and by implicit backpropagation over a range of learning rates, with the same"
                    + " seeds, and prints the loss at the end for each, and the highest rate at which each is stable.",
            "Each experiment writes a table, a CSV file with every training, and pictures."
        },
        subcommands = {MnistCommand.class, AutoencoderCommand.class, MusicCommand.class, UciCommand.class})
public final class ImplicitCommand implements Callable<Integer> {

    private static final int USER_ERROR = 2;

    @Spec
    private CommandSpec spec;

    /** No experiment: the usage. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return USER_ERROR;
    }
}
