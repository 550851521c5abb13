package io.dl4jext.experiments.command;

import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.report.Numbers;
import java.math.BigDecimal;
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
                    "Nesterov momentum; 0 is plain SGD, with which larger learning rates work. Default: ${DEFAULT-VALUE}.")
    private BigDecimal given; // as it was typed, for the help

    public MomentumOption(double momentum) {
        given = new BigDecimal(Numbers.plain(momentum));
    }

    public void check() {
        double momentum = given.doubleValue();
        UserError.require(momentum >= 0 && momentum < 1, "--momentum", "0 or more and less than 1", momentum);
    }

    public IUpdater updater(ISchedule rate) {
        double momentum = given.doubleValue();
        return momentum == 0 ? new Sgd(rate) : new Nesterovs(rate, momentum);
    }

    @Override
    public String toString() {
        return given.signum() == 0
                ? "plain SGD"
                : "Nesterov momentum " + given.stripTrailingZeros().toPlainString();
    }
}
