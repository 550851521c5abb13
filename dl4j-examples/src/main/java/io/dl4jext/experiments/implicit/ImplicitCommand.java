package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.command.GroupCommand;
import picocli.CommandLine.Command;

/** {@code implicit}: up to which learning rates explicit and implicit backpropagation are stable. */
@Command(
        name = "implicit",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "EXPERIMENT",
        description = {
            "Trains a network by explicit and by implicit backpropagation (Fagan and Iyengar) over a range of learning rates, with the same"
                    + " seeds, and prints the loss at the end for each, and the highest rate at which each is stable.",
            "Each experiment writes a table, a CSV file with every training, and pictures. With --find-highest-rate it searches for these"
                    + " highest rates by bisection instead, and writes them to a CSV file too."
        },
        subcommands = {MnistCommand.class, AutoencoderCommand.class, MusicCommand.class, UciCommand.class})
public final class ImplicitCommand extends GroupCommand {}
