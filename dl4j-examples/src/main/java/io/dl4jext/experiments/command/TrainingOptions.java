package io.dl4jext.experiments.command;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.report.Numbers;
import picocli.CommandLine.Option;

/** The options that say which network is trained for how long, with defaults of the experiment's own. */
public final class TrainingOptions {

    @Option(
            names = "--network",
            paramLabel = "NAME",
            description = "Network: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Architecture network;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training examples. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    public TrainingOptions(Architecture network, int epochs) {
        this.network = network;
        this.epochs = epochs;
    }

    public Architecture network() {
        return network;
    }

    public int epochs() {
        return epochs;
    }

    /** Before data is read. */
    public void check() {
        UserError.require(epochs >= 1, "--epochs", "at least 1", epochs);
    }

    /** Refuses images that are too small for the network. */
    public void checkFit(ImageSet data) {
        checkFit(network, data);
    }

    public static void checkFit(Architecture network, ImageSet data) {
        String problem = network.refusal(data.shape());
        if (problem != null) {
            throw new UserError("--network: " + problem);
        }
    }

    @Override
    public String toString() {
        return network + ", " + Numbers.count(epochs, "epoch");
    }
}
