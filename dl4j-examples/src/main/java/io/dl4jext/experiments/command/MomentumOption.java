package io.dl4jext.experiments.command;

import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.report.Numbers;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import picocli.CommandLine.Option;

/** Plain SGD, or Nesterov's momentum. */
public final class MomentumOption {

    @Option(
            names = "--momentum",
            paramLabel = "M",
            description =
                    "Nesterov momentum; 0 is plain SGD, which bears larger learning rates. Default: ${DEFAULT-VALUE}.")
    private double momentum;

    public MomentumOption(double momentum) {
        this.momentum = momentum;
    }

    public void check() {
        UserError.require(momentum >= 0 && momentum < 1, "--momentum", "0 or more and less than 1", momentum);
    }

    public IUpdater updater(ISchedule rate) {
        return momentum == 0 ? new Sgd(rate) : new Nesterovs(rate, momentum);
    }

    @Override
    public String toString() {
        return momentum == 0 ? "plain SGD" : "Nesterov momentum " + Numbers.plain(momentum);
    }
}
