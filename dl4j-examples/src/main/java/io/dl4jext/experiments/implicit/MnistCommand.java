package io.dl4jext.experiments.implicit;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code implicit mnist}: classification of handwritten digits. */
@Command(
        name = "mnist",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        defaultValueProvider = MnistCommand.MnistDefaults.class,
        description = {
            "Classifies MNIST with two convolutions, an arctan layer, dropout and a relu layer below the softmax. The last"
                    + " two are implicit, the convolutions are explicit in every arm.",
            "The paper trains 1 epoch on the full set; 10 epochs are as many steps on the 6,000 images that come with the"
                    + " program."
        })
final class MnistCommand extends ExperimentCommand {

    @Mixin
    private ImageOptions images;

    @Override
    List<Task> tasks() throws IOException {
        return List.of(images.task(MnistTask::new));
    }

    static final class MnistDefaults extends Defaults {
        MnistDefaults() {
            super(Map.of(
                    "--learning-rates",
                    "0.1,0.3,0.5,0.6,0.7,0.8,1,1.2",
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
