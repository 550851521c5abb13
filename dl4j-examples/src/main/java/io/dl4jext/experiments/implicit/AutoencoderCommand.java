package io.dl4jext.experiments.implicit;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code implicit autoencoder}: MNIST through a layer of 30 units. */
@Command(
        name = "autoencoder",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        defaultValueProvider = AutoencoderCommand.AutoencoderDefaults.class,
        description = {
            "Trains an autoencoder 784:500:300:100:30:100:300:500:784 of relu units on MNIST; all layers are implicit.",
            "The paper trains 1 epoch on the full set; 10 epochs are as many steps on the 6,000 images that come with the"
                    + " program."
        })
final class AutoencoderCommand extends ExperimentCommand {

    @Mixin
    private ImageOptions images;

    @Override
    List<Task> tasks() throws IOException {
        return List.of(images.task(AutoencoderTask::new));
    }

    static final class AutoencoderDefaults extends Defaults {
        AutoencoderDefaults() {
            super(Map.of(
                    "--learning-rates",
                    "1,3,6,10,20,30,45,60",
                    "--seeds",
                    "2",
                    "--epochs",
                    "2",
                    "--arms",
                    "explicit,implicit,implicit-scaled,explicit-clip,implicit-clip",
                    "--clip",
                    "1"));
        }
    }
}
