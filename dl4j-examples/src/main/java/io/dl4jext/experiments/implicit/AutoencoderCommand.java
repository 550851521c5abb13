package io.dl4jext.experiments.implicit;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code implicit autoencoder}: MNIST through a layer of 30 units. */
@Command(
        name = "autoencoder",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        defaultValueProvider = RateSweepCommand.Defaults.class,
        description = {
            "Trains an autoencoder 784:500:300:100:30:100:300:500:784 of relu units on MNIST; all layers are implicit.",
            "The paper trains 1 epoch on the full set; 10 epochs are as many steps on the 6,000 images that come with the"
                    + " program."
        })
final class AutoencoderCommand extends RateSweepCommand {

    @Mixin
    private ImageOptions images;

    AutoencoderCommand() {
        super("1,3,6,10,20,30,45,60", "2", "2", ALL_BUT_EXACT, "1");
    }

    @Override
    List<Task> tasks(long seed) throws IOException {
        return List.of(images.task(Task::autoencoder));
    }
}
