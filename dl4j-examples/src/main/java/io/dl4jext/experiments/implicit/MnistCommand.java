package io.dl4jext.experiments.implicit;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code implicit mnist}: classification of handwritten digits. */
@Command(
        name = "mnist",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        defaultValueProvider = RateSweepCommand.Defaults.class,
        description = {
            "Classifies MNIST with two convolutions, an arctan layer, dropout and a relu layer below the softmax. The last"
                    + " two are implicit, the convolutions are explicit in every variant.",
            "The paper trains 1 epoch on the full set; 10 epochs are as many steps on the 6,000 images that come with the"
                    + " program."
        })
final class MnistCommand extends RateSweepCommand {

    @Mixin
    private ImageOptions images;

    MnistCommand() {
        super("0.1,0.3,0.5,0.6,0.7,0.8,1,1.2", "2", "2", ALL_BUT_EXACT, "1");
    }

    @Override
    List<Task> tasks(long seed) throws IOException {
        return List.of(images.task(Task::mnist));
    }
}
