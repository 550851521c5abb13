package io.dl4jext.experiments.implicit;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code implicit autoencoder}: MNIST through a layer of 30 units. */
@Command(
        name = "autoencoder",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        defaultValueProvider = RateSweepCommand.Defaults.class,
        description = {
            "Trains an autoencoder 784:500:300:100:30:100:300:500:784 of relu units on MNIST; all layers are implicit.",
            "The paper trains 1 epoch on the full set (--data-dir DIR --epochs 1) in batches of 100 without momentum, from Xavier"
                    + " weights: so does this. 10 epochs are as many steps on the 6,000 images that come with the program."
        })
final class AutoencoderCommand extends RateSweepCommand {

    @Mixin
    private ImageOptions images;

    @Option(
            names = "--loss",
            paramLabel = "NAME",
            defaultValue = "averaged",
            description =
                    "The squared error: summed or averaged over the pixels of an image. The paper does not say which."
                            + " Summed at rate R/784 is averaged at rate R, step for step,"
                            + " except for clipping and for the losses that are told. With summed the default learning rates are those"
                            + " above divided by the number of pixels. Default: ${DEFAULT-VALUE}.")
    private PixelLoss loss;

    AutoencoderCommand() {
        super("1,3,6,10,20,30,45,60", "2", "2", ALL_BUT_EXACT, "1");
    }

    @Override
    List<Task> tasks(long seed) throws IOException {
        return List.of(images.task((data, batchSize) -> Task.autoencoder(data, batchSize, loss)));
    }
}
